"""The models of one visitor."""

from __future__ import annotations

import threading
from typing import Any

import attrwidget as aw


class Models:
    """Loads models, and keeps those in memory that were asked for last.

    Attributes:
        loaded: The models in memory, by name.
    """

    def __init__(self) -> None:
        self.loaded: dict[str, Any] = {}
        self._loading = threading.Lock()

    def load(self, *names: str) -> list[Any]:
        """Return the models *names*; others are dropped when one of them has been loaded."""
        with self._loading:
            for name in names:
                if name not in self.loaded:
                    model = aw.load(name)
                    for old in self.loaded.keys() - set(names):
                        del self.loaded[old]
                    self.loaded[name] = model
            return [self.loaded[name] for name in names]
