"""Run a model over token ids, with or without a gradient graph."""

from __future__ import annotations

import inspect
import threading
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from attrwidget.models.borrow import borrowed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from transformers import PreTrainedModel


@dataclass
class Segment:
    """A stretch of tokens run with a gradient graph, over the cache of those before it.

    ``leaf`` is float ``[1, length, d]``, the input embeddings, where gradients end. ``hidden`` is ``[1, ≥ rows,
    d]`` at the input of the unembedding, with the body's graph; ``head_input`` is its detached copy, from which
    ``logits`` ``[rows, vocabulary]`` come: the unembedding is left once by a small graph of its own.
    """

    leaf: torch.Tensor
    hidden: torch.Tensor
    head_input: torch.Tensor
    logits: torch.Tensor


def logits_of(hf: PreTrainedModel, ids: torch.Tensor, rows: int, **options: Any) -> torch.Tensor:
    """Return the logits ``[rows, vocabulary]`` of the last *rows* positions of *ids* ``[1, n]``."""
    return run(hf, ids, rows, **options).logits[0, -rows:]  # type: ignore[no-any-return]


def run(hf: PreTrainedModel, ids: torch.Tensor, rows: int, **options: Any) -> Any:
    """Call the model on *ids* ``[b, n]``, asking for the last *rows* positions' logits if it can be asked."""
    if "logits_to_keep" in inspect.signature(hf.forward).parameters:
        options["logits_to_keep"] = rows
    options.setdefault("use_cache", False)
    cache = options.get("past_key_values")
    seen = ids.shape[1] + (cache.get_seq_length() if cache is not None else 0)
    # Nothing is padded, but models warn about a missing mask when a text holds their padding token.
    options.setdefault("attention_mask", ids.new_ones(ids.shape[0], seen))
    return hf(input_ids=ids, return_dict=True, **options)


def run_segment(
    hf: PreTrainedModel,
    ids: torch.Tensor,
    rows: int,
    cache: Any = None,
    attention: str | None = "eager",
    *,
    place: Callable[[torch.Tensor], torch.Tensor] | None = None,
) -> Segment:
    """Run *ids* ``[1, length]`` after *cache* with a gradient graph from the embeddings on.

    *attention* names the implementation; it must be a plain matrix product, because the fused kernels have no
    batched backward. None leaves the model's own, held to its decomposed form. *place* maps the embeddings to those
    that the model is run on instead.
    """
    embeddings: list[torch.Tensor] = []
    heads: list[tuple[torch.Tensor, torch.Tensor]] = []

    def cut_embeddings(_module: Any, _args: Any, output: torch.Tensor) -> torch.Tensor:
        leaf = output.detach() if place is None else place(output.detach()).to(output.dtype)
        leaf.requires_grad_(True)  # noqa: FBT003
        embeddings.append(leaf)
        return leaf * 1  # a copy, for models that write into their embeddings

    def cut_head(_module: Any, args: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
        detached = args[0].detach().requires_grad_(True)  # noqa: FBT003
        heads.append((args[0], detached))
        return (detached, *args[1:])

    with ExitStack() as stack:
        stack.enter_context(borrowed(hf, attention))
        stack.enter_context(torch.enable_grad())
        stack.enter_context(sdpa_kernel(SDPBackend.MATH) if attention is None else nullcontext())
        stack.enter_context(_hooked(hf, cut_embeddings, cut_head))
        options = {} if cache is None else {"past_key_values": cache, "use_cache": True}
        logits = logits_of(hf, ids, rows, **options)
    if len(embeddings) != 1 or len(heads) != 1:
        raise RuntimeError(
            f"expected one embedding and one head call, saw {len(embeddings)} and {len(heads)}"
        )
    hidden, head_input = heads[0]
    return Segment(embeddings[0], hidden, head_input, logits)


@contextmanager
def _hooked(hf: PreTrainedModel, on_embeddings: Any, on_head: Any) -> Iterator[None]:
    """Hook embeddings and head for this thread alone: the user's own cell may run the same model beside us."""
    mine = threading.get_ident()

    def guarded(hook: Any) -> Any:
        return lambda *args: hook(*args) if threading.get_ident() == mine else None

    handles = [
        hf.get_input_embeddings().register_forward_hook(guarded(on_embeddings)),
        hf.get_output_embeddings().register_forward_pre_hook(guarded(on_head)),
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
