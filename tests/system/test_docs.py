"""Runs what the documentation shows, with the bundled models.

The ``python`` blocks of a page run in order, in one namespace. A block is left out when the line before it is
``<!-- not run: REASON -->``: it names a model of the hub, say.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest
import yaml
from helpers.datasets import in_this_process
from helpers.pages import ROOT, blocks, run

import attrwidget as aw
from attrwidget.methods import custom, registry
from attrwidget.remote import connect as connecting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERVED = "docs/serving.md"
# Pages on a real model are run by test_gallery.py and test_how_to_real.py.
OF_SMOLLM2 = {"context-reliance", "gallery", "retrieval", "thinking", "tool-calls"}
PAGES = (
    "README.md",
    *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")) if path.stem not in OF_SMOLLM2),
)


@pytest.fixture(autouse=True)
def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the methods that a page registers."""
    monkeypatch.setattr(registry, "_methods", dict(registry._methods))
    monkeypatch.setattr(custom, "_modules", dict(custom._modules))


@pytest.fixture
def served_address(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Serve the bundled model where the page on serving says that it is."""
    from helpers.model_server import model_server

    with model_server(aw.load("demo")) as address:
        connect = connecting.connect
        monkeypatch.setattr(
            connecting, "connect", lambda where: connect(where.replace("http://localhost:8900", address))
        )
        yield


def expressions(page: str) -> list[str]:
    """Return the calls on an explanation that the last column of the tables of *page* names."""
    rows = [line for line in (ROOT / page).read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    codes = [code for row in rows for code in re.findall(r"`(ex\.[^`]+)`", row.split(" | ")[-1])]
    return list(dict.fromkeys(codes))


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)])
def test_the_blocks_of_a_page_run(
    page: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    subtests: pytest.Subtests,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    if page == SERVED:
        request.getfixturevalue("served_address")
    for block in blocks(page):
        with in_this_process(), subtests.test(f"{page}:{block.line}"):
            if block.reason:
                pytest.skip(block.reason)
            run(page, block, names)


def test_the_expressions_of_the_tables_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    monkeypatch.chdir(tmp_path)
    page = "docs/coming-from.md"
    written: dict[str, object] = {}
    run(page, blocks(page)[0], written)
    translated = {"ex": aw.load("demo-translation").explain("我的哥哥把便宜的書寄給了你。")}
    assert len(expressions(page)) > 30
    for code in expressions(page):
        with subtests.test(code):
            exec(code, translated if re.search("part=|source_only=", code) else written)  # noqa: S102


def test_every_page_is_linked_from_the_readme_or_from_a_page_that_is() -> None:
    linked, waiting = set(), ["README.md"]
    while waiting:
        page = waiting.pop()
        linked.add(page)
        folder = (ROOT / page).parent
        for target in re.findall(r"\]\(([^)#:]+\.md)", (ROOT / page).read_text(encoding="utf-8")):
            path = (folder / target).resolve()
            assert path.is_file(), f"{page} links to {target}, which is not there"
            name = path.relative_to(ROOT).as_posix()
            if name not in linked:
                waiting.append(name)
    assert set(PAGES) <= linked


def test_the_citation_is_of_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {citation["version"], citation["license"]} == {project["version"], project["license"]}
