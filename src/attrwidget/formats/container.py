"""The file of a saved explanation: a safetensors file whose header holds a JSON document, a version and a checksum.

The checksum is the SHA-256 of the whole file, with 64 zeros where the checksum stands.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMAT = "attrwidget.explanation"
VERSION = 2  # 2 renamed keys of 1; see formats/read/open.py
_UNSIGNED = b"0" * 64
_KEY = b'"sha256":"'  # no text in the header can hold it: quotes inside texts are escaped
_AGAIN = "save it again with ex.save()"


def pack(document: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> bytes:
    """Return the bytes of a file that carries *document*, a JSON object, and *arrays*; equal ones give equal bytes."""
    from safetensors.numpy import save

    metadata = {
        "format": FORMAT,
        "version": str(VERSION),
        "document": json.dumps(document, ensure_ascii=True),
        "sha256": _UNSIGNED.decode("ascii"),
    }
    data = bytearray(_in_order(save(arrays, metadata=metadata)))
    at = data.index(_KEY + _UNSIGNED) + len(_KEY)
    data[at : at + len(_UNSIGNED)] = hashlib.sha256(data).hexdigest().encode("ascii")
    return bytes(data)


def _in_order(data: bytes) -> bytes:
    """Return a safetensors file with its header's keys in order: the library writes them in another one each time."""
    size = int.from_bytes(data[:8], "little")
    header = json.dumps(json.loads(data[8 : 8 + size]), sort_keys=True, separators=(",", ":")).encode("ascii")
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + data[8 + size :]


def unpack(data: bytes, name: str) -> tuple[dict[str, Any], dict[str, NDArray[np.generic]]]:
    """Return the document and the arrays of the file *name* with the bytes *data*.

    Raises AttrWidgetError when it is of another kind, of a newer version, cut short or altered.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    size, header = _header(data, name)
    metadata = header["__metadata__"]
    version = metadata.get("version", "")
    if not (version.isascii() and version.isdigit()) or int(version[:9]) < 1:
        raise AttrWidgetError(f"{name} was altered after it was saved: {_AGAIN}.")
    if int(version[:9]) > VERSION:
        raise AttrWidgetError(
            f"{name} is of version {version[:9]} of the format, and this attrwidget reads up to version {VERSION}: "
            "upgrade attrwidget to open it."
        )
    _require_length(data, size, header, name)
    at = data.find(_KEY, 8, 8 + size) + len(_KEY)
    whole, end = memoryview(data), at + len(_UNSIGNED)
    digest = hashlib.sha256(whole[:at])
    digest.update(_UNSIGNED)
    digest.update(whole[end:])
    if data[at:end] != digest.hexdigest().encode("ascii"):
        raise AttrWidgetError(
            f"{name} was altered after it was saved, so its numbers cannot be trusted: {_AGAIN}."
        )
    try:
        return json.loads(metadata["document"]), load(data)
    except (KeyError, TypeError, ValueError, RecursionError, SafetensorError) as error:
        raise AttrWidgetError(f"{name} holds no valid explanation: {_AGAIN}.") from error


def _header(data: bytes, name: str) -> tuple[int, dict[str, Any]]:
    """Return the size of the header and the header, which is one of ours."""
    size = int.from_bytes(data[:8], "little")
    try:
        header = json.loads(data[8 : 8 + size]) if 2 <= size <= len(data) - 8 else None
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict):
        raise AttrWidgetError(
            f"{name} is no saved explanation, or it was cut short or altered: give a file that ex.save() wrote."
        )
    metadata = header.get("__metadata__")
    texts = isinstance(metadata, dict) and all(isinstance(text, str) for text in metadata.values())
    if not texts or metadata.get("format") != FORMAT:  # type: ignore[union-attr]
        raise AttrWidgetError(
            f"{name} is a safetensors file of another kind: give a file that ex.save() wrote."
        )
    return size, header


def _require_length(data: bytes, size: int, header: dict[str, Any], name: str) -> None:
    try:
        ends = [int(entry["data_offsets"][1]) for key, entry in header.items() if key != "__metadata__"]
    except (KeyError, IndexError, TypeError, ValueError):
        raise AttrWidgetError(f"{name} was altered after it was saved: {_AGAIN}.") from None
    whole = 8 + size + max(ends, default=0)
    if len(data) < whole:
        raise AttrWidgetError(f"{name} was cut short: it has {len(data)} of {whole} bytes; {_AGAIN}.")
