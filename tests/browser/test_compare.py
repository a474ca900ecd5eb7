"""Comparisons: in an exported page, and as the tabs of a list in JupyterLab."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from helpers.notebook import Jupyter, run_notebook
from helpers.screen import Screen, number, serious_faults, settle
from helpers.tiny import build, byte_tokenizer
from playwright.sync_api import Page, expect

import attrwidget as aw
from attrwidget.results.align import linked_units

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator

    from attrwidget.comparison import Comparison

PROMPT = "The first president of America is"
FIRST_IN_SIGHT = """scroller => {
  const top = scroller.getBoundingClientRect().top;
  const words = [...scroller.querySelectorAll("[role=option]")];
  return words.findIndex(word => word.getBoundingClientRect().top >= top - 1);
}"""


@pytest.fixture(scope="module")
def model() -> Any:
    return aw.load("demo")


def open_page(page: Page, comparison: Comparison, path: Path) -> tuple[Screen, Locator]:
    """Open the page of a comparison; return its display and the two texts."""
    comparison.to_html(path)
    page.goto(path.as_uri())
    screen = Screen(page)
    panes = screen.root.locator(".cmp-pane")
    expect(panes).to_have_count(2)
    return screen, panes


def word(pane: Locator, text: str) -> Locator:
    return pane.get_by_role("option", name=text, exact=True).first


def test_two_models_that_cut_a_text_otherwise_follow_each_other(
    page: Page, model: Any, tmp_path: Path
) -> None:
    bytewise = aw.load(build("llama"), byte_tokenizer())
    one = model.explain(PROMPT, max_new_tokens=2)
    other = bytewise.explain(PROMPT, output=" George Washington")
    comparison = aw.compare(one, other, methods="saliency")
    screen, panes = open_page(page, comparison, tmp_path / "two.html")
    line = screen.root.locator(".cmp-line")
    numbers = comparison.numbers()
    for step, token in enumerate(("George", "Washington")):
        word(panes.first, token).click()
        row = numbers.loc[step]
        settle(page)
        expect(line).to_contain_text(f"of the 5 highest, both have {row['top_5']}")
        shown = re.search(r"Kendall τ (\S+)", line.inner_text())
        assert shown
        assert abs(number(shown[1]) - row["kendall_tau"]) < 0.0006
        expect(line).to_contain_text(f"they part at {row['parts_at']}: ")
        held = panes.nth(1).locator("[role=option][aria-selected=true]").all_inner_texts()
        assert "".join(held) == token
    # A piece of the second text leads to its word in the first.
    america = next(u for u, unit in enumerate(one.tokens.units) if unit.text == " America")
    piece = next(v for u, v in linked_units(one.reading, other.reading) if u == america)
    panes.nth(1).get_by_role("listbox", name="Text").get_by_role("option").nth(piece).hover()
    expect(panes.first.locator(".tip")).to_contain_text("America → Washington")
    assert serious_faults(page) == []


def test_words_of_one_text_alone_are_told_apart_and_both_scroll_by_those_they_share(
    page: Page, model: Any, tmp_path: Path
) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    facts = [f"The capital of {land} is {city}." for land, city in (("Japan", "Tokyo"), ("Kenya", "Nairobi"))]
    common = " ".join(facts * 20) + " The first president of America is"
    one = model.explain(common, max_new_tokens=1)
    other = model.explain(" ".join(["My friend lives in Rome."] * 12) + " " + common, max_new_tokens=1)
    screen, panes = open_page(page, aw.compare(one, other, methods="saliency"), tmp_path / "two.html")
    expect(panes.nth(1).locator(".lonely")).not_to_have_count(0)
    expect(panes.first.locator(".lonely")).to_have_count(0)
    expect(screen.root.locator(".cmp-line")).to_contain_text(
        re.compile(r"in italics only in Second: My, friend, lives, in and \d+ more")
    )
    texts = [panes.nth(k).locator(".text") for k in range(2)]
    extra = other.reading.first_step - one.reading.first_step
    word(panes.first, "Kenya").hover()
    texts[0].evaluate("text => { text.scrollTop = text.scrollHeight / 2 }")
    settle(page)
    here, there = (text.evaluate(FIRST_IN_SIGHT) for text in texts)
    assert here > 20
    assert there - here == pytest.approx(extra, abs=12)  # a line has about twelve words
    # Back from the second text, whose beginning the first one does not have.
    word(panes.nth(1), "Kenya").hover()
    texts[1].evaluate("text => { text.scrollTop = 0 }")
    expect(texts[0]).to_have_js_property("scrollTop", 0)
    assert serious_faults(page) == []


def test_pins_are_rows_and_their_address_restores_them(page: Page, model: Any, tmp_path: Path) -> None:
    path = tmp_path / "why.html"
    model.explain(PROMPT, max_new_tokens=3).to_html(path, methods=["saliency", "leave_one_out", "attention"])
    page.goto(path.as_uri())
    screen = Screen(page)
    words = screen.words()
    screen.hold(words.index("George"))
    page.keyboard.press("p")
    screen.method("Leave one out")
    screen.hold(words.index("Washington"))
    page.keyboard.press("p")
    page.keyboard.press("c")
    screen.radio("Now and pinned").click()
    heads = screen.root.locator(".cmp-head")
    pinned = [
        re.compile("^Now · Leave one out"),
        re.compile("^Saliency“George”"),
        re.compile("^Leave one out“Washington”"),
    ]
    expect(heads).to_have_text(pinned)
    lines = screen.root.locator(".cmp-line")
    expect(lines.nth(1)).to_contain_text("Kendall τ 1.00")
    assert serious_faults(page) == []
    expect(page).to_have_url(re.compile(r"compare=pinned&pins=saliency~0~!leave_one_out~1~$"))
    page.goto("about:blank")
    page.go_back()
    expect(heads).to_have_text(pinned)
    unpin = screen.root.get_by_role("button", name="Unpin")
    unpin.first.focus()
    page.keyboard.press("Enter")
    expect(screen.root.locator(".cmp-two .cmp-head")).to_have_text(
        [pinned[0], re.compile("^Pinned · Leave one out")]
    )
    expect(unpin).to_be_focused()


def test_two_lists_are_tabs_in_jupyterlab(page: Page, jupyter: Jupyter) -> None:
    setup = """import attrwidget as aw
sentences = ["The plot was not boring at all.", "I liked the book.", "It was bad."]
one, other = aw.load("demo-sentiment"), aw.load("demo-sentiment")"""
    loop = "[aw.compare(one.explain(s), other.explain(s.replace(' not', ''))) for s in sentences]"
    run_notebook(page, jupyter, "lab", "tabs", setup, loop)
    tabs = page.get_by_role("tab", name=re.compile(r"^\d: "))
    expect(tabs).to_have_text(["1: the plot was not boring…", "2: i liked the book.", "3: it was bad."])
    screen = Screen(page)
    expect(screen.root.locator(".cmp-line")).to_contain_text("in italics only in First: not")
    assert serious_faults(page, screen) == []
    tabs.nth(2).click()
    second = Screen(page, 1)
    expect(second.root.locator(".cmp-line")).to_contain_text("Kendall τ 1.00")
    expect(second.root.locator(".cmp-pane")).to_have_count(2)
