"""What the sentences of an answer rest on, by a server's answers to prompts without each document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.results.live_rests import LiveRests

if TYPE_CHECKING:
    from attrwidget.remote.trace import RemoteTrace
    from attrwidget.results.computed import ComputedReading


class RemoteRests(LiveRests):
    """The documents in a text, and by how much each sentence of the answer is less likely without each."""

    def __init__(self, trace: RemoteTrace, reading: ComputedReading) -> None:
        super().__init__(reading.trace, reading)
        self._server = trace.server

    def seconds(self) -> float:
        """Return about how long ``falls`` takes, by how long the server took so far."""
        return self._server.seconds_of(len(self.units))
