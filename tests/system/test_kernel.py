"""The widget in a real kernel, spoken to as a page does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from helpers.front import Front, kernel_showing

if TYPE_CHECKING:
    from collections.abc import Iterator


START = f"""
import sys, time
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from helpers.fake import random_explanation
ex = random_explanation(prompt=300, answer=50, gate=lambda step: time.sleep(0.02 if step in (0, 49) else 1))
answered = []
finish = ex.widget._session.finish
def note(*answer):
    finish(*answer)
    answered.append(1)
ex.widget._session.finish = note
ex.widget
"""
SELECTION = {"method": "saliency", "layer": None, "heads": [], "head_rule": "mean"}


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    with kernel_showing(START) as (_, page):
        yield page


def test_the_cell_shows_the_widget_with_its_fallback(front: Front) -> None:
    assert set(front.data) == {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"}
    assert "w300" in front.data["text/html"]


def test_requests_are_answered_from_the_background_with_buffers(front: Front) -> None:
    answer, (buffer,) = front.answer(front.ask("scores", {**SELECTION, "steps": [0, 49]}))
    assert answer["meta"] == {"rows": 2, "cols": 349}
    rows = np.frombuffer(buffer, "<f4").reshape(2, 349)
    np.testing.assert_allclose(np.nansum(rows, axis=1), 1, rtol=1e-5)
    assert np.isnan(rows[0]).sum() == 49


def test_cancel_is_heard_during_long_work(front: Front) -> None:
    request = front.ask("map", {**SELECTION, "method": "input_x_gradient"})
    front.send({"method": "custom", "content": {"v": 1, "op": "cancel", "id": request}})
    answer, buffers = front.answer(request)
    assert (answer["ok"], answer["error"], list(buffers)) == (False, "cancelled", [])


def test_the_page_holds_and_python_reads(front: Front) -> None:
    front.send({"method": "update", "state": {"held": [2, 3]}, "buffer_paths": []})
    front.client.execute("print(ex.widget.held)")
    assert front.until(lambda m: m["msg_type"] == "stream")["content"]["text"] == "[2, 3]\n"
    front.client.execute("ex.widget.held = [9]")
    update = front.until(lambda m: m["content"].get("data", {}).get("method") == "update")
    assert update["content"]["data"]["state"] == {"held": [9]}


def test_the_page_is_heard_while_a_cell_runs(front: Front) -> None:
    """A message to a subshell, as JupyterLab sends it, is answered before the cell ends."""
    subshell = front.subshell()
    front.printed(front.run("answered.clear()"))
    cell = front.run("for _ in range(100): time.sleep(0.05 if not answered else 0)\nprint(len(answered))")
    request = front.ask("scores", {**SELECTION, "steps": [0]}, subshell)
    answer, _ = front.answer(request)
    assert answer["ok"]
    assert front.printed(cell) == "1"
