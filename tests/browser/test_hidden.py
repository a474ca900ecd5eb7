"""A display in a tab that is not shown yet: it is laid out and painted once it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers.screen import Screen, serious_faults
from playwright.sync_api import Page, expect

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path

HIDDEN = """new MutationObserver((_, observer) => {
  const host = document.getElementById("attrwidget");
  if (!host) return;
  host.style.display = "none";
  observer.disconnect();
}).observe(document, {childList: true, subtree: true})"""
SHOW = "on => { document.getElementById('attrwidget').style.display = on ? '' : 'none' }"
PAINTED = """root => {
  const seen = [...root.querySelectorAll(".pane:not([hidden]) canvas")].filter(one => one.offsetWidth > 0);
  const fits = ({width, offsetWidth}) => Math.abs(width - devicePixelRatio * offsetWidth) < 2;
  const colours = canvas => new Set(
    new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer)
  ).size;
  return seen.length > 0 && seen.every(fits) && seen.some(canvas => colours(canvas) > 3);
}"""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    explanation = aw.load("demo").explain("The first president of America is", max_new_tokens=3)
    return explanation.to_html(tmp_path_factory.mktemp("hidden") / "why.html")  # type: ignore[no-any-return]


@pytest.mark.parametrize("view", ["text", "flow", "matrix", "heads", "layers"])
def test_what_was_hidden_is_painted_when_it_is_shown(page: Page, path: Path, view: str) -> None:
    page.add_init_script(HIDDEN)
    page.goto(f"{path.as_uri()}#held=0&view={view}")
    screen = Screen(page)
    expect(screen.root).to_be_attached()
    page.wait_for_timeout(300)
    expect(screen.root).to_be_hidden()
    page.evaluate(SHOW, True)
    page.wait_for_function(PAINTED, arg=screen.root.element_handle())
    expect(screen.footer).to_contain_text("Explaining George")
    assert serious_faults(page) == []


def test_a_tab_that_is_left_and_entered_again_keeps_what_is_held(page: Page, path: Path) -> None:
    page.goto(path.as_uri())
    screen = Screen(page)
    words = screen.words()
    screen.hold(words.index("Washington"))
    page.evaluate(SHOW, False)
    expect(screen.root).to_be_hidden()
    page.set_viewport_size({"width": 700, "height": 1000})
    page.evaluate(SHOW, True)
    page.wait_for_function(PAINTED, arg=screen.root.element_handle())
    assert screen.held() == [words.index("Washington")]
    screen.frame_is_accent(words.index("Washington"))
