"""Gradient × hidden state at the output of every block."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.engine.hooks import hooked
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import lock_of
from attrwidget.hf.layers import blocks_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from attrwidget.engine.gradients.graph import ScoreFunction
    from attrwidget.engine.trace import Trace

_NO_BLOCKS = "{} has no plain list of blocks to read one by one."
_NOT_TOKENS = "The blocks of {} have no state for each token of the text, so they cannot be shown by token."


@dataclass
class _Block:
    """Outputs of one block, one per segment of the text, and their gradients after the last backward pass."""

    states: list[torch.Tensor] = field(default_factory=list)
    gradients: list[torch.Tensor | None] = field(default_factory=list)

    def keep(self, _module: Any, _args: Any, output: Any) -> None:
        """Keep a block's output: a forward hook."""
        state = output if isinstance(output, torch.Tensor) else output[0]
        state.register_hook(partial(self.gradients.__setitem__, len(self.states)))
        self.states.append(state.detach())
        self.gradients.append(None)

    def products(self) -> torch.Tensor:
        """Return ``h·g`` of each token, float64 on the CPU; zero where the score does not depend on it."""
        parts = []
        for state, gradient in zip(self.states, self.gradients, strict=True):
            product = torch.zeros_like(state) if gradient is None else state.double() * gradient.double()
            parts.append(product.flatten(2).sum(-1)[0].double().cpu())
        return torch.cat(parts)


def block_names(trace: Trace) -> list[int | str]:
    """Return the names of the blocks: their index, after the side (``"encoder 0"``) in an encoder–decoder.

    Raises:
        AttrWidgetError: If the model's blocks are not a plain list of modules.
    """
    lists = _blocks_by_side(trace)
    return [f"{side} {at}" if side else at for side, blocks in lists.items() for at in range(len(blocks))]


def block_products(
    trace: Trace, steps: Sequence[int], score: ScoreFunction
) -> Iterator[tuple[int, torch.Tensor]]:
    """Yield each of *steps* with ``h·∂s/∂h``, the products of its hidden states with their gradients.

    These are Captum's LayerGradientXActivation summed over the hidden size, by one backward pass per step.

    Args:
        trace: The run to read.
        steps: The steps wanted.
        score: The score *s* of a step.

    Yields:
        The step and float64 ``[1 + blocks, n_inputs]`` on the CPU: the first row is of the input embeddings, the others
        of the blocks' outputs. NaN where a block has no such token: an encoder's blocks have those of the source, a
        decoder's the others.
    """
    lists = _blocks_by_side(trace)
    blocks = [(side, _Block()) for side, stack in lists.items() for _ in stack]
    modules = [module for stack in lists.values() for module in stack]
    hooks = [(module, block.keep) for module, (_, block) in zip(modules, blocks, strict=True)]
    graph = trace.new_graph(around=lambda: hooked(hooks))
    for step in steps:
        for _, block in blocks:
            block.gradients[:] = [None] * len(block.states)
        rows = torch.full((1 + len(blocks), trace.n_inputs), torch.nan, dtype=torch.float64)
        with lock_of(trace.model.hf):
            ((_, gradients, scales, embeddings),) = graph.gradients([step], score)
        if not all(block.states for _, block in blocks):
            raise AttrWidgetError(_NO_BLOCKS.format(trace.model.name))
        products = (gradients[0].double() * embeddings.double()).sum(-1).cpu()
        rows[0, : len(products)] = products
        for row, (side, block) in zip(rows[1:], blocks, strict=True):
            products = trace.at_inputs(side, _by_token(trace, side, block.products(), gradients.shape[1]))
            row[: len(products)] = products
        yield step, rows * float(scales[0])


def _by_token(trace: Trace, side: str, products: torch.Tensor, run: int) -> torch.Tensor:
    """Return the *products* of a *side*'s tokens, of *run* in all, without padding that the model adds after them.

    Raises:
        AttrWidgetError: The block's positions are not the text's tokens.
    """
    count = {"encoder": trace.n_source or run, "decoder": run - trace.n_source}.get(side, run)
    if len(products) < count or bool(products[count:].any()):
        raise AttrWidgetError(_NOT_TOKENS.format(trace.model.name))
    return products[:count]


def _blocks_by_side(trace: Trace) -> dict[str, torch.nn.ModuleList]:
    lists = blocks_by_side(trace.model)
    if lists is None:
        raise AttrWidgetError(_NO_BLOCKS.format(trace.model.name))
    return lists
