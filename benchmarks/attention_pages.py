"""Pages that show the attention of all heads: ours, BertViz's head and model view, and attnview's, in one browser."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

import attrwidget as aw
from benchmarks.browser import chromium, count_nodes, fresh_page, rendered
from benchmarks.exported_page import install_scripts, serve_scripts
from benchmarks.models import random_text, save_gpt2
from benchmarks.table import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

NOTE = (
    "Attention pages: 12 layers × 12 heads, random weights, the attention of every token (a prompt of 1), each page as "
    "its tool writes it: `to_html()`, `head_view` and `model_view` of BertViz 1.4.1 (its scripts served from disk), "
    "`export_cache` of attnview 0.5.1. Beyond 256 tokens they are not tried: ours with an answer of 32. Time is from "
    "navigation to the commit of the last frame that changed the page, in fresh profiles; “nothing” is a page that did "
    "not show itself in a minute. The targets are 20 times fewer bytes and 10 times sooner."
)
_SHAPE, _VOCABULARY = (12, 12), 2000
_BESIDE, _ALONE = (64, 128, 256), (1024, 4096)
_ANSWER = 32
_BYTES, _SOONER = 20, 10
_REPEATS = 3
_PATIENCE = 60_000  # milliseconds
_MEANS_READY = {
    "attrwidget": "[role=option]",
    "BertViz head": "svg line",
    "BertViz model": "svg line",
    "attnview": "table, svg, canvas",
}


def run() -> Iterator[Result]:
    """Yield bytes, nodes and time of each page beside the others, and of ours where they cannot go."""
    install_scripts()
    with chromium() as browser, tempfile.TemporaryDirectory() as name:
        for tokens in _BESIDE:
            pages = _pages(Path(name), tokens, answer=tokens - 1, peers=True)
            seen = {tool: (path.stat().st_size, *_visit(browser, path, tool)) for tool, path in pages.items()}
            ours = seen.pop("attrwidget")
            for tool, theirs in seen.items():
                yield _beside(tokens, tool, ours, theirs)
        for tokens in _ALONE:
            path = _pages(Path(name), tokens, answer=_ANSWER, peers=False)["attrwidget"]
            nodes, seconds = _visit(browser, path, "attrwidget")
            size = path.stat().st_size / 1e6
            yield Result(
                f"{tokens:,} tokens, 12 × 12 heads",
                f"{size:.1f} MB, {nodes:,} nodes, {seconds:.2f} s",
                "–",
                "",
            )


def _beside(
    tokens: int, tool: str, ours: tuple[int, int, float], theirs: tuple[int, int, float | None]
) -> Result:
    fewer, sooner = theirs[0] / ours[0], None if theirs[2] is None else theirs[2] / ours[2]
    reached, peer = f"{fewer:.0f} times fewer bytes", f"{tool} {theirs[0] / 1e6:.1f} MB, "
    if theirs[2] is None:
        peer += "nothing"
    else:
        peer += f"{theirs[1]:,} nodes, {theirs[2]:.1f} s"
        reached += f", {theirs[1] / ours[1]:.0f} times fewer nodes, {sooner:.1f} times sooner"
    return Result(
        f"{tokens} tokens, 12 × 12 heads",
        f"{ours[0] / 1e6:.2f} MB, {ours[1]:,} nodes, {ours[2]:.2f} s",
        peer,
        reached,
        f"{_BYTES} and {_SOONER} times",
        fewer >= _BYTES and (sooner is None or sooner >= _SOONER),
    )


def _pages(folder: Path, tokens: int, *, answer: int, peers: bool) -> dict[str, Path]:
    """Write the page of each tool."""
    layers, heads = _SHAPE
    place = folder / f"{tokens}"
    place.mkdir()
    save_gpt2(
        place, layers=layers, heads=heads, width=192, vocabulary=_VOCABULARY, context=tokens, spread=0.2
    )
    model = aw.load(str(place))
    explanation = model.explain(
        random_text(tokens - answer, _VOCABULARY, seed=0),
        output=" " + random_text(answer, _VOCABULARY, seed=1),
    )
    explanation.widget.method = "attention"
    explanation.widget.held = [answer - 1]
    written = {"attrwidget": explanation.to_html(place / "ours.html", methods=["attention"])}
    if peers:
        with torch.no_grad():
            ids = torch.tensor([explanation.tokens.ids])
            model.hf.set_attn_implementation("eager")
            attention = model.hf(ids, output_attentions=True).attentions
        written |= _peer_pages(place, attention, explanation.tokens.labels)
    return written


def _peer_pages(place: Path, attention: Any, labels: list[str]) -> dict[str, Path]:
    import attnview  # type: ignore[import-not-found]
    from bertviz import head_view, model_view  # type: ignore[import-not-found]

    written = {}
    for tool, view in {"BertViz head": head_view, "BertViz model": model_view}.items():
        html = view(attention, labels, html_action="return").data
        written[tool] = place / f"{view.__name__}.html"
        written[tool].write_text(f'<!doctype html><meta charset="utf-8">{html}', encoding="utf-8")
    cache = {f"blocks.{k}.attn.hook_pattern": layer.numpy() for k, layer in enumerate(attention)}
    written["attnview"] = place / "attnview.html"
    attnview.export_cache(cache, written["attnview"], tokens=labels)
    return written


def _visit(browser: Browser, path: Path, tool: str) -> tuple[int, float | None]:
    """Return how many nodes the page has, and the median seconds until it is rendered; None if it never was."""
    from playwright.sync_api import TimeoutError as Late

    nodes, times = 0, []
    for _ in range(_REPEATS if tool == "attrwidget" else 1):
        with fresh_page(browser) as page:
            page.set_default_timeout(_PATIENCE)
            serve_scripts(page)
            try:
                times.append(rendered(page, path.as_uri(), _MEANS_READY[tool]))
            except Late:
                return 0, None
            nodes = count_nodes(page)
    return nodes, statistics.median(times)
