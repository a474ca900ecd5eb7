"""Run a library that calls a function of ours for its values, so that its work can be watched and stopped."""

from __future__ import annotations

import threading
from contextlib import closing
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from attrwidget.methods.method import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from attrwidget.methods.method import Figures, Rows

    Ask = Callable[[Any], Any]
    Explained = tuple[NDArray[np.floating], Figures]

T = TypeVar("T")


class _Stopped(BaseException):
    """Raised in a library to end its work; no library catches it by mistake."""


def run_with_callback(work: Callable[[Ask], T], answer: Ask) -> Generator[int, None, T]:
    """Run a library's work in a thread of its own, and answer its calls in this one.

    Closing the generator, or an exception in *answer*, ends the work.

    Args:
        work: Called with a function ``ask(question)``; returns the result.
        answer: Computes what ``ask(question)`` returns, here in the caller's thread.

    Yields:
        How many questions have been asked, each counted by its length, after each call.

    Returns:
        What *work* returns.
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
    asked = 0
    try:
        while True:
            what, value = questions.get()
            if what == "done":
                return value  # type: ignore[no-any-return]
            if what == "failed":
                raise value
            answers.put((True, answer(value)))
            asked += len(value)
            yield asked
    finally:
        answers.put((False, _Stopped()))
        thread.join()


def rows_step_by_step(
    steps: Sequence[int], explain: Callable[[int], Generator[int, None, Explained]], most: Sequence[int]
) -> Rows:
    """Explain one step after another.

    Args:
        steps: The steps to explain.
        explain: Called with a step: yields how many questions its work has asked, and returns its row ``[n_inputs]``
            and the row's figures.
        most: How many questions each step is expected to ask.
    """
    total, done = sum(most), 0
    for index, (step, expected) in enumerate(zip(steps, most, strict=True)):
        with closing(explain(step)) as work:
            while True:
                try:
                    asked = next(work)
                except StopIteration as finished:
                    row, figures = finished.value
                    break
                yield Progress(done + min(asked, expected), total)
        done += expected
        if index == len(steps) - 1:
            yield Progress(total, total)
        yield [step], row[None], figures
