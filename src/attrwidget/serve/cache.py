"""The explanations that a server keeps, by the digests of their recipes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from attrwidget.explanation import Explanation
    from attrwidget.wire.recipe import Recipe


class Cache:
    """The newest explanations.

    Args:
        most: How many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, Explanation] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, recipe: Recipe) -> Explanation | None:
        """Return the explanation of *recipe* if it is kept."""
        with self._lock:
            found = self._kept.get(recipe.digest)
            if found is not None:
                self._kept.move_to_end(recipe.digest)
        return found

    def put(self, recipe: Recipe, explanation: Explanation) -> None:
        """Keep *explanation*; the one that was asked for longest ago goes."""
        with self._lock:
            self._kept[recipe.digest] = explanation
            self._kept.move_to_end(recipe.digest)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def get(self, recipe: Recipe, make: Callable[[], Explanation]) -> Explanation:
        """Return the explanation of *recipe*: the one kept, or else the one that *make* returns."""
        found = self.find(recipe)
        if found is None:
            self.put(recipe, found := make())
        return found
