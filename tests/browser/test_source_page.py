"""An exported translation: its source alone, where the target so far is hidden, and its cross-attention."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from helpers.screen import Screen, number, serious_faults
from helpers.tiny_seq2seq import ANSWER, SOURCE, build_seq2seq, ending_tokenizer
from playwright.sync_api import Page, expect

import attrwidget as aw
from attrwidget.still.sentences import numeral

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


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


def test_the_shade_of_the_heads_follows_the_attention_shown(page: Page, tmp_path: Path) -> None:
    ex = aw.load(build_seq2seq("bart"), ending_tokenizer()).explain(SOURCE, output=ANSWER)
    ex.widget.held, ex.widget.method = [3], "cross_attention"
    page.goto(ex.to_html(tmp_path / "why.html").as_uri())
    screen = Screen(page)
    shade = screen.root.locator(".shade")
    expect(shade).to_contain_text("in cross-attention")

    def shaded(weights: NDArray[np.float32]) -> bool:
        """Wait for the legend to end at the largest of *weights*, and compare some cells."""
        near = {re.escape(numeral(float(weights.max()) + rounding)) for rounding in (-3e-5, 0, 3e-5)}
        expect(screen.root.locator(".range span").last).to_have_text(re.compile(f"^({'|'.join(near)})$"))
        heads = [(layer, head) for layer in (0, 1) for head in (0, 3)]
        labels = [str(screen.cell(*head).get_attribute("aria-label")) for head in heads]
        shown = [number(label.split(", ")[2]) for label in labels]
        return shown == pytest.approx([weights[head] for head in heads], abs=6e-4)

    weights = ex.reading.head_weights([3])[0]
    cross, both = 2 * weights[:, :, : ex.reading.n_source].max(2), np.nanmax(weights, 2)
    alone = ex.attention(1, 3, part="cross").to_numpy()[3]
    assert cross[1, 3] == pytest.approx(alone.max(), rel=1e-5)
    assert shaded(cross)
    screen.method("Attention")
    expect(shade).not_to_contain_text("cross-attention")
    assert np.abs(both - cross).max() > 0.01
    assert shaded(both)
