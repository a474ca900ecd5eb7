"""The course as an app: its notebooks, for a visitor without Python."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from helpers import hosts
from helpers.screen import Screen, serious_faults
from playwright.sync_api import Page, expect

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path


def test_a_notebook_runs_and_its_questions_are_answered(page: Page, tmp_path: Path) -> None:
    """All notebooks run from top to bottom in tests/system/test_course.py."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ex = aw.load("demo-translation").explain("我喜歡機器學習和人工智慧。")
    scores = ex.scores("saliency", source_only=True)
    with hosts.app(tmp_path, "course") as url:
        page.goto(url)
        expect(page.get_by_role("link")).to_have_count(2)
        page.get_by_role("link", name=re.compile("What is the model thinking", re.IGNORECASE)).click()
        expect(page.locator(".aw").first).to_be_visible()
        assert page.get_by_text("Traceback").count() == 0
        assert page.get_by_text("import attrwidget").count() == 0
        hint = "then look at the list at the right"
        expect(page.get_by_text(hint)).to_have_count(0)
        page.get_by_role("button", name=re.compile("hint", re.IGNORECASE)).first.click()
        expect(page.get_by_role("listitem").filter(has_text=hint)).to_be_visible()

        card = page.get_by_role("region", name=re.compile("^When the model wrote “machine”"))
        display = page.locator(".aw").filter(has=card)
        screen = Screen(page)
        screen.root, screen.options = display, display.get_by_role("option")
        verdict = card.get_by_role("status")
        row = scores.loc["machine"].dropna()
        assert (row.idxmax(), scores.loc["like"].idxmax()) == ("機器", "喜歡")
        for word, says in (("喜歡", "That is the row before, of “like”."), ("機器", "Right.")):
            display.get_by_role("option", name=word, exact=True).first.click()
            card.get_by_role("button", name="Check").click()
            expect(verdict).to_contain_text(says)
        assert serious_faults(page, screen) == []

        field = page.get_by_role("textbox", name=re.compile("^What is the saliency of “喜歡” for “like”"))
        card = page.get_by_role("region", name=re.compile("^What is the saliency of “喜歡” for “like”"))
        right = ex.scores("saliency").loc["like", "喜歡"]
        for number, says in ((100 * right, "a hundred times"), (right, "Right.")):
            field.fill(f"{number:.3f}")
            field.press("Enter")
            expect(card.get_by_role("status")).to_contain_text(says)
        assert (tmp_path / "server.log").read_text() == f"The app is at {url}/ (Ctrl-C stops it)\n"
    hosts_asked = {urlsplit(each).hostname for each in asked if not each.startswith(("data:", "blob:"))}
    assert hosts_asked == {"127.0.0.1"}
