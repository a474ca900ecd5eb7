"""The results of benchmarks, and their table on screen and in a file."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Result:
    """One row of the table, in words with units.

    Attributes:
        what: What was measured.
        ours: The measure of attrwidget.
        peer: The measure of the other tools.
        reached: The measure that the target is about, such as how many times faster.
        target: The target; empty without one.
        met: Whether the target was met; None without one.
    """

    what: str
    ours: str
    peer: str
    reached: str
    target: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        """Whether the target was met, in one word."""
        return {True: "met", False: "missed", None: ""}[self.met]

    @property
    def cells(self) -> tuple[str, ...]:
        """The row's cells, in the order of ``HEADINGS``."""
        return (self.what, self.ours, self.peer, self.reached, self.target, self.verdict)


HEADINGS = ("what", "attrwidget", "peer", "reached", "target", "")


def machine() -> str:
    """Return the machine and the libraries that decide the numbers, in words."""
    libraries = ", ".join(map(_installed, ("torch", "transformers", "inseq", "captum", "bertviz")))
    cores = os.cpu_count() or 1
    return (
        f"{cores} core{'s' * (cores > 1)} ({platform.machine()}, {platform.system()}), "
        f"Python {platform.python_version()}, {libraries}"
    )


def _installed(name: str) -> str:
    """Return *name* with its version, or that it is not installed: a benchmark without a peer runs all the same."""
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"no {name}"


def table(results: Sequence[Result]) -> Table:
    """Return *results* as a table for the terminal."""
    shown = Table(*HEADINGS, title="Benchmarks", caption=machine(), show_lines=True)
    for result in results:
        style = {True: "green", False: "red", None: "dim"}[result.met]
        shown.add_row(*result.cells[:-1], f"[{style}]{result.verdict}[/]")
    return shown


def write(results: Sequence[Result], notes: Sequence[str], path: Path, by: str = "make bench") -> None:
    """Write *results* and *notes* (how each was measured) to *path* as Markdown; *by* is the command that made them."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(result.cells for result in results)]
    lines = ["# Benchmarks", "", f"Made by `{by}` on {machine()}.", ""]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    lines += ["", *(f"- {note}" for note in notes), ""]
    path.write_text("\n".join(lines), encoding="utf-8")
