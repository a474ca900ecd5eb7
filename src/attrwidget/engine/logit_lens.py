"""What each layer would predict: its output put through the model's own way from the last layer to the logits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import exclusive_use

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from attrwidget.hf.adapter import Adapter

_BYTES = 256 << 20  # of the logits of the layers read at once


@dataclass(frozen=True)
class LensReading:
    """What every layer predicts at each step, arrays ``[layers, steps]``: its likeliest token, and probabilities."""

    top: torch.Tensor
    probability: torch.Tensor
    chosen: torch.Tensor


def read_layers(model: Adapter, run: Callable[[], torch.Tensor], targets: Sequence[int]) -> LensReading:
    """Read every layer of a text at each step; *run* runs *model* on it for logits ``[b, steps, vocabulary]``.

    Raises AttrWidgetError when the model has no list of layers whose last leads to its logits.
    """
    layers, rows = _layers(model), len(targets)
    outputs: list[torch.Tensor] = []
    handles = [
        layer.register_forward_hook(lambda _m, _a, out: outputs.append(_first(out))) for layer in layers
    ]
    try:
        with exclusive_use(model.hf), torch.no_grad():
            own = run()[0]
    finally:
        for handle in handles:
            handle.remove()
    if len(outputs) != len(layers):
        raise AttrWidgetError(_refusal(model))
    size = max(1, _BYTES // (4 * rows * own.shape[-1]))
    parts = []
    for start in range(0, len(layers), size):
        states = [output.to(outputs[-1].device) for output in outputs[start : start + size]]
        logits = _from_last(model, run, torch.cat(states))
        if start + size >= len(layers) and not _same(logits[-1], own):
            raise AttrWidgetError(_refusal(model))
        parts.append(_read(logits, torch.as_tensor(list(targets), device=logits.device)))
    return LensReading(*(torch.cat(part).cpu() for part in zip(*parts, strict=True)))


def _from_last(model: Adapter, run: Callable[[], torch.Tensor], states: torch.Tensor) -> torch.Tensor:
    """Return logits ``[k, steps, vocabulary]`` of *states* ``[k, n, d]`` taken for the last layer's output."""

    def replace(_module: Any, _args: Any, output: Any) -> Any:
        return states if isinstance(output, torch.Tensor) else (states, *output[1:])

    handle = _layers(model)[-1].register_forward_hook(replace)
    try:
        with exclusive_use(model.hf), torch.no_grad():
            return run()
    finally:
        handle.remove()


def _read(logits: torch.Tensor, targets: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    found = []
    for layer in logits:
        probability = layer.double().softmax(-1)
        best = probability.max(-1)
        found.append((best.indices, best.values, probability.gather(-1, targets[:, None])[:, 0]))
    top, most, chosen = (torch.stack(column) for column in zip(*found, strict=True))
    return top, most, chosen


def _layers(model: Adapter) -> torch.nn.ModuleList:
    wanted = getattr(model.text_config, "num_hidden_layers", None)
    for module in model.hf.modules():
        if isinstance(module, torch.nn.ModuleList) and len(module) == wanted:
            return module
    raise AttrWidgetError(_refusal(model))


def _first(output: Any) -> torch.Tensor:
    return output if isinstance(output, torch.Tensor) else output[0]


def _same(one: torch.Tensor, other: torch.Tensor) -> bool:
    tolerance = 1e-4 if one.dtype in (torch.float32, torch.float64) else 5e-2
    finite = torch.isfinite(other)
    return bool((one - other)[finite].abs().max() <= tolerance * other[finite].abs().max().clamp_min(1e-12))


def _refusal(model: Adapter) -> str:
    return f"{model.name} has no plain list of layers to read one by one, so there is no logit lens of it."
