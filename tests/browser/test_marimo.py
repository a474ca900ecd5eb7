"""The widget in marimo: it shows, it follows the theme, and a click on a word runs the cells that read what is held."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest
from helpers.hosts import HOST, free_port, serve
from helpers.screen import Screen, serious_faults
from playwright.sync_api import expect

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import ConsoleMessage, Page

PROMPT = "The capital of Japan is"
APP = f"""# /// script
# [tool.marimo.display]
# theme = "system"
# ///
import marimo

app = marimo.App()


@app.cell
def _():
    import attrwidget as aw
    import marimo as mo

    ex = aw.load("demo").explain({PROMPT!r}, max_new_tokens=3)
    view = mo.ui.anywidget(ex.widget)
    view
    return ex, mo, view


@app.cell
def _(ex, mo, view):
    mo.md("Held: " + (", ".join(ex.steps["token"][step].strip() for step in view.held) or "nothing"))
    return


if __name__ == "__main__":
    app.run()
"""


@pytest.fixture(scope="module")
def marimo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a marimo app that shows an explanation, and says which words are held."""
    home, port = tmp_path_factory.mktemp("marimo"), free_port()
    (home / "app.py").write_text(APP)
    options = ["--headless", "--no-token", "--host", HOST, "--port", str(port)]
    with serve([sys.executable, "-m", "marimo", "run", "app.py", *options], port, home) as url:
        yield url


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_click_on_a_word_runs_the_cells_that_read_what_is_held(page: Page, marimo: str, theme: str) -> None:
    errors: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # one of the two
    page.goto(marimo)
    screen = Screen(page)
    expect(screen.root).to_be_visible()
    expect(screen.root).to_have_attribute("data-theme", theme)
    said = page.get_by_text(re.compile("^Held: "))
    expect(said).to_have_text("Held: nothing")

    ex = aw.load("demo").explain(PROMPT, max_new_tokens=3)
    words = screen.words()
    assert words == [unit.text.strip() for unit in ex.tokens.units]
    tokyo, japan = words.index("Tokyo"), words.index("Japan")
    screen.method("Saliency")
    screen.word(tokyo).hover()
    expect(screen.footer).to_contain_text("Explaining Tokyo, token 1 of 3")
    screen.hold(tokyo)
    expect(said).to_have_text("Held: Tokyo")
    row = ex.reading.rows("saliency", [0])[0]
    assert abs(screen.number_on(japan) - row[japan]) < 0.00051
    expect(screen.tip).to_contain_text("Japan → Tokyo")
    assert serious_faults(page, screen) == []

    screen.word(tokyo).click()
    expect(said).to_have_text("Held: nothing")
    assert errors == []
