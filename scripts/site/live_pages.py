"""A Sphinx extension: set the widgets that pages show into them, as live pages that need no Python.

In a page, ``<!-- widget -->`` after a block of Python stands for what the block's last line shows, and
``<!-- widget: 700 -->`` gives its height in pixels. All blocks of such a page are run, in order, in one namespace.
"""

from __future__ import annotations

import ast
import os
import re
from contextlib import chdir
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_BLOCK = re.compile(
    r"^(?P<not_run><!-- not run: [^\n]+ -->\n)?```python\n(?P<code>.*?)^```\n"
    r"(?:(?P<widget><!-- widget(?:: (?P<height>\d+))? -->))?",
    re.MULTILINE | re.DOTALL,
)
_HEIGHT = "860"


def setup(app: Sphinx) -> dict[str, bool]:
    """Take part in the making of the site; called by Sphinx."""
    os.environ["IPYTHONDIR"] = str(
        Path(__file__).parent
    )  # its start-up file has the notebooks show offline pages
    app.add_config_value("runs", default=True, rebuild="env")
    app.connect("source-read", _with_pages)
    return {"parallel_read_safe": False}


def frame(page: str, height: str = _HEIGHT) -> str:
    """Return *page*, a whole HTML document, in a frame of an HTML text."""
    return (
        f'<iframe class="widget" title="An explanation" loading="lazy" style="height:{height}px" '
        f'srcdoc="{escape(page)}"></iframe>'
    )


def _with_pages(app: Sphinx, _name: str, source: list[str]) -> None:
    names: dict[str, Any] = {}
    if app.config.runs and "<!-- widget" in source[0]:
        with TemporaryDirectory() as folder, chdir(folder):  # pages write files
            source[0] = _BLOCK.sub(lambda found: _with_page(found, names), source[0])


def _with_page(found: re.Match[str], names: dict[str, Any]) -> str:
    if found["not_run"]:
        return found[0]
    shown = _run(found["code"], names)
    block = found[0].removesuffix(found["widget"] or "")
    return f"{block}\n{frame(shown.to_html(), found['height'] or _HEIGHT)}\n" if found["widget"] else block


def _run(code: str, names: dict[str, Any]) -> Any:
    """Run *code*; return the value of its last line."""
    tree = ast.parse(code)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "page", "exec"), names)  # noqa: S102 - our own pages
    return eval(compile(ast.Expression(last.value), "page", "eval"), names) if last else None  # noqa: S307 - as above
