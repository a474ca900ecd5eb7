"""What stands out, and what a context changed, in a real browser: a live widget and the exported page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.live import LiveWidget
from helpers.screen import serious_faults
from playwright.sync_api import expect

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page


def test_a_context_is_left_out_and_what_it_changed_is_marked(page: Page, tmp_path: Path) -> None:
    ex = aw.load("demo").explain("Let us talk about Japan. Its capital is", output=" Tokyo.")
    found = ex.context_reliance("Let us talk about Japan.", std=0)
    assert found.changed == [0]
    live = LiveWidget(page, ex, held=[0])
    live.settle()
    line = page.locator(".aw-summary")
    live.until(lambda: "confirm" in line.text_content())
    said = str(ex.summary([0])).split(" (")[0]
    assert line.text_content().startswith(said)

    panel = page.locator(".aw-context")
    panel.get_by_role("button", name="Leave out").click()
    live.until(lambda: panel.locator("li").count() == 1)
    marked = page.locator(".t.by-context")
    live.until(lambda: marked.all_text_contents() == ["Tokyo"])
    live.until(lambda: "Japan" in panel.locator(".cues").text_content())
    live.until(lambda: "Japan" in page.locator(".t.cue").all_text_contents())
    live.settle()
    # By keyboard: M leads from mark to mark.
    page.locator(".txt [tabindex='0']").focus()
    page.keyboard.press("Home")
    marks = page.locator(".t:is(.by-context, .cue)")
    words = marks.all_text_contents()
    assert words[-1] == "Tokyo"
    first = 1 if page.locator(".t").first.text_content() == words[0] else 0
    for at in [*range(first, len(words)), 0]:
        page.keyboard.press("m")
        expect(marks.nth(at)).to_be_focused()
    live.settle()
    assert serious_faults(page) == []
    live.close()

    path = ex.to_html(tmp_path / "why.html")
    page.goto(path.as_uri())
    live.until(lambda: page.locator(".t.by-context").all_text_contents() == ["Tokyo"])
    assert page.locator(".aw-context li").count() == 1
