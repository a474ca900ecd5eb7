"""A served explanation answers as the local one does: the same tables to the last bit, the same errors."""

from __future__ import annotations

import subprocess
import sys
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from helpers.exported import export

import attrwidget as aw
from attrwidget.explanation import Explanation
from attrwidget.wire.calls import CALLS, FILES
from attrwidget.wire.recipe import STEPS

if TYPE_CHECKING:
    from pathlib import Path

    from attrwidget.served.explanation import ServedExplanation

PROMPT = "The capital of Japan is"


@pytest.fixture(scope="module")
def here(demo: Any) -> aw.Explanation:
    return demo.explain(PROMPT, max_new_tokens=3)


@pytest.fixture(scope="module")
def served(demo_address: str) -> ServedExplanation:
    return aw.connect(demo_address).explain(PROMPT, max_new_tokens=3)


def same(found: Any, wanted: Any) -> None:
    if isinstance(wanted, pd.DataFrame):
        pd.testing.assert_frame_equal(found, wanted, check_exact=True)
        assert type(found) is type(wanted)
        assert found.attrs == wanted.attrs
    else:
        assert found == wanted


@pytest.mark.parametrize(
    ("call", "args", "options"),
    [
        ("scores", (), {}),
        ("scores", ("input_x_gradient",), {"foil": " London", "target": (0, 2)}),
        ("scores", ("attention",), {"layer": 1, "head": [0, 1], "head_rule": "max"}),
        ("scores", ("leave_one_out",), {"units": [(1, 3), "Japan"], "normalize": None}),
        ("scores", ("value_zeroing",), {"through": True}),
        ("attention", (), {"layer": 1, "targets": "all"}),
        ("heads", (0,), {"foil": " London"}),
        ("heads", (), {"by_input": True}),
        ("query_key", (0, 3, 1, 0), {}),
        ("logit_lens", (), {}),
        ("blocks", (), {"steps": [0, 1]}),
        ("by_unit", ("word",), {"refine": None}),
        ("by_unit", (), {"units": [(1, 3), (3, 5)], "normalize": None}),
        ("check", (0,), {"k": 2}),
        ("check", ([0, 1],), {"inputs": ["Japan"]}),
        ("summary", (), {}),
        ("sentences", (), {}),
        ("to_pandas", (["saliency", "attention"],), {}),
        ("methods", (), {}),
    ],
)
def test_a_call_has_the_local_result(
    here: aw.Explanation,
    served: ServedExplanation,
    call: str,
    args: tuple[Any, ...],
    options: dict[str, Any],
) -> None:
    same(getattr(served, call)(*args, **options), getattr(here, call)(*args, **options))


def test_the_text_and_its_steps_are_the_local_ones(here: aw.Explanation, served: ServedExplanation) -> None:
    same(served.steps, here.steps)
    assert served.tokens == here.tokens
    assert served.warnings == here.warnings
    assert served.model_name == here.model_name
    assert served.reading.sections == here.reading.sections
    assert repr(served) == repr(here)


def test_another_explanation_is_made_of_one(here: aw.Explanation, served: ServedExplanation) -> None:
    changed, wanted = served.edit({"Japan": "France", 1: None}), here.edit({"Japan": "France", 1: None})
    same(changed.scores("saliency"), wanted.scores("saliency"))
    same(changed.instead(" Oslo").steps, wanted.instead(" Oslo").steps)


def test_what_others_asked_for_changes_nothing(demo: Any, demo_address: str) -> None:
    """A summary names the methods at hand, and a file carries them: those that this client has asked for."""
    text = "The capital of Norway is"
    aw.connect(demo_address).explain(text, max_new_tokens=3).scores("saliency")
    mine, here = (
        aw.connect(demo_address).explain(text, max_new_tokens=3),
        demo.explain(text, max_new_tokens=3),
    )
    same(mine.summary(), here.summary())
    assert mine.summary().others == ()
    same(mine.scores("gim"), here.scores("gim"))
    same(mine.summary(), here.summary())
    assert [title for title, _ in mine.summary().others] == ["GIM"]


def test_a_file_is_the_local_one(here: aw.Explanation, served: ServedExplanation, tmp_path: Path) -> None:
    for name in ("saved", "why.svg"):
        for ex in (here, served):
            folder = tmp_path / type(ex).__name__
            folder.mkdir(exist_ok=True)
            given = {"methods": ["saliency", "attention"]} if name == "saved" else {"method": "saliency"}
            found = getattr(ex, "save" if name == "saved" else "figure")(folder / name, **given)
            assert found == folder / name
    mine, wanted = ((tmp_path / kind / "saved").read_bytes() for kind in ("ServedExplanation", "Explanation"))
    assert mine == wanted
    with pytest.raises(aw.AttrWidgetError, match="there is no folder"):
        served.save(tmp_path / "nowhere" / "why")
    served.to_html(tmp_path / "why.html", methods="saliency")
    assert (tmp_path / "why.html").read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("call", "args", "options"),
    [
        ("scores", ("salience",), {}),
        ("scores", ("attention",), {"layer": 99}),
        ("check", (7,), {}),
        ("edit", ({"Peru": "France"},), {}),
        ("context_reliance", ("nowhere",), {}),
        ("experts", (), {}),
        ("figure", ("why.svg",), {"view": "nothing"}),
    ],
)
def test_a_mistake_has_the_local_sentence(
    here: aw.Explanation, served: ServedExplanation, call: str, args: tuple[Any, ...], options: dict[str, Any]
) -> None:
    with pytest.raises(aw.AttrWidgetError) as wanted:
        getattr(here, call)(*args, **options)
    with pytest.raises(aw.AttrWidgetError) as found:
        getattr(served, call)(*args, **options)
    assert str(found.value) == str(wanted.value)


def test_every_method_of_an_explanation_is_served_or_refused() -> None:
    public = {name for name in dir(Explanation) if not name.startswith("_")}
    properties = {name for name in public if isinstance(getattr(Explanation, name), property)}
    inherited = {"methods", "to_inseq", "to_shap", "with_corpus"}
    assert public - properties == {*CALLS, *FILES, *STEPS} | inherited


def test_neither_torch_nor_transformers_is_imported(demo_address: str) -> None:
    code = (
        "import sys, attrwidget as aw\n"
        f"ex = aw.connect({demo_address!r}).explain({PROMPT!r}, max_new_tokens=2)\n"
        "ex.scores(), ex.check(0), ex.edit({'Japan': 'France'}).attention(), ex.to_html(methods='saliency')\n"
        f"aw.corpus([{PROMPT!r}], aw.connect({demo_address!r}), layers=0).similar(ex, layer=0)\n"
        "print({'torch', 'transformers', 'fastapi'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stdout == "set()\n", run.stderr


def test_questions_about_it_have_the_answers_of_the_model_itself(
    served: ServedExplanation, here: aw.Explanation, tmp_path: Path
) -> None:
    teach = aw.teach
    for answer in (
        teach.top_head(0),
        teach.top_head(1, "Japan"),
        teach.top_head(0, "Japan", attention=True),
        teach.top_input(0, "saliency"),
        teach.probability(0),
        teach.score(0, "Japan", "attention", heads=[(1, 0)]),
    ):
        assert answer.key(served.reading) == answer.key(here.reading)
    assert served.reading.given_by_heads([0, 1]).sinks == here.reading.given_by_heads([0, 1]).sinks
    before = deepcopy(served.reading.content)
    card = teach.ask("Which head?", served, answer=teach.top_head(0), id="head")
    _, data = export(card, tmp_path / "card.html", methods="saliency")
    assert data["content"]["check_seconds"] is None
    assert served.reading.content == before
