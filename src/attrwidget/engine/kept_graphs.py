"""Keep the gradient graphs and caches of a model's newest explanations, so that a notebook of them fits in memory."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_KEPT = 2
H = TypeVar("H")


class Holder(Protocol):
    """What holds a gradient graph: a trace."""

    def drop_graph(self) -> None:
        """Free the graph."""


class CacheHolder(Protocol):
    """What holds keys and values: a trace."""

    def drop_cache(self) -> None:
        """Free them."""


Holders = dict[str, list[weakref.ref[Any]]]
_holders: weakref.WeakKeyDictionary[PreTrainedModel, Holders] = weakref.WeakKeyDictionary()


def keep_newest(model: PreTrainedModel, holder: Holder) -> None:
    """Count *holder* as the newest of *model*; drop the graphs of all but the newest."""
    for old in _replaced(model, holder, "graph"):
        old.drop_graph()


def keep_newest_cache(model: PreTrainedModel, holder: CacheHolder) -> None:
    """Count *holder* as the newest of *model*; drop the caches of all but the newest."""
    for old in _replaced(model, holder, "cache"):
        old.drop_cache()


def _replaced(model: PreTrainedModel, holder: H, what: str) -> list[H]:
    """Add *holder* to those of *what*; return the old ones that it takes the place of."""
    kinds = _holders.setdefault(model, {})
    holders = [ref for ref in kinds.get(what, []) if ref() not in (None, holder)]
    holders.append(weakref.ref(holder))
    kinds[what] = holders[-_KEPT:]
    return [old for ref in holders[:-_KEPT] if (old := ref()) is not None]
