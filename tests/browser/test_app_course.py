"""The course as an app: its notebooks, for a visitor without Python."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from helpers import hosts
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("title", "hint"),
    [
        ("What is the model thinking", "then look at the list at the right"),
        ("looking inside a sentiment model", "then point at the heads one by one"),
    ],
)
def test_a_notebook_runs_and_gives_the_hint_of_its_first_question(
    page: Page, tmp_path: Path, title: str, hint: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with hosts.app(tmp_path, "course") as url:
        page.goto(url)
        expect(page.get_by_role("link")).to_have_count(2)
        page.get_by_role("link", name=re.compile(title, re.IGNORECASE)).click()
        expect(page.locator(".aw").first).to_be_visible()
        assert page.get_by_text("Traceback").count() == 0
        assert page.get_by_text("import attrwidget").count() == 0
        expect(page.get_by_text(hint)).to_have_count(0)
        page.get_by_role("button", name=re.compile("hint", re.IGNORECASE)).first.click()
        expect(page.get_by_text(hint)).to_be_visible()
        assert (tmp_path / "server.log").read_text() == f"The app is at {url}/ (Ctrl-C stops it)\n"
    hosts_asked = {urlsplit(each).hostname for each in asked if not each.startswith(("data:", "blob:"))}
    assert hosts_asked == {"127.0.0.1"}
