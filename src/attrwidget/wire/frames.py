"""Messages of the protocol as one stream of bytes: a line of JSON, and the bytes of its buffer after it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError, Cancelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from attrwidget.progress import Progress

BEAT = b"\n"
"""Says that the request is still under way."""
CANCELLED = "cancelled"
"""The error of a request that was given up."""
_LONGEST = 64 << 20  # bytes of a message: the largest answer takes 512 kB, a figure a few MB


def frame(message: dict[str, Any], buffer: bytes = b"") -> bytes:
    """Return *message* and its *buffer* as bytes."""
    line = json.dumps({**message, "bytes": len(buffer)}, separators=(",", ":"), allow_nan=False)
    return line.encode("ascii") + b"\n" + buffer


def read_frames(chunks: Iterable[bytes]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield the messages and buffers in *chunks* of a stream; a beat is an empty message.

    Raises:
        AttrWidgetError: The stream is no such one, or ends inside a message.
    """
    held = bytearray()
    message: dict[str, Any] | None = None
    for chunk in chunks:
        held += chunk
        if len(held) > _LONGEST:
            raise AttrWidgetError(f"The server sent more than {_LONGEST >> 20} MB in one message.")
        while True:
            if message is None:
                line, found, rest = held.partition(b"\n")
                if not found:
                    break
                message, held = _read(line), rest
            size = message.pop("bytes", 0)
            if len(held) < size:
                message["bytes"] = size
                break
            yield message, bytes(held[:size])
            del held[:size]
            message = None
    if held or message is not None:
        raise AttrWidgetError("The server's answer was cut short.")


def _read(line: bytearray) -> dict[str, Any]:
    try:
        message = json.loads(line or b"{}")
    except ValueError:
        message = None
    if not isinstance(message, dict) or not _is_size(message.get("bytes", 0)):
        raise AttrWidgetError(
            "The server's answer is no message of the protocol: is it an attrwidget server?"
        )
    return message


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LONGEST


def read_answer(chunks: Iterable[bytes], progress: Progress | None = None) -> tuple[dict[str, Any], bytes]:
    """Return the fields and the buffer of the answer at the end of a stream.

    Args:
        chunks: The stream.
        progress: Called with ``(done, total)`` at each message and beat.

    Raises:
        AttrWidgetError: The answer is a failure, or there is none.
        Cancelled: The request was given up.
    """
    done, total = 0, 1
    for message, buffer in read_frames(chunks):
        if "ok" in message:
            if message["ok"] is True:
                return message["meta"], buffer
            raise Cancelled if message["error"] == CANCELLED else AttrWidgetError(message["error"])
        done, total = message.get("done", done), message.get("total", total)
        if progress is not None:
            progress(done, total)
    raise AttrWidgetError("The server ended its answer before the end.")
