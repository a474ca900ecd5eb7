"""Read attention weights of the layers and heads that are selected, combined by a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.checks import HEAD_RULES, check_choice, check_heads, check_layer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import torch
    from numpy.typing import NDArray

    from attrwidget.engine.attention.recorder import AttentionReader
    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import HeadSelection, Rows

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
    """Combine the selected heads' weights by the selection's rule.

    Args:
        reader: The attention weights.
        rows: Query positions.
        selection: Layers, heads and rule; no heads means all of the layer, or of every layer.
        weigh: Called with a layer, its heads (None for all) and their weights ``[heads, rows, tokens]``; returns what
            to use instead.

    Returns:
        float32 ``[rows, tokens]`` on the CPU.

    Raises:
        AttrWidgetError: A layer, head or rule does not exist.
    """
    import torch

    check_selection(selection, reader.n_layers, reader.n_heads)
    largest, median = selection.rule == "max", selection.rule == "median"
    total, count, parts = None, 0, []
    for layer, heads in _by_layer(reader, selection).items():
        weights = reader.weights(layer, heads, rows)
        weights = weights if weigh is None else weigh(layer, heads, weights)
        if median:
            parts.append(weights.cpu())
            continue
        part = (weights.amax(0) if largest else weights.sum(0)).cpu()
        count += weights.shape[0]
        total = part if total is None else torch.maximum(total, part) if largest else total + part
    if median:
        return torch.from_numpy(np.median(torch.cat(parts).numpy(), axis=0))
    assert total is not None  # noqa: S101 - a selection has at least one layer
    return total / count if selection.rule == "mean" else total


def _by_layer(reader: AttentionReader, selection: HeadSelection) -> dict[int, list[int] | None]:
    """Return the selected heads of each layer, None for all of them."""
    if not selection.heads:
        layers = range(reader.n_layers) if selection.layer is None else [selection.layer]
        return dict.fromkeys(layers)
    found: dict[int, list[int]] = {}
    for layer, head in dict.fromkeys(selection.heads):
        found.setdefault(layer, []).append(head)
    return {**found}


def attention_rows(
    trace: Trace, steps: Sequence[int], selection: HeadSelection, weigh: Weigh | None = None
) -> Rows:
    """Yield steps and their rows of combined weights, see ``combined_weights``."""
    done = 0
    for positions, rows in weight_rows(trace, [trace.position(s) for s in steps], selection, weigh):
        yield list(steps[done : done + len(positions)]), rows
        done += len(positions)


def weight_rows(
    trace: Trace, positions: Sequence[int], selection: HeadSelection, weigh: Weigh | None = None
) -> Iterator[tuple[list[int], NDArray[np.float32]]]:
    """Yield query positions and their rows of combined weights, as many at once as fit in memory."""
    size = max(1, _CHUNK_BYTES // (4 * trace.n_inputs * max(trace.n_heads, 1)))
    for start in range(0, len(positions), size):
        chunk = list(positions[start : start + size])
        weights = combined_weights(trace.attention, chunk, selection, weigh).numpy()
        rows = np.full((len(chunk), trace.n_inputs), np.nan, dtype=np.float32)
        for row, weight, position in zip(rows, weights, chunk, strict=True):
            seen = trace.seen_from(position)
            row[:seen] = weight[:seen]
        yield chunk, rows


def attention_note(trace: Trace, _options: Any) -> str | None:
    """Return a note on which attention is read, for a model whose encoder and decoder both read the inputs."""
    if not trace.decoder_reads_inputs:
        return None
    return "the decoder's attention to the encoder's tokens, where the output is read"
