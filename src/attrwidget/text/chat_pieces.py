"""Compare what a chat template writes, as pieces: control tokens, words, spaces and other characters."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from attrwidget.text.chat_template import END, MARK, words

if TYPE_CHECKING:
    from attrwidget.text.chat_probes import Pieces


def without(text: Pieces, headers: list[Pieces]) -> Pieces:
    """Return *text* without the one of *headers* that it ends with."""
    found = [header for header in headers if header and text[-len(header) :] == header]
    return stripped(text[: -len(found[0])]) if found else text


def after_footer(text: Pieces, footers: list[Pieces]) -> Pieces | None:
    """Return what follows the footer at the beginning of *text*, or None when another stands there."""
    text = stripped(text)
    for footer in footers:
        if text[: len(footer)] == footer:
            return stripped(text[len(footer) :])
    return None if footers else text


def after_words(part: Pieces, text: Pieces) -> bool:
    """Return whether *part* stands in *text* after words alone."""
    return bool(part) and any(
        text[at : at + len(part)] == part and not has_control(text[:at]) for at in range(1, len(text))
    )


def common_start(texts: list[Pieces]) -> Pieces:
    """Return the pieces with which all *texts* begin."""
    columns = zip(*texts, strict=False)
    return tuple(column[0] for column in takewhile(lambda column: len(set(column)) == 1, columns))


def stripped(text: Pieces) -> Pieces:
    """Return *text* without white space at its ends, and without opening brackets and quotes at its end."""
    start, stop = 0, len(text)
    while start < stop and text[start].isspace():
        start += 1
    while stop > start and (text[stop - 1].isspace() or text[stop - 1] in "\"'[{("):
        stop -= 1
    return text[start:stop]


def to_last_control(header: Pieces) -> Pieces:
    """Return *header* without words after its last control token, if the role stands before that one."""
    at = [i for i, piece in enumerate(header) if has_control((piece,))]
    named = at and words("".join(header[at[0] : at[-1]]))
    return header[: at[-1] + 1] if named else header


def from_control(text: Pieces) -> Pieces:
    """Return *text* from its first control token on; all of it if it has none."""
    return text[next((at for at, piece in enumerate(text) if has_control((piece,))), 0) :]


def has_control(found: Pieces) -> bool:
    """Return whether *found* holds a control token."""
    return any(piece.startswith(MARK) and piece.endswith(END) for piece in found)
