"""Shares passed on through the answer's own words, against sums over all ways, and on answers that copy themselves."""

from __future__ import annotations

import time
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers.tiny import byte_tokenizer

import attrwidget as aw
from attrwidget.errors import AttrWidgetError
from attrwidget.results.through import pass_on
from attrwidget.text.thoughts import thoughts_of
from attrwidget.text.tokens import read_tokens

if TYPE_CHECKING:
    from pathlib import Path


def rows_of(n_steps: int, prompt: int, seed: int = 0) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return rows of shares of an answer of *n_steps* after *prompt* tokens, NaN where a token came later."""
    rows = np.random.default_rng(seed).random((n_steps, prompt + n_steps - 1), dtype=np.float32) ** 4
    for step in range(n_steps):
        rows[step, prompt + step :] = np.nan
    return rows / np.nansum(rows, axis=1, keepdims=True)


def over_all_ways(rows: Any, prompt: int, steps: list[int]) -> Any:
    """Sum the products of shares over every way from a step, by any of *steps*, to an input that is kept."""
    shares = np.nan_to_num(rows.astype(np.float64))
    total = np.zeros_like(shares)
    kept = [c for c in range(shares.shape[1]) if c - prompt not in steps]
    for step in range(len(rows)):
        earlier = [s for s in steps if s < step]
        for count in range(len(earlier) + 1):
            for way in combinations(earlier, count):
                stops = [step, *reversed(way)]
                product = np.prod([shares[a, prompt + b] for a, b in pairwise(stops)])
                total[step, kept] += product * shares[stops[-1], kept]
    return total


@pytest.mark.parametrize("steps", [[0, 1, 2, 3, 4, 5], [1, 3, 4]])
def test_it_is_the_sum_over_all_ways(steps: list[int]) -> None:
    rows = rows_of(6, 4)
    total = pass_on(rows, 4, steps)
    known = ~np.isnan(rows)
    np.testing.assert_allclose(total[known], over_all_ways(rows, 4, steps)[known], atol=1e-6)
    np.testing.assert_allclose(np.nansum(total, axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(np.isnan(total), ~known)
    assert not np.nan_to_num(total[:, [4 + s for s in steps if s < 5]]).any()


def test_a_copy_of_a_copy_leads_back_to_the_source() -> None:
    prompt, n_steps = 10, 6
    rows = np.full((n_steps, prompt + n_steps - 1), np.nan, dtype=np.float32)
    for step in range(n_steps):
        rows[step, : prompt + step] = 0.05 / (prompt + step)
        # The first half of the answer copies the prompt's third word on; the second half copies the first half.
        rows[step, 3 + step if step < 3 else prompt + step - 3] += 0.95
    total = pass_on(rows, prompt, range(n_steps))
    for step in range(3, n_steps):
        assert rows[step, step] < 0.01
        assert total[step, step] > 0.9


def test_a_word_without_scores_keeps_its_share() -> None:
    rows = np.array([[np.nan, np.nan, np.nan], [0.5, 0.0, 0.5]], dtype=np.float32)
    total = pass_on(rows, 2, [0, 1])
    np.testing.assert_allclose(total[1], [0.5, 0, 0.5])
    assert np.isnan(total[0]).all()


@pytest.mark.slow
def test_two_hundred_words_of_a_thousand_take_ten_milliseconds() -> None:
    rows = rows_of(200, 1000)
    taken = []
    for _ in range(9):
        start = time.perf_counter()
        pass_on(rows, 1000, range(200))
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.03  # 10 ms on an idle machine; the tests share it


@pytest.fixture(scope="module")
def ex() -> Any:
    return aw.load("demo").explain("The capital of Japan is", max_new_tokens=5)


def test_scores_of_a_model(ex: Any) -> None:
    direct, through = ex.scores("saliency"), ex.scores("saliency", through=True)
    first = ex.reading.first_step
    steps = list(range(ex.reading.n_steps))
    known = direct.notna().to_numpy()
    expected = over_all_ways(direct.to_numpy(), first, steps)
    np.testing.assert_allclose(through.to_numpy()[known], expected[known], atol=1e-6)
    np.testing.assert_allclose(through.iloc[:, :first].sum(axis=1), 1, atol=1e-6)
    assert "(I − R)⁻¹ P" in through.attrs["note"]


def test_a_saved_explanation_passes_on_what_was_recorded(ex: Any, tmp_path: Path) -> None:
    saved = aw.open(ex.save(tmp_path / "why.attrwidget", methods=["saliency", "input_x_gradient"]))
    through = saved.scores("saliency", through=True)
    np.testing.assert_allclose(through, ex.scores("saliency", through=True), atol=1e-6)
    assert "(I − R)⁻¹ P" in through.attrs["note"]
    with pytest.raises(AttrWidgetError, match="have signs"):
        saved.scores("input_x_gradient", through=True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"method": "input_x_gradient"}, "input_x_gradient have signs"),
        ({"method": "saliency", "normalize": None}, "normalize is 'auto' or 'step', not None"),
        ({"method": "saliency", "through": "thoughts"}, "not 'thoughts'"),
        ({"method": "saliency", "through": "thinking"}, "has none between marks"),
    ],
)
def test_what_cannot_be_passed_on_is_said(ex: Any, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(AttrWidgetError, match=said):
        ex.scores(**{"through": True, **arguments})


def test_a_source_alone_has_no_words_to_pass_by() -> None:
    translated = aw.load("demo-translation").explain("我喜歡機器學習和人工智慧。")
    through = translated.scores("saliency", through=True)
    np.testing.assert_allclose(through.sum(axis=1), 1, atol=1e-5)
    with pytest.raises(AttrWidgetError, match="take one of the two"):
        translated.scores("saliency", through=True, source_only=True)


def test_labels_are_read_by_no_later_step() -> None:
    sentence = aw.load("demo-sentiment").explain("The plot was not boring.")
    with pytest.raises(AttrWidgetError, match="no class of this explanation"):
        sentence.scores("saliency", through=True)


@pytest.mark.parametrize(
    ("prompt", "answer", "thoughts"),
    [
        ("Q:", "<think>a b</think>c", ["<think>a b</think>"]),
        ("Q:<think>\n", "a b</think>c", ["a b</think>"]),
        ("Q:<think></think>", "a", []),
        ("Q:", "<think>a", ["<think>a"]),
        ("Q:", "[THINK]a[/THINK]b[THINK]c[/THINK]d", ["[THINK]a[/THINK]", "[THINK]c[/THINK]"]),
        ("Q:", "<|channel|>analysis<|message|>a<|end|>b", ["<|channel|>analysis<|message|>a<|end|>"]),
        ("Q:", "a think b", []),
    ],
)
def test_thoughts_are_found(prompt: str, answer: str, thoughts: list[str]) -> None:
    tokenizer = byte_tokenizer()
    ids, start = [
        tokenizer(text, add_special_tokens=False)["input_ids"] for text in (prompt + answer, prompt)
    ]
    found = thoughts_of(read_tokens(tokenizer, ids, len(start)), len(start))
    assert [tokenizer.decode(ids[begin:end]) for begin, end in found] == thoughts
