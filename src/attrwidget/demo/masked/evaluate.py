"""Check that the masked model fills every mask with the one word that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from attrwidget.demo.masked.gaps import Gaps


def word_ids(tokenizer: PreTrainedTokenizerBase, one: Gaps) -> list[int]:
    """Return the token under each mask: the word with a space before it, at the start of a text too."""
    return [tokenizer(f" {word}", add_special_tokens=False)["input_ids"][0] for word in one.answers]


def checks(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, asked: Sequence[Gaps], batch: int = 128
) -> Iterator[tuple[Gaps, bool, float]]:
    """Yield each text, shortest first, whether all masks are filled right, and the least probability of a right word.

    The likeliest token of each mask must be the word that was there.
    """
    ordered = sorted(asked, key=lambda one: len(one.text))
    for first in range(0, len(ordered), batch):
        rows = ordered[first : first + batch]
        encoded = tokenizer([one.text for one in rows], return_tensors="pt", padding=True)
        at = encoded["input_ids"] == tokenizer.mask_token_id
        targets = torch.tensor([token for one in rows for token in word_ids(tokenizer, one)])
        with torch.inference_mode():
            logits = model(**encoded).logits[at]
        right = logits.argmax(-1) == targets
        chances = logits.softmax(-1).gather(-1, targets[:, None])[:, 0]
        k = 0
        for one in rows:
            mine = slice(k, k + len(one.masks))
            yield one, bool(right[mine].all()), float(chances[mine].min())
            k += len(one.masks)
