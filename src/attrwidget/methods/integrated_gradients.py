"""Integrated gradients: gradients integrated along the straight line from a baseline to the input."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.methods.method import Figures, Method, Passes, Progress
from attrwidget.methods.registry import register
from attrwidget.methods.request.footnotes import CONVERGED
from attrwidget.methods.shared.checks import check_count
from attrwidget.methods.shared.embeddings import baseline_of
from attrwidget.methods.shared.replacement import replacement
from attrwidget.methods.shared.several_inputs import groups_of, rows_at_inputs_together, rows_of, summed

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    import torch
    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target
    from attrwidget.methods.shared.several_inputs import AtInput, Gradients, Work

_DOUBLED = (10, 20, 40, 80)  # points, until a row changes no more


def _compute(
    trace: Trace, target: Target, steps: Sequence[int], _selection: HeadSelection, **options: Any
) -> Rows:
    return rows_of(trace, target, _start(trace, target, steps, **options))


def _start(trace: Trace, target: Target, steps: Sequence[int], *, baseline: Any, points: int | str) -> Work:
    if points != "auto":
        check_count("points", points)
    counts = _DOUBLED if points == "auto" else (int(points),)
    start = baseline_of(trace, baseline)
    way = trace.embeddings() - start
    groups = groups_of(steps)
    whole = len(groups) * sum(counts)
    for index, group in enumerate(groups):
        done, left = index * sum(counts), np.arange(len(group))
        rows = np.full((len(group), trace.n_inputs), np.nan)
        moved, used = np.full(len(group), np.nan), np.zeros(len(group), dtype=int)
        for count in counts:
            some = [group[at] for at in left]
            found = yield from _integral(trace, some, start, way, count, Progress(done, whole))
            change = _change(rows[left], found)
            rows[left], used[left] = found, count
            done += count
            if count != counts[0]:
                moved[left] = change
                # Each step stops by itself, so that its row does not depend on the steps asked for with it.
                left = left[change > CONVERGED]
                if not len(left):
                    break
        base = trace.new_graph(replace_embeddings=_between(start, way, 0.0)).scores(group, target).numpy()
        score = trace.graph().scores(group, target).numpy()
        if index == len(groups) - 1:
            yield Progress(whole, whole)
        figures = Figures.adding_up(rows, base, score)
        yield group, rows, figures._replace(moved=moved if len(counts) > 1 else None, points=used)


def _integral(  # noqa: PLR0917 - private, and called once just above
    trace: Trace,
    group: list[int],
    start: torch.Tensor,
    way: torch.Tensor,
    points: int,
    done: Progress,
) -> Generator[Progress | AtInput, Gradients | None, NDArray[np.float64]]:
    """Return the rows of *group* by Gauss–Legendre of *points* points, and yield progress and points on the way."""
    nodes, weights = np.polynomial.legendre.leggauss(points)
    inputs = [(w / 2, _between(start, way, (1 + x) / 2)) for x, w in zip(nodes, weights, strict=True)]

    def along(gradients: torch.Tensor) -> torch.Tensor:
        return (gradients.float() * way[: gradients.shape[1]].float()).sum(-1)

    sums = yield from summed(trace, group, inputs, along, done=done)
    rows = np.full((len(group), trace.n_inputs), np.nan)
    for row, step in zip(rows, group, strict=True):
        row[: trace.seen(step)] = sums[step]
    return rows


def _change(before: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the L1 distance of each row *before* from *after*, as a share of the latter's L1 norm."""
    norms = np.nansum(np.abs(after), axis=1)
    moved: NDArray[np.float64] = np.nansum(np.abs(after - before), axis=1) / np.maximum(norms, 1e-300)
    return moved


def _between(
    start: torch.Tensor, way: torch.Tensor, share: float
) -> Callable[[int, torch.Tensor], torch.Tensor]:
    def replace_embeddings(first: int, embeddings: torch.Tensor) -> torch.Tensor:
        part = slice(first, first + embeddings.shape[1])
        return (start[part] + share * way[part])[None]

    return replace_embeddings


def _note(trace: Trace, options: Mapping[str, Any]) -> str | None:
    baseline = options["baseline"]
    if isinstance(baseline, str) and baseline in ("pad", "mask", "unknown"):
        return f"baseline {replacement(trace, baseline)[1]};"
    return None


def _note_on_rows(_trace: Trace, _steps: Sequence[int], rows: NDArray[np.floating]) -> str | None:
    kept = not rows[:, 0].any()
    return "the first input stays as it is, so its score is 0" if kept else None


INTEGRATED_GRADIENTS = register(
    Method(
        name="integrated_gradients",
        title="Integrated gradients",
        description="integrated gradients of {target} from the mean embedding, signed",
        question="push",
        formula="(e − b) · ∫₀¹ ∂s/∂e at b + α (e − b) dα, by Gauss–Legendre; sums to s(e) − s(b)",
        cost="for each point of the way (30, to 150 where rows still change), a forward pass and one backward pass per "
        "generated token",
        source="Sundararajan et al. 2017 (arXiv:1703.01365)",
        compute=_compute,
        passes=Passes(once=150, each_step=105),
        distribution="change",
        signed=True,
        linear=True,
        together=partial(rows_at_inputs_together, start=_start),
        target_function="logit",
        options={"baseline": "auto", "points": "auto"},
        note=_note,
        note_on_rows=_note_on_rows,
    )
)
