"""From pointing at a generated token to the frame that shows what carried it, in a long text."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import attrwidget as aw
from benchmarks.browser import chromium, fresh_page, rendered
from benchmarks.models import random_text, save_gpt2
from benchmarks.table import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

NOTE = (
    "Hover: an exported page of 2,048 tokens (attention shown, the mean of 4 layers × 4 heads, the picker alive), 200 "
    "moves of the pointer over its 200 generated tokens, each to another row. A move is from the start of the "
    "event's handler to the commit of the frame that holds the last change of the tints: script, style, layout, "
    "paint, commit, and any wait for a later frame. The target is for the 95th percentile."
)
_PROMPT, _OUTPUT, _VOCABULARY = 1848, 200, 2000
_TARGET = 10.0  # milliseconds
_WAIT = 120  # milliseconds after each move: longer than the page waits for anything it draws late
_STRIDE = 73  # coprime to the number of tokens
_RECORD = """(count) => {
  const root = [...document.querySelectorAll("*")].find((e) => e.shadowRoot).shadowRoot;
  const words = [...root.querySelectorAll("[role=option]")].slice(-count);
  const tints = root.querySelector("canvas.under").getContext("2d");
  const channel = new MessageChannel();
  const committed = new Map();
  let frame = 0, inside = false, move = null;
  window.moves = [];
  channel.port1.onmessage = ({ data }) => { committed.set(data, performance.now()); inside = false; };
  const next = () => {
    inside = true;
    channel.port2.postMessage(++frame);
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
  const clear = tints.clearRect;
  tints.clearRect = (...box) => {
    if (move) move.drawn = inside ? frame : frame + 1;
    clear.apply(tints, box);
  };
  root.addEventListener("pointerover", (event) => {
    if (!words.includes(event.composedPath()[0])) return;
    move = { start: performance.now(), drawn: 0 };
    window.moves.push(move);
  }, { capture: true });
  window.times = () => window.moves.map(({ start, drawn }) => committed.get(drawn) - start);
  words.at(-1).scrollIntoView({ block: "end" });
  return words.map((word) => {
    const [box] = word.getClientRects();
    return [box.left + box.width / 2, box.top + box.height / 2];
  });
}"""


def run() -> Iterator[Result]:
    """Yield the time from a move of the pointer to its frame."""
    with tempfile.TemporaryDirectory() as folder:
        page_file = _page(Path(folder))
        with chromium() as browser, fresh_page(browser) as page:
            rendered(page, page_file.as_uri(), "[role=option]")
            times = _move(page)
    slow = statistics.quantiles(times, n=20)[-1]
    yield Result(
        f"hover to committed frame, {_PROMPT + _OUTPUT:,} tokens, {_OUTPUT} moves (95th percentile)",
        f"{slow:.1f} ms (median {statistics.median(times):.1f} ms)",
        "–",
        f"{slow:.1f} ms",
        f"{_TARGET:.0f} ms",
        slow <= _TARGET,
    )


def _move(page: Page) -> list[float]:
    """Point at each generated token in a scattered order; return milliseconds to the committed frame of each."""
    places: list[tuple[float, float]] = page.evaluate(_RECORD, _OUTPUT)
    for k in range(_OUTPUT):
        page.mouse.move(*places[k * _STRIDE % _OUTPUT])
        page.wait_for_timeout(_WAIT)
    times: list[float | None] = page.evaluate("window.times()")
    shown = [time for time in times if time is not None]
    if len(shown) != _OUTPUT:
        raise RuntimeError(f"{_OUTPUT} moves changed the page {len(shown)} times")
    return shown


def _page(folder: Path) -> Path:
    save_gpt2(
        folder, layers=4, heads=4, width=64, vocabulary=_VOCABULARY, context=_PROMPT + _OUTPUT, spread=0.2
    )
    explanation = aw.load(str(folder)).explain(
        random_text(_PROMPT, _VOCABULARY, seed=0), output=" " + random_text(_OUTPUT, _VOCABULARY, seed=1)
    )
    path: Path = explanation.to_html(folder / "hover.html", methods=["attention"], max_mb=30)
    return path
