"""Attention: how much of its view the model gives to each input when it predicts a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.checks import HEAD_RULES, check_choice, check_heads, check_layer
from attrwidget.methods.registry import HeadSelection, Method, register

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import torch
    from numpy.typing import NDArray

    from attrwidget.engine.attention.recorder import AttentionReader
    from attrwidget.engine.trace import Trace
    from attrwidget.methods.registry import Rows
    from attrwidget.methods.request.targets import Target

    Weigh = Callable[[int, list[int] | None, torch.Tensor], torch.Tensor]

_CHUNK_BYTES = 64 << 20


def check_selection(selection: HeadSelection, n_layers: int, n_heads: int) -> None:
    """Raise AttrWidgetError unless *selection* names existing layers and heads and a known rule."""
    check_choice(selection.rule, "head_rule", HEAD_RULES)
    if selection.layer is not None:
        check_layer(selection.layer, n_layers)
    check_heads(selection.heads, n_layers, n_heads)


def combined_weights(
    reader: AttentionReader, rows: Sequence[int], selection: HeadSelection, weigh: Weigh | None = None
) -> torch.Tensor:
    """Return float32 ``[rows, tokens]``: the selected heads' weights at query positions *rows*, made one by the rule.

    No heads selected means all of the layer, or of every layer. *weigh* is called with a layer, its heads (None for
    all) and their weights ``[heads, rows, tokens]``, and returns what is to stand for them.
    """
    import torch

    check_selection(selection, reader.n_layers, reader.n_heads)
    by_layer: dict[int, list[int] | None] = {}
    if selection.heads:
        for layer, head in dict.fromkeys(selection.heads):
            by_layer.setdefault(layer, []).append(head)  # type: ignore[union-attr]
    else:
        layers = range(reader.n_layers) if selection.layer is None else [selection.layer]
        by_layer = dict.fromkeys(layers)
    total, count = None, 0
    every = []
    for layer, heads in by_layer.items():
        weights = reader.weights(layer, heads, rows)
        weights = weights if weigh is None else weigh(layer, heads, weights)
        if selection.rule == "median":
            every.append(weights.cpu())
            continue
        part = weights.amax(0) if selection.rule == "max" else weights.sum(0)
        part = part.to("cpu")
        count += weights.shape[0]
        total = (
            part if total is None else torch.maximum(total, part) if selection.rule == "max" else total + part
        )
    if every:
        return torch.from_numpy(np.median(torch.cat(every).numpy(), axis=0))
    assert total is not None  # noqa: S101 - by_layer is never empty
    return total / count if selection.rule == "mean" else total


def attention_rows(
    trace: Trace, steps: Sequence[int], selection: HeadSelection, weigh: Weigh | None = None
) -> Rows:
    """Yield rows of combined weights of *steps*, see ``weight_rows``."""
    done = 0
    for positions, rows in weight_rows(trace, [trace.position(s) for s in steps], selection, weigh):
        yield list(steps[done : done + len(positions)]), rows
        done += len(positions)


def weight_rows(
    trace: Trace, positions: Sequence[int], selection: HeadSelection, weigh: Weigh | None = None
) -> Iterator[tuple[list[int], NDArray[np.float32]]]:
    """Yield query positions and their rows of combined weights, see ``combined_weights``, as many as fit in memory."""
    size = max(1, _CHUNK_BYTES // (4 * trace.n_inputs * max(trace.n_heads, 1)))
    for start in range(0, len(positions), size):
        chunk = list(positions[start : start + size])
        weights = combined_weights(trace.attention, chunk, selection, weigh).numpy()
        rows = np.full((len(chunk), trace.n_inputs), np.nan, dtype=np.float32)
        for row, weight, position in zip(rows, weights, chunk, strict=True):
            seen = trace.seen_from(position)
            row[:seen] = weight[:seen]
        yield chunk, rows


def _compute(trace: Trace, _target: Target, steps: Sequence[int], selection: HeadSelection) -> Rows:
    return attention_rows(trace, steps, selection)


def attention_note(trace: Trace, _options: Any) -> str | None:
    """Say which of a model's attentions is read, where a decoder reads the text that its encoder reads."""
    if not trace.model.encoder_decoder or trace.n_source:
        return None
    return "the decoder's attention to the encoder's tokens, where the output is read"


ATTENTION = register(
    Method(
        name="attention",
        title="Attention",
        description="attention",
        formula="softmax(q·kᵀ·scale + mask), of any heads, made one by their mean, sum, max or median",
        cost="one small matrix product per layer",
        source="Vaswani et al. 2017 (arXiv:1706.03762); what attention is not: Jain & Wallace 2019 (arXiv:1902.10186)",
        compute=_compute,
        attention=True,
        target_function=None,
        needs=("attention",),
        note=attention_note,
    )
)
