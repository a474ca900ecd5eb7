"""Work that is interrupted in a real kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from helpers.front import Front, kernel_showing

if TYPE_CHECKING:
    from collections.abc import Iterator

PROMPT = "The first president of America is"
START = f"""
import os, signal, threading, time, torch
import numpy as np
import attrwidget as aw
from attrwidget.hf.exclusive_use import lock_of
from attrwidget.engine import memory
memory._MOST = 2  # texts in a batch: a short text is else run at once
model = aw.load("demo")
runs, last = [], [0]
def interrupt(module, _args):
    if type(module).__name__ == "LlamaModel":
        runs.append(1)
        if len(runs) == last[0]:
            os.kill(os.getpid(), signal.SIGINT)  # as the button of Jupyter does
torch.nn.modules.module.register_module_forward_pre_hook(interrupt)
def count(work):
    before = len(runs)
    return work(), len(runs) - before
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
def explained():
    return model.explain({PROMPT!r}, max_new_tokens=5)
def stop_midway(work):
    first, ex = explained(), explained()
    whole, most = count(lambda: work(first))
    last[0] = len(runs) + most // 2 + 1
    free = None
    try:
        work(ex)
    except KeyboardInterrupt:
        free = locks_are_free()
    found, rest = count(lambda: work(ex))
    return whole, found, most, rest, free
ex = explained()
ex.widget
"""


@pytest.fixture(scope="module")
def kernel() -> Iterator[tuple[Any, Front]]:
    with kernel_showing(START) as both:
        yield both


@pytest.mark.parametrize(
    "work",
    [
        "aw.evaluate(ex, ['leave_one_out', 'saliency'], everything=True).by_step",
        "ex.scores('leave_one_out')",
        "ex.scores('value_zeroing')",
    ],
    ids=["evaluate", "leave one out", "value zeroing"],
)
def test_an_interrupt_holds_no_lock_and_the_next_call_gives_the_same(
    kernel: tuple[Any, Front], work: str
) -> None:
    front = kernel[1]
    cell = front.run(f"whole, found, most, rest, free = stop_midway(lambda ex: {work})")
    assert front.printed(cell) == ""
    assert front.printed(front.run("print(whole.equals(found), free)")) == "True True"
    most, rest = map(int, front.printed(front.run("print(most, rest)")).split())
    assert most > 2
    if "evaluate" in work:  # what is done is kept
        assert 0 < rest < most


def test_an_interrupt_of_explain_leaves_a_model_that_explains(kernel: tuple[Any, Front]) -> None:
    front = kernel[1]
    cell = front.run(
        "last[0] = len(runs) + 3\nmodel.explain('Facts about Kenya:', max_new_tokens=20, min_new_tokens=20)"
    )
    assert front.printed(cell) == "KeyboardInterrupt"
    cell = front.run("print(locks_are_free(), explained().scores().equals(ex.scores()))")
    assert front.printed(cell) == "True True"


def test_the_button_of_jupyter_interrupts(kernel: tuple[Any, Front]) -> None:
    manager, front = kernel
    cell = front.run("print('begun', flush=True)\nwhile True:\n    explained().scores('leave_one_out')")
    front.until(lambda m: m["msg_type"] == "stream")
    manager.interrupt_kernel()
    assert front.printed(cell) == "KeyboardInterrupt"
    cell = front.run("print(locks_are_free(), explained().scores().equals(ex.scores()))")
    assert front.printed(cell) == "True True"
