"""Pack what an exported page holds: compressed, and as text that can stand in a page."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEVEL = 9
# Four bytes are five letters: base64 is a fifteenth longer. None of them means anything in HTML.
_LETTERS = np.frombuffer(
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%()*+-;=>?@^_`{|}~,.", "u1"
)


def pack_text(text: str) -> str:
    """Return *text* compressed, as base 85."""
    return _pack(text.encode("utf-8"))


def pack_data(data: dict[str, Any]) -> str:
    """Return *data* compressed, as base 85: JSON and, after its line, the bytes of the arrays in it.

    An array is ``{"bytes": [start, size, width]}`` in the JSON: *size* bytes from *start* after the line, *width* for
    each number. The first bytes of all its numbers come first, then the second ones: these are alike and compress well.
    """
    parts: list[bytes] = []
    size = 0

    def place(array: NDArray[Any]) -> dict[str, list[int]]:
        nonlocal size
        start, width = size, array.dtype.itemsize
        little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        parts.append(little.reshape(-1).view("u1").reshape(-1, width).T.tobytes())
        size += array.nbytes
        return {"bytes": [start, array.nbytes, width]}

    text = json.dumps(data, default=place, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return _pack(b"".join([text.encode("ascii"), b"\n", *parts]))


def _pack(content: bytes) -> str:
    packed = gzip.compress(content, _LEVEL, mtime=0)
    missing = -len(packed) % 4
    words = np.frombuffer(packed + bytes(missing), ">u4").astype("u4")
    letters = np.empty((len(words), 5), "u1")
    for k in range(4, -1, -1):
        words, digits = np.divmod(words, len(_LETTERS))
        letters[:, k] = _LETTERS[digits]
    return letters.tobytes()[: letters.size - missing].decode("ascii")
