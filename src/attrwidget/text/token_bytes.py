"""Spell tokens that hold a part of a character: by its bytes."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

REPLACEMENT = "\ufffd"
_CODES = re.compile(r"<[0-9A-F]{2}( [0-9A-F]{2})*>")
_BYTE = re.compile(r"<0x([0-9A-F]{2})>")


def spelled(tokenizer: PreTrainedTokenizerBase, token: int, text: str) -> str:
    """Return *text*, what *token* decodes to, with broken characters as their bytes: ``"<E5 8D>"``."""
    if REPLACEMENT not in text:
        return text
    known = _bytes_of(tokenizer, token)
    return text if known is None else _with_codes(known)


def has_codes(text: str) -> bool:
    """Return whether *text*, what a token adds, has a part of a character in it."""
    return REPLACEMENT in text or _CODES.search(text) is not None


def _bytes_of(tokenizer: PreTrainedTokenizerBase, token: int) -> bytes | None:
    """Return the bytes that *token* stands for; None if its name does not tell."""
    name = tokenizer.convert_ids_to_tokens(token)
    if not isinstance(name, str) or not name:
        return None
    found = _BYTE.fullmatch(name)
    if found:
        return bytes([int(found[1], 16)])
    if len(name) == 1 and ord(name) < 256:
        return bytes([ord(name)])
    table = _byte_of_character()
    return bytes(table[c] for c in name) if all(c in table for c in name) else None


@cache
def _byte_of_character() -> dict[str, int]:
    """Return the byte for each character of a byte-level vocabulary (Radford et al. 2019, ``bytes_to_unicode``)."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + n): byte for n, byte in enumerate(others)}


def _with_codes(known: bytes) -> str:
    """Decode *known*, and write what is no whole character as its bytes."""
    try:
        return known.decode()
    except UnicodeDecodeError as error:
        start, end = error.start, error.end
        while end < len(known) and known[end] & 0xC0 == 0x80:
            end += 1
        codes = known[start:end].hex(" ").upper()
        return f"{known[:start].decode()}<{codes}>{_with_codes(known[end:])}"
