# ruff: noqa: T201
"""Write the table of all methods on the planted tasks to ``benchmarks/planted.md``; with ``--train``, train first."""

from __future__ import annotations

import argparse
import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget import Explanation

    from .tasks import Example

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch

from attrwidget.errors import AttrWidgetError
from attrwidget.methods import get

from . import documents
from .measure import chance, explained, precision_of
from .tasks import TASKS
from .train import train_all

TABLE = Path(__file__).parents[2] / "benchmarks" / "planted.md"
_EVERY = 8  # examples, of which other libraries' methods are given one
_COUNT = {"S": 128, "C": 32, "M": 128}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.planted", description=__doc__)
    parser.add_argument("--train", action="store_true", help="train the models again")
    torch.set_num_threads(1)
    if parser.parse_args().train:
        train_all()
    columns = {}
    for name in TASKS:
        cases = explained(name, _COUNT[name])
        column = {"a random order": chance(cases)}
        for method in cases[0][1].methods():
            column[f"`{method.name}`"] = measured(method.name, cases)
            if method.name == "saliency":
                column["`saliency` of the logit"] = precision_of("saliency", cases, target_function="logit")
            print(name, method.name, column[f"`{method.name}`"], flush=True)
        columns[name] = column
    write(columns)
    print(f"Written to {TABLE}.")


def measured(name: str, cases: Sequence[tuple[Example, Explanation]]) -> float | None:
    """Return a method's precision, of other libraries' on fewer *cases*; None where it does not work."""
    try:
        return precision_of(name, cases[:: _EVERY if get(name).package else 1])
    except AttrWidgetError as refusal:
        print(refusal)
        return None


def write(columns: dict[str, dict[str, float | None]]) -> None:
    """Write the precision of each method, by task."""
    versions = " and ".join(f"{library} {version(library)}" for library in ("torch", "transformers"))
    lines = [
        "# Planted truth",
        "",
        "How often the inputs that a method ranks highest are those that decide: precision at 1 on S and C and at 2 on",
        "M, of models that never err. Made by `python -m tests.planted` with",
        f"{versions}; the models are 2-layer Llamas, 64 wide.",
        "",
        *(
            f"- **{name}**: {task.description} ({_COUNT[name] * steps:,} answers)."
            for name, task in TASKS.items()
            for steps in [8 if name == "C" else 1]
        ),
        "",
        "Only the words of the prompt are ranked: not the start and query tokens, which every text has, nor the answer",
        "so far. Each method has its own defaults; unless noted, gradients are of the log-probability.",
        f"Methods that other libraries compute (the last ones) are measured on every {_EVERY}th example; – where one",
        "does not work with these models.",
        "",
        f"| method | {' | '.join(columns)} |",
        f"| --- |{' ---: |' * len(columns)}",
    ]
    for method in next(iter(columns.values())):
        cells = ["–" if column[method] is None else f"{column[method]:.2f}" for column in columns.values()]
        lines += [f"| {method} | {' | '.join(cells)} |"]
    TABLE.write_text("\n".join([*lines, "", *documents.lines(), ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
