"""The exported page with every head of a model, against BertViz's head view in the same browser."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import torch

import attrwidget as aw
from benchmarks.browser import chromium, count_nodes, fresh_page, rendered
from benchmarks.models import random_text, save_gpt2
from benchmarks.table import Result

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from helpers.exported import unpacked
from helpers.html_page import Page as HtmlPage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Route

NOTE = (
    "Exported page: 12 layers × 12 heads, 128 tokens (a prompt of 1, so that every row of every head is there), "
    "`to_html(max_mb=3)`. BertViz: `head_view(html_action='return')` of the same weights in the same Chromium, its d3, "
    "require.js and jQuery (2.1.0 for 2.0.0, which npm does not have) served from disk instead of its content delivery "
    "network. Nodes include text and open shadow roots. Time is from navigation to the commit of the last frame that "
    "changed the page, median of runs in fresh profiles."
)
_TOKENS, _VOCABULARY, _SHAPE = 128, 2000, (12, 12)
_MEGABYTES, _NODES, _SECONDS = 3.0, 5000, 1.0
_REPEATS = 3
_HERE = Path(__file__).parent
_SCRIPTS = {
    "require.min.js": "requirejs/require.js",
    "d3.min.js": "d3/dist/d3.min.js",
    "jquery.min.js": "jquery/dist/jquery.min.js",
}


def run() -> Iterator[Result]:
    """Yield size, nodes and time."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours, theirs, bits = _pages(folder)
        install_scripts()
        with chromium() as browser:
            mine = _visit(browser, ours, "[role=option]", _REPEATS)
            peer = _visit(browser, theirs, "svg line", 2)
        sizes = [page.stat().st_size / 1e6 for page in (ours, theirs)]
    what = f"exported page, {_TOKENS} tokens, 12 × 12 heads"
    yield Result(
        f"{what}: file (weights in {bits} bits)",
        f"{sizes[0]:.1f} MB",
        f"BertViz {sizes[1]:.0f} MB",
        f"{sizes[1] / sizes[0]:.0f} times smaller",
        f"{_MEGABYTES:.0f} MB",
        sizes[0] <= _MEGABYTES,
    )
    yield Result(
        f"{what}: nodes",
        f"{mine[0]:,}",
        f"BertViz {peer[0]:,}",
        f"{peer[0] / mine[0]:.0f} times fewer",
        f"{_NODES:,}",
        mine[0] <= _NODES,
    )
    yield Result(
        f"{what}: rendered after",
        f"{mine[1]:.2f} s",
        f"BertViz {peer[1]:.1f} s",
        f"{peer[1] / mine[1]:.0f} times faster",
        f"{_SECONDS:.0f} s",
        mine[1] <= _SECONDS,
    )


def _pages(folder: Path) -> tuple[Path, Path, int]:
    """Write both pages; return their paths and the bits in which ours holds a weight. Raise if ours lacks a head."""
    from bertviz import head_view  # type: ignore[import-untyped]

    layers, heads = _SHAPE
    save_gpt2(
        folder, layers=layers, heads=heads, width=192, vocabulary=_VOCABULARY, context=_TOKENS, spread=0.02
    )
    model = aw.load(str(folder))
    prompt, output = random_text(1, _VOCABULARY, seed=0), " " + random_text(_TOKENS - 1, _VOCABULARY, seed=1)
    explanation = model.explain(prompt, output=output)
    explanation.widget.method = "attention"
    explanation.widget.held = [_TOKENS - 2]
    ours, theirs = folder / "ours.html", folder / "theirs.html"
    explanation.to_html(ours, max_mb=_MEGABYTES)
    attention = unpacked(HtmlPage(ours.read_text(encoding="utf-8")).scripts[0])["attention"] or {}
    if (attention.get("layers"), attention.get("heads")) != _SHAPE:
        raise RuntimeError("the exported page does not carry all heads")
    with torch.no_grad():
        ids = torch.tensor([explanation.tokens.ids])
        model.hf.set_attn_implementation("eager")
        attentions = model.hf(ids, output_attentions=True).attentions
    html = head_view(attentions, explanation.tokens.labels, html_action="return").data
    theirs.write_text(f'<!doctype html><meta charset="utf-8">{html}', encoding="utf-8")
    return ours, theirs, attention["bits"]


def _visit(browser: Browser, path: Path, ready: str, repeats: int) -> tuple[int, float]:
    """Return how many nodes the page has, and the median seconds until it is rendered."""
    nodes, times = 0, []
    for _ in range(repeats):
        with fresh_page(browser) as page:
            serve_scripts(page)
            times.append(rendered(page, path.as_uri(), ready))
            nodes = count_nodes(page)
    return nodes, statistics.median(times)


def install_scripts() -> None:
    """Install the scripts that BertViz's page loads, unless they are there."""
    if not all((_HERE / "node_modules" / path).exists() for path in _SCRIPTS.values()):
        command = [
            "npm",
            "install",
            "--silent",
            "--no-package-lock",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
        ]
        try:
            subprocess.run(command, cwd=_HERE, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise SystemExit(
                "BertViz's page needs d3, jQuery and require.js from npm, which could not be installed: see to node "
                "and the network, or name the other benchmarks."
            ) from error


def serve_scripts(page: Page) -> None:
    """Answer for the scripts that BertViz's page asks of the network, and nothing else."""

    def answer(route: Route) -> None:
        name = route.request.url.rsplit("/", 1)[-1]
        if name in _SCRIPTS:
            route.fulfill(path=_HERE / "node_modules" / _SCRIPTS[name], content_type="text/javascript")
        else:
            route.abort()

    page.route("https://**/*", answer)
