"""Read a part of the attention: of all tokens, from one text to another, of the encoder, the decoder, or across."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import pandas as pd

from attrwidget.errors import AttrWidgetError
from attrwidget.methods.shared.attention_weights import combined_weights
from attrwidget.results.arguments import require_source
from attrwidget.tables import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from attrwidget.engine.attention.joint import JointAttention
    from attrwidget.engine.attention.recorder import AttentionReader
    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection

ANSWER = "answer"
_OF_DECODER = ("cross", "decoder")


class AttentionPart(NamedTuple):
    """The attention of some tokens to some tokens.

    Attributes:
        name: The name that ``part=`` takes.
        title: The name in menus.
        rows: The tokens that read; of steps, those that are written there.
        columns: The tokens that are read.
        heads: How many layers it has, and how many heads each.
        of_steps: Each row is a step.
    """

    name: str
    title: str
    rows: range
    columns: range
    heads: tuple[int, int]
    of_steps: bool = False


def parts_of(trace: Trace) -> dict[str, AttentionPart]:
    """Return the parts of a trace's attention by name, the one shown first before others; none without attention."""
    if not trace.n_layers:
        return {}
    steps = range(trace.first_step, trace.first_step + trace.n_steps)
    source, target = range(trace.n_source), range(trace.n_source, trace.n_inputs)
    every = range(trace.n_inputs)
    noun = trace.step_noun[1] if trace.first_step == trace.n_inputs else ANSWER
    size = (trace.n_layers, trace.n_heads)
    answer = AttentionPart(ANSWER, f"the {noun}", steps, every, size, of_steps=True)
    whole = AttentionPart("all", "all tokens", every, every, size)
    if trace.n_source:
        found = [
            answer,
            AttentionPart("cross", "cross", steps, source, size, of_steps=True),
            AttentionPart("decoder", "decoder", steps, target, size, of_steps=True),
        ]
        joint = cast("JointAttention", trace.attention)
        if joint.encoder_note is None:
            own = (joint.encoder.n_layers, joint.encoder.n_heads)
            found.append(AttentionPart("encoder", "encoder", source, source, own))
    elif trace.writes_text:
        found = [answer, whole]
    elif getattr(trace.model, "encoder_decoder", False):
        found = [answer]
    else:
        found = [whole, *_pairs(trace), answer]
    return {part.name: part for part in found}


def _pairs(trace: Trace) -> list[AttentionPart]:
    """Return the parts from one of two texts to one of them; none of a single text."""
    texts = trace.sections[:-1]
    if len(texts) != 2:
        return []
    sides = {"A": range(texts[0].start, texts[0].end), "B": range(texts[1].start, texts[1].end)}
    size = (trace.n_layers, trace.n_heads)
    return [AttentionPart(a + b, f"{a}→{b}", sides[a], sides[b], size) for a in sides for b in sides]


def find_part(trace: Trace, name: str) -> AttentionPart:
    """Return the part called *name*; raise AttrWidgetError if there is none."""
    parts = parts_of(trace)
    if name in parts:
        return parts[name]
    if not parts:
        raise AttrWidgetError(trace.capabilities.attention_note or "This model shows no attention.")
    if name == "encoder" and trace.n_source:
        raise AttrWidgetError(cast("JointAttention", trace.attention).encoder_note)
    if len(parts) == 1:
        require_source(trace.n_source, trace.model.name, "part")
    raise AttrWidgetError(f"There is no part {name!r} of the attention: take one of {', '.join(parts)}.")


def part_weights(
    trace: Trace, part: AttentionPart, layer: int, heads: Sequence[int] | None, rows: Sequence[int]
) -> NDArray[np.float32]:
    """Return the weights of some *rows* of *part*, counted from its first, float32 ``[heads, rows, columns]``.

    They are NaN where a token came later.
    """
    reader, at, columns = place_of(trace, part, rows)
    weights = reader.weights(layer, heads, at)[..., columns.start : columns.stop].cpu().float().numpy()
    return _as_seen(trace, part, at, weights)


def place_of(
    trace: Trace, part: AttentionPart, rows: Sequence[int]
) -> tuple[AttentionReader, list[int], range]:
    """Return the reader of *part*, and where some of its *rows* and all its columns stand in that reader."""
    tokens = [part.rows[row] for row in rows]
    at = [trace.position(token - trace.first_step) if part.of_steps else token for token in tokens]
    if part.name not in _OF_DECODER:
        whole = cast("JointAttention", trace.attention)
        return whole.part("encoder") if part.name == "encoder" else trace.attention, at, part.columns
    reader = cast("JointAttention", trace.attention).part(part.name)
    return reader, [row - trace.n_source for row in at], range(len(part.columns))


def part_table(trace: Trace, name: str, selection: HeadSelection, *, steps_only: bool) -> pd.DataFrame:
    """Return the weights of the part called *name*, float32 ``[rows, columns]``, labelled by token.

    With *steps_only*, a row of the decoder is labelled by the token that it predicts, else by the token at its
    position. Weights are NaN where a token came later. Raises AttrWidgetError for parts, layers and heads that do not
    exist.
    """
    part, labels = find_part(trace, name), trace.tokens.labels
    if part.of_steps and not steps_only:
        part = part._replace(rows=range(trace.n_source, trace.n_inputs), of_steps=False)
    reader, at, columns = place_of(trace, part, range(len(part.rows)))
    weights = combined_weights(reader, at, selection).numpy()[:, columns.start : columns.stop]
    rows = pd.Index([labels[i] for i in part.rows], name="step" if part.of_steps else "token")
    inputs = pd.Index([labels[i] for i in part.columns], name="input")
    return Table(_as_seen(trace, part, at, weights), index=rows, columns=inputs)


def _as_seen(
    trace: Trace, part: AttentionPart, at: Sequence[int], weights: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return *weights* ``[…, rows, columns]``, NaN where a token came later."""
    if part.name in ("cross", "encoder"):
        return weights
    for k, row in enumerate(at):
        seen = row + 1 if part.name == "decoder" else trace.seen_from(row) - part.columns.start
        weights[..., k, max(0, seen) :] = np.nan
    return weights
