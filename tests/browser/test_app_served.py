"""The Voilà app on a model in another process: the same numbers, no torch in kernels; the server may come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers import hosts
from helpers.screen import Screen, explore, serious_faults
from playwright.sync_api import Browser, Page, expect

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROMPT = "The first president of America is"


@pytest.fixture(scope="module")
def port() -> int:
    return hosts.free_port()


@pytest.fixture(scope="module")
def server_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def served_app(port: int, server_home: Path) -> Iterator[tuple[str, hosts.Server]]:
    """The app's address, and the server of its model."""
    server = hosts.Server(server_home / "model", port)
    server.start()
    with hosts.app(server_home / "app", "--model-url", f"http://{hosts.HOST}:{port}") as url:
        yield url, server
    server.stop()


def generate(page: Page, url: str) -> Screen:
    page.goto(url)
    page.get_by_role("button", name="Generate").click()
    page.mouse.move(1, 1)  # the words come to stand under it
    screen = Screen(page)
    expect(screen.root).to_be_visible()
    return screen


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_numbers_are_pythons_and_the_kernel_has_no_torch(
    page: Page, served_app: tuple[str, hosts.Server], theme: str
) -> None:
    url, _ = served_app
    page.goto(f"{url}?theme={theme}")
    expect(page.get_by_label("Model").get_by_role("option")).to_have_count(1)
    screen = generate(page, f"{url}?theme={theme}")
    expect(screen.root).to_have_attribute("data-theme", theme)
    if theme == "light":
        explore(screen, aw.load("demo").explain(PROMPT, max_new_tokens=5))
    assert serious_faults(page) == []
    mapped = {one.path for one in hosts.newest_fork().memory_maps()}
    assert any("numpy" in path for path in mapped)
    assert not any("torch" in path for path in mapped)


def test_a_server_that_is_killed_is_a_sentence_and_the_page_goes_on_when_it_is_back(
    page: Page, served_app: tuple[str, hosts.Server]
) -> None:
    url, server = served_app
    screen = generate(page, url)
    screen.hold(6)
    screen.number_on(0)
    words = screen.words()
    server.stop()
    screen.word(8).click()
    said = screen.root.get_by_text("does not answer")
    expect(said.first).to_be_visible()
    why = screen.root.get_by_label("Why", exact=True)
    expect(why).to_contain_text("does not answer")
    assert screen.words() == words
    server.start()
    screen.word(7).click()
    page.mouse.move(1, 1)
    screen.number_on(0)
    expect(said).to_have_count(0)
    expect(why).to_contain_text("hold")
    page.get_by_label("Beginning").fill("The capital of Japan is")
    page.get_by_role("button", name="Generate").click()
    expect(screen.options.nth(5)).to_have_text("Tokyo")


def test_two_visitors_see_their_own_texts_alone(
    chromium: Browser, served_app: tuple[str, hosts.Server]
) -> None:
    url, server = served_app
    server.start()
    answers = {"Japan": "Tokyo", "Italy": "Rome"}
    pages = {country: chromium.new_context().new_page() for country in answers}
    for country, page in pages.items():
        page.goto(f"{url}?text=The capital of {country} is")
    for country, page in pages.items():
        words = Screen(page).options
        expect(words.filter(has_text=answers[country])).to_have_count(1)
        others = set(answers.values()) - {answers[country]}
        assert not others & set(words.all_inner_texts())
        page.context.close()
