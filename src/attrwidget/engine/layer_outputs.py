"""Gradient × hidden state at the output of every block: what each token's state there pushes a score by."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import lock_of
from attrwidget.hf.layers import stacks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from attrwidget.engine.gradients.batched import ScoreFunction
    from attrwidget.engine.trace import Trace


@dataclass
class _Block:
    """Outputs of one block, a part of the text each, and the gradients that the last backward left there."""

    states: list[torch.Tensor] = field(default_factory=list)
    slopes: list[torch.Tensor | None] = field(default_factory=list)

    def keep(self, state: torch.Tensor) -> None:
        at = len(self.states)
        self.states.append(state.detach())
        self.slopes.append(None)

        def heed(slope: torch.Tensor) -> None:
            self.slopes[at] = slope

        state.register_hook(heed)

    def products(self) -> torch.Tensor:
        """Return ``h·g`` of each token, float64; zero where the score does not depend on it."""
        parts = []
        for state, slope in zip(self.states, self.slopes, strict=True):
            product = torch.zeros_like(state) if slope is None else state.double() * slope.double()
            parts.append(product.sum(-1)[0].double().cpu())
        return torch.cat(parts)


def block_names(trace: Trace) -> list[int | str]:
    """Return what the blocks of *trace*'s model are called: by their number, of an encoder–decoder with the side.

    Raises AttrWidgetError for a model whose blocks are not a plain list of modules.
    """
    stacks = _stacks(trace)
    return [f"{side} {at}" if side else at for side, blocks in stacks.items() for at in range(len(blocks))]


def block_products(
    trace: Trace, steps: Sequence[int], score: ScoreFunction
) -> Iterator[tuple[int, torch.Tensor]]:
    """Yield each of *steps* with ``h·∂s/∂h``, float64 ``[1 + blocks, n_inputs]`` on the CPU, *s* its *score*.

    The first row is of the input embeddings, the others of the blocks' outputs; the hidden state *h* and the gradient
    are of the same block (LayerGradientXActivation of Captum, summed over the width). It is NaN where a block has no
    such token: an encoder's blocks have those of the source, a decoder's the others. One backward pass per step.
    """
    stacks = _stacks(trace)
    blocks = [(side, _Block()) for side, stack in stacks.items() for _ in stack]
    modules = [module for stack in stacks.values() for module in stack]

    @contextmanager
    def watching() -> Iterator[None]:
        mine = threading.get_ident()

        def hook_of(block: _Block) -> Any:
            def hook(_module: Any, _args: Any, output: Any) -> None:
                if threading.get_ident() == mine:
                    block.keep(output if isinstance(output, torch.Tensor) else output[0])

            return hook

        handles = [
            module.register_forward_hook(hook_of(block))
            for module, (_, block) in zip(modules, blocks, strict=True)
        ]
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    graph = trace.new_graph(around=watching)
    for step in steps:
        for _, block in blocks:
            block.slopes = [None] * len(block.states)
        rows = torch.full((1 + len(blocks), trace.n_inputs), torch.nan, dtype=torch.float64)
        with lock_of(trace.model.hf):
            ((_, slopes, scales, embeddings),) = graph.gradients([step], score)
        products = (slopes[0].double() * embeddings.double()).sum(-1).cpu()
        rows[0, : len(products)] = products
        for row, (side, block) in zip(rows[1:], blocks, strict=True):
            products = trace.at_inputs(side, block.products())
            row[: len(products)] = products
        yield step, rows * float(scales[0])


def _stacks(trace: Trace) -> dict[str, torch.nn.ModuleList]:
    stacks = stacks_of(trace.model)
    if stacks is None:
        raise AttrWidgetError(f"{trace.model.name} has no plain list of blocks to read one by one.")
    return stacks
