"""Pass on what a word of the answer drew from earlier words of the answer to what these drew from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from attrwidget.checks import short
from attrwidget.errors import AttrWidgetError
from attrwidget.text.thoughts import thoughts_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from attrwidget.results.base import Reading

_PASSED_ON = "passed on through the answer's own words: (I − R)⁻¹ P"
_SIZES = "; sizes of gradients do not say what was handed on: attention × value norm does"


def note_on_passing(question: str | None) -> str:
    """Return how shares of a method that answers *question* were passed on, and whether they can be read so.

    A gradient's size says how much a word could change the next, which nearly every word can: shares are spread, and
    more so with each passing on. Of a planted copy in two hops saliency finds .21 of the sources so, and attention ×
    value norm all (tests/results/test_sentences.py).
    """
    return _PASSED_ON + (_SIZES if question == "depend" else "")


def passed_steps(
    reading: Reading,
    method: str,
    *,
    signed: bool,
    through: bool | str,
    normalize: str | None,
    source_only: bool,
) -> range | list[int]:
    """Return the steps that shares are passed on through: all for True, those of thoughts for ``"thinking"``.

    Raises:
        AttrWidgetError: *through* is neither, the rows are no shares or those of the source alone, or no step is an
            input of a later one.
    """
    if through is not True and through != "thinking":
        raise AttrWidgetError(f"through= is True, False or 'thinking', not {short(through)}.")
    if source_only:
        raise AttrWidgetError(
            "source_only= leaves out the answer's words, by which through= passes shares on: take one of the two."
        )
    if signed:
        raise AttrWidgetError(
            f"through= passes shares on, and scores of {method} have signs: take a method without, such as "
            "saliency, input_x_gradient_l2 or attention."
        )
    if normalize not in {"auto", "step"}:
        raise AttrWidgetError(
            f"through= passes shares on, so normalize is 'auto' or 'step', not {short(normalize)}."
        )
    if reading.n_inputs <= reading.first_step:
        raise AttrWidgetError(
            f"through= passes shares on by the words of an answer, and no {reading.step_noun[0]} of this explanation "
            "is read by a later one."
        )
    if through is True:
        return range(reading.n_steps)
    steps = [
        token - reading.first_step
        for start, end in thoughts_of(reading.tokens, reading.first_step)
        for token in range(start, end)
    ]
    if not steps:
        raise AttrWidgetError(
            "through='thinking' passes shares on by the thoughts of an answer, and this one has none between marks "
            "such as <think> and </think>."
        )
    return steps


def shares_of(rows: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return magnitudes as shares that sum to 1, 0 where *rows* are NaN; a row without any is all 0."""
    sizes = np.abs(np.where(np.isnan(rows), 0, rows), dtype=np.float64)
    totals = sizes.sum(axis=1)
    return sizes / np.where(totals > 0, totals, 1)[:, None]


def pass_on(rows: NDArray[np.floating], first_step: int, steps: Collection[int]) -> NDArray[np.float32]:
    """Return the shares of inputs when those of *steps* are given to what these steps drew from.

    The fundamental matrix of an absorbing Markov chain, (I − R)⁻¹ P (Kemeny & Snell, Finite Markov Chains, 1960,
    §3.2–3.3): each row is the chance to go from a step to an input; steps are left again, other inputs are kept.

    Args:
        rows: Scores without sign ``[n_steps, n_inputs]``, NaN where there is no input.
        first_step: The index of the first output token among the inputs.
        steps: The steps passed through. One whose own row is empty keeps its share.

    Returns:
        float32 ``[n_steps, n_inputs]``; rows sum to 1, 0 at what was passed through, NaN where *rows* have it.
    """
    unknown, shares = np.isnan(rows), shares_of(rows)
    totals = shares.sum(axis=1)
    passed = [s for s in steps if first_step + s < shares.shape[1] and totals[s] > 0]
    columns = [first_step + s for s in passed]
    between = np.zeros((len(shares), len(shares)))
    between[:, passed] = shares[:, columns]
    shares[:, columns] = 0
    # The inverse holds chances, none above 1, so that nothing is lost by it; LAPACK's solve takes five times as long.
    chances = np.linalg.inv(np.eye(len(shares)) - between).astype(np.float32)
    total: NDArray[np.float32] = chances @ shares.astype(np.float32)
    total[unknown] = np.nan
    total[totals == 0] = np.nan
    return total
