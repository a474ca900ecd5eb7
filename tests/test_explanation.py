"""What an explanation offers, live or saved: the same names, the same arguments, and refusals in one form."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Callable

OFFERED = [
    "attention",
    "blocks",
    "by_unit",
    "check",
    "context_reliance",
    "edit",
    "experts",
    "figure",
    "heads",
    "instead",
    "logit_lens",
    "methods",
    "model_name",
    "query_key",
    "reading",
    "save",
    "scores",
    "sentences",
    "steps",
    "summary",
    "to_html",
    "to_inseq",
    "to_pandas",
    "to_shap",
    "tokens",
    "trace",
    "warnings",
    "widget",
    "with_corpus",
]
NEED_THE_MODEL: dict[str, Callable[[Any], Any]] = {
    "check()": lambda ex: ex.check(0),
    "attention(part=)": lambda ex: ex.attention(part="decoder"),
    "attention(targets=)": lambda ex: ex.attention(targets="all"),
    "blocks": lambda ex: ex.blocks(),
    "context_reliance": lambda ex: ex.context_reliance((0, 2)),
    "experts()": lambda ex: ex.experts(),
    "edit": lambda ex: ex.edit({3: " France"}),
    "instead": lambda ex: ex.instead(" Paris"),
    "by_unit": lambda ex: ex.by_unit("sentence"),
    "by_unit(leave_one_out)": lambda ex: ex.by_unit("sentence", "leave_one_out"),
    "by_unit(refine=)": lambda ex: ex.by_unit("sentence", "saliency", refine="word"),
    "query_key": lambda ex: ex.query_key(0, 0, 0, 0),
    "logit_lens": lambda ex: ex.logit_lens(),
    "scores(foil=)": lambda ex: ex.scores("saliency", foil=" Paris"),
    "scores(units=)": lambda ex: ex.scores("saliency", units="word"),
    "trace": lambda ex: ex.trace,
    "with_corpus": lambda ex: ex.with_corpus(None),
}


@pytest.fixture(scope="module")
def live() -> aw.Explanation:
    return aw.load("demo").explain("The capital of Japan is", max_new_tokens=2)


@pytest.fixture(scope="module")
def saved(live: aw.Explanation, tmp_path_factory: pytest.TempPathFactory) -> aw.SavedExplanation:
    return aw.open(live.save(tmp_path_factory.mktemp("saved") / "why", methods=["saliency", "attention"]))


@pytest.mark.parametrize("kind", ["live", "saved"])
def test_what_it_offers(kind: str, request: pytest.FixtureRequest) -> None:
    assert [name for name in dir(request.getfixturevalue(kind)) if not name.startswith("_")] == OFFERED


@pytest.mark.parametrize("name", [name for name in OFFERED if callable(getattr(aw.Explanation, name, None))])
def test_both_take_the_same_arguments(name: str) -> None:
    ours, theirs = (getattr(kind, name) for kind in (aw.Explanation, aw.SavedExplanation))
    assert list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters)
    for method in (ours, theirs):
        assert inspect.getdoc(method)


@pytest.mark.parametrize("what", NEED_THE_MODEL)
def test_what_needs_the_model_is_refused_in_one_form(saved: aw.SavedExplanation, what: str) -> None:
    with pytest.raises(
        aw.AttrWidgetError, match=r"^\S+ needs the model, and this .* it carries saliency, attention; load"
    ):
        NEED_THE_MODEL[what](saved)


@pytest.mark.parametrize(
    "options",
    [
        {"method": "saliency"},
        {"method": "saliency", "normalize": None, "progress": print},
        {"method": "saliency", "normalize": "inseq"},
        {"method": "saliency", "target": "answer"},
        {"method": "saliency", "target": (0, 2), "normalize": None},
        {"method": "attention", "target": (1, 2)},
        {"method": "attention", "layer": 1, "head": [0, 2], "head_rule": "max"},
    ],
)
def test_both_give_the_same_scores(
    live: aw.Explanation, saved: aw.SavedExplanation, options: dict[str, Any]
) -> None:
    pd.testing.assert_frame_equal(
        saved.scores(**options), live.scores(**options), check_exact=False, rtol=1e-5
    )


@pytest.mark.parametrize(
    "options",
    [
        {"method": "saliency"},
        {"method": "saliency", "rule": "mean", "normalize": None},
        {"method": "attention", "units": "word", "rule": "max"},
        {"method": "saliency", "units": [(0, 2), (2, 4)]},
    ],
)
def test_both_give_the_same_scores_of_units(
    live: aw.Explanation, saved: aw.SavedExplanation, options: dict[str, Any]
) -> None:
    asked = {"units": "sentence", **options}
    ours, theirs = saved.by_unit(**asked), live.by_unit(**asked)
    pd.testing.assert_frame_equal(ours, theirs, check_exact=False, rtol=1e-5)
    for known in ("method", "units", "rule"):
        assert ours.attrs[known] == theirs.attrs[known]


def test_a_recorded_unit_that_is_not_there_is_refused(saved: aw.SavedExplanation) -> None:
    with pytest.raises(aw.AttrWidgetError, match="There are no documents here"):
        saved.by_unit("document", "saliency")


def test_both_refuse_a_source_that_is_not_there(live: aw.Explanation, saved: aw.SavedExplanation) -> None:
    for ex in (live, saved):
        with pytest.raises(aw.AttrWidgetError, match="demo has no encoder with a source of its own"):
            ex.scores(source_only=True)
