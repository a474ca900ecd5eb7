"""The explanations that a server keeps, by the digests of their recipes."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from attrwidget.explanation import Explanation
    from attrwidget.wire.recipe import Recipe


class Cache:
    """The newest explanations; the model's thread alone uses it.

    Args:
        most: How many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, Explanation] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, recipe: Recipe, make: Callable[[], Explanation]) -> Explanation:
        """Return the explanation of *recipe*: the one kept, or else the one that *make* returns."""
        digest = recipe.digest
        found = self._kept.pop(digest, None)
        if found is None:
            found = make()
        self._kept[digest] = found
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return found
