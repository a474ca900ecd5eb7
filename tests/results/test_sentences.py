"""What sentences drew from sentences: against ways that are counted out, and on an answer that copies its thought."""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from planted.measure import precision
from planted.tasks import THINKING_NAMES, TWO_HOPS
from planted.train import WEIGHTS, accuracy, tokenizer, trained

import attrwidget as aw
from attrwidget.errors import AttrWidgetError
from attrwidget.results.sentences import sentences_of, visited

if TYPE_CHECKING:
    from pathlib import Path

METHODS = ["attention", "weighted_attention", "value_zeroing"]
ANSWER = " Tokyo. The capital of France is Paris."


@pytest.fixture(scope="module")
def ex() -> Any:
    return aw.load("demo").explain("The capital of Japan is", output=ANSWER)


DRAWS = 20_000


def walked(shares: Any, first: int, passed: set[int], span: range) -> float:
    """Return how often a walk that follows the shares from the last step comes to the span."""
    rng = np.random.default_rng(0)
    came = 0
    for _ in range(DRAWS):
        at = first + len(shares) - 1
        while True:
            at = rng.choice(shares.shape[1], p=shares[at - first])
            came += at in span
            if at in span or at - first not in passed:
                break
    return came / DRAWS


@pytest.mark.parametrize("passed", [{0, 1, 2, 3, 4, 5}, {0, 1, 2}])
def test_it_is_the_chance_to_come_by(passed: set[int]) -> None:
    first, count = 4, 6
    rows = np.random.default_rng(1).random((count, first + count - 1)) ** 3
    for step in range(count):
        rows[step, first + step :] = 0
    rows /= rows.sum(axis=1, keepdims=True)
    spans = [(0, 2), (2, 4), (4, 6), (6, 7)]
    found = visited(rows, first, passed, spans)
    for k, (start, end) in enumerate(spans):
        assert found[5, k] == pytest.approx(walked(rows, first, passed, range(start, end)), abs=0.015)


def test_sentences_are_those_of_the_text(ex: Any) -> None:
    table = ex.sentences("saliency")
    assert list(table.index) == [("answer", "Tokyo."), ("answer", "The capital of France is Paris.")]
    assert list(table.columns) == [("prompt", "The capital of Japan is"), *table.index]
    assert table.isna().to_numpy().tolist() == [[False, True, True], [False, False, True]]


def test_direct_shares_are_those_of_the_rows(ex: Any) -> None:
    table, rows = ex.sentences("saliency", through=False), ex.scores("saliency").fillna(0).to_numpy()
    first, second = (one for one in sentences_of(ex.reading) if one.part == "answer")
    steps = slice(second.start - ex.reading.first_step, second.end - ex.reading.first_step)
    drawn = rows[steps, first.start : first.end].sum(axis=1).mean()
    assert table.iloc[1, 1] == pytest.approx(drawn, abs=1e-6)


def test_all_of_it_comes_from_the_prompt(ex: Any) -> None:
    special = ex.scores("saliency", through=True).to_numpy()[:, np.flatnonzero(ex.tokens.special[:7])]
    table = ex.sentences("saliency")
    assert table["prompt"].sum(axis=1).max() <= 1 - np.nan_to_num(special).sum(axis=1).min() + 1e-6
    assert (ex.sentences("saliency", through=False).iloc[1] <= table.iloc[1] + 1e-6)[:2].all()


def test_a_saved_explanation_has_the_same(ex: Any, tmp_path: Path) -> None:
    saved = aw.open(ex.save(tmp_path / "why.attrwidget", methods=["saliency"]))
    np.testing.assert_allclose(saved.sentences(), ex.sentences("saliency"), atol=1e-6)


def test_the_thought_that_an_answer_copies_is_the_one_that_carried_it() -> None:
    """The answer's words come by way of the thought, whose words come from the prompt."""
    for _, explanation in copies()[:4]:
        direct, through = (explanation.sentences(through=way) for way in (False, True))
        assert [part for part, _ in direct.columns] == ["prompt", "thought", "answer"]
        assert direct.loc["answer", "thought"].to_numpy() > 2 * direct.loc["answer", "prompt"].to_numpy()
        assert through.loc["answer", "thought"].to_numpy() > direct.loc["answer", "thought"].to_numpy()
        assert through.loc["answer", "prompt"].to_numpy() > 2 * direct.loc["answer", "prompt"].to_numpy()


def test_signed_methods_are_refused(ex: Any) -> None:
    with pytest.raises(AttrWidgetError, match="input_x_gradient have signs"):
        ex.sentences("input_x_gradient")


@cache
def copies() -> list[Any]:
    rng = random.Random(3)  # noqa: S311
    model = aw.load(trained("T"), tokenizer(THINKING_NAMES))
    examples = [TWO_HOPS.make(rng) for _ in range(16)]
    return [(one, model.explain(one.prompt, output=one.answer)) for one in examples]


def recall(method: str, *, through: bool | str) -> float:
    """Return how often the word of the prompt that an answer's word goes back to comes first among the prompt's."""
    found = []
    for one, explanation in copies():
        rows = explanation.scores(method, through=through).to_numpy()[9:]
        found.append(precision(rows, one.words, one.deciding[9:]))
    return float(np.mean(found))


def test_the_model_never_errs() -> None:
    rng = random.Random(2)  # noqa: S311
    assert accuracy(trained("T"), [TWO_HOPS.make(rng) for _ in range(500)]) == 1
    assert (WEIGHTS / "T.safetensors").stat().st_size < 200_000


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("through", [True, "thinking"])
def test_a_copy_of_a_thought_leads_to_what_the_thought_copied(method: str, *, through: bool | str) -> None:
    assert recall(method, through=through) >= 0.95
    assert recall(method, through=False) <= 0.3


def test_sizes_of_gradients_do_not_say_what_was_handed_on_and_the_note_says_so() -> None:
    assert recall("saliency", through=True) < 0.5 < recall("weighted_attention", through=True)
    _, explanation = copies()[0]
    notes = {name: explanation.scores(name, through=True).attrs["note"] for name in ("saliency", "attention")}
    assert "do not say what was handed on" in notes["saliency"]
    assert notes["attention"] == "passed on through the answer's own words: (I − R)⁻¹ P"
