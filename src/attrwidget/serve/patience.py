"""HTTP for clients of whom some are slow on purpose: a request whose head takes too long is cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

SECONDS = 15.0
"""How long the head of a request may take: uvicorn waits for one as long as the client likes."""


class Patient(H11Protocol):
    """uvicorn's protocol with a limit to the time before the first request."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the head of the request."""
        super().connection_made(transport)
        self._patience: Any = self.loop.call_later(SECONDS, self._cut_off)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._patience.cancel()
        super().connection_lost(exc)

    def _cut_off(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()
