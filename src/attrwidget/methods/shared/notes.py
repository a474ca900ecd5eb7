"""Write notes for the footer that several methods share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.methods.request.units import units_of
from attrwidget.methods.shared.masked_coalitions import always_kept

if TYPE_CHECKING:
    from collections.abc import Mapping

    from attrwidget.engine.trace import Trace


def join_notes(*sentences: str | None) -> str | None:
    """Return the *sentences* that are not None as one, or None."""
    return ", ".join(sentence for sentence in sentences if sentence) or None


def note_on_units(trace: Trace, options: Mapping[str, Any]) -> str | None:
    """Return a note on the number of units and how tokens share their scores, unless each token is a unit."""
    which = options["units"]
    if isinstance(which, str) and which == "token":
        return None
    name = which if isinstance(which, str) else "span"
    count = len(units_of(trace, which))
    return f"{count} {name}{'s' if count > 1 else ''}, each score shared evenly by the {name}'s tokens"


def note_on_masking(trace: Trace) -> str | None:
    """Return a note on what a mask does to this model besides hiding inputs, or None."""
    if trace.capabilities.masking == "moves":
        return (
            f"{trace.model.name} counts positions by the mask, so tokens after a masked one move up by one."
        )
    if trace.decoder_reads_inputs:
        return "in the decoder, padding replaces masked tokens"
    if trace.sees_own_token:
        return "the output at a token still reads that token when it is masked"
    return None


def note_on_coalitions(trace: Trace, options: Mapping[str, Any]) -> str | None:
    """Return a note on which units are masked and which inputs never are."""
    kept = "special tokens always stay"
    if 0 in always_kept(trace) and not trace.tokens.special[0]:
        kept = "the first token always stays"
    return join_notes(note_on_units(trace, options), kept, note_on_masking(trace))
