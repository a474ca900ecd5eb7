"""Ask a server for an explanation, and for what its page needs."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from attrwidget.formats.read.open import read_texts
from attrwidget.page.served import ServedReading
from attrwidget.page.server import Reply
from attrwidget.wire.frames import read_answer
from attrwidget.wire.recipe import PAGE_STEPS
from attrwidget.wire.values import decode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from attrwidget.progress import Progress
    from attrwidget.wire.recipe import Recipe
    from attrwidget.wire.transport import ServedServer


def ask_reading(server: ServedServer, recipe: Recipe, progress: Progress | None = None) -> ServedReading:
    """Return the reading of the explanation that *server* makes by *recipe*."""
    answer, arrays = server.post("/v1/explain", {"recipe": recipe.as_json()}, progress)
    for sentence in answer["warned"]:
        warnings.warn(sentence, stacklevel=5)
    return ServedReading(
        read_texts(answer["document"], arrays),
        decode(answer["methods"], arrays),
        (answer["layers"], answer["heads"]),
        ServedPage(server, recipe),
        answer["content"],
    )


class ServedPage:
    """Asks the server on behalf of the page of one explanation.

    Args:
        server: The server.
        recipe: How the explanation is made: each request carries it, so that the server may forget.
    """

    def __init__(self, server: ServedServer, recipe: Recipe) -> None:
        self._server, self._recipe = server, recipe

    def content(self) -> dict[str, Any]:
        """Return what the page needs first; see ``content_of``."""
        answer, _ = self._server.post("/v1/content", {"recipe": self._recipe.as_json()})
        found: dict[str, Any] = answer["content"]
        return found

    def ask(self, op: str, args: Mapping[str, Any], progress: Progress | None = None) -> Reply:
        """Return the answer to a request; see ``attrwidget.page.server.Server``."""
        body = {"recipe": self._recipe.as_json(), "op": op, "args": dict(args)}
        with self._server.opened("POST", "/v1/page", body, progress) as chunks:
            meta, buffer = read_answer(chunks, progress)
        if op not in PAGE_STEPS:
            return Reply(meta, buffer)
        return Reply(
            meta, buffer, ask_reading(self._server, self._recipe.after(PAGE_STEPS[op], dict(args)), progress)
        )

    def place(self, which: Mapping[str, Any]) -> dict[str, Any]:
        """Return where a corpus is searched from; see ``attrwidget.page.server.Server``."""
        body = {"op": "place", "recipe": self._recipe.as_json(), **which}
        return self._server.post("/v1/corpus", body)[0]

    def call(self, name: str, arguments: Mapping[str, Any], progress: Progress | None = None) -> Any:
        """Return what a method of the explanation returns there; see ``attrwidget.page.server.Server``."""
        body = {"recipe": self._recipe.as_json(), "call": name, "arguments": dict(arguments)}
        answer, arrays = self._server.post("/v1/call", body, progress)
        return decode(answer["result"], arrays)
