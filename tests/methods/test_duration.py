"""How long methods take, by their sizes."""

from __future__ import annotations

from dataclasses import replace

import pytest

import attrwidget as aw
from attrwidget.methods import get
from attrwidget.methods.duration import seconds_of_method, seconds_of_passes


def test_work_grows_with_the_model_the_text_and_the_steps() -> None:
    trace = aw.load("demo").explain("The capital of Japan is", output=" Tokyo in Japan").trace
    one = seconds_of_passes(trace, 1, 10)
    assert seconds_of_passes(trace, 6, 20) == pytest.approx(12 * one)
    assert one == pytest.approx(10 * trace.model.hf.num_parameters() / 1.5e10)
    few, all_steps = [0], list(range(trace.n_steps))
    for name in ("saliency", "leave_one_out", "integrated_gradients"):
        assert 0 < seconds_of_method(trace, get(name), few) < seconds_of_method(trace, get(name), all_steps)  # type: ignore[operator]
    assert seconds_of_method(trace, get("attention"), all_steps) == 0
    assert seconds_of_method(trace, replace(get("saliency"), passes=None), few) is None
