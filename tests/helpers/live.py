"""A live widget in a page of its own: a small host in place of a notebook, whose messages go to Python."""

from __future__ import annotations

import base64
import json
import queue
import time
from typing import TYPE_CHECKING, Any

from helpers.waiting import PATIENCE

from attrwidget.page.bundle import read_bundle
from attrwidget.page.content import content_of
from attrwidget.page.state import initial_state
from attrwidget.widget.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

_HOST = """
async ({ script, traits }) => {
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const heard = {};
  const model = {
    get: (name) => traits[name],
    set: (name, value) => { traits[name] = value; },
    on: (event, callback) => { (heard[event] ??= new Set()).add(callback); },
    off: (event, callback) => heard[event]?.delete(callback),
    save_changes: () => {},
    send: (content) => window.toPython(JSON.stringify(content)),
  };
  window.fromPython = (content, buffers) => {
    const views = buffers.map((text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer));
    for (const callback of heard["msg:custom"] ?? []) callback(content, views);
  };
  document.documentElement.lang = "en";
  document.title = "A live widget";
  const { default: make } = await import(url);
  const widget = make();
  const el = document.createElement("div");
  document.body.append(el);
  widget.initialize?.({ model });
  widget.render({ model, el });
}
"""


class LiveWidget:
    """Shows an explanation in *page*; ``wait`` carries answers of Python to it."""

    def __init__(self, page: Page, explanation: Any, **state: Any) -> None:
        self._page = page
        self._answers: queue.Queue[tuple[Any, list[bytes]]] = queue.Queue()
        reading = explanation.reading
        self._session = Session(reading, lambda content, buffers: self._answers.put((content, buffers)))
        page.goto("about:blank")
        page.expose_function("toPython", lambda text: self._session.receive(json.loads(text)))
        traits = {
            "content": content_of(reading),
            "on_show": {},
            "other": {},
            **initial_state(reading),
            **state,
        }
        page.evaluate(_HOST, {"script": read_bundle("widget.js"), "traits": traits})

    def wait(self, milliseconds: int) -> None:
        """Let the page and Python talk for so long."""
        for _ in range(max(1, milliseconds // 50)):
            self._page.wait_for_timeout(50)
            while not self._answers.empty():
                content, buffers = self._answers.get()
                texts = [base64.b64encode(buffer).decode() for buffer in buffers]
                self._page.evaluate("([content, buffers]) => fromPython(content, buffers)", [content, texts])

    def until(self, condition: Callable[[], Any]) -> None:
        """Wait until *condition* holds."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, "it does not come true"
            self.wait(100)

    def settle(self) -> None:
        """Wait until what is shown does not change any more."""
        main = self._page.locator(".aw .main")
        self.until(lambda: main.get_attribute("aria-busy") == "false")

    def close(self) -> None:
        """Give up all work."""
        self._session.close()
