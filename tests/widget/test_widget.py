"""The widget's traits, and what a notebook gets of it."""

from __future__ import annotations

import base64
import contextlib
import json
from typing import Any

import numpy as np
import pytest
import traitlets
from helpers.fake import planted, random_explanation
from helpers.page import Gate
from helpers.waiting import PATIENCE

from attrwidget.errors import AttrWidgetError
from attrwidget.page import bundle
from attrwidget.page.checks import DEFAULT_OPTIONS
from attrwidget.page.content import content_of
from attrwidget.widget import ExplanationWidget, SelectionError

SHARED = ("held", "foil", "method", "layer", "heads", "view", "options")


def make(**traits: Any) -> Any:
    return ExplanationWidget(random_explanation(), **traits)  # type: ignore[arg-type]


def state(widget: Any) -> dict[str, Any]:
    return {name: getattr(widget, name) for name in SHARED}


def test_it_begins_with_the_first_step_by_the_first_method() -> None:
    widget = make()
    assert state(widget) == {
        "held": [0],
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
    assert json.loads(json.dumps({name: sent[name] for name in SHARED}))["held"] == [0]


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
        ("view", "arcs", "There is no view 'arcs': take one of text, matrix."),
        (
            "options",
            {"intensiti": 1},
            "There is no option 'intensiti': take one of head_rule, span_rule, intensity,",
        ),
        ("options", {"intensity": 2}, "intensity is a number from 0.2 to 1, not 2."),
        (
            "options",
            {"head_rule": "mode"},
            "There is no head_rule 'mode': take one of mean, sum, max, median.",
        ),
        ("options", {"span_rule": "max"}, "There is no span_rule 'max': take one of mean, sum."),
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


def test_a_foil_goes_with_the_step_it_is_of() -> None:
    widget = ExplanationWidget(planted(), held=[1])  # type: ignore[arg-type]
    changes: list[Any] = []
    widget.observe(lambda change: changes.append(change["new"]), "foil")
    widget.foil = "the"
    assert widget.foil == {"step": 1, "id": 9, "text": " the"}
    widget.foil = {"step": 0, "id": 7}
    assert (widget.held, widget.foil) == ([0], {"step": 0, "id": 7, "text": " was"})
    widget.held = [0, 1]
    assert widget.foil is None
    assert [change and change["id"] for change in changes] == [9, 7, None]
    widget.set_state({"held": [1], "foil": {"step": 1, "id": 8, "text": " a"}})
    assert (widget.held, widget.foil) == ([1], {"step": 1, "id": 8, "text": " a"})
    widget.set_state({"held": [0], "foil": {"step": 0, "id": 99, "text": "?"}})
    assert (widget.held, widget.foil) == ([0], None)


@pytest.mark.parametrize(
    ("held", "value", "sentence"),
    [
        ([0, 1], "the", 'A foil is of one step: hold one, or give {"step": 0, "id": 11}.'),
        ([0], "magic", "There is no 'magic'."),
        ([0], {"id": 7}, 'A foil is a text, an id, or {"step": 0, "id": 11}, not {\'id\': 7}.'),
        ([0], {"step": 0, "id": "7"}, "A foil's id is a whole number, not '7'."),
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


class Wire:
    """Stands in for the comm of a live widget."""

    comm_id = "wire"

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send(self, data: Any = None, **_: Any) -> None:
        self.sent.append(data)

    def on_msg(self, _callback: Any) -> None:
        pass

    def updates(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for message in self.sent:
            if message["method"] == "update":
                found.update(message["state"])
        return json.loads(json.dumps(found))

    def close(self) -> None:
        pass


def from_page(widget: Any, **sent: Any) -> dict[str, Any]:
    """Give *widget* a state as its page would; return what it sends back as a correction."""
    widget.comm = wire = Wire()
    widget._handle_msg(
        {"content": {"data": {"method": "update", "state": sent, "buffer_paths": []}}, "buffers": []}
    )
    return wire.updates()


def test_what_the_page_sets_arrives_and_is_not_sent_back() -> None:
    widget = make(layer=1)
    sent = {"held": [1, 3], "method": "attention", "layer": None, "heads": [[1, 2]], "view": "matrix"}
    assert from_page(widget, **sent) == {}
    assert state(widget) == {**sent, "foil": None, "heads": [(1, 2)], "options": DEFAULT_OPTIONS}
    options = {**DEFAULT_OPTIONS, "intensity": 1, "hide_first": True}
    assert from_page(widget, options=options) == {}
    assert widget.options == options


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"held": [1, 9, -2]}, {"held": [1]}),
        ({"held": None}, {"held": [0]}),
        ({"method": "magic"}, {"method": "saliency"}),
        ({"method": {}}, {"method": "saliency"}),
        ({"layer": 7}, {"layer": 1}),
        ({"heads": [[0, 1], [8, 8], "x"]}, {"heads": [[0, 1]], "layer": None}),
        ({"heads": [[0, 1]], "layer": 1}, {"layer": None, "heads": [[0, 1]]}),
        ({"layer": 0, "heads": [[0, 1]]}, {"layer": None, "heads": [[0, 1]]}),
        ({"view": 3}, {"view": "text"}),
        (
            {"options": {"intensity": 99, "colour": "red", "hide_first": True}},
            {"options": {"intensity": 0.5}},
        ),
        ({"options": "none"}, {"options": {"intensity": 0.5, "hide_first": False}}),
    ],
)
def test_what_the_page_sets_wrongly_is_mended_and_the_page_told(
    sent: dict[str, Any], kept: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    widget = make(layer=1, options={"intensity": 0.5})
    told = from_page(widget, **sent)
    for name, value in kept.items():
        now = json.loads(json.dumps(getattr(widget, name)))
        assert (value.items() <= now.items()) if name == "options" else (now == value)
        if name in sent and now != sent[name]:
            assert told[name] == now
    assert "does not exist" in caplog.text


def test_the_page_cannot_set_what_python_tells_it() -> None:
    widget = make()
    content, code = widget.content, widget._esm
    from_page(widget, content={}, _esm="alert(1)")
    assert (widget.content, widget._esm) == (content, code)


def test_custom_messages_are_answered_over_the_comm() -> None:
    widget = make()
    answers: list[Any] = []
    widget._session._send = lambda message, buffers: answers.append((message, buffers))
    selection = {"method": "attention", "layer": None, "heads": [], "head_rule": "mean"}
    request = {"v": 1, "id": "1", "op": "scores", "args": {**selection, "steps": [9]}}
    widget._handle_msg({"content": {"data": {"method": "custom", "content": request}}, "buffers": []})
    assert answers == [
        (
            {
                "v": 1,
                "id": "1",
                "ok": False,
                "error": "There is no step 9: the answer's tokens are indexed from 0 to 3.",
            },
            [],
        )
    ]


def test_heads_may_come_as_an_array() -> None:
    widget = make(heads=np.array([[0, 1], [1, 2]]))
    assert widget.heads == [(0, 1), (1, 2)]


def test_closing_ends_the_session() -> None:
    widget = make()
    widget.close()
    widget._handle_msg({"content": {"data": {"method": "custom", "content": {"id": "1"}}}, "buffers": []})
    assert widget._session._worker._thread is None
    widget.close()


def test_without_a_bundle_it_says_how_to_build_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(bundle, "_FOLDER", tmp_path)
    with pytest.raises(AttrWidgetError, match="make bundle"):
        make()


def test_the_bundle_of_types_has_the_live_view_and_the_still_one() -> None:
    explanation = random_explanation()
    data, metadata = explanation.widget._repr_mimebundle_()
    view = data["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == explanation.widget.model_id
    assert data["text/plain"] == repr(explanation)
    assert "w6" in data["text/html"]
    assert metadata == {}
    assert explanation.widget._repr_mimebundle_()[0] == data


def test_metadata_for_colab_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    colab = {"application/vnd.jupyter.widget-view+json": {"colab": {"custom_widget_manager": {"url": "u"}}}}
    monkeypatch.setattr("anywidget._util.get_repr_metadata", lambda: colab)
    assert random_explanation().widget._repr_mimebundle_()[1] == colab


def test_scores_that_fail_leave_the_text(caplog: pytest.LogCaptureFixture) -> None:
    explanation = planted()

    def fail(_step: int) -> None:
        raise RuntimeError("no memory")

    explanation.gate = fail
    data, _ = explanation.widget._repr_mimebundle_()
    assert "Paris" in data["text/html"]
    assert "background" not in data["text/html"]
    assert "no memory" in caplog.text


def test_a_display_does_not_wait_long_for_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attrwidget.widget.widget._PATIENCE", 0.05)
    explanation, gate = random_explanation(), Gate()
    explanation.gate = gate
    data, _ = explanation.widget._repr_mimebundle_()
    assert "w6" in data["text/html"]
    assert "background" not in data["text/html"]
    gate.open.release()
    assert explanation.widget.prepare(PATIENCE)
    data, _ = explanation.widget._repr_mimebundle_()
    assert "background" in data["text/html"]
    assert set(explanation.computed) == {("saliency", 0)}


def test_the_scores_on_show_travel_in_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    widget = make(held=[1, 2])
    assert widget.on_show == {}
    widget._repr_mimebundle_()

    def shown() -> Any:
        rows = np.frombuffer(base64.b64decode(widget.on_show["rows"]), "<f4")
        return rows.reshape(len(widget.on_show["steps"]), -1)

    np.testing.assert_array_equal(shown(), widget.reading.planted["saliency"][[1, 2]])
    query = {"method": "saliency", "layer": None, "heads": [], "head_rule": "mean"}
    assert (widget.on_show["query"], widget.on_show["steps"]) == (query, [1, 2])
    assert from_page(widget, on_show={"rows": ""}) == {}
    widget.method, widget.layer = "attention", 1
    widget._repr_mimebundle_()
    np.testing.assert_allclose(shown(), widget.reading.rows("attention", [1, 2], layer=1))
    kept = widget.on_show
    monkeypatch.setattr("attrwidget.widget.widget._MOST_ON_SHOW", 3)
    widget.held = [0]
    widget._repr_mimebundle_()
    assert widget.on_show == kept
