"""Leave one out: how much the score falls when an input is taken away. The three ways of taking it away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.methods.registry import Method, register
from attrwidget.methods.request.units import note_on_units, units_of
from attrwidget.methods.shared.one_at_a_time import LeftOut, left_out_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import torch

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.registry import HeadSelection, Rows
    from attrwidget.methods.request.targets import Target

_ROWS = 64  # rows of logits turned to float64 at a time
_WHICH = ("auto", "mask", "pad", "unknown")


def scores_of(target: Target, logits: torch.Tensor) -> torch.Tensor:
    """Return the target's scores of all steps, float64 ``[steps]`` on the CPU, from *logits* ``[steps, outputs]``."""
    import torch

    steps = range(len(logits))
    parts = [
        target(logits[i : i + _ROWS].double(), steps[i : i + _ROWS]).cpu()
        for i in range(0, len(logits), _ROWS)
    ]
    return torch.cat(parts) if parts else torch.empty(0, dtype=torch.float64)


def _left_out(trace: Trace, target: Target, steps: Sequence[int], change: str | int, which: Any) -> Rows:
    units = units_of(trace, which)

    def make() -> LeftOut:
        return LeftOut(
            trace,
            units,
            trace.perturber(change),
            read=lambda logits: scores_of(target, logits),
            compare=lambda whole, changed: whole - changed,
        )

    return left_out_rows(trace, ("leave_one_out", change, target, tuple(units)), make, steps)


def _masked(
    trace: Trace, target: Target, steps: Sequence[int], _selection: HeadSelection, *, units: Any
) -> Rows:
    return _left_out(trace, target, steps, "mask", units)


def _deleted(
    trace: Trace, target: Target, steps: Sequence[int], _selection: HeadSelection, *, units: Any
) -> Rows:
    return _left_out(trace, target, steps, "delete", units)


def _replaced(
    trace: Trace, target: Target, steps: Sequence[int], _selection: HeadSelection, *, units: Any, token: Any
) -> Rows:
    return _left_out(trace, target, steps, replacement(trace, token)[0], units)


def replacement(trace: Trace, token: Any) -> tuple[int, str]:
    """Return the id of the token that stands for nothing, and what it is called.

    *token* is a token id, or ``"mask"``, ``"unknown"`` or ``"pad"``: the tokenizer's; ``"auto"`` takes the first of
    these that it has, else the token that ends a text. Raises AttrWidgetError for one that it has not.
    """
    tokenizer, last = trace.model.tokenizer, trace.model.vocabulary - 1
    special = {
        "mask": tokenizer.mask_token_id,
        "unknown": tokenizer.unk_token_id,
        "pad": tokenizer.pad_token_id,
        "end": tokenizer.eos_token_id,
    }
    if isinstance(token, int) and not isinstance(token, bool):
        if not 0 <= token <= last:
            raise AttrWidgetError(f"Token id {token} does not exist: this model's ids go from 0 to {last}.")
        return token, f"token {token}"
    if token not in _WHICH:
        raise AttrWidgetError(f"token must be {', '.join(map(repr, _WHICH))} or a token id, not {token!r}.")
    for name in special if token == "auto" else [token]:  # noqa: S105 - a token of text
        found = special[name]
        if isinstance(found, int) and found <= last:
            return found, f"the {name} token {tokenizer.convert_ids_to_tokens(found)!r}"
    raise AttrWidgetError(
        f"This tokenizer has no {token} token: give the id of another with token=, or leave tokens out by mask."
    )


def masking_note(trace: Trace) -> str | None:
    """Say what a mask does beside hiding inputs, where it does."""
    if trace.capabilities.masking == "moves":
        return (
            f"{trace.model.name} counts positions by the mask, so tokens after a masked one move up by one."
        )
    if trace.model.encoder_decoder and not trace.n_source:
        return "in the decoder padding stands in place of what is masked"
    if trace.task in ("token-classification", "question-answering"):
        return "what is said at a token still reads that token itself when it is masked"
    return None


def _masking_note(trace: Trace, options: Mapping[str, Any]) -> str | None:
    return joined(note_on_units(trace, options), masking_note(trace))


def _replacement_note(trace: Trace, options: Mapping[str, Any]) -> str | None:
    stands = replacement(trace, options["token"])[1]
    return joined(note_on_units(trace, options), f"each input replaced by {stands}", _end_note(trace))


def _deletion_note(trace: Trace, options: Mapping[str, Any]) -> str | None:
    return joined(note_on_units(trace, options), _end_note(trace))


def _end_note(trace: Trace) -> str | None:
    return "no score (NaN) for the end of the text, at which its class is read" if trace.needs_end else None


def joined(*sentences: str | None) -> str | None:
    """Return the *sentences* there are as one, or None."""
    return ", ".join(sentence for sentence in sentences if sentence) or None


_COST = "one forward pass per input or unit for all steps together, batched"
_SOURCE = "Li et al. 2016 (arXiv:1612.08220)"

LEAVE_ONE_OUT = register(
    Method(
        name="leave_one_out",
        title="Leave one out",
        description="fall of {target} when an input is masked from attention",
        formula="s(x) − s(x with the keys of input or unit j masked in every layer); positions stay",
        cost=_COST,
        source=f"{_SOURCE}; for language models: AttriBoT (arXiv:2411.15102)",
        compute=_masked,
        distribution="change",
        signed=True,
        needs=("masking",),
        options={"units": "token"},
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
    Method(
        name="leave_one_out_replaced",
        title="Leave one out, replaced",
        description="fall of {target} when an input is replaced",
        formula="s(x) − s(x with input or unit j replaced by mask, unknown, padding or other tokens)",
        cost=_COST,
        source=_SOURCE,
        compute=_replaced,
        distribution="change",
        signed=True,
        needs=(),
        options={"units": "token", "token": "auto"},
        note=_replacement_note,
    )
)

LEAVE_ONE_OUT_DELETED = register(
    Method(
        name="leave_one_out_deleted",
        title="Leave one out, deleted",
        description="fall of {target} when an input is deleted",
        formula="s(x) − s(x without input or unit j); later tokens move up",
        cost=_COST,
        source=_SOURCE,
        compute=_deleted,
        distribution="change",
        signed=True,
        needs=(),
        options={"units": "token"},
        note=_deletion_note,
    )
)
