# ruff: noqa: T201
"""Write the table of all methods on the planted tasks to ``benchmarks/planted.md``; with ``--train``, train first."""

from __future__ import annotations

import argparse
import os
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch

from .measure import chance, explained, precision_of
from .tasks import TASKS
from .train import train_all

TABLE = Path(__file__).parents[2] / "benchmarks" / "planted.md"
_COUNT = {"S": 256, "C": 64, "M": 256}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.planted", description=__doc__)
    parser.add_argument("--train", action="store_true", help="train the three models again")
    torch.set_num_threads(1)
    if parser.parse_args().train:
        train_all()
    columns = {}
    for name in TASKS:
        cases = explained(name, _COUNT[name])
        column = {"a random order": chance(cases)}
        for method in cases[0][1].methods():
            column[f"`{method.name}`"] = precision_of(method.name, cases)
            if method.name == "saliency":
                column["`saliency` of the logit"] = precision_of("saliency", cases, target_function="logit")
            print(f"{name} {method.name}: {column[f'`{method.name}`']:.2f}", flush=True)
        columns[name] = column
    write(columns)
    print(f"Written to {TABLE}.")


def write(columns: dict[str, dict[str, float]]) -> None:
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
            f"- **{name}**: {task.says} ({_COUNT[name] * steps:,} answers)."
            for name, task in TASKS.items()
            for steps in [8 if name == "C" else 1]
        ),
        "",
        "Ranked are the words of the prompt, not the tokens that begin and ask, which every text has, nor the answer",
        "so far. Each method with its own defaults; where nothing is said, gradients are of the log-probability.",
        "",
        f"| method | {' | '.join(columns)} |",
        f"| --- |{' ---: |' * len(columns)}",
    ]
    for method in next(iter(columns.values())):
        cells = [f"{column[method]:.2f}" for column in columns.values()]
        lines += [f"| {method} | {' | '.join(cells)} |"]
    TABLE.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
