"""Exported pages of models that read a whole text at once: their classes and masks are looked at like words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from helpers.encoders import build, word_tokenizer
from helpers.screen import Screen, explore, serious_faults
from playwright.sync_api import Page, expect

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path

MOODS = {0: "negative", 1: "neutral", 2: "positive"}
KINDS: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "ForSequenceClassification": (
        {"num_labels": 3, "id2label": MOODS},
        "the film was not good",
        r"Why did .* say “(negative|neutral|positive)”\?",
        "columns: classes",
    ),
    "ForMaskedLM": (
        {},
        "the [MASK] of france is [MASK] .",
        r"Why did .* say “\w+ \w+”\?",
        "columns: predictions",
    ),
}


@pytest.mark.parametrize("head", KINDS)
def test_what_is_said_of_a_text_is_looked_at_like_words(page: Page, head: str, tmp_path: Path) -> None:
    changes, text, title, columns = KINDS[head]
    ex = aw.load(build("bert", head, **changes), word_tokenizer()).explain(text)
    page.goto(ex.to_html(tmp_path / "why.html").as_uri())
    screen = Screen(page)
    expect(page.get_by_role("heading", name=re.compile(title))).to_be_visible()
    explore(screen, ex, precision=1e-4)
    screen.radio("Matrix").click()
    expect(screen.root.get_by_text(columns)).to_be_visible()
    assert serious_faults(page) == []
