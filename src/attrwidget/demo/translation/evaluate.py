"""Check that the translator gets every sentence right by greedy decoding, word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from attrwidget.demo.translation.sentence import Translation


def checks(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, asked: Sequence[Translation], batch: int = 64
) -> Iterator[tuple[Translation, bool, float]]:
    """Yield each sentence, shortest first, whether it is translated right, and the least probability of a right token.

    Greedy decoding gives the translation exactly when each of its tokens, and the end after them, is the likeliest
    after the ones before it: one forward pass decides.
    """
    ordered = sorted(asked, key=lambda one: len(one.source))
    for first in range(0, len(ordered), batch):
        rows = ordered[first : first + batch]
        source = tokenizer([one.source for one in rows], return_tensors="pt", padding=True)
        labels = tokenizer([one.target for one in rows], return_tensors="pt", padding=True)
        targets, known = labels["input_ids"], labels["attention_mask"].bool()
        with torch.inference_mode():
            logits = model(**source, labels=targets).logits
        right = (logits.argmax(-1) == targets) | ~known
        chances = logits.log_softmax(-1).gather(-1, targets[..., None])[..., 0].exp().masked_fill(~known, 1.0)
        for row, sentence in enumerate(rows):
            yield sentence, bool(right[row].all()), float(chances[row].min())
