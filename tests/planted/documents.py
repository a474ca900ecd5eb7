# ruff: noqa: T201
"""How often a method puts the document that answers first, for each sentence: ``python -m tests.planted.documents``."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np

import attrwidget as aw

from .tasks import LOOKUP
from .train import tokenizer, trained

if TYPE_CHECKING:
    from attrwidget import Explanation

    from .tasks import Example

    Cases = list[tuple[Example, Explanation]]

METHODS = (
    "leave_one_out",
    "span_regression",
    "saliency",
    "input_x_gradient",
    "input_x_gradient_l2",
    "gim",
    "attention",
)


def explained(count: int, *, seed: int = 1) -> Cases:
    """Return *count* new examples of ten documents, with their explanations."""
    rng = random.Random(seed)  # noqa: S311
    examples = [LOOKUP.make(rng) for _ in range(count)]
    model = aw.load(trained(LOOKUP.name), tokenizer(stops=True))
    return [(one, model.explain(one.prompt, output=one.answer)) for one in examples]


def precision(cases: Cases, method: str, **options: Any) -> float:
    """Return the share of sentences whose first document by ``by_unit`` is the one that answers."""
    right = []
    for one, ex in cases:
        spans = [(document.start, document.stop) for document in one.documents]
        table = ex.by_unit(spans, method, normalize=None, progress=lambda _done, _total: None, **options)
        steps = len(one.answer) // len(table)
        for row, deciding in zip(table.to_numpy(), one.deciding[::steps], strict=True):
            right.append(set(one.documents[int(np.argmax(row))]) == deciding)
    return float(np.mean(right))


def lines(count: int = 64) -> list[str]:
    """Return a table of all methods and rules, over *count* texts, as lines of Markdown."""
    cases = explained(count)
    found = [
        "## Documents",
        "",
        "How often the document that answers has the largest score of ten by `ex.by_unit`, for",
        f"{2 * count} sentences of a model that never errs: two documents are asked for, one other has the",
        "same words as each, and two have one of them. The model has learnt that documents may be",
        "missing, and then says that it does not know.",
        "",
        "| method | sum | mean | max |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name in METHODS:
        if name in METHODS[:2]:
            cells = [f"{precision(cases, name):.3f} (left out)", "–", "–"]
        else:
            cells = [f"{precision(cases, name, rule=rule):.3f}" for rule in ("sum", "mean", "max")]
        found.append(f"| `{name}` | {' | '.join(cells)} |")
    return found


if __name__ == "__main__":
    print("\n".join(lines()))
