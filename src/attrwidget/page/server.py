"""What answers the page of an explanation whose model is in another process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading


class Reply(NamedTuple):
    """The answer to a request of a page: fields, one buffer, and the reading to show from now on, if it is another."""

    meta: dict[str, Any]
    buffer: bytes
    reading: Reading | None = None


class Server(Protocol):
    """What answers the page of one explanation."""

    def content(self) -> dict[str, Any]:
        """Return what the page needs first, as ``content_of`` makes it where the model is."""

    def ask(self, op: str, args: Mapping[str, Any], progress: Progress | None = None) -> Reply:
        """Return the answer to a request.

        Args:
            op: The operation; docs/protocol.md lists them.
            args: Its arguments.
            progress: Called with ``(done, total)`` several times a second, even while the request waits. An exception
                raised in it gives the request up.

        Raises:
            AttrWidgetError: The server refuses the request, or gives no answer.
        """

    def place(self, which: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fingerprint of the model, and of a step or token the tokens that are read and the one meant.

        Args:
            which: A ``step`` or a ``token`` of the explanation; nothing for the fingerprint alone.
        """

    def call(self, name: str, arguments: Mapping[str, Any], progress: Progress | None = None) -> Any:
        """Return what the method *name* of the explanation returns there; see ``ask``."""
