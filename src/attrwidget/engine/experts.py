"""Run a text once, and read which experts of a mixture-of-experts model each token goes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.engine.hooks import hooked
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.layers import blocks_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator

    from attrwidget.engine.trace import Trace
    from attrwidget.hf.adapter import Adapter

_NO_TOKENS = (
    "The experts of layer {} of {} do not take each token of the text with the weights of its experts."
)


@dataclass(frozen=True)
class ExpertLayer:
    """A layer with experts.

    Attributes:
        side: ``"encoder"``, ``"decoder"``, or ``""`` in a model that is neither.
        layer: The layer's index on its side, from 0.
        module: What holds the layer's experts; called with states, experts' indices and their weights.
        count: How many experts it holds; those that every token goes to, beside these, are not counted.
    """

    side: str
    layer: int
    module: torch.nn.Module
    count: int

    @property
    def name(self) -> int | str:
        """The layer as ``Explanation.blocks`` names it."""
        return f"{self.side} {self.layer}" if self.side else self.layer


def expert_layers(model: Adapter) -> list[ExpertLayer]:
    """Return the layers of *model* that have experts; none where its layers are no plain list."""
    return list(_find(model))


def _find(model: Adapter) -> Iterator[ExpertLayer]:
    for side, blocks in (blocks_by_side(model) or {}).items():
        for layer, block in enumerate(blocks):
            for module in block.modules():
                count = getattr(module, "num_experts", None)
                if type(module).__name__.endswith("Experts") and isinstance(count, int):
                    yield ExpertLayer(side, layer, module, count)


def read_experts(trace: Trace, layers: list[ExpertLayer]) -> torch.Tensor:
    """Run the text of *trace* once more and return the weight that each expert's output is added with.

    A model of Transformers calls the experts of a layer with the states, the indices of the experts that each token
    goes to, and their weights: these are read, after whatever its router does to its logits.

    Returns:
        float32 ``[layers, n_inputs, experts]``, 0 where a token does not go to an expert; NaN where a layer does not
        read the token, and beyond the experts of a layer that has fewer than others.

    Raises:
        AttrWidgetError: The experts of a layer are called in another way.
    """
    most = max(layer.count for layer in layers)
    weights = torch.full((len(layers), trace.n_inputs, most), torch.nan)
    calls: list[list[torch.Tensor]] = [[] for _ in layers]

    def keep(calls: list[torch.Tensor], count: int) -> Any:
        return lambda _module, args: calls.append(_by_expert(args, count))

    hooks = [(layer.module, keep(of_one, layer.count)) for layer, of_one in zip(layers, calls, strict=True)]
    with hooked(hooks, before=True):
        trace.logits_again(trace.n_steps - 1)
    for row, layer, of_one in zip(weights, layers, calls, strict=True):
        read = torch.cat(of_one) if of_one else torch.empty(0, layer.count)
        source = trace.n_source
        place = {"encoder": slice(0, source), "decoder": slice(source, None)}.get(layer.side, slice(None))
        rows = row[place, : layer.count]
        if read.shape != rows.shape:
            raise AttrWidgetError(_NO_TOKENS.format(layer.name, trace.model.name))
        rows[:] = read
    return weights


def _by_expert(args: tuple[Any, ...], count: int) -> torch.Tensor:
    """Return the weights ``[tokens, experts]`` of one call; empty where it names no experts."""
    tensors = [arg for arg in args if isinstance(arg, torch.Tensor)]
    if len(tensors) != 3 or tensors[1].is_floating_point():
        return torch.empty(0, count)
    indices, weights = (tensor.detach().cpu() for tensor in tensors[1:])
    weights = weights.float()
    if indices.ndim == 3:  # Switch Transformers: one-hot, with a weight for the one expert
        return indices[:, 0, :].float() * weights
    # GPT-OSS and Mixtral give an expert beyond the last to what goes to none.
    found = torch.zeros(len(indices), count + 1)
    return found.scatter_add_(1, indices.long().clamp(max=count), weights)[:, :count]
