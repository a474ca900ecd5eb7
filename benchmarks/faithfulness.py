"""How faithful each method is to each kind of model, by planted truth, by taking inputs away, and by its cost.

``python -m benchmarks faithfulness`` writes the whole table; ``python -m benchmarks.faithfulness METHOD …`` prints the
rows of the methods named, and writes nothing.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from collections import defaultdict
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import attrwidget as aw
from attrwidget.errors import AttrWidgetError
from attrwidget.methods import get
from benchmarks import deciders
from benchmarks.prompts import PROMPTS
from benchmarks.table import Result

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from attrwidget import Explanation
    from benchmarks.deciders import Case

NOTE = (
    "Faithfulness: how often an input that decides is the first in a method's order; faithfulness.md has each method "
    "and each kind of model."
)
TABLE = Path(__file__).with_name("faithfulness.md")
_TIMED = 3  # cases
_GRAMMAR = "the words that decide by its grammar"
_SLOW = ("integrated_gradients", "smoothgrad", "span_regression", "leave_one_out_words")
_MEASURES = ("comprehensiveness", "sufficiency", "abpc")

_SWAPPED = "With the swap in the place of the decider, the answer loses at least one nat."
_HEAD = """# Faithfulness

Made by `python -m benchmarks faithfulness` with {versions}, in float32, on one thread. Each method
has its own defaults, and orders inputs as a reader would: signed scores from the largest positive one, others by size.

The prompts of SmolLM2 were kept from some forty by whether the model answers them as written, before any method was
tried. With 20 of them, a difference of one or two means nothing.

- **first**: how often an input that decides is the first of all inputs, as the screen shows them.
- **first word**: the same among words alone: neither special tokens nor the first token of generated text; of a
  translation the source's.
- **MRR**: mean of 1 / rank of the first input that decides, among all inputs.
- **comp.**, **suff.**, **ABPC**: comprehensiveness (higher is better), sufficiency (lower is better) and area between
  perturbation curves (higher is better) by `aw.evaluate`, in nats; of SmolLM2's steps those without a foil or a chat.
  They mask inputs, which favours leave-one-out.
- **seconds**: from a new explanation to the scores of one step; the median of {timed} steps.

## What is shown first

- A model that continues a text: `leave_one_out`, the best on the real model by every measure but MRR, where `gim` is a
  little ahead. It takes a run for each input: on SmolLM2 and two threads (one run each) 1.6 s to the
  first step of a prompt of 12 tokens and 29 s of one of 100, against 1.3 s for `gim` and
  1.1 s for `saliency`. So where it would take longer than about a second
  `gim` is first.
- All others: `saliency`, first or near it on every one of them.
- Not on the bar: `input_x_gradient`, the last or nearly the last of the gradient methods throughout.
"""


@dataclass(frozen=True)
class Group:
    """A model, its cases, and the methods that take too long."""

    title: str
    truth: str
    cases: list[Case]
    left_out: tuple[str, ...] = ()


@dataclass
class Row:
    """What was measured of one method: one entry for each case."""

    first: list[bool] = field(default_factory=list)
    first_word: list[bool] = field(default_factory=list)
    reciprocal: list[float] = field(default_factory=list)
    measures: list[list[float]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def groups() -> Iterator[Group]:
    """Yield the models, a kind after the other."""
    for title, truth, make, left_out in (
        ("`demo`, generates text", _GRAMMAR, deciders.causal, ()),
        ("SmolLM2-135M-Instruct, generates text", "in the table of prompts below", deciders.smollm2, _SLOW),
        ("`demo-masked`, fills masks", _GRAMMAR, deciders.masks, ()),
        ("`demo-sentiment`, classifies", _GRAMMAR, deciders.reviews, ()),
        ("MiniLM with a fitted head, classifies", "the one word of opinion", deciders.minilm, ()),
        ("`demo-translation`, translates", "the words that are translated", deciders.translations, ()),
    ):
        yield Group(title, truth, list(make()), left_out)


def run() -> Iterator[Result]:
    """Write the table and yield the default method's share on each model."""
    tables = []
    for group in groups():
        rows = measured(group)
        tables.append((group, rows))
        ex = group.cases[0].explain()
        default = ex.methods()[0].name
        shares = {name: float(np.mean(row.first)) for name, row in rows.items() if row.first}
        best = max((name for name in shares if name != default), key=lambda name: shares[name])
        yield Result(
            f"an input that decides comes first, {len(group.cases)} steps: {group.title}",
            f"`{default}` {shares[default]:.0%}",
            f"`{best}` {shares[best]:.0%}, the best other method",
            f"{shares[default]:.0%}",
        )
    write(tables)


def main() -> None:
    """Print the rows of the methods that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faithfulness", description=__doc__)
    parser.add_argument("methods", nargs="+", metavar="method", help="such as integrated_gradients")
    names = [get(name).name for name in parser.parse_args().methods]
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    for group in groups():
        print(f"## {group.title}")
        for name, row in measured(group, names).items():
            print(_line(name, row), flush=True)


def measured(group: Group, only: Collection[str] = ()) -> dict[str, Row]:
    """Return the row of each method, or of each in *only*; without those that take too long on this model."""
    rows: dict[str, Row] = defaultdict(Row)
    for number, case in enumerate(group.cases):
        ex = case.explain()
        own = [one.name for one in ex.methods() if get(one.name).package is None]
        names = [name for name in own if name not in group.left_out and (not only or name in only)]
        known = {}
        for name in names:
            try:
                known[name] = scores(ex, name, case)
            except AttrWidgetError:
                continue
            count(rows[name], np.nan_to_num(known[name], nan=-np.inf), case)
            if number < _TIMED:
                rows[name].seconds.append(seconds(name, case))
        if case.evaluated and known:
            for name, values in faithful(ex, case, list(known)).items():
                rows[name].measures.append(values)
    return dict(rows)


def scores(ex: Explanation, name: str, case: Case) -> Any:
    """Return the scores of the case's step in the order in which a reader takes them: signed by value."""
    contrasts = ex.reading.contrasts
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if contrasts is not None and case.foil is not None and takes_foil(name):
            return contrasts.rows(name, contrasts.find(case.step, case.foil), _silent)[0]
        return ex.reading.rows(name, [case.step], progress=_silent)[0]


def takes_foil(name: str) -> bool:
    """Return whether a method explains a score, which can be contrasted."""
    return get(name).target_function is not None


def count(row: Row, values: Any, case: Case) -> None:
    """Add where the first deciding input stands in the order of *values*, equal ones counted against it."""
    inputs = [i for i in range(len(values)) if np.isfinite(values[i])]
    best = max(values[i] for i in case.deciding)

    def rank(among: Sequence[int]) -> int:
        return 1 + sum(values[i] >= best for i in among if i not in case.deciding)

    row.first.append(rank(inputs) == 1)
    row.first_word.append(rank([i for i in inputs if i in case.words]) == 1)
    row.reciprocal.append(1 / rank(inputs))


def seconds(name: str, case: Case) -> float:
    """Return how long a method takes from a new explanation to the scores of the step."""
    ex = case.explain()
    start = time.perf_counter()
    scores(ex, name, case)
    return time.perf_counter() - start


def faithful(ex: Explanation, case: Case, names: list[str]) -> dict[str, list[float]]:
    """Return the measures of ``attrwidget.evaluate`` for the case's step."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = aw.evaluate(ex, names, steps=[case.step], points=5, progress=_silent).by_step
        except AttrWidgetError:
            return {}
    return {name: [float(found.loc[(name, case.step), one]) for one in _MEASURES] for name in names}


def _silent(_done: int, _total: int) -> None:
    pass


def _line(name: str, row: Row) -> str:
    """Return a method's row as Markdown."""
    means = np.mean(row.measures, axis=0) if row.measures else [float("nan")] * len(_MEASURES)
    cells = [np.mean(row.first), np.mean(row.first_word), np.mean(row.reciprocal), *means]
    shown = ["–" if np.isnan(cell) else f"{cell:.2f}" for cell in cells]
    return f"| `{name}` | {' | '.join(shown)} | {np.median(row.seconds):.3f} |"


def write(tables: Sequence[tuple[Group, dict[str, Row]]]) -> None:
    """Write all rows as Markdown."""
    versions = " and ".join(f"{library} {version(library)}" for library in ("torch", "transformers"))
    lines = _HEAD.format(versions=versions, timed=_TIMED).splitlines()
    for group, rows in tables:
        gone = ", ".join(f"`{name}`" for name in group.left_out)
        left_out = f" Left out for their time: {gone}." if gone else ""
        lines += [
            "",
            f"## {group.title}",
            "",
            f"{len(group.cases)} steps; the truth: {group.truth}.{left_out}",
            "",
        ]
        lines += ["| method | first | first word | MRR | comp. | suff. | ABPC | seconds |"]
        lines += ["| --- |" + " ---: |" * 7]
        for name, row in sorted(rows.items(), key=lambda item: -float(np.mean(item[1].reciprocal))):
            lines.append(_line(name, row))
    lines += ["", "## The prompts of SmolLM2", "", _SWAPPED, ""]
    lines += ["| prompt | answer | decider | swap | foil |", "| --- | --- | --- | --- | --- |"]
    for one in PROMPTS:
        text = f"User: {one.text}" if one.chat else one.text
        cells = (text, one.answer.strip(), one.decider, one.swap, (one.foil or "–").strip())
        lines.append(f"| {' | '.join(cells)} |")
    TABLE.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
