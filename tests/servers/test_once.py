"""Each thing is made once, also by threads that ask for it together; what failed is made again."""

from __future__ import annotations

import threading
import time

import pytest

from attrwidget.servers.at_once import at_once
from attrwidget.servers.once import Once


def test_threads_that_ask_together_make_it_once() -> None:
    once, made = Once[int](), list[int]()

    def make() -> int:
        made.append(1)
        time.sleep(0.05)
        return 7

    with at_once([lambda: once.get("a", make)] * 4, 4) as answers:
        assert list(answers) == [7] * 4
    assert made == [1]
    assert once.get("b", lambda: 8) == 8


def test_what_failed_is_made_again() -> None:
    once = Once[int]()
    with pytest.raises(ZeroDivisionError):
        once.get("a", lambda: 1 // 0)
    assert once.get("a", lambda: 2) == 2


def test_those_who_wait_for_what_fails_make_it_themselves() -> None:
    once, begun = Once[int](), threading.Event()

    def fail() -> int:
        begun.set()
        time.sleep(0.05)
        raise RuntimeError

    def ask() -> None:
        with pytest.raises(RuntimeError):
            once.get("a", fail)

    thread = threading.Thread(target=ask)
    thread.start()
    begun.wait()
    assert once.get("a", lambda: 3) == 3
    thread.join()
