"""Words of a sentence are selected, masked together and put back, by the keyboard alone, in JupyterLab."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpers.notebook import run_notebook
from helpers.screen import Screen, serious_faults
from playwright.sync_api import expect

if TYPE_CHECKING:
    from helpers.notebook import Jupyter
    from playwright.sync_api import Page

LOAD = "import attrwidget as aw\nmodel = aw.load('demo-masked')"
EXPLAIN = "model.explain('The capital of Japan is [MASK] .')"


def test_words_are_selected_masked_together_and_put_back_by_the_keyboard(
    page: Page, jupyter: Jupyter
) -> None:
    run_notebook(page, jupyter, "lab", "masks", LOAD, EXPLAIN)
    screen = Screen(page)
    expect(screen.root).to_be_visible()
    words = screen.words()
    capital, japan, mask = (words.index(word) for word in ("capital", "Japan", "[MASK]"))
    press = page.keyboard.press

    # A mask leads to what is said of it; another word is selected, and its heads stay on show.
    held = words.index("Tokyo")
    screen.word(held).focus()
    for _ in range(held - mask):
        press("ArrowLeft")
    press("Enter")
    expect(screen.word(held)).to_have_attribute("aria-selected", "true")
    for _ in range(mask - japan):
        press("ArrowLeft")
    press("Enter")
    expect(screen.word(japan)).to_have_attribute("aria-selected", "true")
    screen.footer.hover()
    expect(screen.tip).to_contain_text("Japan → Tokyo")
    expect(screen.root.get_by_text(re.compile("^from “Japan” · "))).to_be_visible()
    assert serious_faults(page, screen) == []

    for _ in range(japan - capital):
        press("ArrowLeft")
    press("Shift+Enter")
    expect(screen.word(capital)).to_have_attribute("aria-selected", "true")
    press("e")
    panel = screen.root.get_by_role("dialog", name="Change capital of Japan")
    button = panel.get_by_role("button", name="mask", exact=True)
    expect(button).to_have_attribute("title", re.compile(r"^\[MASK\] in the place of each of them: "))
    screen.settle()
    for _ in range(20):
        if button.evaluate("button => button.matches(':focus')"):
            break
        press("Tab")
    expect(button).to_be_focused()
    press("Enter")
    expect(panel.get_by_role("listitem").first).to_contain_text(re.compile(r"Tokyo.*→"))
    assert serious_faults(page, screen) == []
    panel.get_by_role("textbox").focus()
    press("Enter")
    expect(screen.root.locator(".was")).to_have_text(["capital", "of", "Japan"])
    assert screen.words().count("[MASK]") == 4
    expect(screen.options.and_(page.locator(":focus"))).to_have_count(1)

    undo = screen.root.get_by_role("button", name=re.compile("undo"))
    undo.focus()
    press("Enter")
    expect(screen.root.locator(".was")).to_have_count(0)
    assert screen.words() == words
