"""A gradient graph that fits in memory: blocks keep what goes into them, and are run again on the way back."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch.utils.checkpoint import checkpoint

from attrwidget.hf.layers import stacks_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from attrwidget.hf.adapter import Adapter

_SHARE = 0.5  # of the memory that is free, unless the user gives a budget


def graph_bytes(model: Adapter, tokens: int) -> int:
    """Return about how many bytes the gradient graph of a text takes, rather more than less.

    Measured of GPT-2, Llama, GPT-NeoX and Gemma-2: per token and layer, some twelve times the width, three times the
    widest layer, and a weight for each head and token before it, all in the model's precision.
    """
    config = model.text_config
    width = int(config.hidden_size)
    wide = getattr(config, "intermediate_size", None) or 4 * width
    wide = int(max(wide) if isinstance(wide, list | tuple) else wide)
    heads = int(getattr(config, "num_attention_heads", 0) or 0)
    layers = int(getattr(config, "num_hidden_layers", 1) or 1)
    return model.hf.dtype.itemsize * layers * tokens * (12 * width + 3 * wide + heads * tokens)


def budget_of(model: Adapter) -> int:
    """Return how many bytes a gradient graph may take: what the user said, or half of what is free."""
    if model.memory_budget is not None:
        return model.memory_budget
    if model.device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(model.device)
        # What torch holds and does not use is free to it, too.
        held = torch.cuda.memory_reserved(model.device) - torch.cuda.memory_allocated(model.device)
        return int(_SHARE * (free + held))
    import psutil

    return int(_SHARE * psutil.virtual_memory().available)


def can_checkpoint(model: Adapter) -> bool:
    """Say whether *model*'s blocks can be run one by one."""
    return stacks_of(model) is not None


@contextmanager
def checkpointed(model: Adapter, again: Callable[[], AbstractContextManager[Any]]) -> Iterator[None]:
    """Let each block of *model*, run meanwhile, keep its input alone, to be run again in a backward pass.

    Numbers are exactly the same (Chen et al. 2016, arXiv:1604.06174). *again* gives the context that blocks are run in
    when they are run again, in whatever thread; the model must then be as it is now.
    """
    blocks = [block for stack in (stacks_of(model) or {}).values() for block in stack]
    before = [{k: v for k, v in vars(block).items() if k == "forward"} for block in blocks]
    for block in blocks:
        block.forward = partial(
            checkpoint,
            block.forward,
            use_reentrant=False,
            preserve_rng_state=False,
            context_fn=lambda: (nullcontext(), _Anew(again)),
        )
    try:
        yield
    finally:
        for block, own in zip(blocks, before, strict=True):
            del block.forward
            vars(block).update(own)


class _Anew:
    """A context that is made each time that it is entered: a graph is gone back through more than once."""

    def __init__(self, make: Callable[[], AbstractContextManager[Any]]) -> None:
        self._make = make
        self._entered: list[AbstractContextManager[Any]] = []

    def __enter__(self) -> None:
        context = self._make()
        context.__enter__()
        self._entered.append(context)

    def __exit__(self, *error: object) -> bool | None:
        return self._entered.pop().__exit__(*error)  # type: ignore[arg-type]
