"""The widget inline, in JupyterLab and in Notebook 7, each with a live kernel."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
from helpers.notebook import EXPLAIN, LOAD, PROMPT, Jupyter, run_notebook
from helpers.screen import Screen, explore, same, serious_faults, settle
from helpers.waiting import PATIENCE
from playwright.sync_api import Page, expect

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path

    from attrwidget.explanation import Explanation

WATCH = """
import json, pathlib
seen = ["held", "foil", "method", "layer", "heads", "view"]
def save(_=None):
    text = json.dumps({name: getattr(ex.widget, name) for name in seen})
    whole = pathlib.Path(FILE + ".new")
    whole.write_text(text)
    whole.replace(FILE)  # at once: the test may read it at any time
ex.widget.observe(save, seen)
"""
BOXES = "(one, other) => [one, other].map(element => element.getBoundingClientRect().toJSON())"
HOSTILE = '</script><img src=x onerror="window.hacked = 1">'


@pytest.fixture(scope="module")
def explanation() -> Explanation:
    return aw.load("demo").explain(PROMPT, max_new_tokens=5)  # type: ignore[no-any-return]


def wait_for(path: Path, **expected: object) -> None:
    """Wait until the kernel has written what is expected."""
    end = time.monotonic() + PATIENCE
    state: dict[str, object] = {}
    while time.monotonic() < end:
        state = json.loads(path.read_text()) if path.exists() else {}
        if {name: state.get(name) for name in expected} == expected:
            return
        time.sleep(0.1)
    raise AssertionError(f"{path.name} says {state}, not {expected}")


@pytest.mark.parametrize("host", ["notebook", "lab"])
def test_the_numbers_on_screen_are_pythons(
    page: Page, jupyter: Jupyter, explanation: Explanation, host: str
) -> None:
    file = jupyter[1] / f"{host}.json"
    run_notebook(
        page, jupyter, host, f"explore-{host}", LOAD, EXPLAIN, WATCH.replace("FILE", repr(str(file))), "ex"
    )
    screen = Screen(page)
    expect(screen.root).to_be_visible()
    assert screen.words() == [unit.text.strip() for unit in explanation.tokens.units]
    explore(screen, explanation)
    wait_for(file, held=[], method="input_x_gradient", layer=None, heads=[])
    assert serious_faults(page, screen) == []


def test_why_this_and_not_that(page: Page, jupyter: Jupyter, explanation: Explanation) -> None:
    file = jupyter[1] / "foil.json"
    watch = WATCH.replace("FILE", repr(str(file)))
    run_notebook(page, jupyter, "lab", "foil", LOAD, EXPLAIN, watch, "ex")
    screen = Screen(page)
    expect(screen.root).to_be_visible()
    screen.hold(6)
    screen.method("Input × gradient")
    chip = screen.instead.get_by_role("button").first
    screen.settle()
    other = chip.locator("bdi").inner_text()
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(screen.footer).to_contain_text(f"Why George and not {other}, token 1 of")
    rows = explanation.scores("input_x_gradient", foil=other).to_numpy()
    same(screen.table(), rows[[0]], 1e-4)
    assert serious_faults(page, screen) == []

    screen.another.fill("George")
    screen.another.press("Enter")
    expect(screen.root.get_by_text("“George” is what the model said there")).to_be_visible()
    screen.another.fill("Paris")
    screen.another.press("Enter")
    expect(screen.footer).to_contain_text("Why George and not Paris,")
    expect(chip).to_have_attribute("aria-pressed", "false")
    same(screen.table(), explanation.scores("input_x_gradient", foil="Paris").to_numpy()[[0]], 1e-4)
    foil = explanation.reading.contrasts.find(0, "Paris")  # type: ignore[union-attr]
    wait_for(file, held=[0], foil=foil.as_json())
    screen.another.press("Escape")
    expect(screen.footer).to_contain_text("Explaining George, token 1 of")
    wait_for(file, held=[0], foil=None)
    screen.word(6).focus()
    page.keyboard.press("Escape")
    wait_for(file, held=[], foil=None)


def test_displays_of_one_explanation_keep_in_step_and_others_apart(page: Page, jupyter: Jupyter) -> None:
    other = "other = model.explain('The capital of Japan is', max_new_tokens=3)"
    row = "import ipywidgets\nipywidgets.HBox([ex.widget, other.widget])"
    run_notebook(page, jupyter, "lab", "two", LOAD, EXPLAIN, other, "ex", "ex", "other", row)
    one, same, apart = (Screen(page, i) for i in range(3))
    expect(apart.root).to_be_visible()
    before = apart.held()
    assert one.held() == []
    one.hold(7)
    expect(same.word(7)).to_have_attribute("aria-selected", "true")
    expect(same.footer).to_contain_text("Explaining Washington, token 2 of")
    same.method("Saliency")
    expect(one.radio("Saliency")).to_be_checked()
    apart.root.scroll_into_view_if_needed()
    assert apart.held() == before == []
    expect(apart.radio("Saliency")).not_to_be_checked()
    apart.hold(6)
    assert one.held() == same.held() == [7]
    assert apart.held() == [6]
    left, right = (Screen(page, i).root for i in (3, 4))
    left.scroll_into_view_if_needed()
    expect(right).to_be_visible()
    settle(page)
    one_box, other_box = left.evaluate(BOXES, right.element_handle())
    assert one_box["y"] == pytest.approx(other_box["y"], abs=2)
    assert one_box["width"] == pytest.approx(other_box["width"], rel=0.1)
    changed = page.locator(".lm-TabBar-tab.jp-mod-dirty")
    expect(changed).not_to_have_count(0)
    Screen(page, 3).word(7).click()
    page.keyboard.press("Control+s")
    for _ in range(20):  # what is on show may arrive later, and change it again; Lab itself saves every 120 s
        if changed.count() == 0:
            break
        page.wait_for_timeout(1000)
        page.keyboard.press("Control+s")
    assert changed.count() == 0


def test_python_sets_what_the_page_shows_and_the_theme_follows_the_host(page: Page, jupyter: Jupyter) -> None:
    run_notebook(
        page, jupyter, "lab", "set", LOAD, EXPLAIN, "ex", "ex.widget.held = [1]; ex.widget.view = 'matrix'"
    )
    screen = Screen(page)
    expect(screen.root.get_by_role("grid", name="Scores: inputs by generated tokens")).to_be_visible()
    expect(screen.footer).to_contain_text("Explaining Washington, token 2 of")
    expect(screen.root).to_have_attribute("data-theme", "light")
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.locator(".lm-Menu-itemLabel").get_by_text("Theme", exact=True).hover()
    page.locator(".lm-Menu-itemLabel").get_by_text("JupyterLab Dark", exact=True).click()
    expect(screen.root).to_have_attribute("data-theme", "dark")
    assert serious_faults(page, screen) == []


def test_token_text_is_text(page: Page, jupyter: Jupyter) -> None:
    cell = (
        f"model.tokenizer.add_tokens([{HOSTILE!r}])\nmodel.hf.resize_token_embeddings(len(model.tokenizer))"
    )
    explain = f"aw.load(model.hf, model.tokenizer).explain({HOSTILE!r} + ' is', max_new_tokens=2)"
    run_notebook(page, jupyter, "lab", "hostile", LOAD, cell, explain)
    screen = Screen(page)
    expect(screen.root).to_be_visible()
    assert screen.words()[0] == HOSTILE
    screen.hold(3)
    screen.number_on(0)
    assert page.evaluate("window.hacked") is None
    assert screen.root.locator("img").count() == 0
