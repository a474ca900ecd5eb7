"""Open a notebook in a browser and run it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.hosts import FORKED, write_notebook
from helpers.waiting import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Page

PROMPT = "The first president of America is"
LOAD = "import attrwidget as aw\nmodel = aw.load('demo')"
EXPLAIN = f"ex = model.explain({PROMPT!r}, max_new_tokens=5)"

# In a JupyterLab that is open already; what is on show there is closed as it is.
OPEN = """async path => {
  const before = [...jupyterapp.shell.widgets("main")];
  await jupyterapp.commands.execute("docmanager:open", { path });
  for (const shown of before) shown.dispose();
}"""

Jupyter = tuple[str, Path]
"""Address and root folder of a Jupyter server."""


def run_notebook(
    page: Page, jupyter: Jupyter, host: str, name: str, *cells: str, kernel: str = FORKED
) -> None:
    """Open a notebook in *host* and run all its cells."""
    url, home = jupyter
    write_notebook(home / f"{name}.ipynb", *cells, kernel=kernel)
    if host == "lab" and page.url.startswith(f"{url}/lab"):
        page.evaluate(OPEN, f"{name}.ipynb")
    else:
        page.goto(f"{url}/lab/tree/{name}.ipynb?reset" if host == "lab" else f"{url}/notebooks/{name}.ipynb")
    wait_for_kernel(page, url, f"{name}.ipynb")
    run_all(page)


def run_all(page: Page) -> None:
    """Run all cells of the notebook on show."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def wait_for_kernel(page: Page, url: str, path: str) -> None:
    """Wait until the page has a kernel: Jupyter asks for one when it is told to run without."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for session in page.request.get(f"{url}/api/sessions").json():
            kernel = session["kernel"]
            if session["path"] == path and kernel["connections"] and kernel["execution_state"] == "idle":
                return
        page.wait_for_timeout(100)
    raise AssertionError(f"{path} got no kernel")
