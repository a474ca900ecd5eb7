"""Turn other libraries' token strings, such as vocabulary entries, into readable text."""

from __future__ import annotations

import re
import unicodedata
from codecs import getincrementaldecoder
from functools import cache
from typing import TYPE_CHECKING

from attrwidget.text.tokens import TextPiece, Tokens, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_SPECIAL = re.compile(
    r"<(s|/s|pad|unk|mask|bos|eos|cls|sep|extra_id_\d+)>|<\|[^|]+\|>|\[(PAD|UNK|CLS|SEP|MASK)\]",
    re.IGNORECASE,
)
_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")
_CONTRAST = " → "  # Inseq writes a foil and the token as one
_LONGEST_CHARACTER = 8  # tokens of one; UTF-8 has at most 4 bytes, and pieces may straddle two characters


def read_pieces(pieces: Sequence[str], borders: Sequence[int], ids: Sequence[int] | None = None) -> Tokens:
    """Return *pieces* as tokens with readable texts; no unit straddles one of the ascending *borders*.

    Known are GPT-2's byte letters (``Ġthe``), SentencePiece (``▁the``, ``<0xE6>``), WordPiece (``##s``) and plain texts
    with their spaces. Words without any space are set apart by one.
    """
    spans = list(zip([0, *borders], [*borders, len(pieces)], strict=True))
    raw = _as_bytes([pieces[start:stop] for start, stop in spans])
    units = [unit for start, stop in spans for unit in _units(raw, start, stop)]
    labels = []
    for unit in units:
        count = unit.end - unit.start
        name = visible(unit.text)
        labels += [name] if count == 1 else [f"{name} {k + 1}/{count}" for k in range(count)]
    special = [bool(_SPECIAL.fullmatch(piece.strip())) for piece in pieces]
    return Tokens([-1] * len(pieces) if ids is None else list(ids), units, special, labels)


def _as_bytes(groups: Sequence[Sequence[str]]) -> list[bytes]:
    """Return the bytes of all pieces; a group too short to show its style is read in that of the others."""
    styles = [_style(group) for group in groups]
    plain = (None, _words, _encoded)
    shown = next((style for style in styles if style not in plain), None)
    given = shown or next((style for style in styles if style), _encoded)
    reads = [(shown or _words) if style is _words else style or given for style in styles]
    raw = [_read(piece, read) for read, group in zip(reads, groups, strict=True) for piece in group]
    return [raw[0].removeprefix(b" "), *raw[1:]] if reads[0] in (_words, _word_piece) else raw


def _read(piece: str, read: Callable[[str], bytes]) -> bytes:
    first, *others = piece.split(_CONTRAST)
    return _encoded(_CONTRAST).join([read(first), *(read(other).removeprefix(b" ") for other in others)])


def _style(pieces: Sequence[str]) -> Callable[[str], bytes] | None:
    """Return the function that reads *pieces*, or None when one piece does not show its style."""
    group = [part for piece in pieces for part in piece.split(_CONTRAST)]
    letters = _letters()
    spaced = any(c.isspace() for piece in group for c in piece)
    inside = [piece for piece in group if all(c in letters for c in piece)]
    shifted = any(ord(c) > 0xFF for piece in inside for c in piece)
    if shifted and not spaced and _is_text(b"".join(map(_byte_letters, group))):
        return _byte_letters
    if any("▁" in piece for piece in group):
        return _sentence_piece
    if any(piece.startswith("##") and len(piece) > 2 for piece in group):
        return _word_piece
    if spaced or any(is_wide(c) for piece in group for c in piece):
        return _encoded
    return _words if len(group) > 1 else None


def _byte_letters(piece: str) -> bytes:
    letters = _letters()
    return bytes(letters[c] for c in piece) if all(c in letters for c in piece) else _encoded(piece)


def _word_piece(piece: str) -> bytes:
    return _encoded(piece[2:]) if piece.startswith("##") else _words(piece)


def _words(piece: str) -> bytes:
    return _encoded(piece if _SPECIAL.fullmatch(piece) else f" {piece}")


def _is_text(data: bytes) -> bool:
    """Return whether *data* is UTF-8, but for a character cut off at the end."""
    try:
        getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def _sentence_piece(piece: str) -> bytes:
    byte = _BYTE.fullmatch(piece)
    return bytes([int(byte[1], 16)]) if byte else _encoded(piece.replace("▁", " "))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _units(raw: Sequence[bytes], start: int, stop: int) -> list[TextPiece]:
    """Return units from *start* up to *stop*: tokens are joined until they make whole characters."""
    units = []
    while start < stop:
        text, end = None, start
        while text is None and end < min(stop, start + _LONGEST_CHARACTER):
            end += 1
            text = _decoded(b"".join(raw[start:end]))
        if text is None:
            text, end = raw[start].decode("utf-8", "replace"), start + 1
        units.append(TextPiece(start, end, text))
        start = end
    return units


def _decoded(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def is_wide(character: str) -> bool:
    """Return whether *character* belongs to a script without spaces, such as Chinese."""
    return unicodedata.east_asian_width(character) in ("W", "F")


@cache
def _letters() -> dict[str, int]:
    """Return the byte of each letter: printable ones of Latin-1 stand for themselves, the others from U+0100 on."""
    own = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in own]
    return {chr(byte): byte for byte in own} | {chr(0x100 + i): byte for i, byte in enumerate(others)}
