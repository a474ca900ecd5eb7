"""A library that calls back for numbers: answered, watched and stopped from the caller's thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

import attrwidget as aw
from attrwidget.methods.external.callback import run_with_callback

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_it_hands_over_errors_and_ends_with_its_reader() -> None:
    def answer(question: str) -> str:
        if question == "ccc":
            raise aw.AttrWidgetError("three")
        return question * 2

    asked: list[int] = []

    def read(steps: Iterator[int]) -> Any:
        try:
            while True:
                asked.append(next(steps))
        except StopIteration as finished:
            return finished.value

    assert read(run_with_callback(lambda ask: [ask("a"), ask("bb")], answer)) == ["aa", "bbbb"]
    assert asked == [1, 3]
    with pytest.raises(aw.AttrWidgetError, match="three"):
        read(run_with_callback(lambda ask: [ask("a"), ask("ccc")], answer))
    with pytest.raises(ZeroDivisionError):
        read(run_with_callback(lambda ask: len(ask("a")) / 0, answer))
    threads, ended = threading.active_count(), []

    def forever(ask: Any) -> None:
        try:
            while True:
                ask("a")
        finally:
            ended.append(True)

    partial_results = run_with_callback(forever, answer)
    next(partial_results)
    assert threading.active_count() == threads + 1
    partial_results.close()
    assert ended == [True]
    assert threading.active_count() == threads
