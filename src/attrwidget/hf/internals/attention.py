"""How Transformers names, registers and finds attention implementations."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Self

from attrwidget.hf.internals.missing import warn_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import torch
    from transformers import PretrainedConfig

    Attention = Callable[..., tuple[torch.Tensor, torch.Tensor | None]]

# The public setter of a configuration also changes its sub-configurations, and cannot be undone exactly.
_NAME = "_attn_implementation_internal"
_EAGER = "eager_attention_forward"
_NOT_RECORDED = "attention is read from the weights that a model returns, which takes more memory"


class AttentionAlias(str):
    """The name of a registered attention that also equals the name that it *stands_for*.

    Some models compute something else by the name of the implementation (the sparse mask of DeepSeek-V3.2 acts under
    ``"eager"`` and ``"sdpa"`` alone), so a model must find its own name whatever attention runs.
    """

    __slots__ = ("stands_for",)
    stands_for: str

    def __new__(cls, name: str, stands_for: str) -> Self:
        """Return *name* as an alias of *stands_for*; it is looked up in a dictionary as *name*."""
        alias = super().__new__(cls, name)
        alias.stands_for = stands_for
        return alias

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        """Return what a copy is made of: models may copy their configurations."""
        return str(self), self.stands_for

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) or other == self.stands_for

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def attention_configs(modules: Iterable[torch.nn.Module]) -> list[PretrainedConfig]:
    """Return every configuration inside a model that names an attention implementation, each once."""
    configs = {id(config): config for config in (vars(m).get("config") for m in modules) if config}
    found: list[Any] = [config for config in configs.values() if hasattr(config, _NAME)]
    if configs and not found:
        warn_missing(f"PreTrainedConfig.{_NAME}", _NOT_RECORDED)
    return found


def attention_name(config: PretrainedConfig) -> str | None:
    """Return the attention implementation that *config* names; None means eager."""
    return getattr(config, _NAME, None)


def set_attention_name(config: PretrainedConfig, name: str | None) -> None:
    """Make *config* alone, without its sub-configurations, name the attention implementation *name*."""
    setattr(config, _NAME, name)


def register_attention(name: str, attention: Attention, *, mask: str) -> bool:
    """Register *attention* as *name*, with the mask of the implementation *mask*; return whether that worked.

    Without a mask of its own a causal model silently turns bidirectional.
    """
    try:
        from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS, AttentionMaskInterface
        from transformers.modeling_utils import AttentionInterface

        make_mask = ALL_MASK_ATTENTION_FUNCTIONS[mask]
        AttentionInterface.register(name, attention)
        AttentionMaskInterface.register(name, make_mask)
    except (ImportError, AttributeError, KeyError):
        warn_missing("AttentionInterface with AttentionMaskInterface", _NOT_RECORDED)
        return False
    return True


def attention_function(name: str, module: torch.nn.Module) -> Attention:
    """Return the function of the attention implementation *name* for the attention *module*."""
    from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

    found = None if name == "eager" else ALL_ATTENTION_FUNCTIONS.get(name)
    found = found or eager_attention(module)
    if found is None:
        raise RuntimeError(f"{type(module).__name__} has no attention called {name!r}")
    return found


def eager_attention(module: torch.nn.Module) -> Attention | None:
    """Return the eager attention that *module*'s modelling file defines; None, with a warning, if it has none."""
    for kind in type(module).__mro__:
        found = getattr(sys.modules.get(kind.__module__), _EAGER, None)
        if found is not None:
            return found  # type: ignore[no-any-return]
    warn_missing(f"{_EAGER} for {type(module).__name__}", _NOT_RECORDED)
    return None
