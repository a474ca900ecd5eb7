"""Requests under way: cancelled, overtaken, reported, and ended, on planted numbers."""

from __future__ import annotations

import gc
import threading
import time
import weakref

import pytest
from helpers.fake import planted, random_explanation
from helpers.page import SCORES, SELECTION, Clock, Gate, Page
from helpers.waiting import PATIENCE

from attrwidget.widget import worker


def wait_for_no_thread(page: Page) -> None:
    over = time.monotonic() + PATIENCE
    while page.session._workers.usual._thread or page.session._workers.at_once._thread:
        assert time.monotonic() < over
        time.sleep(0.01)


def test_cancel_stops_long_work_and_keeps_what_is_finished() -> None:
    gate = Gate()
    page = Page(explanation := random_explanation(gate=gate))
    page.send("map", SELECTION)
    gate.wait()
    gate.open.release()
    gate.wait()
    page.session.receive({"v": 1, "op": "cancel", "id": "q"})
    gate.open.release()
    assert page.answer() == {"v": 1, "id": "q", "ok": False, "error": "cancelled"}
    assert explanation.computed == [("saliency", 0), ("saliency", 1)]
    page.session.receive({"v": 1, "op": "cancel", "id": "q"})
    page.session.receive({"v": 1, "op": "cancel", "id": "never asked"})
    gate.open.release(4)
    page.ask("map", SELECTION, "again")
    assert explanation.computed == [("saliency", s) for s in range(4)]


def test_a_queued_request_is_cancelled_at_once() -> None:
    gate = Gate()
    page = Page(explanation := random_explanation(gate=gate))
    page.send("scores", SCORES, "first")
    gate.wait()
    page.send("map", SELECTION, "second")
    page.session.receive({"v": 1, "op": "cancel", "id": "second"})
    assert page.answer("second")["error"] == "cancelled"
    assert "first" not in page.answers()
    gate.open.release()
    assert page.answer("first")["ok"]
    assert explanation.computed == [("saliency", 0)]


def test_the_held_step_goes_before_the_map_that_is_under_way() -> None:
    gate = Gate()
    page = Page(explanation := random_explanation(answer=6, gate=gate))
    page.send("map", SELECTION, "map")
    gate.wait()
    page.send("scores", {**SELECTION, "method": "input_x_gradient", "steps": [5]}, "held")
    gate.open.release(2)
    assert page.answer("held")["ok"]
    assert "map" not in page.answers()
    gate.open.release(9)
    assert page.answer("map")["ok"]
    saliency = [("saliency", s) for s in range(6)]
    assert explanation.computed == [saliency[0], ("input_x_gradient", 5), *saliency[1:]]


def test_what_is_known_is_answered_while_other_work_is_under_way() -> None:
    gate = Gate()
    page = Page(random_explanation(answer=6, gate=gate))
    page.send("map", SELECTION, "map")
    gate.wait()
    gate.open.release()
    gate.wait()
    attention = {**SELECTION, "method": "attention", "heads": [[0, 0]]}
    assert page.ask("scores", {**attention, "steps": [5]}, "head")
    assert page.ask("scores", {**SELECTION, "steps": [0]}, "row")
    assert "map" not in page.answers()
    gate.open.release(9)
    assert page.answer("map")["ok"]


def test_progress_is_throttled_and_goes_on_counting_after_an_interruption(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("attrwidget.widget.session._PROGRESS_EVERY", 0)
    gate = Gate()
    page = Page(random_explanation(answer=4, gate=gate))
    page.send("map", SELECTION)
    gate.wait()
    page.send("scores", {**SELECTION, "method": "input_x_gradient", "steps": [0]}, "held")
    gate.open.release(9)
    assert page.answer()["ok"]
    reported = [
        (m["done"], m["total"]) for m in page.received if m.get("op") == "progress" and m["id"] == "q"
    ]
    assert reported == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]

    monkeypatch.setattr("attrwidget.widget.session._PROGRESS_EVERY", 0.1)
    page = Page(random_explanation(answer=30, gate=Clock(monkeypatch, 0.01)))
    page.ask("map", SELECTION)
    assert 2 <= sum(m.get("op") == "progress" for m in page.received) <= 3


def test_an_id_under_way_is_refused_and_the_first_still_answered() -> None:
    gate = Gate()
    page = Page(random_explanation(gate=gate))
    page.send("scores", SCORES)
    gate.wait()
    page.send("scores", SCORES)
    assert "already under way" in page.answer()["error"]
    page.received.clear()
    gate.open.release()
    assert page.answer()["ok"]


def test_two_pages_on_one_model_both_get_answers() -> None:
    lock = threading.RLock()
    slow = {"gate": lambda _: time.sleep(0.001), "lock": lock}
    pages = [Page(random_explanation(answer=8, seed=seed, **slow)) for seed in (0, 1)]
    for i in range(10):
        for page in pages:
            page.send("map", SELECTION, f"map {i}")
            page.send("scores", {**SELECTION, "steps": [i % 8]}, f"row {i}")
            page.send("column", {**SELECTION, "input": i % 8}, f"column {i}")
            page.session.receive({"v": 1, "op": "cancel", "id": f"map {i}"})
    for page in pages:
        for i in range(10):
            assert page.answer(f"row {i}")["ok"]
            assert page.answer(f"column {i}")["ok"]
            assert page.answer(f"map {i}")["ok"] in (True, False)
        page.session.close()


def test_a_closed_session_stops_its_work_and_its_thread() -> None:
    gate = Gate()
    page = Page(explanation := random_explanation(gate=gate))
    page.send("map", SELECTION)
    gate.wait()
    thread = page.session._workers.usual._thread
    assert thread is not None
    assert thread.daemon
    page.session.close()
    page.send("scores", SCORES, "late")
    gate.open.release(9)
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert len(explanation.computed) == 1
    assert "late" not in page.answers()


@pytest.mark.slow
def test_an_idle_thread_ends_and_the_next_request_starts_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_IDLE", 0.01)
    page = Page(explanation := planted())
    page.ask("scores", SCORES, "one")
    wait_for_no_thread(page)
    page.ask("scores", SCORES, "two")
    seen = weakref.ref(explanation)
    wait_for_no_thread(page)
    del page, explanation
    gc.collect()
    assert seen() is None


def test_where_no_thread_can_be_started_that_is_told_and_the_next_request_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = Page(planted())

    def fail(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", fail)
        assert page.error("scores", SCORES) == "Python failed with RuntimeError: can't start new thread"
    page.ask("scores", SCORES)
    page.session.close()
