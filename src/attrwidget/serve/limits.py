"""What a server allows its clients."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ServeLimits:
    """The most that is allowed.

    Attributes:
        characters: The longest text, with all that goes with it.
        new_tokens: The most tokens of an answer.
        body: The bytes of a request.
        waiting: How many requests wait in all.
        waiting_each: How many of one client.
        seconds: How long one may compute.
        kept: How many explanations are kept.
        connections: How many clients are connected at a time.
    """

    characters: int = 20_000
    new_tokens: int = 256
    body: int = 1_000_000
    waiting: int = 200
    waiting_each: int = 8
    seconds: float = 120
    kept: int = 32
    connections: int = 500
