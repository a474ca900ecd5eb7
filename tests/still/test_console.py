"""The table in a terminal, on planted numbers."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from helpers.colors import contrast
from helpers.fake import planted, random_explanation
from helpers.html_page import NASTY
from rich.console import Console

from attrwidget.errors import AttrWidgetError
from attrwidget.still.console import table, to_text

if TYPE_CHECKING:
    from helpers.fake import FakeExplanation


def printed(explanation: FakeExplanation, *, width: int = 100, color: bool = False, **options: Any) -> str:
    file = io.StringIO()
    console = Console(
        file=file, width=width, force_terminal=color, color_system="truecolor" if color else None
    )
    console.print(table(explanation, **options))  # type: ignore[arg-type]
    return file.getvalue()


def test_the_table_has_a_row_for_each_input_and_the_probabilities() -> None:
    lines = [line.split() for line in printed(planted()).splitlines()]
    assert lines == [
        ["Saliency:", *["saliency", "of", "log-probability,", "L2", "norm"]],
        ["is", "東"],
        ["<s>", ".250", ".125"],
        ["Paris", ".750", ".500"],
        ["is", "·", ".375"],
        ["p", ".750", ".250"],
    ]
    assert "−2.00" in printed(planted(), method="input_x_gradient")
    with pytest.raises(AttrWidgetError, match="There is no method 'magic'"):
        table(planted(), "magic")  # type: ignore[arg-type]


def test_colours_of_the_table_are_readable() -> None:
    text = printed(planted(), color=True, method="input_x_gradient") + printed(planted(), color=True)
    cells = re.findall(r"\x1b\[38;2;(\d+);(\d+);(\d+);48;2;(\d+);(\d+);(\d+)m", text)
    assert len(cells) >= 8
    for cell in cells:
        numbers = [int(c) for c in cell]
        assert contrast(numbers[:3], numbers[3:]) >= 4.5


def test_token_texts_are_no_markup_and_move_no_cursor() -> None:
    explanation = random_explanation(texts=NASTY, prompt=8, answer=5)
    text = printed(explanation)
    assert "[bold]red[/bold]" in text
    assert not set(text) & set("\x1b\x07\x9b\u202e\u2028")
    assert "␛[31m␇⟨U+009B⟩" in text


def test_a_table_that_is_too_wide_or_too_long_is_cut_with_a_note() -> None:
    text = printed(random_explanation(prompt=200, answer=30), width=60)
    assert max(map(len, text.splitlines())) <= 60
    shown = len(text.splitlines()[1].split())
    assert f"{30 - shown} more tokens to the right" in " ".join(text.split())
    assert "169 inputs in the middle" in " ".join(text.split())
    assert "w228" in text
    assert "w100" not in text
    explanation = random_explanation(prompt=5, answer=30, layers=0)
    printed(explanation, width=30)
    assert len(explanation.computed) < 5, "columns that are not shown are not computed"
    assert "w6" in printed(random_explanation(), width=14)


def test_print_gives_plain_text_unless_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in to_text(planted())  # type: ignore[arg-type]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in to_text(planted())  # type: ignore[arg-type]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "48;" not in to_text(planted())  # type: ignore[arg-type]


def test_scores_about_0_by_construction_have_no_colour_and_a_reason() -> None:
    explanation = planted()
    explanation.planted["input_x_gradient"] = explanation.planted["input_x_gradient"] * 1e-6
    assert "48;2;" in printed(explanation, color=True, method="input_x_gradient")
    explanation.notes["input_x_gradient"] = [None, "About 0 by construction: it is normalised first."]
    text = printed(explanation, color=True, method="input_x_gradient")
    assert "48;2;" not in text
    assert "About 0 by construction: it is normalised first." in text
    assert "e−6" in text
