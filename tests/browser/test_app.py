"""The Voilà app: generate, explore, make mistakes, cancel; light and dark; no network."""

from __future__ import annotations

import re
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psutil
import pytest
from helpers import hosts
from helpers.hosts import HOSTILE, newest_fork
from helpers.screen import Screen, explore, serious_faults
from playwright.sync_api import Browser, Page, expect

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path

PROMPT = "The first president of America is"
# Where the picker and its cells stand below the Why list's top, at every frame until there is another list of places.
WATCH_PLACES = """root => {
  const [why, picker, grid] = [".aw-why", ".aw-picker", "[role=grid]"].map(name => root.querySelector(name));
  const places = window.places = new Set();
  const look = () => {
    const top = why.getBoundingClientRect().top;
    places.add([picker, grid].map(element => Math.round(element.getBoundingClientRect().top - top)).join());
    if (window.places === places) requestAnimationFrame(look);
  };
  look();
}"""
OTHER = "Another one, by its name at Hugging Face"


@pytest.fixture
def opened(page: Page, app: str) -> Page:
    """The app, ready to be used."""
    page.goto(app)
    expect(page.get_by_role("button", name="Generate")).to_be_visible()
    return page


def generate_slowly(page: Page, app_home: Path) -> None:
    """Have a model write that takes seconds: long enough to be seen, and stopped."""
    page.get_by_label("Model").select_option(label=str(app_home / "slow"))
    page.get_by_label("Text", exact=True).fill("Who was first?")
    page.get_by_label("New tokens").fill("240")
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_text(re.compile(r"^Token \d+ of 240$"))).to_be_visible()


def generate(page: Page) -> Screen:
    page.get_by_role("button", name="Generate").click()
    page.mouse.move(1, 1)  # the words come to stand under it
    screen = Screen(page)
    expect(screen.root).to_be_visible()
    return screen


def test_the_numbers_on_screen_are_pythons_and_nothing_is_fetched_or_printed(
    page: Page, app: str, app_home: Path
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(app)
    expect(page.get_by_label("Beginning")).to_have_value(PROMPT)
    screen = generate(page)
    explore(screen, aw.load("demo").explain(PROMPT, max_new_tokens=5))
    assert serious_faults(page) == []
    hosts = {urlsplit(url).hostname for url in asked if not url.startswith(("data:", "blob:"))}
    assert hosts == {"127.0.0.1"}
    assert (app_home / "server.log").read_text() == f"The app is at {app}/ (Ctrl-C stops it)\n"


def test_mistakes_are_sentences_and_the_explanation_stays(opened: Page) -> None:
    screen = generate(opened)
    words = screen.words()
    opened.get_by_label("Model").select_option(label=OTHER)
    expect(opened.get_by_label("Model").locator("option:checked")).to_have_text(OTHER)
    opened.get_by_label("Name").fill("no-such-folder/at-all")
    opened.get_by_role("button", name="Explain").click()
    expect(opened.get_by_text(re.compile(r"^No model 'no-such-folder/at-all' was found"))).to_be_visible()
    assert opened.get_by_text("Traceback").count() == 0
    assert screen.words() == words
    opened.get_by_label("Model").select_option(index=0)
    opened.get_by_role("button", name="The capital of Japan is").click()
    opened.get_by_role("button", name="Generate").click()
    expect(screen.options.nth(5)).to_have_text("Tokyo")
    expect(opened.get_by_text("No model")).to_be_hidden()


def test_generation_can_be_cancelled(opened: Page, app_home: Path) -> None:
    generate_slowly(opened, app_home)
    opened.get_by_role("button", name="Cancel").click()
    expect(opened.get_by_text("Cancelled.")).to_be_visible()
    expect(opened.get_by_role("button", name="Generate")).to_be_enabled()
    assert Screen(opened).root.count() == 0


def test_a_tab_closed_while_generating_ends_its_kernel_and_no_other(
    opened: Page, app: str, app_home: Path
) -> None:
    generate_slowly(opened, app_home)
    kernel = newest_fork()
    opened.goto("about:blank")
    _, alive = psutil.wait_procs([kernel], timeout=20)
    assert not alive
    opened.goto(app)
    generate(opened)


def test_a_visitor_sees_the_answer_in_place_in_the_theme_of_the_address(page: Page, app: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{app}?theme=dark")
    for example in (PROMPT, "The capital of Japan is"):
        page.get_by_label("Beginning").fill(example)
        page.get_by_role("button", name="Generate").click()
        screen = Screen(page)
        expect(screen.options.nth(0)).to_have_text("The")
        expect(screen.options.nth(1)).to_have_text(example.split()[1])
        screen.settle()
        expect(screen.word(6)).to_be_in_viewport()
        expect(screen.footer).to_be_in_viewport()
        expect(page.get_by_role("button", name="Cancel").first).to_be_disabled()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    expect(screen.root).to_have_attribute("data-theme", "dark")
    assert serious_faults(page) == []


def test_a_button_leads_back_to_a_form_that_is_out_of_sight(page: Page, app: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 480})
    page.goto(app)
    field, back = page.get_by_label("Beginning"), page.get_by_role("button", name="Another text")
    expect(field).to_be_in_viewport()
    expect(back).to_be_hidden()
    generate(page)
    expect(field).not_to_be_in_viewport()
    back.click()
    expect(field).to_be_in_viewport()
    expect(field).to_be_focused()
    expect(back).to_be_hidden()


def test_what_arrives_late_does_not_move_the_heads(opened: Page) -> None:
    screen = generate(opened)
    check = screen.root.locator(".check").get_by_text("Check: without")
    top = screen.root.get_by_role("list", name="The heads that gave most")
    for width, word, other in ((420, 6, 7), (775, 7, 8), (1400, 8, 6)):
        opened.set_viewport_size({"width": width, "height": 1000})
        screen.settle()
        screen.root.evaluate(WATCH_PLACES)
        screen.word(word).click()
        opened.mouse.move(1, 1)
        expect(check).to_be_visible()
        expect(top.get_by_role("button").first).to_be_visible()
        screen.word(other).hover()
        expect(check).to_be_hidden()
        screen.footer.hover()
        expect(check).to_be_visible()
        screen.settle()
        assert len(opened.evaluate("[...places]")) == 1


def test_a_folder_is_loaded_and_token_text_is_text(opened: Page, app_home: Path) -> None:
    opened.get_by_label("Model").select_option(label=str(app_home / "hostile"))
    opened.get_by_label("Text", exact=True).fill(f"{HOSTILE} is")
    opened.get_by_role("button", name="Explain").click()
    opened.mouse.move(1, 1)  # the words come to stand under it
    screen = Screen(opened)
    expect(screen.root).to_be_visible()
    assert screen.words()[0] == HOSTILE
    screen.hold(3)
    screen.number_on(0)
    assert opened.evaluate("window.hacked") is None
    assert screen.root.locator("img").count() == 0


def test_a_chat_model_is_asked_until_the_switch_is_off(opened: Page, app_home: Path) -> None:
    switch = opened.get_by_label("As a chat message")
    expect(switch).to_be_hidden()
    opened.get_by_label("Model").select_option(label=str(app_home / "chat"))
    expect(switch).to_be_checked()
    opened.get_by_label("New tokens").fill("2")
    opened.get_by_label("Text", exact=True).fill("Who was first?")
    opened.get_by_role("button", name="Explain").click()
    screen = Screen(opened)
    expect(screen.root.get_by_text("user", exact=True).first).to_be_visible()
    expect(opened.get_by_label("Message", exact=True)).to_have_value("Who was first?")
    assert serious_faults(opened) == []
    switch.uncheck()
    opened.get_by_role("button", name="Generate").click()
    expect(screen.root.get_by_text("Prompt", exact=True).first).to_be_visible()
    expect(screen.root.get_by_text("switch on “As a chat message”")).to_be_visible()


def test_four_at_once_see_their_own_text_alone_and_a_fifth_is_told_to_wait(
    chromium: Browser, tmp_path: Path
) -> None:
    capitals = {"Japan": "Tokyo", "France": "Paris", "Kenya": "Nairobi", "Greece": "Athens"}
    limits = ("--places", "4", "--max-characters", "60", "--max-new-tokens", "4")
    with hosts.app(tmp_path, *limits) as url, ExitStack() as closing:
        pages = {country: closing.enter_context(chromium.new_context()).new_page() for country in capitals}
        for page in pages.values():
            page.goto(url, wait_until="commit")
        for country, page in pages.items():
            page.get_by_label("Beginning").fill(f"The capital of {country} is")
            expect(page.get_by_label("New tokens")).to_have_value("4")
        for page in pages.values():
            page.get_by_role("button", name="Generate").click()
        for country, page in pages.items():
            words = Screen(page).options
            expect(words.filter(has_text=re.compile(rf"^{capitals[country]}$"))).to_have_count(1)
            text = page.content() + " ".join(words.all_inner_texts())
            shown = {
                other for other in capitals if f"The capital of {other} is" in text or capitals[other] in text
            }
            assert shown - {"Japan"} == {country} - {"Japan"}  # Japan's is an example
        late = closing.enter_context(chromium.new_context()).new_page()
        late.goto(url)
        expect(late.get_by_text("All 4 places are taken.")).to_be_visible()
        first = next(iter(pages.values()))
        first.get_by_label("Beginning").fill("The capital of " + "Japan " * 20)
        first.get_by_role("button", name="Generate").click()
        expect(first.get_by_text("it takes up to 60 characters")).to_be_visible()
        pages["Greece"].goto("about:blank")
        expect(late.get_by_role("button", name="Generate")).to_be_visible()
