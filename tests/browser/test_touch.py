"""Fingers: a tap on a word of the answer holds it, one on an input shows its number until the next tap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from helpers.screen import number, open_page
from playwright.sync_api import Browser, expect

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path


def test_a_tap_holds_and_lets_go_and_one_on_an_input_shows_its_number(
    chromium: Browser, tmp_path: Path
) -> None:
    explanation = aw.load("demo").explain("The first president of America is", max_new_tokens=3)
    context = chromium.new_context(viewport={"width": 420, "height": 900}, has_touch=True)
    screen = open_page(context.new_page(), explanation, tmp_path / "why.html")
    words = screen.words()
    washington, america = words.index("Washington"), words.index("America")
    screen.radio("Saliency").tap()
    screen.word(washington).tap()
    expect(screen.word(washington)).to_have_attribute("aria-selected", "true")
    expect(screen.footer).to_contain_text("Explaining Washington, token 2 of 3")

    screen.word(america).tap()
    expect(screen.tip).to_contain_text("America → Washington")
    screen.settle()
    shown = number(screen.tip.inner_text().rsplit(maxsplit=1)[-1])
    exact = explanation.scores("saliency").to_numpy()[1][america]
    assert np.isclose(shown, exact, atol=0.00051)
    assert washington in screen.held()
    screen.footer.tap()
    screen.word(america).tap()  # selected by the first tap, let go by the second
    expect(screen.word(america)).not_to_have_attribute("aria-selected", "true")

    screen.word(washington).tap()
    expect(screen.word(washington)).not_to_have_attribute("aria-selected", "true")
    context.close()
