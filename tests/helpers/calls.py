"""Calls of ``generate``, padded or not, and what was captured of them."""

from __future__ import annotations

from typing import Any

import torch
from helpers.tiny import random_ids

LENGTHS = (9, 4, 13)
PAD = 0


def inputs(ids: list[list[int]]) -> dict[str, torch.Tensor]:
    width = max(map(len, ids))
    return {
        "input_ids": torch.tensor([[PAD] * (width - len(row)) + row for row in ids]),
        "attention_mask": torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in ids]),
    }


def one() -> dict[str, torch.Tensor]:
    return inputs([random_ids(LENGTHS[0])])


def batch() -> dict[str, torch.Tensor]:
    return inputs([random_ids(length, seed=length) for length in LENGTHS])


def texts(captured: Any) -> list[list[int]]:
    return [ex.tokens.ids for ex in captured.explanations]


def unpadded(sequences: torch.Tensor, count: int = 1) -> list[list[int]]:
    """Return each row without padding before its prompt or after its first end-of-text token."""
    rows, width = [], max(LENGTHS)
    for at, row in enumerate(sequences.tolist()):
        answer = row[width:]
        answer = answer[: answer.index(7) + 1] if 7 in answer else answer
        rows.append(row[width - LENGTHS[at // count] : width] + answer)
    return rows
