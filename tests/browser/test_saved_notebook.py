"""A notebook that was executed without a page, opened where Python is not running."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import nbformat
from helpers.hosts import write_notebook
from helpers.screen import Screen, serious_faults
from nbclient import NotebookClient
from playwright.sync_api import Page, expect

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path

PROMPT = "The first president of America is"
# What html-manager gives a widget: its state, and models whose comm is not live.
HOST = """<!doctype html><meta charset="utf-8"><title>Saved</title><main id="here"></main>
<script type="module">
const state = STATE;
const model = {
  get: (name) => (name === "layout" ? { comm_live: false } : state[name]),
  set: (name, value) => void (state[name] = value),
  on() {}, off() {}, save_changes() {}, send() { window.asked = true; },
};
const { default: make } = await import(URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" })));
const [widget, { signal }] = [await make(), new AbortController()];
widget.initialize({ model, signal });
widget.render({ model, el: document.getElementById("here"), signal });
</script>"""


def test_what_was_on_show_is_shown_and_said_at_once(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "why.ipynb"
    explain = f"ex = aw.load('demo').explain({PROMPT!r}, max_new_tokens=5)\nex.widget.held = [1]\nex"
    write_notebook(path, "import attrwidget as aw", explain)
    notebook = nbformat.read(path, 4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    saved = notebook.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    (state,) = [model["state"] for model in saved.values() if "on_show" in model["state"]]
    assert len(json.dumps(state["on_show"])) < 1000
    file = tmp_path / "saved.html"
    file.write_text(HOST.replace("STATE", json.dumps(state).replace("<", "\\u003c")), encoding="utf-8")
    page.goto(file.as_uri())
    screen = Screen(page)
    expect(screen.root.get_by_text("Python is not running here")).to_be_visible()
    expect(screen.footer).to_contain_text("Explaining Washington, token 2 of")
    ex = aw.load("demo").explain(PROMPT, max_new_tokens=5)
    row = ex.reading.rows(ex.methods()[0].name, [1])[0]
    assert abs(screen.number_on(6) / row[6] - 1) < 0.01
    screen.word(8).hover()
    screen.radio("Saliency").click()
    page.wait_for_timeout(500)
    assert screen.root.get_by_role("alert").count() == screen.root.get_by_role("progressbar").count() == 0
    assert page.evaluate("window.asked") is None
    assert serious_faults(page, screen) == []
