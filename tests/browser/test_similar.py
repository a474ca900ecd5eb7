"""Similar contexts in a real browser: the panel of a live widget shows what Python finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.live import LiveWidget
from helpers.screen import serious_faults

import attrwidget as aw

if TYPE_CHECKING:
    from playwright.sync_api import Page

TEXTS = [
    "The capital of Japan is Tokyo.",
    "The capital of France is Paris.",
    "The capital of Italy is Rome.",
    "People in Japan pay with the yen.",
]


def test_a_held_word_is_searched_for_by_state_and_by_heads(page: Page) -> None:
    model = aw.load("demo-masked")
    corpus = aw.corpus(TEXTS, model)
    ex = model.explain("The capital of [MASK] is Berlin.").with_corpus(corpus)
    live = LiveWidget(page, ex, held=[0])
    live.settle()
    panel = page.locator(".aw-similar")
    panel.locator(".open").click()
    live.until(lambda: panel.locator(".found li").count() == 20)
    found = corpus.similar(ex, layer=2)
    shown = panel.locator(".found p").all_text_contents()
    assert shown == [match.text.text for match in found]
    matched = panel.locator(".found .match").all_text_contents()
    assert matched == [match.text.text[slice(*match.span)] for match in found]

    page.locator("[role=option]", has_text="Berlin").first.click()
    live.until(lambda: "Berlin" in panel.locator(".says").text_content())
    found = corpus.similar(ex, "Berlin", layer=2)
    live.until(lambda: panel.locator(".found p").all_text_contents() == [match.text.text for match in found])
    live.settle()
    assert serious_faults(page) == []
    live.close()
