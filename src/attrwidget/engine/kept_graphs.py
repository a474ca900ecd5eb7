"""Keep the gradient graphs of a model's newest explanations, so that a notebook of them fits in memory."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from transformers import PreTrainedModel

_KEPT = 2


class Holder(Protocol):
    """What holds a gradient graph: a trace."""

    def drop_graph(self) -> None:
        """Free the graph."""


_holders: weakref.WeakKeyDictionary[PreTrainedModel, list[weakref.ref[Holder]]] = weakref.WeakKeyDictionary()


def keep_newest(model: PreTrainedModel, holder: Holder) -> None:
    """Count *holder* as the newest of *model*; drop the graphs of all but the newest."""
    holders = [ref for ref in _holders.get(model, []) if ref() not in (None, holder)]
    holders.append(weakref.ref(holder))
    for ref in holders[:-_KEPT]:
        old = ref()
        if old is not None:
            old.drop_graph()
    _holders[model] = holders[-_KEPT:]
