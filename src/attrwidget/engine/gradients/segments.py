"""Cut a long text into segments, so that a step's backward pass skips what comes after it."""

from __future__ import annotations

from itertools import pairwise

# Tokens, by measurement: the longest text run in one segment; one segment of a longer prompt; one of its answer.
WHOLE, PROMPT_SEGMENT, SEGMENT = 256, 256, 24
_LOGITS = 32 << 20  # bytes of float32 logits in a text that is run in one segment


def segment_bounds(
    length: int, first_step: int, vocabulary: int, whole: int | None = None
) -> list[tuple[int, int]]:
    """Return the ``(start, end)`` of each segment of a text of *length* tokens, *first_step* of them its prompt.

    A text of up to *whole* tokens (``WHOLE`` by default) is not cut inside its prompt or its answer, unless its logits
    are too large: a backward pass from one step goes through the logits of its whole segment. A prompt longer than an
    answer's segment is run alone, so that the first step need not wait for the answer.
    """
    logits = 4 * (length - first_step + 1) * vocabulary
    if length <= (WHOLE if whole is None else whole) and logits <= _LOGITS:
        return [(0, first_step), (first_step, length)] if SEGMENT < first_step < length else [(0, length)]
    pieces = -(-first_step // PROMPT_SEGMENT)
    prompt = [first_step * k // pieces for k in range(pieces)]
    return list(pairwise([*prompt, *range(first_step, length, SEGMENT), length]))
