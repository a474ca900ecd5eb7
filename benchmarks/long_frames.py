"""Scrolling and holding words in a long text: how long the page is busy at once."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.browser import chromium, fresh_page, rendered
from benchmarks.hover import VIEWS, write_page
from benchmarks.table import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

NOTE = (
    "Long frames: the pages of the hover benchmark. 40 turns of the wheel with the pointer on the text, 40 jumps of "
    "the scroll bar, and 15 words held one after the other. Given are the browser's long tasks (over 50 ms) and the "
    "longest gap between two frames; one of 17 ms is no gap."
)
_GAP = 50.0  # milliseconds
_WATCH = """() => {
  window.long = [];
  window.gaps = [];
  new PerformanceObserver((list) => window.long.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: "longtask" });
  let last = performance.now();
  const next = (now) => { window.gaps.push(now - last); last = now; requestAnimationFrame(next); };
  requestAnimationFrame(next);
  window.root = [...document.querySelectorAll("*")].find((element) => element.shadowRoot).shadowRoot;
  const view = window.root.querySelector(".text").getBoundingClientRect();
  return [view.left + view.width / 2, view.top + view.height / 2];
}"""
_JUMP = "(k) => { window.root.querySelector('.text').scrollTop = 300 * k; }"
_HOLD = (
    "(k) => { const words = window.root.querySelectorAll('.gen'); words[words.length - 1 - 3 * k].click(); }"
)


def run() -> Iterator[Result]:
    """Yield the longest gap between frames while a long text is scrolled and its words are held."""
    for view, tokens, _ in VIEWS:
        with tempfile.TemporaryDirectory() as folder, chromium() as browser, fresh_page(browser) as page:
            rendered(page, write_page(Path(folder), view, tokens).as_uri(), "[role=option]")
            page.wait_for_timeout(1000)
            page.mouse.move(*page.evaluate(_WATCH))
            for what, (count, act) in {
                "scrolled by the wheel": (40, lambda _: page.mouse.wheel(0, -240)),
                "scrolled by jumps": (40, lambda k: page.evaluate(_JUMP, k)),
                "words held": (15, lambda k: page.evaluate(_HOLD, k)),
            }.items():
                page.wait_for_timeout(500)
                page.evaluate("window.long = [], window.gaps = []")
                for k in range(count):
                    act(k)
                    page.wait_for_timeout(40 if count == 40 else 150)
                yield _result(page, f"{view} of {tokens:,} tokens, {what} ({count})")


def _result(page: Page, what: str) -> Result:
    long, gap = page.evaluate("[window.long.length, Math.max(...window.gaps)]")
    return Result(
        f"{what}: longest gap between frames",
        f"{gap:.0f} ms, {long} long tasks",
        "–",
        f"{gap:.0f} ms",
        f"{_GAP:.0f} ms",
        gap <= _GAP,
    )
