"""A notebook that is executed, saved and written as a page by nbconvert, opened where Python is not running."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from helpers.hosts import environment, write_notebook
from helpers.screen import Screen, serious_faults
from playwright.sync_api import Page, Route, expect

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path

PROMPT = "The first president of America is"
STATE = "application/vnd.jupyter.widget-state+json"
# The page of nbconvert loads html-manager from a CDN. This does what html-manager does with the page's state and views:
# it makes models whose comm is not live, and shows them where their views stand.
MANAGER = """
const read = (type) => [...document.querySelectorAll(`script[type="application/vnd.jupyter.widget-${type}+json"]`)];
const all = JSON.parse(read("state")[0].textContent).state;
for (const view of read("view")) {
  const { state } = all[JSON.parse(view.textContent).model_id];
  const layout = { ...all[state.layout.replace("IPY_MODEL_", "")].state, comm_live: false };
  const model = {
    get: (name) => (name === "layout" ? layout : state[name]),
    set: (name, value) => void (state[name] = value),
    on() {}, off() {}, save_changes() {}, send() { window.asked = true; },
  };
  const el = view.parentElement.appendChild(document.createElement("div"));
  import(URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }))).then(async (module) => {
    const [widget, { signal }] = [await module.default(), new AbortController()];
    widget.initialize({ model, signal });
    widget.render({ model, el, signal });
  });
}
"""


def serve_manager(route: Route) -> None:
    """Answer for the CDN: html-manager alone; nothing else is fetched."""
    if re.search(r"/@jupyter-widgets/html-manager@.*/embed-amd\.js$", route.request.url):
        route.fulfill(body=MANAGER, content_type="text/javascript")
    elif route.request.url.startswith(("file:", "blob:")):
        route.continue_()
    else:
        route.abort()


# Two commands in one process, whose imports take seconds.
NBCONVERT = """from nbconvert.nbconvertapp import NbConvertApp
for options in (["--to", "notebook", "--inplace", "--execute"], ["--to", "html"]):
    NbConvertApp.launch_instance([*options, "why.ipynb"])
    NbConvertApp.clear_instance()
"""


def executed(folder: Path, *cells: str) -> Path:
    """Return the page that nbconvert makes of a notebook that was executed and saved, which sorts the state's names."""
    write_notebook(folder / "why.ipynb", *cells)
    command, env = [sys.executable, "-c", NBCONVERT], environment(folder)
    subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True, timeout=240)
    return folder / "why.html"


def test_what_was_on_show_is_shown_and_said_at_once(page: Page, tmp_path: Path) -> None:
    explain = f"ex = aw.load('demo').explain({PROMPT!r}, max_new_tokens=5)\nex.widget.held = [1]\nex"
    file = executed(tmp_path, "import attrwidget as aw", explain)
    saved = re.search(f'<script type="{re.escape(STATE)}">(.*?)</script>', file.read_text("utf-8"), re.DOTALL)
    assert saved is not None
    models = json.loads(saved[1])["state"].values()
    (state,) = [model["state"] for model in models if "on_show" in model["state"]]
    assert len(json.dumps(state["on_show"])) < 1000
    page.route("**/*", serve_manager)
    page.goto(file.as_uri())
    screen = Screen(page)
    expect(screen.root.get_by_text("Python is not running here")).to_be_visible()
    expect(screen.footer).to_contain_text("Explaining Washington, token 2 of")
    ex = aw.load("demo").explain(PROMPT, max_new_tokens=5)
    row = ex.reading.rows(ex.methods()[0].name, [1])[0]
    assert abs(screen.number_on(6) / row[6] - 1) < 0.01
    screen.word(8).hover()
    expect(screen.root.locator(".aw-why .size")).to_have_text("not computed")
    screen.radio("Saliency").click()
    page.wait_for_timeout(500)
    assert screen.root.get_by_role("alert").count() == screen.root.get_by_role("progressbar").count() == 0
    assert page.evaluate("window.asked") is None
    assert serious_faults(page, screen) == []
