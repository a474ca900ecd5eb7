# ruff: noqa: T201
"""Measure how often the highest source score is the aligned word: `python -m attrwidget.demo.translation.alignment`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.demo.translation import EVERYDAY, FOLDER, sentences
from attrwidget.load_model import load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from attrwidget.demo.translation import Translation
    from attrwidget.explanation import Explanation

READINGS: dict[str, dict[str, Any]] = {
    "saliency": {"method": "saliency"},
    "gradient × input": {"method": "input_x_gradient"},
    "leave-one-out": {"method": "leave_one_out"},
    "cross-attention, mean of all heads": {"method": "cross_attention"},
    "cross-attention, last layer": {"method": "cross_attention", "layer": 1},
    "cross-attention, aligning head": {"method": "cross_attention", "layer": 1, "head": 0},
}
"""What is measured, with the arguments of `scores`."""


def source_scores(ex: Explanation, reading: str) -> NDArray[np.floating]:
    """Return the scores of the source's tokens, `[steps, tokens]`, without the end of text."""
    rows: NDArray[np.floating] = ex.scores(**READINGS[reading], normalize=None, source_only=True).to_numpy()
    return rows[:, : ex.trace.n_source - 1]


def hits(scores: NDArray[np.floating], offsets: list[tuple[int, int]], one: Translation) -> list[bool]:
    """Return, for each piece that translates a word, whether the token with the highest score is of that word.

    *offsets* are the source tokens' characters.
    """
    found = []
    for row, sure in zip(
        scores, one.sure, strict=False
    ):  # the end of text, the last step, translates nothing
        start, end = offsets[int(np.nanargmax(row))]
        if sure:
            found.append(any(a < end and start < b for a, b in (one.words[word] for word in sure)))
    return found


def chance(one: Translation) -> float:
    """Return the share of hits of a word drawn at random."""
    shares = [len(sure) / len(one.words) for sure in one.sure if sure]
    return sum(shares) / len(shares)


def shares(model: Any, asked: list[Translation]) -> dict[str, float]:
    """Return the share of hits of each reading, and of a word drawn blindly."""
    found: dict[str, list[bool]] = {reading: [] for reading in READINGS}
    for one in asked:
        ex = model.explain(one.source, output=one.target)
        offsets = model.tokenizer(one.source, return_offsets_mapping=True)["offset_mapping"]
        for reading in READINGS:
            found[reading] += hits(source_scores(ex, reading), offsets, one)
    blind = float(np.mean([chance(one) for one in asked]))
    return {"a word drawn blindly": blind, **{name: float(np.mean(one)) for name, one in found.items()}}


def main() -> None:
    """Print a table of the share of hits in the sentences that travel with the model."""
    model, asked = load(FOLDER), list(sentences())
    everyday, lessons = shares(model, asked[:EVERYDAY]), shares(model, asked[EVERYDAY:])
    print("| highest source score by | is a sure word, everyday | fields of study |\n|---|---|---|")
    for reading, share in everyday.items():
        print(f"| {reading} | {share:.2f} | {lessons[reading]:.2f} |")


if __name__ == "__main__":
    main()
