"""Run a text once, and keep what blocks and heads give out at each of its tokens."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.engine.attention.recorder import RecordedAttention
from attrwidget.engine.hooks import hooked
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.attention_interface import observed_attention, replaced_attention, set_observer
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.hf.layers import blocks_by_side
from attrwidget.hf.model_errors import model_errors

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from attrwidget.hf.adapter import Adapter


@dataclass
class TokenStates:
    """What was kept of one run.

    Attributes:
        states: The output of each block that was asked for, float32 ``[n, d]`` on the CPU, by layer from 0.
        heads: The output of its heads before they are mixed, float32 ``[n, heads, d]``; empty where the model's
            attention cannot be listened to.
        attention: The attention of all layers.
    """

    attention: RecordedAttention
    states: dict[int, torch.Tensor] = field(default_factory=dict)
    heads: dict[int, torch.Tensor] = field(default_factory=dict)


def count_blocks(model: Adapter) -> int:
    """Return how many blocks read a text: those of the encoder, where there are an encoder and a decoder."""
    return len(_blocks(model))


def read_token_states(
    model: Adapter, ids: Sequence[int], types: Sequence[int] | None, layers: Collection[int]
) -> TokenStates:
    """Run *ids*, with token *types* where the model has them, and return what *layers* give out.

    An encoder–decoder's encoder alone is run.

    Raises:
        AttrWidgetError: The model has no plain list of blocks, or their outputs are not by token.
    """
    found = TokenStates(RecordedAttention(len(ids)))
    outputs: list[torch.Tensor] = []

    def attend(run: Any, module: Any, query: Any, key: Any, value: Any, mask: Any, options: Any) -> Any:  # noqa: PLR0917
        result = run(module, query, key, value, mask, **options)
        outputs.append(result[0].detach()[0])
        return result

    blocks = _blocks(model)
    hooks = [(blocks[layer], _keeper(found.states, layer)) for layer in layers]
    with (
        exclusive_use(model.hf, observed_attention(model.hf)),
        torch.no_grad(),
        hooked(hooks),
        replaced_attention(attend),
    ):
        set_observer(found.attention.observe)
        try:
            _run(model, ids, types)
        finally:
            set_observer(None)
    if any(state.ndim != 2 or len(state) != len(ids) for state in found.states.values()):
        raise AttrWidgetError(f"The blocks of {model.name} have no state for each token of the text.")
    if len(outputs) == len(blocks) and all(out.ndim == 3 and len(out) == len(ids) for out in outputs):
        found.heads = {layer: outputs[layer].float().cpu() for layer in layers}
    return found


def _keeper(states: dict[int, torch.Tensor], layer: int) -> Any:
    def keep(_module: Any, _args: Any, output: Any) -> None:
        state = output if isinstance(output, torch.Tensor) else output[0]
        states[layer] = state.detach()[0].float().cpu()

    return keep


def _run(model: Adapter, ids: Sequence[int], types: Sequence[int] | None) -> None:
    """Run the part of the model that reads a text, without its head."""
    body = model.hf.get_encoder() if model.encoder_decoder else model.hf.base_model
    takes = inspect.signature(body.forward).parameters
    row = torch.tensor([list(ids)], device=model.device)
    options: dict[str, Any] = {"attention_mask": torch.ones_like(row), "return_dict": True}
    if types is not None and "token_type_ids" in takes:
        options["token_type_ids"] = torch.tensor([list(types)], device=model.device)
    if "use_cache" in takes:
        options["use_cache"] = False
    with model_errors(model.hf, f"ran {len(ids):,} tokens"):
        body(input_ids=row, **options)


def _blocks(model: Adapter) -> torch.nn.ModuleList:
    lists = blocks_by_side(model)
    if lists is None:
        raise AttrWidgetError(f"{model.name} has no plain list of blocks to read one by one.")
    return next(iter(lists.values()))
