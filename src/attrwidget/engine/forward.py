"""Run a model over token ids, with or without a gradient graph."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from attrwidget.engine.hooks import hooked
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.hf.internals.cache import cache_options
from attrwidget.hf.internals.modules import takes
from attrwidget.hf.model_errors import model_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from transformers import PreTrainedModel


@dataclass
class Segment:
    """A run of consecutive tokens with a gradient graph, over the cache of the tokens before them.

    Attributes:
        leaf: float ``[b, length, d]``, the input embeddings, where gradients end.
        hidden: ``[b, ≥ rows, d]``, the LM head's input, with the graph of the body.
        head_input: Detached copy of ``hidden``, so that the LM head has a small graph of its own.
        logits: ``[b, rows, vocabulary]``, with the graph of the LM head.
    """

    leaf: torch.Tensor
    hidden: torch.Tensor
    head_input: torch.Tensor
    logits: torch.Tensor


def logits_of(hf: PreTrainedModel, ids: torch.Tensor, rows: int, **options: Any) -> torch.Tensor:
    """Run *ids* ``[1, n]`` and return the logits ``[rows, vocabulary]`` of the last *rows* positions."""
    return run(hf, ids, rows, **options).logits[0, -rows:]  # type: ignore[no-any-return]


def run(hf: PreTrainedModel, ids: torch.Tensor, rows: int, *, cache: Any = None, **options: Any) -> Any:
    """Call the model on *ids* ``[b, n]``; compute logits of the last *rows* positions only, if the model can.

    If *options* hold ``encoder_outputs`` (see ``encode``), *ids* are the decoder's.
    """
    if "logits_to_keep" in takes(hf):
        options["logits_to_keep"] = rows
    options |= cache_options(hf, cache)
    options.setdefault("use_cache", False)
    seen = ids.shape[1] + (cache.get_seq_length() if cache is not None else 0)
    side = "decoder_" if "encoder_outputs" in options else ""
    if not side:
        # Nothing is padded, but without a mask models warn when a text contains their padding token. A decoder may
        # start with it, and T5Gemma's does not read it there.
        options.setdefault("attention_mask", ids.new_ones(ids.shape[0], seen))
    with model_errors(hf, f"ran {ids.shape[1]:,} tokens"):
        return hf(return_dict=True, **{f"{side}input_ids": ids}, **options)


def encode(hf: PreTrainedModel, ids: torch.Tensor, mask: torch.Tensor | None = None) -> dict[str, Any]:
    """Run the encoder on *ids* ``[b, n]`` and return the options with which ``run`` runs the decoder."""
    mask = torch.ones_like(ids) if mask is None else mask
    with model_errors(hf, f"encoded {ids.shape[1]:,} tokens"):
        states = hf.get_encoder()(input_ids=ids, attention_mask=mask, return_dict=True)
    return {"encoder_outputs": states, "attention_mask": mask}


def run_segment(
    hf: PreTrainedModel,
    ids: torch.Tensor,
    rows: int,
    cache: Any = None,
    attention: str | None = "eager",
    *,
    replace_embeddings: Callable[[torch.Tensor], torch.Tensor] | None = None,
    context: Mapping[str, Any] | None = None,
) -> Segment:
    """Run *ids* ``[b, length]`` after *cache* with a gradient graph that starts at the embeddings.

    Args:
        hf: The model.
        ids: int64 ``[b, length]``.
        rows: How many of the last positions' logits are wanted.
        cache: The cache of the earlier tokens, with its graph, or None.
        attention: An implementation made of plain matrix products, because fused kernels have no batched backward;
            None means the model's own, held to its decomposed form.
        replace_embeddings: Maps the embeddings to those that the model is run on instead.
        context: Other options of the model: a mask, positions, what a decoder reads besides *ids* (see
            ``run_encoder``).
    """
    heads: list[tuple[torch.Tensor, torch.Tensor]] = []

    def cut_head(_module: Any, args: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
        if args[0].ndim != 3:
            raise RuntimeError("its LM head reads several states of each token")
        detached = args[0].detach().requires_grad_(True)  # noqa: FBT003
        heads.append((args[0], detached))
        return (detached, *args[1:])

    body = hf.get_decoder() if context and "encoder_outputs" in context else hf
    with (
        differentiable(hf, attention),
        leaves_of(body, replace_embeddings, ids.shape[1]) as leaves,
        hooked([(hf.get_output_embeddings(), cut_head)], before=True),
    ):
        logits = run(hf, ids, rows, cache=cache, **(context or {})).logits[:, -rows:]
    if len(leaves) != 1 or len(heads) != 1:
        raise RuntimeError(f"expected one embedding and one head call, saw {len(leaves)} and {len(heads)}")
    hidden, head_input = heads[0]
    return Segment(leaves[0], hidden, head_input, logits)


def run_encoder(
    hf: PreTrainedModel,
    ids: torch.Tensor,
    attention: str | None = "eager",
    *,
    replace_embeddings: Callable[[torch.Tensor], torch.Tensor] | None = None,
    mask: torch.Tensor | None = None,
) -> tuple[torch.Tensor, dict[str, Any]]:
    """Run the encoder on *ids* ``[b, n]`` with a gradient graph.

    *attention* and *replace_embeddings* are as in ``run_segment``, *mask* as in ``encode``.

    Returns:
        The input embeddings ``[b, n, d]``, where gradients end, and the options for the decoder (see ``encode``).
    """
    with (
        differentiable(hf, attention),
        leaves_of(hf.get_encoder(), replace_embeddings, ids.shape[1]) as leaves,
    ):
        context = encode(hf, ids, mask)
    if len(leaves) != 1:
        raise RuntimeError(f"expected one embedding call in the encoder, saw {len(leaves)}")
    return leaves[0], context


@contextmanager
def differentiable(hf: PreTrainedModel, attention: str | None) -> Iterator[None]:
    """Use *hf* exclusively with gradients on, under an *attention* whose backward can be batched; None: its own."""
    math = sdpa_kernel(SDPBackend.MATH) if attention is None else nullcontext()
    with exclusive_use(hf, attention), torch.enable_grad(), math:
        yield


@contextmanager
def leaves_of(
    body: PreTrainedModel, replace_embeddings: Callable[[torch.Tensor], torch.Tensor] | None, length: int
) -> Iterator[list[Any]]:
    """Cut the graph at the input embeddings of *body* inside the block; yield a list that collects the leaves.

    A leaf has the text's *length* tokens; padding that the model adds after them stays as it is.
    """
    leaves: list[torch.Tensor] = []

    def cut(_module: Any, _args: Any, output: torch.Tensor) -> torch.Tensor:
        own, padding = output.detach()[:, :length], output.detach()[:, length:]
        leaf = own if replace_embeddings is None else replace_embeddings(own).to(output.dtype)
        leaf.requires_grad_(True)  # noqa: FBT003
        leaves.append(leaf)
        return torch.cat([leaf, padding], dim=1)  # a copy, for models that write into their embeddings

    with hooked([(body.get_input_embeddings(), cut)]):
        yield leaves
