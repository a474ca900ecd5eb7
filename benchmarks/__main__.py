"""Run all short benchmarks, or those that are named; the table of a whole run is kept in ``results.md``."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
from pathlib import Path

from rich.console import Console

from benchmarks.table import table, write

NAMES = (
    "saliency",
    "seq2seq",
    "first_token",
    "first_screen",
    "leave_documents",
    "one_target",
    "passed_on",
    "methods",
    "growth",
    "one_head",
    "exported_page",
    "attention_pages",
    "hover",
    "long_frames",
    "served",
)
LONG = (
    "faithfulness",  # about an hour; it writes its own table
    "context_cite",  # needs a library beside the project
    "memory",  # counts what Linux notes of a process
)
RESULTS = Path(__file__).with_name("results.md")


def main() -> None:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="name",
        help=f"one of {', '.join(NAMES + LONG)}; all but {' and '.join(LONG)} when left out",
    )
    names = parser.parse_args().names or NAMES
    unknown = [name for name in names if name not in NAMES + LONG]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}: take one of {', '.join(NAMES + LONG)}")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    logging.disable(logging.WARNING)
    console = Console()
    results, notes = [], []
    for name in names:
        benchmark = importlib.import_module(f"benchmarks.{name}")
        with console.status(f"{name} …"):
            rows = list(benchmark.run())
        console.print(table(rows))  # at once: a later benchmark may fail
        results += rows
        notes.append(benchmark.NOTE)
    if names == NAMES:
        write(results, notes, RESULTS)
        console.print(
            f"Written to {RESULTS.relative_to(Path.cwd()) if RESULTS.is_relative_to(Path.cwd()) else RESULTS}."
        )


if __name__ == "__main__":
    main()
