"""The other end of a session, and a clock and a gate for its work."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from helpers.waiting import PATIENCE

from attrwidget.widget.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

SELECTION = {"method": "saliency", "layer": None, "heads": [], "head_rule": "mean"}
SCORES = {**SELECTION, "steps": [0]}


class Page:
    """The other end: sends messages to a session and keeps what comes back."""

    def __init__(self, explanation: Any) -> None:
        self.received: list[dict[str, Any]] = []
        self.buffers: dict[Any, list[bytes]] = {}
        self._changed = threading.Condition()
        self.session = Session(getattr(explanation, "reading", explanation), self._hear)

    def _hear(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        json.dumps(message, allow_nan=False)
        with self._changed:
            self.received.append(message)
            if "ok" in message:
                self.buffers[message["id"]] = buffers
            self._changed.notify_all()

    def send(self, op: str, args: Any, request: Any = "q") -> None:
        self.session.receive({"v": 1, "id": request, "op": op, "args": args})

    def until(self, condition: Callable[[], Any]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE), self.received

    def answers(self) -> dict[Any, dict[str, Any]]:
        return {m["id"]: m for m in self.received if "ok" in m}

    def answer(self, request: Any = "q") -> dict[str, Any]:
        self.until(lambda: request in self.answers())
        return self.answers()[request]

    def ask(self, op: str, args: Any, request: Any = "q") -> tuple[dict[str, Any], bytes]:
        self.send(op, args, request)
        answer = self.answer(request)
        assert answer["ok"], answer
        (buffer,) = self.buffers[request]
        return answer["meta"], buffer

    def error(self, op: str, args: Any) -> str:
        self.send(op, args, "bad")
        answer = self.answer("bad")
        assert answer == {"v": 1, "id": "bad", "ok": False, "error": answer["error"]}
        assert self.buffers["bad"] == []
        self.received.clear()
        return str(answer["error"])


class Clock:
    """The clock of all sessions: as a fake's gate, it goes on by *seconds* for each step that is computed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
        self.seconds, self.now = seconds, 1.0
        monkeypatch.setattr("attrwidget.widget.session.time", self)

    def __call__(self, _step: int) -> None:
        self.now += self.seconds

    def monotonic(self) -> float:
        return self.now


class Gate:
    """Holds a fake's computing until it is opened, and shows when work has reached it."""

    def __init__(self) -> None:
        self.reached, self.open = threading.Semaphore(0), threading.Semaphore(0)

    def __call__(self, _step: int) -> None:
        self.reached.release()
        assert self.open.acquire(timeout=PATIENCE)

    def wait(self) -> None:
        assert self.reached.acquire(timeout=PATIENCE)
