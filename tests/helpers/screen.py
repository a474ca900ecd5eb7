"""One display of an explanation on a page, as a person reads and operates it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from helpers.waiting import PATIENCE
from playwright.sync_api import expect

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from playwright.sync_api import Locator, Page

    from attrwidget.explanation import Explanation

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
SAVED = "attrwidgetCopied"
FRAME_IS_ACCENT = """word => {
  const root = word.getRootNode();
  const canvas = root.querySelector("canvas.over");
  const [box, place] = [word.getBoundingClientRect(), canvas.getBoundingClientRect()];
  const scale = canvas.width / place.width;
  const [x, y] = [(box.left - place.left - 4) * scale, (box.top - place.top + box.height / 2) * scale];
  const { data } = canvas.getContext("2d").getImageData(x, y, 6 * scale, 1);
  const accent = getComputedStyle(root.querySelector(".aw")).getPropertyValue("--aw-accent").trim();
  const wanted = [1, 3, 5].map(i => parseInt(accent.slice(i, i + 2), 16));
  for (let i = 0; i < data.length; i += 4)
    if (data[i + 3] > 200 && wanted.every((c, k) => Math.abs(data[i + k] - c) < 12)) return true;
  return false;
}"""

MIDDLE_IN_GRID = """cell => {
  const [box, grid] = [cell, cell.closest("[role=grid]")].map(element => element.getBoundingClientRect());
  return [box.left + box.width / 2 - grid.left, box.top + box.height / 2 - grid.top];
}"""


# Nothing is under way for four frames in a row: a pointer's events wait for a frame, as does what follows an answer.
SETTLED = """(main, patience) => new Promise((done, fail) => {
  const end = performance.now() + patience;
  let calm = 0;
  const look = () => {
    calm = main.isConnected && main.getAttribute("aria-busy") === "true" ? 0 : calm + 1;
    if (calm > 3) done();
    else if (performance.now() > end) fail(new Error("The display is still busy."));
    else requestAnimationFrame(look);
  };
  look();
})"""


def settle(root: Page | Locator) -> None:
    """Wait until no display in *root* has work under way: what it shows may be read, and stays where it is."""
    for main in root.locator(".main[aria-busy]").all():
        main.evaluate(SETTLED, PATIENCE * 1000)


class Screen:
    """The *index*-th display on *page*; locators see through its shadow root."""

    def __init__(self, page: Page, index: int = 0) -> None:
        self.page = page
        self.root = page.locator(".aw").nth(index)
        self.footer = self.root.locator("footer .sentence")
        self.tip = self.root.locator(".pane:not([hidden]) .page .tip")
        self.options = self.root.get_by_role("listbox", name="Text").get_by_role("option")
        self.instead = self.root.get_by_role("list", name="What might have been written instead")
        self.another = self.root.get_by_role(
            "textbox", name="Another word that might have been written instead"
        )
        self.grid = self.root.get_by_role("grid", name="Layers by heads")

    def settle(self) -> None:
        """Wait until what it shows does not change any more."""
        self.root.locator(".main").evaluate(SETTLED, PATIENCE * 1000)

    def words(self) -> list[str]:
        """The text of every unit, without the space around it."""
        self.settle()
        return self.options.all_inner_texts()

    def word(self, index: int) -> Locator:
        """A unit of the text."""
        return self.options.nth(index)

    def saved(self, name: str) -> tuple[str, bytes]:
        """Press a button by the keyboard, and return the file's name and what it holds."""
        self.settle()
        self.root.get_by_role("button", name=name, exact=True).focus()
        with self.page.expect_download() as waiting:
            self.page.keyboard.press("Enter")
        return waiting.value.suggested_filename, waiting.value.path().read_bytes()

    def hold(self, index: int) -> None:
        """Click a word of the answer and move away."""
        self.word(index).click()
        expect(self.word(index)).to_have_attribute("aria-selected", "true")
        self.footer.hover()
        self.settle()

    def held(self) -> list[int]:
        """Return the units that are held."""
        self.settle()
        options = self.options.all()
        return [i for i, option in enumerate(options) if option.get_attribute("aria-selected") == "true"]

    def radio(self, title: str) -> Locator:
        """Return the button of a method or a view on the bar; a method's begins with its question."""
        return self.root.get_by_role("radio", name=re.compile(rf"(^|\s){re.escape(title)}$"))

    def method(self, title: str) -> None:
        """Switch the method, on the bar or in the list beside it."""
        self.settle()
        radio = self.radio(title)
        if radio.count():
            radio.click()
            expect(radio).to_be_checked()
        else:
            more = self.root.get_by_role("button", name=re.compile("more methods", re.IGNORECASE))
            if more.get_attribute("aria-expanded") == "false":
                more.click()
            entry = self.root.locator(".methods button", has=self.page.get_by_text(title, exact=True))
            self.settle()
            if not entry.is_visible():
                self.root.get_by_text("Run by other tools").click()
            entry.click()
            self.root.press("Escape")

    def number_on(self, index: int) -> float:
        """Hover a word, and read the number beside it."""
        self.word(index).hover()
        self.settle()
        expect(self.tip).to_be_visible()
        return number(self.tip.inner_text().rsplit(maxsplit=1)[-1])

    def cell(self, layer: int, head: int) -> Locator:
        """Move the picker's cursor to a head (both from 0) by keys; return the cell."""
        self.grid.focus()
        for key in ["Control+Home", *["ArrowDown"] * layer, *["Home"], *["ArrowRight"] * (head + 1)]:
            self.grid.press(key)
        self.settle()
        cell = self.grid.get_by_role("gridcell")
        expect(cell).to_have_attribute("aria-label", re.compile(rf"^layer {layer + 1}, head {head + 1}\b"))
        return cell

    def pick(self, layer: int, head: int) -> None:
        """Click a head with the mouse, at the cursor."""
        x, y = self.cell(layer, head).evaluate(MIDDLE_IN_GRID)
        self.grid.click(position={"x": x, "y": y})  # waits until the grid stands still
        self.footer.hover()
        expect(
            self.root.get_by_text(re.compile(rf"^Held: layer {layer + 1}, head {head + 1}\."))
        ).to_be_visible()
        self.settle()

    def frame_is_accent(self, index: int) -> None:
        """Wait until the frame painted around a word has the accent colour of the styles."""
        options = self.options.nth(index).element_handle()
        self.page.wait_for_function(FRAME_IS_ACCENT, arg=options)

    def table(self) -> NDArray[np.float32]:
        """The numbers copied as a table: float32 ``[steps, inputs]``, NaN where there is none."""
        self.settle()
        self.page.evaluate(
            f"navigator.clipboard.writeText = async (text) => {{ window.{SAVED} = text }}; window.{SAVED} = null"
        )
        panel = self.root.get_by_role("button", name="Figures and copies")
        panel.click()
        self.root.get_by_role("button", name="as table").click()
        self.page.wait_for_function(f"window.{SAVED} !== null")
        panel.click()
        lines = str(self.page.evaluate(f"window.{SAVED}")).split("\n")[1:-1]
        return np.array([[float(v or "nan") for v in line.split("\t")[2:]] for line in lines], np.float32).T


def number(text: str) -> float:
    """Read a number as the page writes it, such as ``.181``, ``−.034``, ``<.001`` or ``≈0``; words may follow."""
    written = text.split(maxsplit=1)[0].replace("−", "-")
    if written == "≈0":
        return 0.0
    if written.startswith("<"):
        return float(written[1:]) / 2
    return (float(written[1:]) + 1) / 2 if written.startswith(">") else float(written)


def explore(screen: Screen, explanation: Explanation, step: int = 1, precision: float = 1e-6) -> None:
    """Hover, hold, switch method, pick a head: every number on the screen is Python's.

    *precision* is that of attention, relative to the largest weight: an exported page keeps 16 bits of it.
    """
    first, word = (
        explanation.reading.first_step,
        explanation.tokens.labels[explanation.reading.first_step + step].strip(),
    )
    target = first + step
    row = explanation.steps.iloc[step]
    inputs = explanation.reading.seen(step)
    expect(screen.word(target)).to_have_text(word)
    screen.frame_is_accent(first)

    screen.word(target).hover()
    expect(screen.footer).to_contain_text(
        f"{word}, {explanation.reading.step_noun[0]} {step + 1} of {explanation.reading.n_steps}"
    )
    screen.method("Saliency")
    screen.word(target).hover()
    screen.settle()
    expect(screen.footer).to_contain_text(f"rank {row['rank']}")
    sign, size = re.search(r"\bp ([=<>]) (\S+)", screen.footer.inner_text()).groups()  # type: ignore[union-attr]
    shown = number(size if sign == "=" else sign + size)
    assert abs(shown - row["probability"]) < 0.00051
    chips = screen.instead.get_by_role("listitem")
    others = [(text.strip(), p) for text, p in row["top"] if text.strip() != word]
    for chip, (text, p) in zip(chips.all(), others, strict=False):
        expect(chip).to_contain_text(text)
        chance = chip.locator(".num").inner_text()
        assert p < 0.0005 if chance == "<.001" else abs(number(chance) - p) < 0.00051

    screen.hold(target)
    same(screen.table(), explanation.reading.rows("saliency", [step]))
    expected = explanation.reading.rows("saliency", [step])[0, :inputs]
    for i in range(inputs):
        assert abs(screen.number_on(i) - expected[i]) < 0.00051

    screen.method("Input × gradient")
    expect(screen.footer).to_contain_text("gradient")
    same(screen.table(), explanation.reading.rows("input_x_gradient", [step]))

    screen.pick(2, 1)
    expect(screen.radio("Attention")).to_be_checked()
    expect(screen.footer).to_contain_text("layer 3, head 2")
    same(screen.table(), explanation.attention(layer=2, head=1).to_numpy()[[step]], precision)
    weights = explanation.attention(layer=2, head=1).to_numpy()[step]
    heaviest = int(np.nanargmax(weights))
    assert abs(screen.number_on(heaviest) - weights[heaviest]) < 0.00051

    screen.word(target).focus()
    for _ in ("the head", "the method before", "the word"):
        screen.page.keyboard.press("Escape")
    assert screen.held() == []


def same(shown: NDArray[np.float32], expected: NDArray[np.floating[Any]], precision: float = 1e-6) -> None:
    """Compare a copied table with Python's rows; inputs that no step saw are left out of the table."""
    seen = ~np.isnan(expected).all(axis=0)
    np.testing.assert_allclose(shown, expected[:, seen], rtol=precision, atol=0.2 * precision)


def serious_faults(page: Page, screen: Screen | None = None) -> list[str]:
    """Return what axe-core finds serious or critical, in the whole page or in one display."""
    settle(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    host = screen.root.evaluate_handle("element => element.getRootNode().host") if screen else None
    check = "async host => await axe.run(host ?? document, {resultTypes: ['violations']})"
    return [
        f"{fault['id']}: {fault['help']}: {node['target']} {node['html'][:200]}"
        for fault in page.evaluate(check, host)["violations"]
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]


def open_page(page: Page, explanation: Explanation, path: Path) -> Screen:
    """Open the exported page of *explanation*, written to *path*."""
    explanation.to_html(path)
    page.goto(path.as_uri())
    screen = Screen(page)
    expect(screen.root).to_be_visible()
    return screen
