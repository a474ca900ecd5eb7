"""The whole task without a mouse: what carried the word, is it true, why not another, and what if the text changed?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from helpers.notebook import EXPLAIN, LOAD, Jupyter, run_notebook
from helpers.screen import Screen, serious_faults
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

FAR = 80  # presses of Tab
FOCUSED = "element => element.getRootNode().activeElement === element"


class Keys:
    """A display operated by keys alone."""

    def __init__(self, page: Page, screen: Screen) -> None:
        self.page, self.screen = page, screen

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, target: Locator, key: str = "Tab") -> None:
        """Press Tab until *target* has the focus."""
        self.screen.settle()
        for _ in range(FAR):
            self.press(key)
            if target.count() and target.evaluate(FOCUSED):
                return
        raise AssertionError(f"{target} is not reached in {FAR} presses of {key}")

    def walk_to(self, index: int) -> None:
        """Move the cursor of the text to a word, from the one that it is on."""
        self.screen.settle()
        here = next(i for i, word in enumerate(self.screen.options.all()) if word.evaluate(FOCUSED))
        self.press(*["ArrowRight" if here < index else "ArrowLeft"] * abs(index - here))
        expect(self.screen.word(index)).to_be_focused()


@pytest.fixture
def keys(page: Page, jupyter: Jupyter) -> Keys:
    run_notebook(page, jupyter, "lab", "keys", LOAD, EXPLAIN, "ex")
    screen = Screen(page)
    expect(screen.root).to_be_visible()
    screen.root.focus()
    return Keys(page, screen)


def test_the_question_is_answered_without_a_mouse(keys: Keys) -> None:
    screen, page = keys.screen, keys.page
    root = screen.root
    # What mattered: another method, another word, and it is said aloud.
    methods = root.get_by_role("radiogroup", name="Method").get_by_role("radio")
    keys.tab_to(methods.first)
    keys.press("ArrowRight")
    expect(methods.nth(1)).to_be_checked()
    keys.press("ArrowLeft")
    expect(methods.first).to_be_checked()
    words = screen.words()
    keys.tab_to(root.get_by_role("listbox", name="Text").locator("[tabindex='0']"))
    george = words.index("George")
    keys.walk_to(george)
    keys.press("Enter")
    expect(screen.word(george)).to_have_attribute("aria-selected", "true")
    expect(screen.footer).to_contain_text("Explaining George, token 1 of 4")
    expect(root.locator("[aria-live]")).to_contain_text(re.compile(r"Most from America \d"))
    # How much of it: the list frames a word and shows it alone.
    first = root.locator(".aw-why li button").first
    keys.tab_to(first)
    expect(screen.tip).to_contain_text("America → George")
    keys.press("Enter")
    expect(first).to_have_attribute("aria-pressed", "true")
    keys.press("Enter")
    expect(first).to_have_attribute("aria-pressed", "false")
    # Is it true: the check is made, at once or by its button.
    check = root.locator(".aw-why .check")
    expect(check).to_contain_text(re.compile(r"the explanation holds|really need"))
    screen.settle()
    if "about" in check.inner_text():  # a short check is made unasked
        keys.tab_to(check.get_by_role("button"))
        keys.press("Enter")
    expect(check).to_contain_text("the explanation holds")
    assert serious_faults(page, screen) == []
    # Which head: chosen, and given back.
    keys.tab_to(screen.grid)
    keys.press("ArrowDown", "ArrowRight", "Enter")
    expect(screen.footer).to_contain_text("attention of layer 2, head 2")
    keys.press("Escape", "Escape")
    # Why not another: one that is offered, and one that is typed. A head is peeked at until the focus leaves the grid.
    keys.tab_to(screen.instead.get_by_role("button").first, "Shift+Tab")
    expect(screen.footer).not_to_contain_text("attention of layer")
    keys.press("Enter")
    expect(screen.footer).to_contain_text("Why George and not")
    keys.tab_to(screen.another)
    page.keyboard.type("Jefferson Adams")
    keys.press("Enter")
    expect(screen.footer).to_contain_text("Why George and not Jefferson Adams")
    assert serious_faults(page, screen) == []
    # What if: a word of the prompt is changed, the answer follows, and the change is taken back.
    keys.tab_to(root.get_by_role("listbox", name="Text").locator("[tabindex='0']"), "Shift+Tab")
    keys.walk_to(words.index("America"))
    keys.press("e")
    panel = root.get_by_role("dialog", name="Change America")
    expect(panel.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("Kenya")
    expect(panel.get_by_role("listitem").first).to_contain_text("→")
    assert serious_faults(page, screen) == []
    keys.press("Enter")
    expect(root.locator(".was")).to_have_text("America")
    assert screen.words()[george] != "George"
    keys.tab_to(root.get_by_role("button", name="undo America → Kenya"))
    keys.press("Enter")
    expect(screen.word(george)).to_have_text("George")
