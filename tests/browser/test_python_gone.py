"""The page when its Python ends, starts again, or cannot be reached: it says so at once, and keeps what it has."""

from __future__ import annotations

from urllib.parse import urlsplit

import psutil
from helpers.hosts import newest_fork
from helpers.line import Line
from helpers.notebook import EXPLAIN, LOAD, Jupyter, run_notebook
from helpers.screen import Screen
from playwright.sync_api import Locator, Page, expect

SOON = 20_000  # milliseconds; Jupyter looks every three seconds whether a kernel lives


def note_of(screen: Screen) -> Locator:
    """Return the notes below the text; what is new there is also announced."""
    return screen.root.locator(".notes")


def keeps_what_it_has(screen: Screen, words: list[str]) -> None:
    """Check that the text stays, that hovering it asks for nothing in vain, and that numbers seen before are there."""
    assert screen.words() == words
    for index in (7, 8, 6):
        screen.word(index).hover()
    screen.hold(6)
    screen.number_on(0)
    screen.radio("Saliency").click()
    screen.page.wait_for_timeout(700)
    assert screen.root.get_by_role("alert").count() == screen.root.get_by_role("progressbar").count() == 0


def shown(page: Page, jupyter: Jupyter, name: str, *cells: str) -> Screen:
    """Return an explanation on show, one word of which has been held."""
    run_notebook(page, jupyter, "lab", name, LOAD, EXPLAIN, "ex", *cells)
    screen = Screen(page)
    expect(screen.root).to_be_visible()
    for index in (6, 7):
        screen.hold(index)
        screen.number_on(0)
    return screen


def test_a_kernel_that_dies_in_jupyterlab(page: Page, jupyter: Jupyter) -> None:
    screen = shown(page, jupyter, "dies")
    words = screen.words()
    kernels = page.request.get(f"{jupyter[0]}/api/sessions").json()
    (kernel,) = [each["kernel"]["id"] for each in kernels if each["path"] == "dies.ipynb"]
    (process,) = [
        one for one in psutil.Process().children(recursive=True) if kernel in " ".join(one.cmdline())
    ]
    process.kill()
    note = note_of(screen).get_by_text(
        "Python has ended or was restarted, so only what was computed is shown"
    )
    expect(note).to_be_visible(timeout=SOON)
    expect(note).to_contain_text("run the notebook again to see more")
    if page.get_by_role("dialog").count():
        page.keyboard.press("Escape")
    keeps_what_it_has(screen, words)


def test_a_kernel_that_dies_under_the_app(page: Page, app: str) -> None:
    page.goto(app)
    page.get_by_role("button", name="Generate").click()
    screen = Screen(page)
    expect(screen.root).to_be_visible()
    for index in (6, 7):
        screen.hold(index)
        screen.number_on(0)
    words = screen.words()
    newest_fork().kill()
    banner = page.get_by_text("This page's Python has ended, so nothing more can be computed")
    expect(banner).to_be_visible(timeout=SOON)
    expect(note_of(screen).get_by_text("reload the page to see more")).to_be_visible()
    keeps_what_it_has(screen, words)
    page.reload()
    page.get_by_role("button", name="Generate").click()
    expect(screen.root).to_be_visible()
    expect(banner).to_be_hidden()


def test_a_connection_of_the_app_that_is_cut(page: Page, app: str) -> None:
    line = Line(urlsplit(app).port or 0)
    try:
        page.goto(f"http://127.0.0.1:{line.port}")
        page.get_by_role("button", name="Generate").click()
        screen = Screen(page)
        expect(screen.root).to_be_visible()
        line.cut()
        banner = page.get_by_text("The connection is lost, and is tried again by itself")
        expect(banner).to_be_visible(timeout=SOON)
        line.mend()
        expect(banner).to_be_hidden(timeout=SOON)
        page.get_by_role("button", name="The capital of Japan is").click()
        page.get_by_role("button", name="Generate").click()
        expect(screen.options.nth(5)).to_have_text("Tokyo")
    finally:
        line.close()
