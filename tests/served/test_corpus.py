"""A corpus of a client is searched through a served model as through the model itself; the server keeps no text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from helpers.model_server import model_server
from helpers.page import Page

import attrwidget as aw
from attrwidget.serve.limits import ServeLimits

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXTS = [
    "The capital of Japan is Tokyo.",
    "The capital of France is Paris.",
    "People in Japan pay with the yen.",
    "People in France speak French.",
]
LABELS = [
    {"words": [text.split()[3]], "kind": ["country" if k < 2 else "verb"]} for k, text in enumerate(TEXTS)
]
GAP = "The capital of [MASK] is Paris."


@pytest.fixture(scope="module")
def local() -> Any:
    return aw.load("demo-masked")


@pytest.fixture(scope="module")
def model(local: Any) -> Iterator[Any]:
    with model_server(local, limits=ServeLimits(characters=300)) as address:
        yield aw.connect(address)


@pytest.fixture(scope="module")
def corpora(local: Any, model: Any) -> tuple[Any, Any]:
    return aw.corpus(TEXTS, local, annotations=LABELS), aw.corpus(TEXTS, model, annotations=LABELS)


@pytest.mark.parametrize("heads", [None, [0, 2]])
def test_the_matches_are_those_of_the_model_itself(
    local: Any, model: Any, corpora: tuple[Any, Any], heads: Any
) -> None:
    here, there = corpora
    for what in ((TEXTS[0], "Tokyo"), (GAP, "[MASK]")):
        wanted = here.similar(*what, layer=1, heads=heads, k=5)
        found = there.similar(*what, layer=1, heads=heads, k=5)
        pd.testing.assert_frame_equal(found.to_pandas(), wanted.to_pandas(), check_exact=True)
        pd.testing.assert_frame_equal(found.offsets(), wanted.offsets())
    for token in (None, 3):
        wanted = here.similar(local.explain(GAP), token, heads=heads)
        for corpus in corpora:  # also one that was read here
            found = corpus.similar(model.explain(GAP), token, heads=heads)
            pd.testing.assert_frame_equal(found.to_pandas(), wanted.to_pandas(), check_exact=True)
    for masked in (False, True):
        assert there.accuracy("kind", k=1, masked=masked).equals(here.accuracy("kind", k=1, masked=masked))


def test_its_widget_is_answered_here(local: Any, model: Any, corpora: tuple[Any, Any]) -> None:
    here, there = corpora
    asked = {"step": 0, "token": None, "layer": 1, "heads": None, "k": 3}
    pages = [Page(local.explain(GAP).with_corpus(here)), Page(model.explain(GAP).with_corpus(there))]
    wanted, found = (page.ask("similar", asked) for page in pages)
    assert found == wanted
    wanted, found = (page.ask("scores", {**_SAVED, "steps": [0]}) for page in pages)
    assert found == wanted


_SAVED = {"method": "saliency", "layer": None, "heads": [], "head_rule": "mean"}


def test_what_does_not_fit_is_a_sentence(model: Any, corpora: tuple[Any, Any]) -> None:
    with pytest.raises(aw.AttrWidgetError, match="too long for this server"):
        aw.corpus(["word " * 100], model)
    with pytest.raises(aw.AttrWidgetError, match="is empty"):
        aw.corpus(["a", " "], model)
    with model_server(aw.load("demo")) as address:
        other = aw.connect(address).explain("The capital of Japan is", max_new_tokens=1)
        with pytest.raises(aw.AttrWidgetError, match="the corpus was read by demo-masked"):
            other.with_corpus(corpora[1])
    ids = {"ids": [1, 2], "types": None}
    for bad in (
        {},
        {"op": "__init__"},
        {"op": ["read"]},
        {"op": "encode", "text": 5},
        {"op": "read"},
        {"op": "read", "ids": [10**9], "layers": [0]},
        {"op": "read", "ids": [True], "layers": [0]},
        {"op": "read", "ids": [1] * 10_000, "layers": [0]},
        {"op": "read", **ids, "layers": [99]},
        {"op": "read", "ids": [1, 2], "types": [0], "layers": [0]},
        {"op": "attention", **ids, "layer": 0, "heads": [99], "token": 0},
        {"op": "attention", **ids, "layer": 0, "heads": "all", "token": 0},
        {"op": "attention", **ids, "layer": 0, "heads": None, "token": 2},
        {"op": "place", "recipe": None},
        {"op": "place", "recipe": {"model": "demo-masked", "input": GAP}, "step": 9},
        {"op": "place", "recipe": {"model": "demo-masked", "input": GAP}, "token": [1]},
    ):
        with pytest.raises(aw.AttrWidgetError) as error:
            model._server.post("/v1/corpus", bad)
        assert "made a mistake" not in str(error.value), bad
