"""The cache of keys and values: its name in a model's signature, and its contents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from transformers import Cache, DynamicCache, EncoderDecoderCache
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

from attrwidget.hf.internals.missing import warn_missing
from attrwidget.hf.internals.modules import class_takes

if TYPE_CHECKING:
    import torch
    from transformers import PretrainedConfig, PreTrainedModel

_ARGUMENTS = ("cache", "past_key_values", "cache_params")  # the last two are names before Transformers 5.24
_KINDS: dict[type, str] = {DynamicLayer: "plain", DynamicSlidingWindowLayer: "sliding"}
_ONE_PIECE = "long texts are run in one piece, which takes more memory"


def cache_argument(model: PreTrainedModel) -> str | None:
    """Return the name of the cache in the signature of *model*'s ``forward``, or None if it takes no cache."""
    takes = class_takes(type(model))
    return next((name for name in _ARGUMENTS if name in takes), None)


def cache_options(model: PreTrainedModel, cache: Any) -> dict[str, Any]:
    """Return the arguments that make *model* go on after *cache*, and add to it; none where *cache* is None."""
    if cache is None:
        return {}
    name = cache_argument(model)
    if name is None:
        raise RuntimeError(f"{type(model).__name__} takes no cache")
    return {name: cache, "use_cache": True}


def returned_cache(model: PreTrainedModel, output: Any) -> Any:
    """Return the cache in the *output* of *model*, or None if there is none."""
    name = cache_argument(model)
    if name is not None:
        return output.get(name)
    if any(isinstance(value, Cache) for value in output.values()):
        names = " or ".join(_ARGUMENTS)
        warn_missing(f"argument {names} of {type(model).__name__}.forward", _ONE_PIECE)
    return None


def new_cache(config: PretrainedConfig) -> DynamicCache:
    """Return an empty cache for a causal model with this *config*."""
    return DynamicCache(config=config)


def new_decoder_cache(config: PretrainedConfig) -> EncoderDecoderCache:
    """Return an empty cache for the decoder, with this *config*, of an encoder–decoder."""
    return EncoderDecoderCache(DynamicCache(config=config), DynamicCache(config=config))


def layer_kinds(cache: Any) -> set[str]:
    """Return the kinds of layers in *cache*: ``"plain"``, ``"sliding"``, and ``"other"`` for any else."""
    if type(cache) is not DynamicCache:
        return {"other"}
    return {_KINDS.get(type(layer), "other") for layer in _layers(cache)}


def decoder_caches(cache: Any) -> list[Any]:
    """Return the caches of a decoder's self-attention and cross-attention; empty if *cache* is of another class."""
    if type(cache) is not EncoderDecoderCache:
        return []
    try:
        return [cache.self_attention_cache, cache.cross_attention_cache]
    except AttributeError:
        warn_missing("EncoderDecoderCache.self_attention_cache and cross_attention_cache", _ONE_PIECE)
        return []


def repeated(cache: DynamicCache, config: PretrainedConfig, tokens: int, copies: int) -> DynamicCache:
    """Return a cache of the first *tokens* tokens of *cache*, for *copies* texts at once, without copying memory."""
    copy = new_cache(config)
    for index, layer in enumerate(_layers(cache)):
        keys, values = (x[:, :, :tokens].expand(copies, -1, -1, -1) for x in (layer.keys, layer.values))
        copy.update(keys, values, index)
    return copy


def allocated_cache(config: PretrainedConfig, length: int) -> DynamicCache:
    """Return an empty cache with one allocation for *length* tokens: growing copies would fragment the heap."""
    cache = new_cache(config)
    cache.layers = [_AllocatedLayer(length) for _ in _layers(cache)]
    return cache


def _layers(cache: DynamicCache) -> list[Any]:
    layers: list[Any] | None = getattr(cache, "layers", None)
    if layers is None:
        warn_missing("DynamicCache.layers", _ONE_PIECE)
        return [None]
    return layers


class _AllocatedLayer(DynamicLayer):
    """Keys and values of one layer, in one allocation for *length* tokens."""

    def __init__(self, length: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._length, self._filled = length, 0
        self._room: list[torch.Tensor] = []

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_args: Any, **_kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Add the keys and values ``[1, heads, m, d]`` of the next tokens; return those of all tokens so far."""
        new = (key_states, value_states)
        if not self.is_initialized:
            self.lazy_initialization(*new)
            self._room = [x.new_empty(*x.shape[:2], self._length, x.shape[3]) for x in new]
        start, self._filled = self._filled, self._filled + key_states.shape[2]
        for room, states in zip(self._room, new, strict=True):
            room[:, :, start : self._filled] = states
        keys, values = (room[:, :, : self._filled] for room in self._room)
        self.keys, self.values = keys, values
        return keys, values
