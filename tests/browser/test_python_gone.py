"""The page when its Python ends, starts again, or cannot be reached: it says so at once, and keeps what it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import psutil
import pytest
from helpers.hosts import command, newest_fork
from helpers.line import Line
from helpers.notebook import EXPLAIN, LOAD, Jupyter, run_all, run_notebook
from helpers.screen import Screen
from helpers.waiting import PATIENCE
from playwright.sync_api import Browser, Locator, Page, expect

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDED = "Python has ended or was restarted, so only what was computed is shown"
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


def look_at(screen: Screen) -> list[str]:
    """Hold two words of an explanation on show, and return all its words."""
    expect(screen.root).to_be_visible()
    for index in (6, 7):
        screen.hold(index)
        screen.number_on(0)
    return screen.words()


class Lab(NamedTuple):
    """JupyterLab with an explanation on show, behind a line that can be cut."""

    page: Page
    screen: Screen
    line: Line
    url: str

    def notes(self, text: str) -> Locator:
        return note_of(self.screen).get_by_text(text)


@pytest.fixture(scope="module")
def lab(chromium: Browser, jupyter: Jupyter) -> Iterator[Lab]:
    """One notebook for all tests; each leaves a widget that works, but for the last."""
    page = chromium.new_page(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
    page.set_default_timeout(PATIENCE * 1000)
    line = Line(urlsplit(jupyter[0]).port or 0)
    url = f"http://127.0.0.1:{line.port}"
    run_notebook(page, (url, jupyter[1]), "lab", "gone", LOAD, EXPLAIN, "ex", kernel="python3")
    yield Lab(page, Screen(page), line, url)
    page.context.close()
    line.close()


def test_a_connection_of_jupyterlab_that_is_cut(lab: Lab) -> None:
    words = look_at(lab.screen)
    lab.line.cut()
    lost = lab.notes("The connection to Python is lost, so only what was computed is shown")
    expect(lost).to_be_visible(timeout=SOON)
    keeps_what_it_has(lab.screen, words)
    lab.line.mend()
    expect(lost).to_be_hidden(timeout=SOON)
    lab.screen.hold(8)
    lab.screen.number_on(0)


def test_a_kernel_that_is_restarted_in_jupyterlab(lab: Lab) -> None:
    words = look_at(lab.screen)
    lab.page.get_by_role("menuitem", name="Kernel", exact=True).click()
    lab.page.locator(".lm-Menu-itemLabel").get_by_text("Restart Kernel…", exact=True).click()
    lab.page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(lab.notes(ENDED)).to_be_visible(timeout=SOON)
    keeps_what_it_has(lab.screen, words)
    run_all(lab.page)
    expect(lab.notes(ENDED)).to_be_hidden()
    assert look_at(lab.screen) == words


def test_a_kernel_that_dies_in_jupyterlab(lab: Lab) -> None:
    words = look_at(lab.screen)
    sessions = lab.page.request.get(f"{lab.url}/api/sessions").json()
    (kernel,) = [each["kernel"]["id"] for each in sessions if each["path"] == "gone.ipynb"]
    (process,) = [one for one in psutil.Process().children(recursive=True) if kernel in command(one)]
    lab.page.add_locator_handler(
        lab.page.get_by_role("dialog"), lambda _: lab.page.keyboard.press("Escape")
    )  # of Jupyter, which may come before the note or after it
    process.kill()
    note = lab.notes(ENDED)
    expect(note).to_be_visible(timeout=SOON)
    expect(note).to_contain_text("run the notebook again to see more")
    keeps_what_it_has(lab.screen, words)


def test_a_kernel_that_dies_under_the_app(page: Page, app: str) -> None:
    page.goto(app)
    page.get_by_role("button", name="Generate").click()
    screen = Screen(page)
    words = look_at(screen)
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
