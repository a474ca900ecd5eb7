"""Divide an answer into its sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from attrwidget.text.borders import divided, sentence_starts, stretches

if TYPE_CHECKING:
    from attrwidget.text.tokens import Tokens


class Sentence(NamedTuple):
    """Tokens ``start`` up to ``end`` of an answer, and their *text*."""

    start: int
    end: int
    text: str


def answer_sentences(tokens: Tokens, first_step: int) -> list[Sentence]:
    """Return the sentences of the answer that begins at token *first_step*, without the special tokens around them.

    A stretch without letters, such as a number at the start of a list's line, belongs to the sentence after it, and at
    the end to the one before.
    """
    found: list[Sentence] = []
    waiting: Sentence | None = None
    for stretch in stretches(tokens, {first_step}, len(tokens)):
        if stretch[0].start < first_step or tokens.special[stretch[0].start]:
            continue
        for pieces in divided(stretch, sentence_starts):
            text = "".join(piece.text for piece in pieces)
            one = Sentence(pieces[0].start, pieces[-1].end, text)
            if waiting is not None:
                one = Sentence(waiting.start, one.end, waiting.text + text)
            waiting = None if any(letter.isalpha() for letter in text) else one
            found += [] if waiting else [one]
    if waiting is not None and found:
        last = found.pop()
        waiting = Sentence(last.start, waiting.end, last.text + waiting.text)
    return [*found, waiting] if waiting is not None else found
