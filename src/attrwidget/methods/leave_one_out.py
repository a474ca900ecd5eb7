"""Leave one out: how much the score falls when an input is masked, replaced or deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.methods.method import Method, Passes
from attrwidget.methods.registry import register
from attrwidget.methods.request.units import units_of
from attrwidget.methods.shared.notes import join_notes, note_on_masking, note_on_units
from attrwidget.methods.shared.one_at_a_time import OneAtATime, rows_one_at_a_time
from attrwidget.methods.shared.replacement import replacement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import torch
    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import Chunk, HeadSelection, Rows
    from attrwidget.methods.request.make import Request
    from attrwidget.methods.request.targets import Target


def _fall(whole: torch.Tensor, changed: torch.Tensor) -> torch.Tensor:
    return whole - changed


def _rows(trace: Trace, target: Target, steps: Sequence[int], change: str | int, which: Any) -> Rows:
    units = units_of(trace, which)

    def make() -> OneAtATime:
        return OneAtATime(
            trace,
            units,
            trace.perturber(change),
            read=target.all_steps,
            compare=_fall,
            unchanged=trace.partial_results.setdefault(("unchanged", change, target), []),
        )

    return rows_one_at_a_time(trace, ("leave_one_out", change, target, tuple(units)), make, steps)


def _together(traces: Sequence[Trace], requests: Sequence[Request]) -> list[list[Chunk] | None]:
    """Compute the rows of several traces of one model in batches; see ``Method.together``."""
    from attrwidget.methods.shared.removed_together import remove_together  # imports torch

    work = []
    for trace, request in zip(traces, requests, strict=True):
        units, perturber = units_of(trace, request.options["units"]), trace.unchecked_perturber("mask")
        work.append(OneAtATime(trace, units, perturber, request.target.all_steps, _fall))
    usable = remove_together(work)
    return [
        [(list(range(one.trace.n_steps)), one.rows)] if use else None
        for one, use in zip(work, usable, strict=True)
    ]


def _masked(
    trace: Trace, target: Target, steps: Sequence[int], _selection: HeadSelection, *, units: Any
) -> Rows:
    return _rows(trace, target, steps, "mask", units)


def _deleted(
    trace: Trace, target: Target, steps: Sequence[int], _selection: HeadSelection, *, units: Any
) -> Rows:
    return _rows(trace, target, steps, "delete", units)


def _replaced(
    trace: Trace, target: Target, steps: Sequence[int], _selection: HeadSelection, *, units: Any, token: Any
) -> Rows:
    return _rows(trace, target, steps, replacement(trace, token)[0], units)


def _masking_note(trace: Trace, options: Mapping[str, Any]) -> str | None:
    return join_notes(note_on_units(trace, options), note_on_masking(trace))


def _replacement_note(trace: Trace, options: Mapping[str, Any]) -> str | None:
    token, name = replacement(trace, options["token"])
    stands = f"each input replaced by {name}"
    if token == trace.model.tokenizer.eos_token_id and trace.writes_text:
        stands += ", after which models begin a new text, so a fall may come of that: token= takes another"
    return join_notes(note_on_units(trace, options), stands, _end_note(trace))


def _deletion_note(trace: Trace, options: Mapping[str, Any]) -> str | None:
    return join_notes(note_on_units(trace, options), _end_note(trace))


def _end_note(trace: Trace) -> str | None:
    return "no score (NaN) for the end of the text, at which its class is read" if trace.needs_end else None


def _last_note(trace: Trace, steps: Sequence[int], rows: NDArray[np.floating]) -> str | None:
    """Return a note if the last input has the largest score of most of the *rows* of text that is written, or None."""
    if not trace.writes_text:
        return None
    sizes = np.nan_to_num(np.abs(rows), nan=-1)
    last = [int(size.argmax()) == trace.seen(step) - 1 for size, step in zip(sizes, steps, strict=True)]
    if sum(last) * 2 <= len(last):
        return None
    return "the last token counts most, as without it the text ends elsewhere and the model answers another question"


_SOURCE = "Li et al. 2016 (arXiv:1612.08220)"

LEAVE_ONE_OUT = register(
    Method(
        name="leave_one_out",
        title="Leave one out",
        description="fall of {target} when an input is masked from attention",
        question="need",
        formula="s(x) − s(x with the keys of input or unit j masked in every layer); positions stay",
        cost="one forward pass per input or unit for all steps together, batched",
        source=f"{_SOURCE}; for language models: AttriBoT (arXiv:2411.15102)",
        compute=_masked,
        passes=Passes(each_input=0.4),  # in batches
        distribution="change",
        signed=True,
        needs=("masking",),
        options={"units": "token"},
        together=_together,
        note=_masking_note,
    )
)

LEAVE_ONE_OUT_WORDS = register(
    replace(
        LEAVE_ONE_OUT,
        name="leave_one_out_words",
        title="Leave one out, by word",
        description="fall of {target} when a word is masked from attention, shared by its tokens",
        options={"units": "word"},
    )
)

LEAVE_ONE_OUT_REPLACED = register(
    replace(
        LEAVE_ONE_OUT,
        name="leave_one_out_replaced",
        title="Leave one out, replaced",
        description="fall of {target} when an input is replaced",
        formula="s(x) − s(x with input or unit j replaced by mask, unknown, padding or other tokens)",
        source=_SOURCE,
        compute=_replaced,
        needs=(),
        together=None,
        options={"units": "token", "token": "auto"},
        note=_replacement_note,
    )
)

LEAVE_ONE_OUT_DELETED = register(
    replace(
        LEAVE_ONE_OUT,
        name="leave_one_out_deleted",
        title="Leave one out, deleted",
        description="fall of {target} when an input is deleted",
        formula="s(x) − s(x without input or unit j); later tokens move up",
        source=_SOURCE,
        compute=_deleted,
        needs=(),
        together=None,
        note=_deletion_note,
        note_on_rows=_last_note,
    )
)
