"""The widget's traits, as Python sets and observes them."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import numpy as np
import pytest
import traitlets
from helpers.fake import planted, random_explanation
from helpers.wire import SHARED, make, state

from attrwidget.errors import AttrWidgetError
from attrwidget.page.checks import DEFAULT_OPTIONS
from attrwidget.page.content import content_of
from attrwidget.widget import ExplanationWidget, SelectionError


def test_it_begins_with_nothing_held_and_the_first_method() -> None:
    widget = make()
    assert state(widget) == {
        "held": [],
        "foil": None,
        "method": "saliency",
        "layer": None,
        "heads": [],
        "view": "text",
        "options": DEFAULT_OPTIONS,
    }
    assert widget.content == content_of(widget.reading)
    assert "export" in widget._esm
    sent = widget.get_state()
    assert json.loads(json.dumps({name: sent[name] for name in SHARED}))["held"] == []


def test_it_can_begin_otherwise() -> None:
    widget = make(held=range(2), method="attention", heads=[(1, 2)], view="matrix", options={"intensity": 1})
    assert (widget.held, widget.method, widget.heads, widget.view) == (
        [0, 1],
        "attention",
        [(1, 2)],
        "matrix",
    )
    assert widget.options == {**DEFAULT_OPTIONS, "intensity": 1.0}
    with pytest.raises(SelectionError, match="There is no step 9"):
        make(held=[9])


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("held", [4], "There is no step 4: the answer's tokens are indexed from 0 to 3."),
        ("held", [-1], "There is no step -1: the answer's tokens are indexed from 0 to 3."),
        ("held", 1, "Steps are a list like [0, 1], not 1."),
        ("held", ["1"], "A step is a whole number from 0 to 3, not '1'."),
        ("method", "magic", "There is no method 'magic': take one of saliency, input_x_gradient, attention."),
        ("layer", 2, "There is no layer 2: layers are indexed from 0 to 1."),
        ("layer", "first", "A layer is a whole number from 0 to 1, not 'first'."),
        ("heads", [(0, 3)], "There is no head 3: heads are indexed from 0 to 2."),
        ("heads", [(5, 0)], "There is no layer 5: layers are indexed from 0 to 1."),
        ("heads", (0, 1), "A head is a pair like (0, 3), a layer and a head, not 0."),
        ("heads", [(None, 1)], "A layer is a whole number from 0 to 1, not None."),
        ("view", "arcs", "There is no view 'arcs': take one of text, flow, matrix, heads, layers, compare."),
        (
            "options",
            {"intensiti": 1},
            "There is no option 'intensiti': take one of head_rule, span_rule, intensity,",
        ),
        ("options", {"intensity": 2}, "intensity is a number from 0.2 to 1, not 2."),
        ("options", {"arc_share": 0}, "arc_share is a number from 0.1 to 1, not 0."),
        (
            "options",
            {"units": "line"},
            "There is no unit 'line': take one of token, word, sentence, message.",
        ),
        ("options", {"unit_rule": "top"}, "There is no unit_rule 'top': take one of sum, mean, max."),
        ("options", {"search": "a\nb"}, "search is a text of one line, not 'a\\nb'."),
        (
            "options",
            {"head_rule": "mode"},
            "There is no head_rule 'mode': take one of mean, sum, max, median.",
        ),
        ("options", {"span_rule": "max"}, "There is no span_rule 'max': take one of mean, sum."),
        ("options", {"compare": "both"}, "There is no compare 'both': take one of other, methods, pinned."),
        ("options", {"difference": 1}, "difference is True or False, not 1."),
        ("options", {"pins": {}}, 'Pins are a list like [{"method": "saliency", "held": [0]}], not {}.'),
        ("options", {"pins": [1]}, 'A pin is a dictionary like {"method": "saliency", "held": [0]}, not 1.'),
        (
            "options",
            {"pins": [{"method": "saliency", "held": [0], "color": 1}]},
            'A pin is a dictionary like {"method": "saliency", "held": [0]}, not {\'method\'',
        ),
        ("options", {"pins": [{"method": "magic", "held": [0]}]}, "There is no method 'magic': take one of"),
        ("options", {"pins": [{"method": "saliency", "held": [9]}]}, "There is no step 9: the answer's"),
        ("options", {"hide_first": "yes"}, "hide_first is True or False, not 'yes'."),
        ("options", None, "Options are a dictionary like {'intensity': 0.8}, not None."),
    ],
)
@pytest.mark.parametrize("together", [False, True])
def test_a_bad_value_is_a_sentence_and_changes_nothing(
    name: str, value: Any, sentence: str, together: bool
) -> None:
    widget = make(held=[1, 2], method="attention", layer=1, view="matrix", options={"hide_first": True})
    before = state(widget)
    context = widget.hold_trait_notifications() if together else contextlib.nullcontext()
    with pytest.raises(SelectionError) as error, context:
        setattr(widget, name, value)
    assert str(error.value).startswith(sentence)
    assert isinstance(error.value, AttrWidgetError)
    assert isinstance(error.value, traitlets.TraitError)
    assert state(widget) == before


def test_values_take_their_normal_form() -> None:
    widget = make()
    widget.held = np.array([2, 1, 2])
    widget.heads = [[1, 0], (0, np.int64(2)), [1, 0]]
    assert widget.held == [1, 2]
    assert widget.heads == [(1, 0), (0, 2)]
    widget.options = {"span_rule": "sum"}
    widget.options = {"head_rule": "max"}
    assert widget.options == {**DEFAULT_OPTIONS, "head_rule": "max"}


def test_pins_take_their_normal_form_and_go_with_their_answer() -> None:
    widget = make()
    widget.options = {"pins": [{"method": "attention", "held": (2, 1), "heads": [(1, 0)]}]}
    normal = {"method": "attention", "held": [1, 2], "foil": None, "layer": None, "heads": [[1, 0]]}
    assert widget.options == {**DEFAULT_OPTIONS, "pins": [normal]}
    assert make().options["pins"] == []
    widget._show(widget.reading)
    assert widget.options == DEFAULT_OPTIONS


def test_a_foil_goes_with_the_step_it_is_of() -> None:
    widget = ExplanationWidget(planted(), held=[1])  # type: ignore[arg-type]
    changes: list[Any] = []
    widget.observe(lambda change: changes.append(change["new"]), "foil")
    widget.foil = "the"
    assert widget.foil == {"step": 1, "ids": [9], "text": " the"}
    widget.foil = {"step": 0, "ids": [7]}
    assert (widget.held, widget.foil) == ([0], {"step": 0, "ids": [7], "text": " was"})
    widget.held = [0, 1]
    assert widget.foil is None
    assert [change and change["ids"] for change in changes] == [[9], [7], None]
    widget.set_state({"held": [1], "foil": {"step": 1, "ids": [8], "text": " a"}})
    assert (widget.held, widget.foil) == ([1], {"step": 1, "ids": [8], "text": " a"})
    widget.set_state({"held": [0], "foil": {"step": 0, "ids": [99], "text": "?"}})
    assert (widget.held, widget.foil) == ([0], None)


@pytest.mark.parametrize(
    ("held", "value", "sentence"),
    [
        ([0, 1], "the", 'A foil belongs to one step: hold one, or give {"step": 0, "ids": [11]}.'),
        ([0], "magic", "There is no 'magic'."),
        ([0], {"ids": [7]}, 'A foil is a text, an id, or {"step": 0, "ids": [11]}, not {\'ids\': [7]}.'),
        ([0], {"step": 0, "ids": ["7"]}, "A foil's id is a whole number, not '7'."),
    ],
)
def test_a_foil_that_is_none_is_a_sentence(held: list[int], value: Any, sentence: str) -> None:
    widget = ExplanationWidget(planted(), held=held)  # type: ignore[arg-type]
    with pytest.raises(SelectionError) as error:
        widget.foil = value
    assert (str(error.value), widget.foil) == (sentence, None)


def test_without_its_model_an_explanation_has_no_foils() -> None:
    with pytest.raises(SelectionError, match="A foil needs the model"):
        make().foil = "the"


def test_a_layer_and_heads_let_go_of_each_other() -> None:
    widget = make(layer=1)
    widget.heads = [(0, 1)]
    assert (widget.layer, widget.heads) == (None, [(0, 1)])
    widget.layer = 0
    assert (widget.layer, widget.heads) == (0, [])
    widget.heads = []
    assert (widget.layer, widget.heads) == (0, [])


def test_without_attention_there_is_nothing_to_pick() -> None:
    widget = ExplanationWidget(random_explanation(layers=0))  # type: ignore[arg-type]
    with pytest.raises(SelectionError, match="no layers and heads to pick: This model shows no attention"):
        widget.layer = 0
    widget.layer, widget.heads = None, []


def test_changes_are_observed_and_content_is_not_settable() -> None:
    widget, seen = make(), []
    widget.observe(lambda change: seen.append((change["name"], change["new"])), names=["held", "view"])
    widget.held, widget.view = [2], "matrix"
    assert seen == [("held", [2]), ("view", "matrix")]
    with pytest.raises(traitlets.TraitError):
        widget.content = {}


def test_heads_may_come_as_an_array() -> None:
    widget = make(heads=np.array([[0, 1], [1, 2]]))
    assert widget.heads == [(0, 1), (1, 2)]
