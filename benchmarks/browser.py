"""A headless Chromium that notes when a page was last changed."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_WATCH = """
window.rendered = 0;
const seen = () => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => { window.rendered = performance.now(); };
  channel.port2.postMessage(null);
});
const watch = (root) => new MutationObserver(seen).observe(root, { subtree: true, childList: true });
watch(document);
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) {
  const root = attach.call(this, options);
  watch(root);
  return root;
};
const clear = CanvasRenderingContext2D.prototype.clearRect;
CanvasRenderingContext2D.prototype.clearRect = function (...box) {
  seen();
  return clear.apply(this, box);
};
"""
_COUNT = """() => {
  const count = (node) => [...node.childNodes].reduce((sum, child) => sum + count(child), 1)
    + (node.shadowRoot ? count(node.shadowRoot) : 0);
  return count(document);
}"""
_STILL = "window.rendered > 0 && performance.now() - window.rendered > 1500"
_PATIENCE = 180_000  # milliseconds


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser that the tests use: CHROMIUM, the first on PATH, or Playwright's own."""
    on_path = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    found = os.environ.get("CHROMIUM") or next(filter(None, on_path), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_QUIET)
        yield browser
        browser.close()


@contextmanager
def fresh_page(browser: Browser) -> Iterator[Page]:
    """Open an empty page in a profile of its own, 1280 × 1000 CSS pixels."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, bypass_csp=True)
    context.set_default_timeout(_PATIENCE)
    page = context.new_page()
    page.add_init_script(_WATCH)
    yield page
    context.close()


def rendered(page: Page, url: str, ready: str) -> float:
    """Go to *url*; return seconds until the frame of its last change was committed, with *ready* there by then."""
    page.goto(url, wait_until="commit")
    page.wait_for_selector(ready, state="attached")
    page.wait_for_function(_STILL, polling=250)
    return float(page.evaluate("window.rendered")) / 1000


def count_nodes(page: Page) -> int:
    """Return how many nodes the page has, those in open shadow roots included."""
    return int(page.evaluate(_COUNT))
