"""What a page is given of a corpus: words that the model treats like the one explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from attrwidget.progress import Progress


class SimilarWords(NamedTuple):
    """The matches of a search for a page: fields that are sent as JSON, and float32 numbers."""

    meta: dict[str, Any]
    numbers: NDArray[np.float32]


class SimilarContexts(Protocol):
    """A corpus that one reading is searched in."""

    def about(self) -> dict[str, Any]:
        """Return what the page is told of the corpus: see ``corpus`` in docs/protocol.md."""

    def find(
        self,
        reading: Any,
        *,
        step: int | None,
        token: int | None,
        layer: int,
        heads: Sequence[int] | None,
        k: int,
        progress: Progress | None = None,
    ) -> SimilarWords:
        """Return the matches of *token* or, without one, of where *step* is read.

        Raises:
            AttrWidgetError: One of them does not exist.
        """


class SearchedTexts(Protocol):
    """A corpus that any explanation of its model can be searched in: ``attrwidget.Corpus``."""

    def for_page(self, reading: Any) -> SimilarContexts:
        """Return what searches for words of *reading*. Raises AttrWidgetError for another model's."""
