"""Transformers' attention interface: put a function of ours where a model's attention is computed."""

from __future__ import annotations

import inspect
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from attrwidget.hf.exclusive_use import exclusive_use, input_device
from attrwidget.hf.internals.attention import attention_function, attention_name, register_attention

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import torch
    from transformers import PreTrainedModel

    from attrwidget.hf.internals.attention import Attention

_PREFIX = "attrwidget_"
_observer = threading.local()


def observe(model: PreTrainedModel, underlying: str | None = None) -> str | None:
    """Return the name under which *model*'s own attention runs and tells ``set_observer``'s function, or None.

    *underlying*, ``"eager"`` or ``"sdpa"``, is run instead of the model's own. The name is for
    ``borrowed(model, attention=name)``. Its mask is the one that the underlying attention gets:
    without that twin a causal model silently turns bidirectional.
    """
    own = attention_name(model.config.get_text_config(decoder=True)) or "eager"
    underlying = underlying or (own if own in ("eager", "sdpa") else "sdpa")
    name = _PREFIX + underlying
    return name if register_attention(name, _observed(underlying), mask=underlying) else None


def set_observer(function: Callable[..., None] | None) -> None:
    """Call ``function(module, query, key, value, mask, kwargs)`` at each attention in this thread, until it is None."""
    _observer.function = function


def tell_observer(*call: Any) -> None:
    """Call what ``set_observer`` set in this thread, if anything."""
    function = getattr(_observer, "function", None)
    if function is not None:
        function(*call)


@contextmanager
def replaced(function: Callable[..., tuple[torch.Tensor, torch.Tensor | None]]) -> Iterator[None]:
    """Let ``function(run, module, query, key, value, mask, kwargs)`` be each attention in this thread meanwhile.

    Only under a name that ``observe`` gave; *run* takes the rest and is the attention that is replaced.
    """
    before = getattr(_observer, "replacement", None)
    _observer.replacement = function
    try:
        yield
    finally:
        _observer.replacement = before


def calls_attention_interface(model: PreTrainedModel) -> bool:
    """Say whether *model* computes its attention through the interface, by running it on two tokens."""
    import torch

    calls: list[None] = []
    name = observe(model)
    set_observer(lambda *_: calls.append(None))
    try:
        with exclusive_use(model, attention=name), torch.no_grad():
            # Some make a decoder's ids of the input's, or read a class, only of such as end in the way of their own.
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
        tell_observer(module, query, key, value, attention_mask, kwargs)
        run = attention_function(underlying, module)
        replacement = getattr(_observer, "replacement", None)
        if replacement is not None:
            return replacement(run, module, query, key, value, attention_mask, kwargs)  # type: ignore[no-any-return]
        return run(module, query, key, value, attention_mask, **kwargs)

    return attention
