"""How long a test waits before it gives up."""

from __future__ import annotations

import threading

# Seconds. Nothing that works takes a third of it, beside three other processes on two cores. A wait ends when it may.
PATIENCE = 120.0


def join(*names: str) -> None:
    """Wait until no thread is left whose name ends in one of *names*."""
    for thread in threading.enumerate():
        if thread.name.endswith(names):
            thread.join(PATIENCE)
            assert not thread.is_alive(), thread.name
