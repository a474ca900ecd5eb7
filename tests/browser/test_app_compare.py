"""The Voilà app that compares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers import hosts
from helpers.screen import serious_faults
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
