"""An exported translation: its source alone, where the target so far is hidden, and its cross-attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers.screen import Screen, number, serious_faults
from helpers.tiny_seq2seq import ANSWER, SOURCE, build_seq2seq, ending_tokenizer
from playwright.sync_api import Page, expect

import attrwidget as aw
from attrwidget.still.sentences import numeral

if TYPE_CHECKING:
    from pathlib import Path


def test_the_target_hidden_leaves_the_source_alone(page: Page, tmp_path: Path) -> None:
    ex = aw.load(build_seq2seq("bart"), ending_tokenizer()).explain(SOURCE, output=ANSWER)
    ex.widget.held = [3]
    page.goto(ex.to_html(tmp_path / "why.html", methods=["saliency"]).as_uri())
    screen = Screen(page)
    expect(screen.root.get_by_text("row sums to 1")).to_be_visible()
    screen.root.get_by_role("button", name="Options").click()
    for label in ("Hide the target so far", "Give what they hold to the rest"):
        screen.root.get_by_label(label).check()
    alone = ex.scores("saliency", source_only=True).to_numpy()[3]
    for unit in (0, 2):
        token = ex.tokens.units[unit].start
        assert ex.tokens.units[unit].end == token + 1
        assert screen.number_on(unit) == pytest.approx(alone[token], rel=2e-2)
    together = ex.scores("saliency").to_numpy()[3]
    assert abs(alone[0] / together[0] - 1) > 0.1
    expect(screen.root.get_by_text("hidden tokens hold")).to_be_visible()
    assert serious_faults(page) == []


def test_the_heads_are_those_that_fed_the_word_held(page: Page, tmp_path: Path) -> None:
    ex = aw.load(build_seq2seq("bart"), ending_tokenizer()).explain(SOURCE, output=ANSWER)
    ex.widget.held, ex.widget.method = [3], "cross_attention"
    shares = ex.heads(3)
    page.goto(ex.to_html(tmp_path / "why.html").as_uri())
    screen = Screen(page)
    expect(screen.root.locator(".aw-picker .title")).to_contain_text("Heads that fed “")
    (layer, head), *_ = shares.stack().nlargest(3).index
    first = screen.root.locator(".aw-picker .top button").first
    share = float(f"{shares.iloc[layer, head]:.4g}")  # as it is sent
    expect(first).to_contain_text(f"L{layer + 1} H{head + 1} {numeral(share)}")
    for cell in ((0, 0), (1, 3)):
        label = str(screen.cell(*cell).get_attribute("aria-label"))
        assert number(label.split(", ")[2]) == pytest.approx(shares.iloc[cell], abs=2e-3)
    first.click()
    expect(screen.root.locator(".cap")).to_contain_text(f"layer {layer + 1}, head {head + 1}")
    assert serious_faults(page) == []
