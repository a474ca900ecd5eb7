"""Figures and copies in JupyterLab, where Python makes what a page cannot: a head of an encoder, enlarged."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
from helpers.notebook import Jupyter, run_notebook
from helpers.screen import Screen, serious_faults
from playwright.sync_api import Page, expect

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "the doctor met the nurse because she was late"
ASK = f'import attrwidget as aw\nex = aw.load("demo-translation").explain({TEXT!r})\nex'


def test_the_enlarged_head_of_an_encoder_is_saved_and_restored(
    page: Page, jupyter: Jupyter, tmp_path: Path
) -> None:
    run_notebook(page, jupyter, "lab", "figures", ASK)
    screen = Screen(page)
    screen.radio("Heads").click()
    screen.radio("encoder").click()
    grid = screen.root.get_by_role("grid", name="Pictures of all heads")
    grid.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(screen.root.get_by_text("layer 2, head 1 · encoder")).to_be_visible()
    opener = screen.root.get_by_role("button", name="Figures and copies")
    opener.focus()
    page.keyboard.press("Enter")
    assert serious_faults(page, screen) == []

    ex = aw.load("demo-translation").explain(TEXT)
    made = {}
    for form in ("csv", "pdf"):
        file = ex.figure(tmp_path / f"head.{form}", view="heads", part="encoder", layer=1, head=0)
        made[form] = file.read_bytes()
        assert screen.saved(form.upper()) == (f"heads-encoder.{form}", made[form])
    _, svg = screen.saved("SVG")
    assert "attention of encoder · layer 2, head 1" in svg.decode("utf-8")

    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text }")

    def run_what_is_copied() -> None:
        page.evaluate("window.copied = undefined")
        screen.root.get_by_role("button", name="as Python").click()
        page.wait_for_function("window.copied")
        exec(page.evaluate("window.copied"), {"ex": ex})  # noqa: S102 - it is what a user runs

    run_what_is_copied()
    widget = ex.widget
    assert (widget.view, widget.options["part"], widget.options["enlarged"]) == ("heads", "encoder", [1, 0])
    assert ex.figure(tmp_path / "again.csv").read_bytes() == made["csv"]

    # A foil, which only a kernel has, is copied, drawn and restored too.
    screen.radio("Text").click()
    screen.method("Leave one out")
    screen.hold(ex.reading.first_step + 3)
    screen.instead.get_by_role("listitem").first.get_by_role("button").click()
    expect(screen.footer).to_contain_text("and not")
    run_what_is_copied()
    assert widget.foil["step"] == 3
    screen.settle()
    assert f"and not {widget.foil['text'].strip()}" in " ".join(screen.footer.inner_text().split())
    shown, made_here = (
        [(row["input"], np.float32(row["score"]), row["foil"]) for row in csv.DictReader(text.splitlines())]
        for text in (screen.saved("CSV")[1].decode(), ex.figure(tmp_path / "foil.csv").read_text("utf-8"))
    )
    assert shown == made_here
