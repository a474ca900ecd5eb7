"""What each sentence of an answer rests on, in a real browser: live and in an exported page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from helpers.live import LiveWidget
from helpers.screen import open_page, serious_faults
from helpers.tiny import build, byte_tokenizer
from playwright.sync_api import expect

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

DOCUMENTS = ["Ottawa is cold.", "Lima is dry.", "Rome is old.", "Oslo is dark."]


def explained(output: str = " It is Ottawa. It is cold.") -> Any:
    """An explanation whose weights are large, so that each document is missed."""
    hf = build("llama")
    for weights in hf.parameters():
        weights.data.mul_(2)
    model = aw.load(hf, byte_tokenizer())
    return model.explain("Which is it?", documents=DOCUMENTS, output=output)


def labels(ex: Any) -> list[list[str]]:
    """What stands on the chips of each sentence, by the table in Python."""
    falls, shares = (ex.by_unit(normalize=how).to_numpy() for how in (None, "auto"))
    return [
        [
            f"[{at + 1}] {round(100 * share[at])} %"
            for at in np.argsort(-share)[:3]
            if share[at] >= 0.05 and fall[at] >= 0.1
        ]
        for fall, share in zip(falls, shares, strict=True)
    ]


def test_chips_open_the_document(page: Page) -> None:
    ex = explained()
    live = LiveWidget(page, ex)
    live.settle()
    expected = labels(ex)
    assert sum(map(len, expected)) > 0, "nothing to see"
    chips = page.locator(".rests-on .chip")
    live.until(lambda: chips.all_text_contents() == [label for row in expected for label in row])
    first = chips.first
    document = int(first.text_content()[1]) - 1
    first.click()
    expect(first).to_have_attribute("aria-selected", "true")
    live.until(lambda: page.locator(".lit").count() > 0)
    marked = "".join(page.locator(".lit").all_text_contents()).replace(" ", "")
    assert marked.startswith(f"[{document + 1}]{DOCUMENTS[document]}".replace(" ", ""))
    expect(page.locator(".aw-rests .said")).to_contain_text(f"Document {document + 1} (")
    assert serious_faults(page) == []
    page.keyboard.press("Escape")
    live.until(lambda: page.locator(".lit").count() == 0)
    live.close()


def test_chips_by_keyboard_and_in_other_views(page: Page) -> None:
    ex = explained()
    live = LiveWidget(page, ex)
    live.settle()
    chips = page.locator(".rests-on .chip")
    live.until(lambda: chips.count() > 0)
    # The last letter of the sentence that has the first chip.
    last = page.locator(".rests-on:has(.chip)").first.locator("xpath=preceding-sibling::*[1]")
    last.click()
    page.keyboard.press("ArrowRight")
    expect(chips.first).to_be_focused()
    page.keyboard.press("Enter")
    live.until(lambda: page.locator(".lit").count() > 0)
    page.keyboard.press("ArrowLeft")
    expect(last).to_be_focused()
    listed = page.locator(".aw-rests li .chip")
    expect(listed.first).to_be_hidden()
    page.locator("header").get_by_text("Matrix", exact=True).click()
    live.until(listed.first.is_visible)
    expect(listed.first).to_have_attribute("aria-pressed", "true")
    assert listed.all_text_contents() == [label for row in labels(ex) for label in row]
    assert serious_faults(page) == []
    live.close()


_COPIED = """
(run) => {
  const range = document.createRange();
  range.selectNodeContents(run);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  return getSelection().toString();
}
"""


def test_an_exported_page_has_them_and_f_folds_the_thought_before(page: Page, tmp_path: Path) -> None:
    ex = explained("<think>It is Ottawa.</think> It is cold.")
    open_page(page, ex, tmp_path / "page.html")
    chips = page.locator(".rests-on .chip")
    expect(chips).to_have_text([label for row in labels(ex) for label in row])
    inside = page.locator(".rest .t").last
    expect(inside).to_be_hidden()
    page.locator(".fold").get_by_text("thought").click()
    inside.click()
    page.keyboard.press("f")
    expect(inside).to_be_hidden()
    page.keyboard.press("f")
    expect(inside).to_be_visible()
    chips.first.click()
    expect(page.locator(".lit").first).to_be_visible()
    copied = page.locator(".run").last.evaluate(_COPIED)
    assert "Ottawa" in copied
    assert "%" not in copied
    assert serious_faults(page) == []
