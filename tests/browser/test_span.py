"""Words of the answer that are held together: one row, where two of their own or more are not there yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from helpers.live import LiveWidget
from helpers.screen import serious_faults

import attrwidget as aw

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_shift_click_takes_one_backward_pass(page: Page) -> None:
    ex = aw.load("demo").explain(
        "The capital of Japan is", output=" Tokyo and the capital of France is Paris."
    )
    live = LiveWidget(page, ex, method="input_x_gradient")
    live.settle()
    words = page.locator(".t.gen")
    words.nth(1).click()
    words.nth(6).click(modifiers=["Shift"])
    page.mouse.move(2, 2)
    sentence = page.locator(".foot .sentence")
    live.until(lambda: "all 6 by one backward pass" in sentence.inner_text())
    live.settle()
    assert not ex.reading.has_rows("input_x_gradient", [3])
    row = ex.scores("input_x_gradient", target=(1, 7)).to_numpy()[0]
    # The scale ends at one of the means over the six steps.
    high = page.locator(".legend .num").last.inner_text()
    assert float(high) in {float(f"{abs(v) / 6:.3g}") for v in row if not np.isnan(v)}
    assert serious_faults(page) == []
    live.close()
