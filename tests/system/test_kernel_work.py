"""Work in a real kernel: interrupted, and asked for by a page while a cell computes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers.front import Front, kernel_showing

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Iterator

PROMPT = "The first president of America is"
START = f"""
import threading, time, torch
import numpy as np
import attrwidget as aw
from attrwidget.hf.exclusive_use import lock_of
model = aw.load("demo")
wait, runs = [0.0], []
def slow(module, _args):
    if type(module).__name__ == "GPT2Model":
        runs.append(1)
        time.sleep(wait[0])
torch.nn.modules.module.register_module_forward_pre_hook(slow)
def locks_are_free():
    free = []
    def look():
        for one in (model.hf, model._adapter.hf):
            free.append(lock_of(one).acquire(blocking=False))
            if free[-1]:
                lock_of(one).release()
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return all(free)
ex = model.explain({PROMPT!r}, max_new_tokens=5)
ex.widget
"""
SELECTION: dict[str, Any] = {"method": "saliency", "layer": None, "heads": [], "head_rule": "mean"}


@pytest.fixture(scope="module")
def kernel() -> Iterator[tuple[Any, Front]]:
    with kernel_showing(START) as both:
        yield both


def interrupted(kernel: tuple[Any, Front], code: str) -> str:
    """Run *code* slowly, interrupt it as the button does, and return what it prints or raises."""
    manager, front = kernel
    cell = front.run(f"before = len(runs)\nwait[0] = 0.1\n{code}")
    time.sleep(1.2)
    manager.interrupt_kernel()
    found = front.printed(cell)
    front.printed(front.run("wait[0] = 0.0"))
    return found


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("aw.evaluate(ex, points=40, random=20)", "len(ex.trace.partial_results['masked_runs']) > 0"),
        ("model.explain('Facts about Kenya:', max_new_tokens=99, min_new_tokens=90)", "True"),
        ("ex.scores('leave_one_out')", "ex.reading.has_rows('leave_one_out', [0])"),
        ("ex.scores('integrated_gradients')", "True"),
    ],
    ids=["evaluate", "explain", "leave one out", "integrated gradients"],
)
def test_an_interrupt_stops_keeps_and_leaves_no_lock(kernel: tuple[Any, Front], code: str, kept: str) -> None:
    assert interrupted(kernel, code) == "KeyboardInterrupt"
    front = kernel[1]
    assert front.printed(front.run(f"print({kept}, locks_are_free())")) == "True True"
    again = code.replace("points=40, random=20", "points=4")
    assert front.printed(front.run(f"done = {again}\nprint('done')")) == "done"
    ours = np.fromstring(front.printed(front.run("print(*ex.scores('saliency').to_numpy()[0])")), sep=" ")
    truth = aw.load("demo").explain(PROMPT, max_new_tokens=5).scores("saliency").to_numpy()[0]
    np.testing.assert_allclose(ours, truth, rtol=1e-5)


def test_a_page_is_answered_while_a_cell_computes(kernel: tuple[Any, Front]) -> None:
    """JupyterLab sends messages to a subshell, a thread beside the cell's; both compute with the same model."""
    front = kernel[1]
    subshell = front.subshell()
    cell = front.run(
        "end = time.time() + 60\nothers = []\n"
        "while ex.widget.held != [2] and time.time() < end:\n"
        "    other = model.explain('The capital of Japan is', max_new_tokens=3)\n"
        "    others.append(other.scores('leave_one_out').to_numpy()[0])\n"
        "    other.scores('input_x_gradient')\n"
        "print(time.time() < end, all((one == others[0])[~np.isnan(one)].all() for one in others))"
    )
    truth = aw.load("demo").explain(PROMPT, max_new_tokens=5).reading
    methods = ("input_x_gradient", "leave_one_out", "smoothgrad", "attention")
    for step in range(truth.n_steps):
        requests = {
            name: front.ask("scores", {**SELECTION, "method": name, "steps": [step]}, subshell)
            for name in methods
        }
        for name, request in requests.items():
            answer, (buffer,) = front.answer(request)
            assert answer["ok"], answer
            rows = np.frombuffer(buffer, "<f4")
            np.testing.assert_allclose(rows, truth.rows(name, [step])[0], rtol=1e-4, atol=1e-6)
    front.send({"method": "update", "state": {"held": [2]}, "buffer_paths": []}, subshell)
    assert front.printed(cell) == "True True"
