"""Questions overlap, up to a number; answers keep their order; after an exception nothing new is asked."""

from __future__ import annotations

import threading
import time

import pytest

from attrwidget.servers.at_once import at_once


@pytest.mark.parametrize("most", [1, 3])
def test_answers_keep_their_order_and_no_more_than_allowed_overlap(most: int) -> None:
    barrier, lock, now, highest = threading.Barrier(most), threading.Lock(), 0, 0

    def ask(i: int) -> int:
        nonlocal now, highest
        with lock:
            now += 1
            highest = max(highest, now)
        barrier.wait(timeout=20)  # only `most` that overlap pass it
        time.sleep(0.02 * (2 - i % 3))
        with lock:
            now -= 1
        return i

    with at_once([lambda i=i: ask(i) for i in range(6)], most) as answers:
        assert list(answers) == list(range(6))
    assert highest == most


@pytest.mark.parametrize("most", [1, 2])
def test_after_an_exception_nothing_new_is_asked(most: int) -> None:
    begun: list[int] = []

    def ask(i: int) -> int:
        begun.append(i)
        time.sleep(0.002)
        if i == 2:
            raise ValueError("two")
        return i

    def ask_all() -> list[int]:
        with at_once([lambda i=i: ask(i) for i in range(500)], most) as found:
            return list(found)

    with pytest.raises(ValueError, match="two"):
        ask_all()
    before = len(begun)
    time.sleep(0.05)
    assert len(begun) <= before + most  # what was just beginning
    assert before < 100
