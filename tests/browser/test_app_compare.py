"""The Voilà app that compares."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from helpers import hosts
from helpers.screen import serious_faults, settle
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with hosts.app(tmp_path_factory.mktemp("compare"), "compare") as url:
        yield url


def test_two_models_stand_side_by_side_and_follow_each_other(page: Page, app: str) -> None:
    page.goto(app)
    expect(page.get_by_label("Beside it").locator("option:checked")).to_contain_text("leans to the negative")
    page.get_by_label("Text", exact=True).fill("The film was charming!")
    page.get_by_role("button", name="Compare", exact=True).click()
    panes = page.locator(".cmp-pane")
    expect(panes).to_have_count(2)
    expect(panes.nth(1)).to_be_in_viewport()
    panes.nth(1).get_by_role("option", name="film", exact=True).hover()
    expect(panes.first.locator(".tip")).to_contain_text("film → ")
    assert serious_faults(page) == []


def test_a_link_shows_another_visitor_the_same(page: Page, other_page: Page, app: str) -> None:
    page.goto(f"{app}?theme=dark")
    page.get_by_label("Text", exact=True).fill("<b>Charming</b> & so on…")
    page.get_by_role("button", name="Compare", exact=True).click()
    first, second = page.locator(".cmp-pane").first, page.locator(".cmp-pane").nth(1)
    first.get_by_role("option", name="NEGATIVE").click()
    second.get_by_role("combobox").select_option(label="Attention")
    expect(page).to_have_url(re.compile(r"held=\d+&second=attention&theme=dark$"))
    settle(page)
    texts = [first.inner_text(), second.inner_text()]
    other_page.goto(page.url)
    expect(other_page.locator(".cmp-pane")).to_have_text(texts, use_inner_text=True)
    expect(other_page.get_by_role("textbox", name="Text")).to_have_value("<b>Charming</b> & so on…")
    expect(other_page.locator("[role=option][aria-selected=true]").first).to_contain_text("NEGATIVE")
    expect(other_page.locator(".aw").first).to_have_attribute("data-theme", "dark")
