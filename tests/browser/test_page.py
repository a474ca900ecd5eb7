"""The exported page, opened from a file with the network blocked."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers.pdf import pdf_text
from helpers.screen import explore, number, open_page, serious_faults
from PIL import Image
from playwright.sync_api import Browser, Page, expect

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path

    from attrwidget.explanation import Explanation

ARC_BELOW = """(canvas, word) => {
  const box = canvas.parentElement.querySelectorAll("[role=option]")[word].getBoundingClientRect();
  const place = canvas.getBoundingClientRect();
  const scale = canvas.width / place.width;
  const [x, y] = [box.left + box.width / 2 - place.left, box.bottom - place.top + 8];
  const { data } = canvas.getContext("2d").getImageData((x - 4) * scale, y * scale, 8 * scale, 1);
  return data.filter((_, k) => k % 4 === 3).some((alpha) => alpha > 200);
}"""
HOSTILE = '</script><img src=x onerror="window.hacked = 1">'


@pytest.fixture(scope="module")
def model() -> Any:
    return aw.load("demo")


@pytest.fixture(scope="module")
def explanation(model: Any) -> Explanation:
    return model.explain("The first president of America is", max_new_tokens=5)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def long_text(model: Any) -> Explanation:
    text = "Facts about Kenya:" + " The capital of Japan is Tokyo." * 60
    return model.explain(text, max_new_tokens=2)  # type: ignore[no-any-return]


def test_the_numbers_on_screen_are_pythons_and_nothing_is_fetched(
    page: Page, asked: list[str], explanation: Explanation, tmp_path: Path
) -> None:
    screen = open_page(page, explanation, tmp_path / "why.html")
    explore(screen, explanation, precision=1e-4)
    assert serious_faults(page) == []
    assert asked == [(tmp_path / "why.html").as_uri()]


def test_the_matrix_has_the_same_numbers_by_keys(
    page: Page, asked: list[str], explanation: Explanation, tmp_path: Path
) -> None:
    screen = open_page(page, explanation, tmp_path / "why.html")
    screen.method("Saliency")
    # The styles of a view come with it, whatever was opened before.
    screen.root.get_by_role("radio", name="Layers").click()
    expect(screen.root.locator(".aw-lens canvas")).to_have_css("position", "sticky")
    screen.root.get_by_role("radio", name="Matrix").click()
    grid = screen.root.get_by_role("grid", name="Scores: inputs by generated tokens")
    screen.settle()
    box = grid.bounding_box()
    assert box is not None
    assert box["width"] > 300
    grid.focus()
    grid.press("Control+Home")
    expected = explanation.reading.rows("saliency", [0])[0]
    for i in range(4):
        label = f"from {explanation.tokens.labels[i].strip()} to George, {expected[i]:.3f}"
        expect(grid.get_by_role("gridcell")).to_have_attribute("aria-label", label)
        grid.press("ArrowDown")
    assert serious_faults(page) == []
    screen.root.get_by_role("radio", name="Layers").click()
    grid = screen.root.get_by_role("grid", name="Layers by positions")
    grid.focus()
    grid.press("Home")
    (first,) = explanation.reading.lens.read([0])
    likely = "; ".join(
        f"{p:.3f}".lstrip("0") + f" {word.strip()}"
        for word, p in zip(first.words[0][:2], first.probability[0], strict=False)
    )
    label = re.compile(rf"^layer 1; {re.escape(likely)}; .*, at George$")
    expect(grid.get_by_role("gridcell")).to_have_attribute("aria-label", label)
    grid.press("Enter")
    said = "p of George and of its rivals, layer by layer · it leads in"
    expect(screen.root.get_by_role("region", name="Layers", exact=True)).to_contain_text(said)
    expect(screen.root.get_by_role("region", name="Layer by layer")).to_have_count(0)
    assert serious_faults(page) == []
    screen.root.get_by_role("radio", name="Heads").click()
    grid = screen.root.get_by_role("grid", name="Pictures of all heads")
    grid.focus()
    grid.press("ArrowRight")
    expect(grid.get_by_role("gridcell")).to_have_attribute("aria-label", "layer 1, head 2")
    assert serious_faults(page) == []
    grid.press("Enter")
    expect(screen.root.get_by_role("grid", name="Scores: inputs by generated tokens")).to_be_visible()
    expect(screen.root.locator(".aw-picker")).to_contain_text("layer 1, head 2")
    assert len(asked) == 1


def test_arcs_come_from_the_inputs_that_hold_the_share_and_name_their_pair(
    page: Page, explanation: Explanation, tmp_path: Path
) -> None:
    screen = open_page(page, explanation, tmp_path / "why.html")
    screen.method("Saliency")
    screen.root.get_by_role("radio", name="Flow").click()
    words = screen.words()
    screen.hold(words.index("George"))
    row = explanation.reading.rows("saliency", [0])[0]
    row = np.sort(row[~np.isnan(row)])[::-1]
    slider = screen.root.get_by_role("slider", name="How much of the row the arcs make up")
    for share in (0.7, 0.9):
        slider.fill(str(int(100 * share)))
        count = 1 + int(np.searchsorted(np.cumsum(row), share * row.sum()))
        expect(screen.root.locator(".arcs")).to_contain_text(f"{count} of {len(row)} inputs")
    screen.settle()
    box = screen.word(words.index("America")).bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] + 6, steps=3)
    score = explanation.reading.rows("saliency", [0])[0][words.index("America")]
    expect(screen.tip).to_have_text(f"America → George {f'{score:.3f}'[1:]}")
    expect(screen.root.get_by_text(re.compile("^from “America” · "))).to_be_visible()
    screen.settle()
    assert page.locator(".flow canvas.under").evaluate(ARC_BELOW, words.index("America"))
    assert serious_faults(page) == []


def test_the_theme_follows_the_browser(page: Page, explanation: Explanation, tmp_path: Path) -> None:
    page.emulate_media(color_scheme="dark")
    screen = open_page(page, explanation, tmp_path / "why.html")
    expect(screen.root).to_have_attribute("data-theme", "dark")
    assert serious_faults(page) == []
    page.emulate_media(color_scheme="light")
    expect(screen.root).to_have_attribute("data-theme", "light")


def test_the_page_keeps_its_height_under_the_pointer(
    page: Page, explanation: Explanation, tmp_path: Path
) -> None:
    page.set_viewport_size({"width": 700, "height": 900})
    screen = open_page(page, explanation, tmp_path / "why.html")
    screen.word(6).focus()
    page.keyboard.press("Escape")
    screen.word(7).hover()
    expect(screen.footer).to_contain_text("Explaining Washington")
    screen.settle()
    height = screen.root.evaluate("root => root.offsetHeight")
    page.mouse.move(1, 1)
    expect(screen.footer).to_contain_text("Explaining Washington")
    page.keyboard.press("Escape")
    expect(screen.footer).to_contain_text("Explaining the whole answer")
    screen.settle()
    assert abs(screen.root.evaluate("root => root.offsetHeight") - height) < 2
    narrow = screen.root.evaluate("root => root.querySelector('.foot').offsetHeight")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.wait_for_function(
        "([root, narrow]) => root.querySelector('.foot').offsetHeight < 0.8 * narrow",
        arg=[screen.root.element_handle(), narrow],
    )


def test_it_can_be_seen_where_it_may_be_as_narrow_as_it_likes(
    page: Page, explanation: Explanation, tmp_path: Path
) -> None:
    screen = open_page(page, explanation, tmp_path / "why.html")
    screen.root.evaluate("root => root.getRootNode().host.style.display = 'inline-block'")
    screen.settle()
    box = screen.root.bounding_box()
    assert box is not None
    assert box["width"] > 300


def test_token_text_is_text(page: Page, asked: list[str], tmp_path: Path) -> None:
    model = aw.load("demo")
    model.tokenizer.add_tokens([HOSTILE])
    model.hf.resize_token_embeddings(len(model.tokenizer))
    screen = open_page(page, model.explain(f"{HOSTILE} is", max_new_tokens=2), tmp_path / "why.html")
    assert screen.words()[0] == HOSTILE
    screen.hold(3)
    screen.number_on(0)
    assert page.evaluate("window.hacked") is None
    assert screen.root.locator("img").count() == 0
    assert len(asked) == 1


def test_on_paper_the_text_is_whole_and_light_and_has_no_buttons(
    page: Page, long_text: Explanation, tmp_path: Path
) -> None:
    page.emulate_media(color_scheme="dark")
    screen = open_page(page, long_text, tmp_path / "why.html")
    expect(screen.footer).to_contain_text("Explaining")
    screen.settle()
    printed = "".join(pdf_text(page.pdf(format="A4", print_background=True)).split())
    assert printed.count("ThecapitalofJapanisTokyo.") == 60
    assert "Headsthatfed" in printed
    assert not [name for name in ("Allheads4", "Joinby", "Matrix", "letgo") if name in printed]
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 720, "height": 900})
    expect(screen.root.get_by_role("button", name="Options")).to_be_hidden()
    word = screen.options.filter(has_text="capital").first
    word.scroll_into_view_if_needed()
    screen.settle()
    pixels = np.asarray(Image.open(BytesIO(word.screenshot())).convert("L"))
    assert np.median(pixels) > 200
    assert (pixels < 80).sum() > 20


def test_a_long_text_is_searched_read_by_sentences_and_folded(
    page: Page, long_text: Explanation, tmp_path: Path
) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    screen = open_page(page, long_text, tmp_path / "why.html")
    first = long_text.reading.first_step
    screen.hold(first)
    prompt = screen.root.get_by_role("button", name=re.compile("^Prompt")).locator(".num")
    expect(prompt).to_have_text(re.compile(r"\d"))
    assert number(prompt.inner_text()) == pytest.approx(
        long_text.scores().to_numpy()[0, :first].sum(), rel=0.01
    )
    screen.root.focus()
    page.keyboard.press("/")
    page.keyboard.type("JAPAN")
    page.keyboard.press("Enter")
    expect(screen.root.locator(".search [role=status]")).to_contain_text("1 of 60 hits · ")
    screen.settle()
    text = screen.root.locator(".text")
    assert text.evaluate("text => text.scrollTop") < 40
    screen.root.get_by_role("radio", name="sentences").click()
    expect(screen.root.locator(".bias")).to_contain_text("a long sentence gets more")
    screen.root.get_by_role("button", name="fold the rest").click()
    fold = screen.root.locator(".rest > .fold").first
    expect(fold).to_contain_text("sentence")
    fold.click()
    expect(fold).to_contain_text("▾")
    assert serious_faults(page) == []


def test_pictures_follow_the_zoom_and_a_tap_shows_a_number(
    chromium: Browser, explanation: Explanation, tmp_path: Path
) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 1000}, has_touch=True)
    page = context.new_page()
    screen = open_page(page, explanation, tmp_path / "why.html")
    screen.word(4).tap()
    expect(screen.tip).to_be_visible()
    screen.root.get_by_role("radio", name="Matrix").tap()
    expect(screen.root.locator(".aw-matrix canvas")).to_be_visible()
    zoomed = {"width": 853, "height": 667, "deviceScaleFactor": 1.5, "mobile": False}
    context.new_cdp_session(page).send("Emulation.setDeviceMetricsOverride", zoomed)
    fits = "c => !c.offsetWidth || Math.abs(c.width - 1.5 * c.offsetWidth) < 2"
    for view in ("Matrix", "Text"):
        screen.root.get_by_role("radio", name=view).tap()
        page.wait_for_function(
            f"root => [...root.querySelectorAll('canvas')].every({fits})", arg=screen.root.element_handle()
        )
    context.close()
