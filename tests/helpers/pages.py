"""The blocks of Python that the documentation shows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(
    r"^(?:<!-- not run: (?P<reason>[^\n]+) -->\n)?```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)


class Block(NamedTuple):
    line: int
    code: str
    reason: str | None


def blocks(page: str) -> list[Block]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return [
        Block(text.count("\n", 0, found.start("code")) + 1, found["code"], found["reason"])
        for found in BLOCK.finditer(text)
    ]


def run(page: str, block: Block, names: dict[str, object]) -> None:
    """Run *block*; a traceback shows the line of the page."""
    exec(compile("\n" * (block.line - 1) + block.code, str(ROOT / page), "exec"), names)  # noqa: S102 - our own pages
