"""Run our own function wherever a model computes attention, through Transformers' attention interface."""

from __future__ import annotations

import inspect
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from attrwidget.hf.exclusive_use import exclusive_use, input_device
from attrwidget.hf.internals.attention import (
    AttentionAlias,
    attention_function,
    attention_name,
    register_attention,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import torch
    from transformers import PreTrainedModel

    from attrwidget.hf.internals.attention import Attention

_PREFIX = "attrwidget_"
_PLAIN = ("eager", "sdpa")  # what is observed
OBSERVED_EAGER = f"{_PREFIX}eager"  # the name that ``observed_attention(model, "eager")`` returns
_observer = threading.local()


def observed_attention(model: PreTrainedModel, underlying: str | None = None) -> str | None:
    """Register an attention that notifies the observer, see ``set_observer``, and return its name.

    The name equals that of the model's own attention, so that a model which asks for it finds it.

    Args:
        model: The model to run under ``exclusive_use(model, attention=name)``.
        underlying: The attention that computes the result, ``"eager"`` or ``"sdpa"``; the model's own if None.

    Returns:
        The name, or None if Transformers has no attention interface.
    """
    own = attention_name(model.config.get_text_config(decoder=True)) or "eager"
    plain = own in _PLAIN
    underlying = underlying or (own if plain else "sdpa")
    if not register_attention(_PREFIX + underlying, _observed(underlying), mask=underlying):
        return None
    return AttentionAlias(_PREFIX + underlying, own if plain else underlying)


def is_own_attention(model: PreTrainedModel) -> bool:
    """Return whether ``observed_attention(model)`` computes what the model's own attention does."""
    return (attention_name(model.config.get_text_config(decoder=True)) or "eager") in _PLAIN


def set_observer(function: Callable[..., None] | None) -> None:
    """Call ``function(module, query, key, value, mask, kwargs)`` before each attention in this thread; None stops."""
    _observer.function = function


def notify_observer(*call: Any) -> None:
    """Call the observer of this thread, if one is set."""
    function = getattr(_observer, "function", None)
    if function is not None:
        function(*call)


@contextmanager
def replaced_attention(function: Callable[..., tuple[torch.Tensor, torch.Tensor | None]]) -> Iterator[None]:
    """Compute each attention in this thread by ``function(run, module, query, key, value, mask, kwargs)``.

    It works under a name from ``observed_attention``. *run* is the replaced attention and takes the other arguments.
    """
    before = getattr(_observer, "replacement", None)
    _observer.replacement = function
    try:
        yield
    finally:
        _observer.replacement = before


def calls_attention_interface(model: PreTrainedModel) -> bool:
    """Return whether *model* computes attention through the interface, by running it on two tokens."""
    import torch

    calls: list[None] = []
    name = observed_attention(model)
    set_observer(lambda *_: calls.append(None))
    try:
        with exclusive_use(model, attention=name), torch.no_grad():
            # BART's classifier needs a text that ends with its end-of-text token.
            end = getattr(model.config, "eos_token_id", None) if model.config.is_encoder_decoder else None
            ids = torch.full((1, 2), end if isinstance(end, int) else 0, device=input_device(model))
            takes = inspect.signature(type(model).forward).parameters
            options = {"decoder_input_ids": ids} if "decoder_input_ids" in takes else {}
            model(ids, attention_mask=torch.ones_like(ids), **options)
    finally:
        set_observer(None)
    return bool(calls)


def _observed(underlying: str) -> Attention:
    def attention(
        module: torch.nn.Module,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        attention_mask: torch.Tensor | None,
        **kwargs: Any,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        notify_observer(module, query, key, value, attention_mask, kwargs)
        run = attention_function(underlying, module)
        replacement = getattr(_observer, "replacement", None)
        if replacement is not None:
            return replacement(run, module, query, key, value, attention_mask, kwargs)  # type: ignore[no-any-return]
        return run(module, query, key, value, attention_mask, **kwargs)

    return attention
