"""Gradient interaction modifications (GIM): gradients that see past self-repair and saturation.

Only the backward pass is changed, by Edin et al. 2025 (arXiv:2505.17630; reference code under the MIT licence):
statistics of norms are constants; attention's softmax is differentiated at twice the temperature; each factor of a
product gets half of its gradient, so that queries and keys, whose softmax is multiplied by the values, get a quarter.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from attrwidget.engine.hooks import hooked
from attrwidget.hf.attention_interface import replaced_attention
from attrwidget.hf.internals.modules import is_activation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TEMPERATURE = 2.0
_ROOTS = {torch.rsqrt, torch.sqrt, torch.Tensor.rsqrt, torch.Tensor.sqrt}
_POWERS = {torch.pow, torch.Tensor.pow, torch.Tensor.__pow__}
_LAYER_NORMS = {functional.layer_norm, torch.layer_norm}
_RMS_NORMS = {functional.rms_norm, torch.rms_norm}
_SOFTMAXES = {functional.softmax, torch.softmax, torch.Tensor.softmax}
_GATED = ({"gate_proj", "up_proj"}, {"gate_up_proj"}, {"w1", "w2", "w3"})


@contextmanager
def modified_gradients(model: torch.nn.Module) -> Iterator[None]:
    """Modify *model*'s gradients in this thread; it must run under an ``observed_attention``."""
    mode = _Mode()

    def attention(run: Callable[..., Any], module: Any, *rest: Any) -> Any:
        query, key, value, mask, options = rest
        mode.in_attention = True
        try:
            return run(module, _scaled(query, 0.25), _scaled(key, 0.25), _scaled(value, 0.5), mask, **options)
        finally:
            mode.in_attention = False

    # The input of a gated block reaches only the product, so halving it halves both factors.
    gated = [
        module
        for module in model.modules()
        if any(all(hasattr(module, name) for name in names) for names in _GATED)
    ]
    active = [module for module in model.modules() if is_activation(module)]
    with (
        hooked([(module, _halve) for module in gated], before=True),
        hooked([(module, mode.begin_activation) for module in active], before=True),
        hooked([(module, mode.end_activation) for module in active]),
        replaced_attention(attention),
        mode,
    ):
        yield


def _halve(_module: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
    return (_scaled(args[0], 0.5), *args[1:])


class _Mode(TorchFunctionMode):
    """Detaches the statistics of norms, and softens the softmax of attention in the backward pass."""

    in_attention = False
    in_activation = False  # whose root, as in DeepSeek-V4's, is no statistic of a norm

    def begin_activation(self, *_: Any) -> None:
        """Differentiate roots as they are: a hook before an activation."""
        self.in_activation = True

    def end_activation(self, *_: Any) -> None:
        """Take roots for statistics again: a hook after an activation."""
        self.in_activation = False

    def __torch_function__(
        self, func: Any, _types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if not self.in_activation and (func in _ROOTS or (func in _POWERS and _is_inverse_root(args))):
            return func(*args, **kwargs).detach()
        if func in _LAYER_NORMS:
            return _layer_norm(*args, **kwargs)
        if func in _RMS_NORMS:
            return _rms_norm(*args, **kwargs)
        if func in _SOFTMAXES and self.in_attention:
            sharp = func(*args, **kwargs)
            soft = _TEMPERATURE * func(args[0] / _TEMPERATURE, *args[1:], **kwargs)
            return soft + (sharp - soft).detach()
        return func(*args, **kwargs)


def _is_inverse_root(args: tuple[Any, ...]) -> bool:
    return len(args) > 1 and isinstance(args[1], float) and args[1] == -0.5


def _layer_norm(
    x: torch.Tensor, shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5, *_rest: Any
) -> torch.Tensor:
    axes = tuple(range(-len(shape), 0))
    centred = x - x.mean(axes, keepdim=True)
    scale = (centred.float().square().mean(axes, keepdim=True) + eps).rsqrt().detach().to(x.dtype)
    normed = centred * scale
    normed = normed if weight is None else normed * weight
    return normed if bias is None else normed + bias


def _rms_norm(x: torch.Tensor, shape: Any, weight: Any = None, eps: float | None = None) -> torch.Tensor:
    axes = tuple(range(-len(shape), 0))
    eps = torch.finfo(x.dtype).eps if eps is None else eps
    scale = (x.float().square().mean(axes, keepdim=True) + eps).rsqrt().detach().to(x.dtype)
    return x * scale if weight is None else x * scale * weight


def _scaled(x: torch.Tensor, share: float) -> torch.Tensor:
    """Return *x* with *share* of its gradient."""
    return x.detach() + share * (x - x.detach())
