"""Where words, sentences, messages and parts of a text begin, so that the page can read tokens together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.text.borders import divided, part_starts, sentence_starts, stretches, word_starts
from attrwidget.text.thoughts import thoughts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from attrwidget.results.base import Reading


def answer_sentences(reading: Reading) -> list[int]:
    """Return the first token of each sentence of an answer that is written; none crosses the border of a thought."""
    first, tokens = reading.first_step, reading.tokens
    thoughts = thoughts_of(tokens, first)
    borders = {first, *(border for thought in thoughts for border in thought)}
    return [
        int(pieces[0].start)
        for stretch in stretches(tokens, borders, len(tokens))
        for pieces in divided(stretch, sentence_starts)
        if pieces[0].start >= first
    ]


def groups_of(reading: Reading) -> dict[str, list[int]]:
    """Return the first token of each ``"word"``, ``"sentence"``, ``"message"`` and, in a prompt, ``"part"``.

    Groups never cross the border of a section or of a message's own text. Special tokens and the first token, which may
    be a sink, are groups of their own, except that a part begins with the first token. The answer is grouped into words
    alone, because each of its tokens can be held.
    """
    answer, units = reading.first_step, reading.tokens.units
    written = [int(unit.start) for unit in units if unit.start >= answer]
    writes = reading.step_noun[0] == "token" and reading.n_inputs == len(reading.tokens) - 1
    second = [int(units[1].start)] if len(units) > 1 and units[1].start < answer else []

    def starts(starts_in: Callable[[str], list[int]], end: int) -> list[int]:
        return [
            int(pieces[0].start)
            for stretch in stretches(reading.tokens, borders, end)
            for pieces in divided(stretch, starts_in)
        ]

    borders = {answer}
    for section in reading.sections:
        borders |= {section.start, section.end, *(section.body or ())}
    words = starts(word_starts, len(reading.tokens) if writes else answer)
    return {
        "word": sorted({*words, *second, *(() if writes else written)}),
        "sentence": sorted({*starts(sentence_starts, answer), *second, *written}),
        "message": sorted({*starts(lambda _: [0], answer), *second, *written}),
        "part": starts(part_starts, answer),
    }
