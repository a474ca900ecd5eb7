"""Gradient checkpointing: blocks keep only their input, and are run again in the backward pass."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

from torch.utils.checkpoint import checkpoint

from attrwidget.hf.layers import blocks_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from attrwidget.hf.adapter import Adapter


def can_checkpoint(model: Adapter) -> bool:
    """Return whether *model* has lists of blocks to checkpoint."""
    return blocks_by_side(model) is not None


@contextmanager
def checkpointed(model: Adapter, again: Callable[[], AbstractContextManager[Any]]) -> Iterator[None]:
    """Let each block of *model* that runs inside keep only its input (Chen et al. 2016, arXiv:1604.06174).

    The numbers are exactly the same. *again* makes the context in which a block is run again, in any thread; it must
    set the model up as it is now.
    """
    blocks = [block for stack in (blocks_by_side(model) or {}).values() for block in stack]
    before = [{k: v for k, v in vars(block).items() if k == "forward"} for block in blocks]
    for block in blocks:
        block.forward = partial(
            checkpoint,
            block.forward,
            use_reentrant=False,
            preserve_rng_state=False,
            context_fn=lambda: (nullcontext(), _FreshContext(again)),
        )
    try:
        yield
    finally:
        for block, own in zip(blocks, before, strict=True):
            del block.forward
            vars(block).update(own)


class _FreshContext:
    """A context that is made anew on each entry, because a graph has several backward passes."""

    def __init__(self, make: Callable[[], AbstractContextManager[Any]]) -> None:
        self._make = make
        self._entered: list[AbstractContextManager[Any]] = []

    def __enter__(self) -> None:
        context = self._make()
        context.__enter__()
        self._entered.append(context)

    def __exit__(self, *error: object) -> bool | None:
        return self._entered.pop().__exit__(*error)  # type: ignore[arg-type]
