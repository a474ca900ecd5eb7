"""What each sentence of an answer drew from each sentence before it: directly, or by way of those between."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from attrwidget.results.through import passed_steps, shares_of
from attrwidget.tables import Table
from attrwidget.text.borders import divided, sentence_starts, stretches
from attrwidget.text.thoughts import MARKS, thoughts_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from attrwidget.results.base import Reading


# On the planted copy of a copy (tests/results) these lead back to the source, and norms of gradients do not.
_CONCENTRATED = ("weighted_attention", "attention")


class Sentence(NamedTuple):
    """Tokens ``start`` up to ``end``; ``part`` is ``"prompt"``, ``"thought"`` or ``"answer"``."""

    start: int
    end: int
    part: str
    text: str


def sentences_of(reading: Reading) -> list[Sentence]:
    """Return the sentences of the text, without special tokens, what a chat template wrote, and a thought's marks.

    None crosses the border of a section or of a thought.
    """
    tokens, first = reading.tokens, reading.first_step
    thoughts = thoughts_of(tokens, first)
    borders = {first, *(border for thought in thoughts for border in thought)}
    for section in reading.sections:
        borders |= {section.start, section.end, *(section.body or ())}
    found = []
    for stretch in stretches(tokens, borders, len(tokens)):
        for pieces in divided(stretch, sentence_starts):
            start, end = pieces[0].start, pieces[-1].end
            text = "".join(piece.text for piece in pieces).strip()
            if all(tokens.special[start:end]) or text in MARKS or not text or _is_template(reading, start):
                continue
            inside = any(begin <= start < stop for begin, stop in thoughts)
            found.append(
                Sentence(start, end, "thought" if inside else "prompt" if start < first else "answer", text)
            )
    return found


def _is_template(reading: Reading, token: int) -> bool:
    section = next((one for one in reading.sections if one.start <= token < one.end), None)
    return section is not None and section.body is not None and not section.body[0] <= token < section.body[1]


def sentence_table(reading: Reading, method: str | None, *, through: bool | str) -> pd.DataFrame:
    """Return what each sentence of the answer drew from each earlier one, labelled by part and text.

    Args:
        reading: Whose rows of *method* are read.
        method: A method without sign; None takes the first of ``_CONCENTRATED`` that is offered, else any without.
        through: As in ``scores``.

    Raises:
        AttrWidgetError: What ``passed_steps`` raises: the method has signs, or no step is read by a later one.
    """
    method = _default(reading) if method is None else method
    signed = reading.method(method).signed
    wanted = True if through is False else through
    passed = passed_steps(reading, method, signed=signed, through=wanted, normalize="auto", source_only=False)
    rows = reading.rows(method, range(reading.n_steps))
    sentences = sentences_of(reading)
    drawing = [sentence for sentence in sentences if sentence.start >= reading.first_step]
    spans = [(one.start, one.end) for one in sentences]
    direct = through is False
    drawn = summed_by(shares_of(rows), spans) if direct else visited(rows, reading.first_step, passed, spans)
    values = np.full((len(drawing), len(sentences)), np.nan, dtype=np.float32)
    for row, sentence in zip(values, drawing, strict=True):
        earlier = [k for k, one in enumerate(sentences) if one.end <= sentence.start]
        steps = slice(sentence.start - reading.first_step, sentence.end - reading.first_step)
        row[earlier] = np.nanmean(drawn[steps][:, earlier], axis=0)
    return Table(values, index=_labels(drawing), columns=_labels(sentences))


def _default(reading: Reading) -> str:
    offered = [known.name for known in reading.methods() if not known.signed]
    return next((name for name in _CONCENTRATED if name in offered), next(iter(offered), "saliency"))


def summed_by(shares: NDArray[np.float64], spans: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
    """Return the sums of *shares* ``[steps, inputs]`` over each of *spans*, ``[steps, spans]``."""
    sums = np.concatenate([np.zeros((len(shares), 1)), np.cumsum(shares, axis=1)], axis=1)
    ends = np.minimum(np.array(spans).reshape(-1, 2), shares.shape[1])
    totals: NDArray[np.float64] = sums[:, ends[:, 1]] - sums[:, ends[:, 0]]
    return totals


def visited(
    rows: NDArray[np.floating],
    first_step: int,
    passed: Collection[int],
    spans: Sequence[tuple[int, int]],
) -> NDArray[np.float64]:
    """Return how much of each step came from, or by way of, each of *spans*.

    The chance that a way from the step, which leaves every step of *passed* again, ever comes to a word of the span:
    1ᵀ N[i, C] N[C, C]⁻¹ with N = (I − R)⁻¹ (hitting probabilities of Kemeny & Snell, Finite Markov Chains, 1960, §3.5).

    Args:
        rows: Scores without sign ``[n_steps, n_inputs]``, NaN where there is no input.
        first_step: The index of the first output token among the inputs.
        passed: The steps passed through. A span holds them alone, or none of them.
        spans: Pairs of token positions.

    Returns:
        ``[n_steps, spans]``; of a span that a step belongs to itself, 1.
    """
    shares = shares_of(rows)
    count = len(shares)
    chosen = [s for s in passed if first_step + s < shares.shape[1] and shares[s].any()]
    between = np.zeros((count, count))
    between[:, chosen] = shares[:, [first_step + s for s in chosen]]
    visits = np.linalg.inv(np.eye(count) - between)
    kept = shares.copy()
    kept[:, [first_step + s for s in chosen]] = 0
    reached = summed_by(visits @ kept, spans)
    known = set(chosen)
    for k, (start, end) in enumerate(spans):
        inside = [s for s in range(start - first_step, end - first_step) if s in known]
        if inside:
            entered = np.linalg.solve(visits[np.ix_(inside, inside)], np.ones(len(inside)))
            reached[:, k] = visits[:, inside] @ entered
    return reached


def _labels(sentences: Sequence[Sentence]) -> pd.MultiIndex:
    """Return the part and the text of each sentence; texts that occur twice in a part are numbered."""
    seen: dict[tuple[str, str], int] = {}
    pairs = []
    for _, _, part, text in sentences:
        seen[part, text] = seen.get((part, text), 0) + 1
        pairs.append((part, text if seen[part, text] == 1 else f"{text} ({seen[part, text]})"))
    return pd.MultiIndex.from_tuples(pairs, names=["part", "sentence"])
