"""The documentation site: every page is made without a warning, and none asks a network for anything."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import attrwidget as aw

ROOT = Path(__file__).parents[2]
# What a browser would fetch by itself.
FETCHED = re.compile(
    r"<(?:script|img|iframe|link)[^>]*\s(?:src|href)=[\"'](?P<address>(?:https?:)?//[^\"']+)"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    made = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", ROOT / "docs", folder],
        env={**os.environ, "ATTRWIDGET_SITE_RUNS": "false"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return folder


def test_every_page_is_made(site: Path) -> None:
    docs = ROOT / "docs"
    written = [*docs.rglob("*.md"), *docs.glob("course/*.ipynb")]
    pages = [path.relative_to(docs).with_suffix(".html") for path in written]
    assert [page for page in pages if not (site / page).exists()] == []
    api = (site / "api.html").read_text(encoding="utf-8")
    missing = [name for name in dir(aw) if f'id="attrwidget.{name}"' not in api]
    assert missing == ["Prompt", "__version__", "teach"]


def test_no_page_asks_a_network(site: Path) -> None:
    for page in site.rglob("*.html"):
        assert not FETCHED.findall(page.read_text(encoding="utf-8")), page.name
