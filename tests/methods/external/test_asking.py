"""A library that asks for numbers, answered step by step from another thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

import attrwidget as aw
from attrwidget.methods.external.asking import asking

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_asking_hands_over_errors_and_ends_with_its_reader() -> None:
    def answer(question: int) -> int:
        if question == 3:
            raise aw.AttrWidgetError("three")
        return question * 2

    def read(steps: Iterator[None]) -> Any:
        try:
            while True:
                next(steps)
        except StopIteration as finished:
            return finished.value

    assert read(asking(lambda ask: [ask(1), ask(2)], answer)) == [2, 4]
    with pytest.raises(aw.AttrWidgetError, match="three"):
        read(asking(lambda ask: [ask(1), ask(3)], answer))
    with pytest.raises(ZeroDivisionError):
        read(asking(lambda ask: ask(1) / 0, answer))
    threads, ended = threading.active_count(), []

    def forever(ask: Any) -> None:
        try:
            while True:
                ask(1)
        finally:
            ended.append(True)

    partial_results = asking(forever, answer)
    next(partial_results)
    assert threading.active_count() == threads + 1
    partial_results.close()
    assert ended == [True]
    assert threading.active_count() == threads
