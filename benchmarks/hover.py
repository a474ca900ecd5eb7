"""From pointing at a generated token to the frame that shows what carried it, in a long text."""

from __future__ import annotations

import json
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
    "Hover: an exported page (attention shown, the mean of 4 layers × 4 heads, the picker alive), 200 moves of the "
    "pointer over its 200 generated tokens, as far as they are in sight, each to another row: in the text, "
    "and with arcs over it. A move is from the start of the event's handler to the commit of the frame "
    "that holds the last change of the tints: script, style, layout, paint, commit, and any wait for a later frame. "
    "The target is for the 95th percentile. Beside it a bare page: as many words over one canvas, whose handler does "
    "nothing but paint one box: the least that a page with a canvas can take to answer a pointer. The pages are moved "
    "over in turn, a hundred moves each, twice."
)
_ROUNDS, _MOVES, _OUTPUT, _VOCABULARY = 2, 100, 200, 2000
VIEWS = (
    ("text", 2048, 8.0),
    ("text", 4096, 8.0),
    ("flow", 4096, 12.0),
)  # tokens, and the target in milliseconds
_WAIT = 120  # milliseconds after each move: longer than the page waits for anything it draws late
_STRIDE = 73  # a prime: the moves go to all words in a scattered order
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
  const view = words[0].closest(".text").getBoundingClientRect();
  return words.flatMap((word) => {
    const [box] = word.getClientRects();
    return box.top < view.top ? [] : [[box.left + box.width / 2, box.top + box.height / 2]];
  });
}"""

_BARE = """<!doctype html><meta charset="utf-8"><body><div></div><script>
const root = document.querySelector("div").attachShadow({ mode: "open" });
root.innerHTML = `<style>
  .text { position: relative; height: 620px; overflow-y: auto; font: 16px/1.9 sans-serif }
  canvas { position: sticky; top: 0; display: block; margin-bottom: -620px }
  .words { position: relative }
</style><div class="text"><canvas class="under" width="1200" height="620"></canvas><div class="words"></div></div>`;
const view = root.querySelector(".text"), canvas = root.querySelector("canvas"), tints = canvas.getContext("2d");
const words = WORDS.map((word) => {
  const span = document.createElement("span");
  span.setAttribute("role", "option");
  span.textContent = word;
  root.querySelector(".words").append(span, " ");
  return span;
});
root.addEventListener("pointerover", (event) => {
  const word = event.composedPath()[0];
  if (!words.includes(word)) return;
  tints.clearRect(0, 0, 1200, 620);
  tints.fillRect(word.offsetLeft, word.offsetTop - view.scrollTop, word.offsetWidth, word.offsetHeight);
});
</script>"""


def run() -> Iterator[Result]:
    """Yield the time from a move of the pointer to its frame, in the text and with arcs over it."""
    for view, tokens, target in VIEWS:
        with tempfile.TemporaryDirectory() as folder:
            pages = (write_page(Path(folder), view, tokens), _write_bare_page(Path(folder), tokens))
            times: tuple[list[float], list[float]] = ([], [])
            with chromium() as browser:
                for _ in range(_ROUNDS):
                    for file, taken in zip(pages, times, strict=True):
                        with fresh_page(browser) as page:
                            rendered(page, file.as_uri(), "[role=option]")
                            taken.extend(_move(page))
        ours, bare = times
        slow = _slow(ours)
        yield Result(
            f"hover to committed frame, {view} of {tokens:,} tokens, {_ROUNDS * _MOVES} moves (95th percentile)",
            f"{slow:.1f} ms (median {statistics.median(ours):.1f} ms)",
            f"a bare page {_slow(bare):.1f} ms (median {statistics.median(bare):.1f} ms)",
            f"{statistics.median(ours) / statistics.median(bare):.1f} times the bare page in the median",
            f"{target:.0f} ms",
            slow <= target,
        )


def _slow(times: list[float]) -> float:
    """Return the 95th percentile of *times*."""
    return statistics.quantiles(times, n=20)[-1]


def _move(page: Page) -> list[float]:
    """Point at words in a scattered order; return milliseconds to the committed frame of each."""
    places: list[tuple[float, float]] = page.evaluate(_RECORD, _OUTPUT)
    for k in range(_MOVES):
        page.mouse.move(*places[k * _STRIDE % len(places)])
        page.wait_for_timeout(_WAIT)
    times: list[float | None] = page.evaluate("window.times()")
    shown = [time for time in times if time is not None]
    if len(shown) != _MOVES:
        raise RuntimeError(f"{_MOVES} moves changed the page {len(shown)} times")
    return shown


def write_page(folder: Path, view: str, tokens: int) -> Path:
    """Write a page of *tokens* whose 200 last ones can be pointed at, open at *view*."""
    prompt = tokens - _OUTPUT
    save_gpt2(folder, layers=4, heads=4, width=64, vocabulary=_VOCABULARY, context=tokens, spread=0.2)
    explanation = aw.load(str(folder)).explain(
        random_text(prompt, _VOCABULARY, seed=0), output=" " + random_text(_OUTPUT, _VOCABULARY, seed=1)
    )
    explanation.widget.view = view
    path: Path = explanation.to_html(folder / "hover.html", methods=["attention"], max_mb=30)
    return path


def _write_bare_page(folder: Path, tokens: int) -> Path:
    """Write a page of *tokens* words that paints a box under the word pointed at, and does nothing else."""
    words = [
        *random_text(tokens - _OUTPUT, _VOCABULARY, seed=0).split(),
        *random_text(_OUTPUT, _VOCABULARY, seed=1).split(),
    ]
    path = folder / "bare.html"
    path.write_text(_BARE.replace("WORDS", json.dumps(words)), encoding="utf-8")
    return path
