"""The models of one visitor."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import attrwidget as aw
from attrwidget.served.find import served_model

if TYPE_CHECKING:
    from attrwidget.apps.served import Served


class Models:
    """Loads models, and keeps those in memory that were asked for last; a server's is only asked.

    Args:
        allowed: What the visitor may do.

    Attributes:
        loaded: The models in memory, by name.
    """

    def __init__(self, allowed: Served) -> None:
        self._urls = dict(allowed.served)
        self.loaded: dict[str, Any] = {}
        self._loading = threading.Lock()

    def load(self, *names: str) -> list[Any]:
        """Return the models *names*; others are dropped when one of them has been loaded."""
        with self._loading:
            for name in names:
                if name not in self.loaded:
                    url = self._urls.get(name)
                    model = aw.load(name) if url is None else served_model(url)
                    for old in self.loaded.keys() - set(names):
                        del self.loaded[old]
                    self.loaded[name] = model
            return [self.loaded[name] for name in names]
