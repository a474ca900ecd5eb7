"""A server in this very process: every request and answer passes through bytes, as over HTTP."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING, Any

from safetensors.numpy import load, save

from attrwidget.errors import AttrWidgetError
from attrwidget.explanation import Explanation
from attrwidget.formats.read.open import read_texts
from attrwidget.formats.write.save import texts_of
from attrwidget.page.content import content_of
from attrwidget.page.served import ServedReading
from attrwidget.page.server import Reply
from attrwidget.results.base import MethodInfo
from attrwidget.widget.desk import Desk
from attrwidget.wire.frames import read_answer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading

GONE = "The server does not answer: start it again."


class Server:
    """Holds readings.

    Attributes:
        asked: What was asked, as ``(op, args)``.
        gone: Whether it answers nothing.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.gone = False
        self.desk = Desk()
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def explanation(self, reading: Reading) -> ServedReading:
        """Return *reading* as another process sees it."""
        document, arrays = texts_of(reading)
        document["warnings"] = reading.warnings
        methods = json.loads(json.dumps([info._asdict() for info in reading.methods()]))
        return ServedReading(
            read_texts(json.loads(json.dumps(document)), load(save(dict(arrays)))),
            [MethodInfo(**info) for info in methods],
            (reading.n_layers, reading.n_heads),
            _Line(self, reading),
        )

    def read(self, stream: AsyncIterator[bytes]) -> Iterator[bytes]:
        """Yield what *stream* yields in the thread of the server; close it when nobody reads on."""
        try:
            while chunk := asyncio.run_coroutine_threadsafe(anext(stream, b""), self.loop).result():
                yield chunk
        finally:
            asyncio.run_coroutine_threadsafe(stream.aclose(), self.loop).result()  # type: ignore[attr-defined]


class _Line:
    """Asks about one reading."""

    def __init__(self, server: Server, reading: Reading) -> None:
        self.server, self.reading = server, reading

    def content(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(json.dumps(content_of(self.reading), allow_nan=False))
        return found

    def ask(self, op: str, args: Mapping[str, Any], progress: Progress | None = None) -> Reply:
        if self.server.gone:
            raise AttrWidgetError(GONE)
        sent = json.loads(json.dumps({"op": op, "args": args}))
        self.server.asked.append((op, sent["args"]))
        replaced: list[Reading] = []
        chunks = self.server.read(self.server.desk.stream(self.reading, **sent, replaced=replaced.append))
        try:
            answer = read_answer(chunks, progress)
        finally:
            chunks.close()  # type: ignore[attr-defined]
        return Reply(*answer, *map(self.server.explanation, replaced))

    def call(self, name: str, arguments: Mapping[str, Any], progress: Progress | None = None) -> Any:  # noqa: ARG002
        return getattr(Explanation(self.reading), name)(**arguments)


def served(reading: Reading) -> ServedReading:
    """Return *reading* as a new server's visitor sees it."""
    return Server().explanation(reading)
