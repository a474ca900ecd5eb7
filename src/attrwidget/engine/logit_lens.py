"""The logit lens: each layer's output put through the model's own final norm and LM head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.engine.compare import same
from attrwidget.engine.hooks import hooked
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.hf.model_errors import RAISED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from attrwidget.hf.adapter import Adapter

_BYTES = 256 << 20  # of the logits of one batch of layers


@dataclass(frozen=True)
class LensReading:
    """The predictions of every layer at each step, arrays ``[layers, steps]``.

    Attributes:
        top: The id of the likeliest token.
        probability: Its probability, float64.
        chosen: The probability of the token that the step is about, float64.
    """

    top: torch.Tensor
    probability: torch.Tensor
    chosen: torch.Tensor


def read_layers(model: Adapter, run: Callable[[], torch.Tensor], targets: Sequence[int]) -> LensReading:
    """Return what every layer predicts at each step.

    Args:
        model: The adapter of the model.
        run: Runs the model on the text and returns logits ``[b, steps, vocabulary]``.
        targets: The token id at each step.

    Raises:
        AttrWidgetError: If the model has no list of layers whose last leads to its logits.
    """
    try:
        return _read_layers(model, _layers(model), run, targets)
    except RAISED as error:
        if isinstance(error, AttrWidgetError) and error.__cause__ is None:
            raise
        raise AttrWidgetError(_refusal(model)) from error


def _read_layers(
    model: Adapter, layers: torch.nn.ModuleList, run: Callable[[], torch.Tensor], targets: Sequence[int]
) -> LensReading:
    rows = len(targets)
    outputs: list[torch.Tensor] = []

    def keep(_module: Any, _args: Any, output: Any) -> None:
        outputs.append(output if isinstance(output, torch.Tensor) else output[0])

    with hooked([(layer, keep) for layer in layers]), exclusive_use(model.hf), torch.no_grad():
        own = run()[0]
    if len(outputs) != len(layers):
        raise AttrWidgetError(_refusal(model))
    size = max(1, _BYTES // (4 * rows * own.shape[-1]))
    parts = []
    for start in range(0, len(layers), size):
        states = [output.to(outputs[-1].device) for output in outputs[start : start + size]]
        logits = _predictions(model, run, states)
        if start + size >= len(layers) and not same(own, logits[-1]):
            raise AttrWidgetError(_refusal(model))
        parts.append(_read(logits, torch.as_tensor(list(targets), device=logits.device)))
    return LensReading(*(torch.cat(part).cpu() for part in zip(*parts, strict=True)))


def _predictions(model: Adapter, run: Callable[[], torch.Tensor], states: list[torch.Tensor]) -> torch.Tensor:
    """Return logits ``[k, steps, vocabulary]`` of *k* layers' *states*, each ``[1, n, d]``."""
    try:
        return _from_last(model, run, torch.cat(states))
    except RAISED:  # GPT-BigCode and OpenAI-GPT give the states the batch size of the ids
        return torch.cat([_from_last(model, run, state) for state in states])


def _from_last(model: Adapter, run: Callable[[], torch.Tensor], states: torch.Tensor) -> torch.Tensor:
    """Return logits ``[k, steps, vocabulary]`` with *states* ``[k, n, d]`` as the last layer's output."""

    def replace(_module: Any, _args: Any, output: Any) -> Any:
        return states if isinstance(output, torch.Tensor) else (states, *output[1:])

    with hooked([(_layers(model)[-1], replace)]), exclusive_use(model.hf), torch.no_grad():
        return run()


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


def _refusal(model: Adapter) -> str:
    return f"{model.name} has no plain list of layers to read one by one, so there is no logit lens of it."
