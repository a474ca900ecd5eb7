"""The still picture, on planted numbers."""

from __future__ import annotations

import re

import pytest
from helpers.colors import contrast
from helpers.fake import planted, random_explanation
from helpers.html_page import NASTY, Page

from attrwidget.still.static_html import _LESS, _MORE, _STRONGEST, _UNSIGNED, to_fallback_html


def tints(html: str) -> dict[str, tuple[str, float, str]]:
    found = re.findall(r'rgba\((\S+),([\d.]+)\)[^"]*" title="([^"]*)">([^<]*)<', html)
    return {text: (color, float(alpha), title) for color, alpha, title, text in found}


def test_the_still_picture_tints_by_score_and_says_it_in_words() -> None:
    html = to_fallback_html(planted(), "saliency", [1])  # type: ignore[arg-type]
    spans = tints(html)
    assert spans["Paris"] == (_UNSIGNED, pytest.approx(_STRONGEST), ".500")
    assert spans["&lt;s&gt;"] == (_UNSIGNED, pytest.approx(_STRONGEST / 4, abs=0.01), ".125")
    assert re.search(r">is</span> <b style=[^>]*>東</b>", html)
    assert "Explaining “東”, token 2 of 2 · p = .250 · rank 2 · saliency of log-probability, L2 norm" in html
    assert "Most from “Paris” .500, “is” .375, “&lt;s&gt;” .125." in html


def test_the_still_picture_marks_signs_and_adds_up_steps() -> None:
    html = to_fallback_html(planted(), "input_x_gradient", [0, 1], span_rule="sum")  # type: ignore[arg-type]
    spans = tints(html)
    assert "“&lt;s&gt;” −1.50 is off the scale" in html
    assert spans["Paris"][::2] == (_MORE, "+2.00")
    assert html.count("dashed") == 0
    one = to_fallback_html(planted(), "input_x_gradient", [1])  # type: ignore[arg-type]
    assert tints(one)["is"][::2] == (_LESS, "−.500")
    assert one.count("dashed") == 1
    assert "2 of 2 tokens, sum of their rows" in html
    chosen = {"heads": [(1, 0)], "head_rule": "max"}
    html = to_fallback_html(planted(), "attention", [1], **chosen)  # type: ignore[arg-type]
    assert "attention of layer 2, head 1" in html
    assert "“is” .750" in html


def test_the_still_picture_is_small_escaped_and_has_no_script() -> None:
    html = to_fallback_html(random_explanation(texts=NASTY, prompt=8, answer=5), "saliency", [4])  # type: ignore[arg-type]
    page = Page(html)
    assert set(page.tags) <= {"div", "span", "b"}
    assert {name for name, _ in page.attributes} <= {"style", "title", "dir"}
    assert "url" not in html
    text = "".join(page.words)
    assert "</script><img src=x onerror=alert(1)>" in text
    assert "␛[31m␇⟨U+009B⟩" in text
    assert "\u202e" not in html
    assert "👨‍👩‍👧" in text
    assert "a\nb\tc" in text

    long = random_explanation(prompt=3000, answer=40, layers=0, special=[0])
    html = to_fallback_html(long, "saliency", [39])  # type: ignore[arg-type]
    assert len(html.encode()) < 20_000
    text = "".join(Page(html).words)
    assert text.startswith("Prompt w0 w1")
    assert "w3039" in text
    (left_out,) = re.findall(r"\[… (\d+) tokens left out …\]", text)
    assert int(left_out) + len(set(re.findall(r"w\d+", text.split("Explaining")[0]))) == 3040

    huge = random_explanation(texts=["&" * 5000] * 10)
    assert len(to_fallback_html(huge, "saliency", [3]).encode()) < 20_000  # type: ignore[arg-type]


@pytest.mark.parametrize("color", [_UNSIGNED, _MORE, _LESS])
@pytest.mark.parametrize(
    ("page", "text"),
    [
        ((255,) * 3, (33,) * 3),
        ((255,) * 3, (31, 35, 40)),
        ((17,) * 3, (224,) * 3),
        ((13, 17, 23), (230, 237, 243)),
    ],
)
def test_text_on_the_strongest_tint_has_contrast_on_light_and_dark_pages(
    color: str, page: tuple[int, ...], text: tuple[int, ...]
) -> None:
    tint = [int(c) for c in color.split(",")]
    back = [_STRONGEST * t + (1 - _STRONGEST) * p for t, p in zip(tint, page, strict=True)]
    assert contrast(back, text) >= 4.5


def test_scores_about_0_by_construction_have_no_tint_and_a_reason() -> None:
    explanation = planted()
    explanation.planted["input_x_gradient"] = explanation.planted["input_x_gradient"] * 1e-6
    assert tints(to_fallback_html(explanation, "input_x_gradient", [1]))
    explanation.notes["input_x_gradient"] = [None, "About 0 by construction: it is normalised first."]
    html = to_fallback_html(explanation, "input_x_gradient", [1])
    assert tints(html) == {}
    assert "About 0 by construction: it is normalised first." in html
    assert "e−6" in html
