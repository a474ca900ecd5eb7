"""HTTP for clients of whom some are slow on purpose: a request whose head takes too long is cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

SECONDS = 15.0
"""How long the head of a request may take: uvicorn waits for one as long as the client likes."""


class Patient(H11Protocol):
    """uvicorn's protocol with a limit to the time that the head of a request takes."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        """Read on, and wait no longer once the head is there."""
        super().data_received(data)
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        if self._patience is not None:
            self._patience.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        waits = self.cycle is None or self.cycle.response_complete
        if waits and self._patience is None:
            self._patience = self.loop.call_later(SECONDS, self.transport.close)
        elif not waits and self._patience is not None:
            self._patience.cancel()
            self._patience = None
