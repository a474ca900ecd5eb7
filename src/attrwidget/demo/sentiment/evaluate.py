"""Check that the classifier gives every review its label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from attrwidget.demo.sentiment.review import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from attrwidget.demo.sentiment.review import Review


def checks(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, asked: Sequence[Review], batch: int = 64
) -> Iterator[tuple[Review, bool, float]]:
    """Yield each review, shortest first, whether its label is the likeliest, and that label's probability."""
    ordered = sorted(asked, key=lambda one: len(one.text))
    for first in range(0, len(ordered), batch):
        rows = ordered[first : first + batch]
        labels = torch.tensor([LABELS.index(one.label) for one in rows])
        with torch.inference_mode():
            logits = model(**tokenizer([one.text for one in rows], return_tensors="pt", padding=True)).logits
        right = logits.argmax(-1) == labels
        chances = logits.softmax(-1).gather(-1, labels[:, None])[:, 0]
        for row, one in enumerate(rows):
            yield one, bool(right[row]), float(chances[row])
