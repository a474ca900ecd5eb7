"""Figures against the scores that they are of: each form is read back."""

from __future__ import annotations

import csv
import io
import re
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from helpers.fake import planted, random_explanation
from helpers.html_page import NASTY
from PIL import Image

from attrwidget.errors import AttrWidgetError
from attrwidget.figures.figure import figure, write_figure
from attrwidget.figures.fonts import Fonts
from attrwidget.figures.look import Look
from attrwidget.results.through import pass_on
from attrwidget.still.sentences import numeral

if TYPE_CHECKING:
    from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"
SALIENCY: dict[str, Any] = {"method": "saliency", "held": [2]}


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own


def made(reading: Any, form: str, state: dict[str, Any], **options: Any) -> str:
    return figure(reading, form, state, Look(**options)).decode("utf-8")


def tints(svg: str) -> dict[str, tuple[int, ...]]:
    """Return the colour behind each word."""
    root = parsed(svg)
    tall = [box for box in root.iter(f"{SVG}rect") if box.get("y") and float(box.get("height", "")) > 8]
    boxes = {(box.get("x"), round(float(box.get("y", "")) + 7.6, 1)): box.get("fill", "") for box in tall}
    fills = {
        text.text or "": boxes.get((text.get("x"), round(float(text.get("y", "")), 1)), "")
        for text in root.iter(f"{SVG}text")
    }
    return {word: tuple(bytes.fromhex(fill[1:])) for word, fill in fills.items() if fill.startswith("#")}


def test_svg_tints_are_as_strong_as_the_scores_and_text_stays_text() -> None:
    reading = random_explanation(texts=[f" word{i}" for i in range(10)])
    found = tints(made(reading, "svg", SALIENCY))
    scores = reading.rows("saliency", [2])[0]
    depth = [255 - found[f"word{i}"][1] for i in range(8)]
    assert np.corrcoef(depth, scores[:8])[0, 1] > 0.999
    assert max(depth) / min(depth) == pytest.approx(np.nanmax(scores) / np.nanmin(scores), rel=0.2)


def test_signed_scores_have_two_hues_and_a_line() -> None:
    reading = random_explanation(texts=[f" word{i}" for i in range(10)])
    svg = made(reading, "svg", {**SALIENCY, "method": "input_x_gradient"}, theme="dark")
    scores = reading.rows("input_x_gradient", [2])[0]
    for word, (red, _, blue) in tints(svg).items():
        assert (red > blue) == (scores[int(word.removeprefix("word"))] > 0)
    lines = [path for path in parsed(svg).iter(f"{SVG}path") if path.get("stroke-dasharray")]
    assert len(lines) == (scores < -0.03 * np.nanmax(np.abs(scores))).sum()


@pytest.mark.parametrize(
    "texts", [[" supercalifragilistic"] * 10, list("東京日本的首都在哪裡"), ["mm", "ii"] * 5]
)
def test_words_do_not_overlap_and_stay_inside(texts: list[str]) -> None:
    root = parsed(made(random_explanation(texts=texts), "svg", SALIENCY))
    lines: dict[str, list[tuple[float, float]]] = {}
    for text in root.iter(f"{SVG}text"):
        left, width = float(text.get("x", "")), float(text.get("textLength", ""))
        lines.setdefault(text.get("y", ""), []).append((left, left + width))
    assert len(lines) > 3
    for line in lines.values():
        line.sort()
        assert all(before[1] <= after[0] + 0.02 for before, after in pairwise(line))
        assert line[-1][1] <= 234


def test_words_are_written_whole_and_in_their_own_order() -> None:
    texts = ["ا", "ل", "ي", "ا", "با", "ن", " ab", "c\nd", " e", " f"]
    root = parsed(made(random_explanation(texts=texts), "svg", {**SALIENCY, "held": [3]}))
    assert [text.text for text in root.iter(f"{SVG}text") if text.get("font-size") == "8"] == [
        "اليابان",
        "abc",
        "d",
        "e",
        "f",
    ]
    widths = [float(mark.get("width", "").rstrip("%")) for mark in root.iter(f"{SVG}rect")]
    assert min(widths) >= 0


def test_shares_are_passed_on_where_the_screen_does_so() -> None:
    reading = random_explanation()
    state = {**SALIENCY, "held": [1, 3], "options": {"through": True}}
    direct = reading.rows("saliency", range(4))
    expected = pass_on(direct, reading.first_step, range(4))
    rows = list(csv.DictReader(io.StringIO(made(reading, "csv", state))))
    for row in rows:
        assert np.float32(row["score"]) == expected[int(row["step"]), int(row["position"])]
    assert "passed on through the answer's own words" in made(reading, "svg", state)
    # Signed scores are no shares.
    signed = {**state, "method": "input_x_gradient"}
    assert "passed on" not in made(reading, "svg", signed)


def test_csv_has_every_score_exactly() -> None:
    reading = random_explanation()
    rows = list(csv.DictReader(io.StringIO(made(reading, "csv", {**SALIENCY, "held": [1, 3]}))))
    scores = reading.rows("saliency", [1, 3])
    assert len(rows) == (~np.isnan(scores)).sum()
    for row in rows:
        assert np.float32(row["score"]) == scores[[1, 3].index(int(row["step"])), int(row["position"])]
        assert row["input"] == reading.tokens.labels[int(row["position"])]


def test_markdown_lists_the_strongest_first() -> None:
    reading = random_explanation()
    text = made(reading, "md", SALIENCY)
    table = re.findall(r"^\| (w\d) \| (\S+) \|$", text, re.MULTILINE)
    scores = reading.rows("saliency", [2])[0]
    order = np.argsort(-np.nan_to_num(scores, nan=-1))[:8]
    assert [name for name, _ in table] == [f"w{i}" for i in order]
    assert [float(number) for _, number in table] == pytest.approx([scores[i] for i in order], abs=5e-4)
    assert "**[w8]**" in text


def test_markdown_has_signs_and_no_colours() -> None:
    text = made(random_explanation(), "md", {**SALIENCY, "method": "input_x_gradient"})
    assert "\\+ speaks for it, − against it" in text
    assert "orange" not in text


@pytest.mark.skipif(bool(Fonts("東").missing), reason="needs a font with Chinese characters")
def test_pdf_can_be_searched_and_png_has_its_size() -> None:
    reading = random_explanation(texts=[f" word{i}" for i in range(9)] + [" 東京"])
    data = figure(reading, "pdf", {**SALIENCY, "held": [3]})
    streams = [
        zlib.decompress(part)
        for part in re.findall(rb"FlateDecode.*?stream\n(.*?)\nendstream", data, re.DOTALL)
    ]
    assert b"word0" in b"".join(re.findall(rb"\((.*?)\)", b"".join(streams))).replace(b"\0", b"")
    assert any(b"beginbfrange" in part and b"<6771>" in part.replace(b" ", b"> <") for part in streams)  # 東
    with Image.open(io.BytesIO(figure(reading, "png", SALIENCY, Look(scale=2, columns=2)))) as image:
        assert image.width == 6.75 * 96 * 2


@pytest.mark.parametrize("form", ["svg", "pdf", "png", "tex", "md", "csv"])
def test_hostile_text_breaks_no_form(form: str) -> None:
    reading = random_explanation(8, 5, texts=NASTY)
    state = {"method": "input_x_gradient", "held": [1]}
    if form in ("pdf", "png", "tex"):
        with pytest.raises(AttrWidgetError, match=r"No font on this machine has|LaTeX takes one font"):
            figure(reading, form, state)
        return
    data = made(reading, form, state)
    assert "\x1b" not in data or form == "csv"
    if form == "svg":
        parsed(data)


def test_what_is_hidden_or_off_the_scale_is_marked_and_told() -> None:
    reading = random_explanation(special=[0])
    scores = reading.rows("saliency", [2])[0]
    svg = made(reading, "svg", {**SALIENCY, "options": {"hide_first": True}})
    assert "w0" not in tints(svg)
    share = f"{100 * scores[0]:.0f}"
    words = " ".join(text.text or "" for text in parsed(svg).iter(f"{SVG}text"))
    assert f"hidden tokens (dashed) hold {share} % of the row" in words


@pytest.mark.parametrize(
    ("rule", "joined"),
    [("sum", np.nansum), ("mean", np.nanmean), ("max", lambda row: row[np.nanargmax(np.abs(row))])],
)
def test_sentences_are_read_together_where_the_page_does(rule: str, joined: Any) -> None:
    texts = [" Start", " It", " rains", ".", " We", " stay", " in", ".", " So", " what"]
    reading = random_explanation(8, 2, texts=texts)
    options = {"units": "sentence", "unit_rule": rule}
    text = made(reading, "md", {"method": "input_x_gradient", "held": [0], "options": options})
    row = reading.rows("input_x_gradient", [0])[0]
    found = dict(re.findall(r"^\| (.*?) \| (\S+) \|$", text, re.MULTILINE))
    high = max(abs(joined(row[1:4])), abs(joined(row[4:8])), abs(row[0]))
    for name, span in {r"It rains\.": slice(1, 4), r"We stay in\.": slice(4, 8)}.items():
        assert found[name] == numeral(float(joined(row[span])), signed=True, high=high)


def test_a_text_that_is_too_long_for_a_png_is_refused() -> None:
    long = random_explanation(80, 2, texts=["line\n\n\n\n"] * 82, layers=0)
    with pytest.raises(AttrWidgetError, match=r"would be \d+ pixels high.* columns=2, or take \.pdf"):
        figure(long, "png", {"method": "saliency", "held": [1]}, Look(scale=10))


def test_a_foil_is_in_the_caption_and_its_scores_in_the_table() -> None:
    reading = planted()
    foil = reading.contrasts.find(0, " was")
    state = {"method": "input_x_gradient", "held": [0], "foil": foil.as_json()}
    rows = list(csv.DictReader(io.StringIO(made(reading, "csv", state))))
    expected = reading.contrasts.rows("input_x_gradient", foil)[0]
    assert [float(row["score"]) for row in rows] == pytest.approx(expected[~np.isnan(expected)])
    assert {row["foil"] for row in rows} == {foil.text.strip()}
    assert f"and not “{foil.text.strip()}”" in made(reading, "svg", state)


@pytest.mark.parametrize(
    ("path", "options", "said"),
    [
        ("why.jpg", {}, r"A figure ends in \.svg, .* not in '\.jpg'"),
        ("why", {}, "not in 'nothing'"),
        ("why.svg", {"columns": 3}, "1 or 2 columns wide, not 3"),
        ("why.svg", {"theme": "blue"}, "no theme 'blue': take one of light, dark"),
        ("why.png", {"scale": 0}, "scale is a number above 0"),
        ("why.pdf", {"font": "DejaVu Sand"}, "did you mean 'DejaVu Sans'"),
    ],
)
def test_what_cannot_be_made_is_said(path: str, options: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(AttrWidgetError, match=said):
        write_figure(random_explanation(), tmp_path / path, SALIENCY, Look(**options))
    assert not list(tmp_path.iterdir())
