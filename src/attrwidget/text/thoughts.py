"""Find the thoughts in an answer: what a model wrote between marks such as ``<think>`` and ``</think>``."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attrwidget.text.tokens import Tokens

_MARKS = (
    ("<think>", "</think>"),  # DeepSeek R1, Qwen 3, SmolLM3, GLM 4.5 and most others
    ("<thinking>", "</thinking>"),
    ("[THINK]", "[/THINK]"),  # Magistral
    ("<|START_THINKING|>", "<|END_THINKING|>"),  # Command A
    ("<seed:think>", "</seed:think>"),  # Seed-OSS
    ("<|channel|>analysis<|message|>", "<|end|>"),  # gpt-oss
)
MARKS = frozenset(mark for pair in _MARKS for mark in pair)


def thoughts_of(tokens: Tokens, first_step: int) -> list[tuple[int, int]]:
    """Return the tokens of each thought of the answer, its marks among them: ``start`` up to ``end``.

    A thought may begin in the prompt, whose template opened it, and one without an end goes on to the last token; only
    what the answer wrote of it is returned.
    """
    starts = [unit.start for unit in tokens.units]
    ends = [unit.end for unit in tokens.units]
    offsets, text = [], ""
    for unit in tokens.units:
        offsets.append(len(text))
        text += unit.text
    answer = offsets[starts.index(first_step)] if first_step in starts else len(text)
    found = []
    for begin, finish in _MARKS:
        at = _last_opening(text, begin, answer)
        while (at := text.find(begin, at)) >= 0:
            end = text.find(finish, at)
            end = len(text) if end < 0 else end + len(finish)
            if end > answer:
                first, last = (bisect_right(offsets, place) - 1 for place in (max(at, answer), end - 1))
                found.append((max(starts[first], first_step), ends[last]))
            at = end
    return sorted(found)


def _last_opening(text: str, begin: str, answer: int) -> int:
    """Return where to begin: at a thought that the prompt left open at its end, else at the answer."""
    opened = text.rfind(begin, 0, answer)
    return opened if opened >= 0 and text[opened + len(begin) : answer].strip() == "" else answer
