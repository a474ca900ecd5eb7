"""Figures and copies of the exported page, opened from a file with the network blocked."""

from __future__ import annotations

import csv
import re
from io import BytesIO
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers.screen import open_page, serious_faults
from PIL import Image
from playwright.sync_api import Page, expect

import attrwidget as aw
from attrwidget.page.checks import DEFAULT_OPTIONS
from attrwidget.widget import ExplanationWidget

if TYPE_CHECKING:
    from pathlib import Path

    from attrwidget.explanation import Explanation


@pytest.fixture(scope="module")
def explanation() -> Explanation:
    return aw.load("demo").explain("The first president of America is", max_new_tokens=5)


def test_figures_are_pythons_and_the_address_restores_what_is_shown(
    page: Page, asked: list[str], explanation: Explanation, tmp_path: Path
) -> None:
    screen = open_page(page, explanation, tmp_path / "why.html")
    screen.method("Input × gradient")
    screen.hold(explanation.reading.first_step + 1)
    screen.root.get_by_role("button", name="Figures and copies").click()

    def saved(name: str) -> str:
        with page.expect_download() as waiting:
            screen.root.get_by_role("button", name=name, exact=True).click()
        return waiting.value.path().read_text("utf-8")

    assert serious_faults(page) == []  # once nothing is under way
    for name, file in {"LaTeX": "why.tex", "Markdown": "why.md"}.items():
        made = explanation.figure(tmp_path / file, method="input_x_gradient", steps=1)
        assert saved(name) == made.read_text("utf-8")
    rows = list(csv.DictReader(saved("CSV").splitlines()))
    scores = explanation.scores("input_x_gradient").iloc[1].dropna()
    assert [row["input"] for row in rows] == list(scores.index)
    assert [np.float32(row["score"]) for row in rows] == list(scores)
    svg = explanation.figure(tmp_path / "why.svg", method="input_x_gradient", steps=1).read_text("utf-8")
    assert sorted(svg_words(saved("SVG"))) == sorted(svg_words(svg))

    screen.radio("Flow").click()
    screen.pick(2, 1)
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text }")
    screen.root.get_by_role("button", name="as Python").click()
    page.wait_for_function("window.copied")
    ex = explanation.instead(" George Washington.")
    exec(page.evaluate("window.copied"), {"ex": ex})  # noqa: S102 - it is what a user runs
    found = (ex.widget.method, ex.widget.held, ex.widget.heads, ex.widget.view)
    assert found == ("attention", [1], [(2, 1)], "flow")
    expect(page).to_have_url(re.compile(r"#method=attention&held=1&heads=2\.1&view=flow$"))
    screen.settle()
    said = screen.footer.inner_text()
    page.goto("about:blank")
    page.go_back()
    expect(screen.footer).to_have_text(said)
    expect(screen.radio("Flow")).to_be_checked()
    assert {address.split("#")[0] for address in asked} == {(tmp_path / "why.html").as_uri()}


def test_figures_of_every_view_have_pythons_numbers_without_a_network(
    page: Page, asked: list[str], explanation: Explanation, tmp_path: Path
) -> None:
    screen = open_page(page, explanation, tmp_path / "why.html")
    screen.method("Input × gradient")
    screen.hold(explanation.reading.first_step + 1)
    opener = screen.root.get_by_role("button", name="Figures and copies")
    opener.focus()
    page.keyboard.press("Enter")

    names = []
    for title in ("Flow", "Matrix", "Heads", "Layers"):
        screen.radio(title).click()
        assert serious_faults(page) == []
        name, svg = screen.saved("SVG")
        view, method = title.lower(), None if title == "Heads" else "input_x_gradient"
        options: dict[str, Any] = {"view": view, "method": method, "steps": 1}
        made = explanation.figure(tmp_path / f"{view}.svg", **options).read_text("utf-8")
        assert numbers(svg.decode()) == numbers(made)
        names.append(name)
        name, png = screen.saved("PNG @3")
        with Image.open(BytesIO(png)) as image:
            assert image.width == 3.25 * 96 * 3
            assert len(image.getcolors(1 << 24)) > 20
    assert names == [
        "flow-Washington-input-x-gradient.svg",
        "matrix-input-x-gradient.svg",
        "heads.svg",
        "layers-Washington.svg",
    ]
    assert asked == [(tmp_path / "why.html").as_uri()]


PIN = {"method": "attention", "held": [0], "foil": None, "layer": None, "heads": [[1, 2]]}
RESTORED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "method=attention&held=0,1&heads=0.1,1.2&head_rule=max&span_rule=sum",
        {"method": "attention", "held": [0, 1], "heads": [(0, 1), (1, 2)]},
        {"head_rule": "max", "span_rule": "sum"},
    ),
    (
        "method=attention&held=1&layer=2&view=flow&hide_first=true&arc_share=0.5",
        {"method": "attention", "held": [1], "layer": 2, "view": "flow"},
        {"arc_share": 0.5, "hide_first": True},
    ),
    (
        "held=0&units=word&unit_rule=mean&search=president%20of",
        {"held": [0]},
        {"units": "word", "unit_rule": "mean", "search": "president of"},
    ),
    (
        "method=input_x_gradient&view=matrix&intensity=0.9&scale_sink=true",
        {"method": "input_x_gradient", "view": "matrix"},
        {"intensity": 0.9, "scale_sink": True},
    ),
    (
        "method=attention&held=2&heads=1.3&view=heads",
        {"method": "attention", "held": [2], "heads": [(1, 3)], "view": "heads"},
        {},
    ),
    ("held=1&view=layers", {"held": [1], "view": "layers"}, {}),
    (
        "held=1&view=compare&second=attention&pins=attention~0~1.2&difference=true",
        {"held": [1], "view": "compare"},
        {"second": "attention", "difference": True, "pins": [PIN]},
    ),
]


def test_copied_lines_and_the_address_restore_every_view(
    page: Page, explanation: Explanation, tmp_path: Path
) -> None:
    screen = open_page(page, explanation, tmp_path / "why.html")
    screen.root.get_by_role("button", name="Figures and copies").click()
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text }")
    for fragment, traits, options in RESTORED:
        page.evaluate("(hash) => { window.copied = undefined; location.hash = hash }", fragment)
        page.wait_for_timeout(400)  # longer than an address waits before it follows
        screen.root.get_by_role("button", name="as Python").click()
        page.wait_for_function("window.copied")
        assert page.url.split("#")[1] == fragment
        widget = ExplanationWidget(explanation.reading)
        exec(page.evaluate("window.copied"), {"ex": SimpleNamespace(widget=widget)})  # noqa: S102 - as users do
        assert {name: getattr(widget, name) for name in traits} == traits
        assert {name: widget.options[name] for name in options} == options
        changed = {name for name, value in widget.options.items() if value != DEFAULT_OPTIONS[name]}
        assert changed == set(options)
        assert serious_faults(page) == []


def numbers(svg: str) -> list[str]:
    """Return the scores and probabilities that an SVG prints, without its scale and caption, of other sizes."""
    texts = re.findall(r'<text [^>]*font-size="([\d.]+)"[^>]*>([^<]*)</text>', svg)
    return sorted(
        text
        for size, text in texts
        if size not in ("6", "12") and re.fullmatch(r"(&gt;|[+−])?\d*\.\d{2,4}", text)
    )


def svg_words(svg: str) -> list[str]:
    """Return the words of an SVG, which must not overlap."""
    texts = re.findall(r'<text x="([\d.]+)" y="([\d.]+)".*?textLength="([\d.]+)".*?>(.*?)</text>', svg)
    lines: dict[str, list[tuple[float, float]]] = {}
    for left, line, width, _ in texts:
        lines.setdefault(line, []).append((float(left), float(left) + float(width)))
    for line in lines.values():
        assert all(before[1] <= after[0] + 0.02 for before, after in pairwise(sorted(line)))
    return [word for *_, word in texts]
