"""The experts of a mixture-of-experts model beside its heads, live and in an exported page, in Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from helpers.live import LiveWidget
from helpers.screen import serious_faults
from helpers.tiny import build, byte_tokenizer
from playwright.sync_api import expect

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_experts_of_the_word_held_and_words_of_an_expert(page: Page, theme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=theme)
    model = aw.load(build("mixtral", scale=0.4, num_local_experts=8), byte_tokenizer())
    ex = model.explain("The first president of America was", output=" George Washington")
    step = 1
    weights = ex.experts(0).iloc[ex.trace.position(step)]
    best = int(weights.idxmax())
    taken = int((ex.experts(0)[best] > 0).sum())
    live = LiveWidget(page, ex, held=[step])
    panel = page.get_by_role("tabpanel", name="Experts")
    try:
        live.until(lambda: page.get_by_role("tab", name="Experts").is_visible())
        page.get_by_role("tab", name="Experts").click()
        live.until(lambda: panel.get_by_role("gridcell", name="expert").count() > 0)
        live.wait(500)
        panel.get_by_role("grid").focus()
        page.keyboard.press("Home")
        for _ in range(best + 1):
            page.keyboard.press("ArrowRight")
        live.until(lambda: f"layer 1, expert {best + 1}, weight" in panel.inner_text())
        page.keyboard.press("Enter")
        live.until(lambda: f"It takes {taken} of {ex.reading.n_inputs} tokens." in panel.inner_text())
        assert f"“{ex.tokens.units[ex.reading.first_step + step].text.strip()}”" in panel.inner_text()
        assert serious_faults(page) == []
    finally:
        live.close()


def test_experts_in_an_exported_page(page: Page, tmp_path: Path) -> None:
    model = aw.load(build("mixtral", scale=0.4, num_local_experts=8), byte_tokenizer())
    ex = model.explain("The first president of America was", output=" George Washington")
    weights = ex.experts(0)
    taken = int((weights[3] > 0).sum())
    ex.to_html(tmp_path / "why.html")
    page.goto((tmp_path / "why.html").as_uri())
    page.get_by_role("tab", name="Experts").click()
    panel = page.get_by_role("tabpanel", name="Experts")
    expect(panel.get_by_role("gridcell", name="expert").first).to_be_attached()
    panel.get_by_role("grid").focus()
    page.keyboard.press("Home")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(panel).to_contain_text("layer 1, expert 4")
    page.keyboard.press("Enter")
    expect(panel).to_contain_text(f"It takes {taken} of {ex.reading.n_inputs} tokens.")
    assert serious_faults(page) == []
