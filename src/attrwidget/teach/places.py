"""Find steps and inputs by their text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.checks import check_input, check_step, is_whole, short
from attrwidget.errors import AttrWidgetError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.presentation import Presentation
    from attrwidget.results.base import Reading
    from attrwidget.text.tokens import TextPiece


def find_steps(reading: Reading, of: Any) -> list[int]:
    """Return the steps that *of* names: an index, or the text of one piece of the answer or of several in a row."""
    if is_whole(of):
        return [check_step(of, reading.n_steps)]
    tokens = _find(step_pieces(reading), of, "answer")
    return [token - reading.first_step for token in tokens]


def find_inputs(reading: Reading, source: Any) -> list[int]:
    """Return the input tokens that *source* names: an index, or the text of one piece or of several in a row."""
    if is_whole(source):
        index = check_input(source, reading.n_inputs)
        return next(list(range(u.start, u.end)) for u in input_pieces(reading) if u.start <= index < u.end)
    return _find(input_pieces(reading), source, "input")


def positions(ex: Presentation, text: str) -> list[int]:
    """Find a word of the input, for an answer that is a function of the explanation.

    Args:
        ex: An explanation.
        text: The word, or several in a row, as the model reads them.

    Returns:
        The positions of its tokens, from 0, where it first occurs.

    Raises:
        AttrWidgetError: It is not there.

    Example:
        >>> ex.scores("saliency").iloc[0, aw.teach.positions(ex, "America")].sum()
    """
    return find_inputs(ex.reading, text)


def step_pieces(reading: Reading) -> list[TextPiece]:
    """Return the pieces of the answer, as they are drawn."""
    return [unit for unit in reading.tokens.units if unit.start >= reading.first_step]


def input_pieces(reading: Reading) -> list[TextPiece]:
    """Return the pieces of the inputs, as they are drawn."""
    return [unit for unit in reading.tokens.units if unit.start < reading.n_inputs]


def step_name(reading: Reading, step: int) -> str:
    """Return the text of the piece that *step* is of."""
    token = reading.first_step + step
    return next(unit.text.strip() for unit in step_pieces(reading) if unit.start <= token < unit.end)


def input_name(reading: Reading, index: int) -> str:
    """Return the text of the piece that input *index* is of."""
    return next(unit.text.strip() for unit in input_pieces(reading) if unit.start <= index < unit.end)


def _find(pieces: Sequence[TextPiece], text: Any, what: str) -> list[int]:
    """Return the tokens of the first *pieces* in a row that read *text*, in these letters or else in any case."""
    if isinstance(text, str) and text.strip():
        for fold in (str, str.casefold):
            wanted = fold(text.strip())
            for first in range(len(pieces)):
                for last in range(first, min(first + len(wanted), len(pieces))):
                    if fold("".join(u.text for u in pieces[first : last + 1]).strip()) == wanted:
                        return list(range(pieces[first].start, pieces[last].end))
    known = [unit.text.strip() for unit in pieces]
    listed = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
    raise AttrWidgetError(
        f"There is no {what} {short(text)}{did_you_mean(text, known)}: give a position from 0 or a text among {listed}."
    )
