"""Let a library that takes a function ask for its values one by one, so that its work can be watched and stopped."""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from attrwidget.methods.registry import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    T = TypeVar("T")


class _Stopped(BaseException):
    """Ends a library's work; no library catches it by mistake."""


def asking(
    work: Callable[[Callable[[Any], Any]], T], answer: Callable[[Any], Any]
) -> Generator[None, None, T]:
    """Run ``work(ask)`` and return what it returns; yield after each question that it asked.

    Work runs in a thread of its own, and ``ask(question)`` waits there for ``answer(question)``, which is computed
    here. Closing the generator, or an exception in *answer*, ends the work.
    """
    questions: SimpleQueue[tuple[str, Any]] = SimpleQueue()
    answers: SimpleQueue[tuple[bool, Any]] = SimpleQueue()

    def ask(question: Any) -> Any:
        questions.put(("asked", question))
        known, value = answers.get()
        if not known:
            raise value
        return value

    def run() -> None:
        try:
            questions.put(("done", work(ask)))
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
            questions.put(("failed", error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        while True:
            what, value = questions.get()
            if what == "done":
                return value  # type: ignore[no-any-return]
            if what == "failed":
                raise value
            answers.put((True, answer(value)))
            yield
    finally:
        answers.put((False, _Stopped()))
        thread.join()


def counted(
    work: Callable[[Callable[[Any], Any]], T], answer: Callable[[Any], Any], done: int, most: int, total: int
) -> Generator[Progress, None, T]:
    """Do as ``asking`` does, and yield how far the work is: a question counts as its length.

    *done* of *total* had been asked before, and this work is expected to ask *most*.
    """
    asked = 0

    def count(question: Any) -> Any:
        nonlocal asked
        asked += len(question)
        return answer(question)

    steps = asking(work, count)
    while True:
        try:
            next(steps)
        except StopIteration as finished:
            return finished.value  # type: ignore[no-any-return]
        yield Progress(done + min(asked, most), total)
