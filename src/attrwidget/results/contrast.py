"""Contrast a step with another output that it might have had: why this and not that?"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from attrwidget.progress import Progress


class Foil(NamedTuple):
    """What *step* might have been instead: ids, of tokens or of a class, and their text.

    A foil of several tokens is compared whole, with the whole word of the answer that begins at *step*.
    """

    step: int
    ids: tuple[int, ...]
    text: str

    def as_json(self) -> dict[str, Any]:
        """Return it as a page writes it."""
        return {"step": self.step, "ids": list(self.ids), "text": self.text}


class Contrasts(ABC):
    """Scores of the steps of one explanation against foils, with the model."""

    @abstractmethod
    def descriptions(self) -> dict[str, str]:
        """Return the footer text of each method that takes a foil, for its contrastive scores."""

    @abstractmethod
    def whole_descriptions(self) -> dict[str, str]:
        """Return the footer text of each method that compares whole words."""

    @abstractmethod
    def likeliest(self, step: int) -> list[int]:
        """Return the likeliest outputs of *step*, in the order of the column ``top`` of ``Explanation.steps``."""

    @abstractmethod
    def find(self, step: int, what: Any) -> Foil:
        """Return *what*, a text, an id or ids, as a foil of *step*.

        Raises:
            AttrWidgetError: The step or foil does not exist, the foil is what the model chose, or it has several
                tokens and the model writes no text.
        """

    @abstractmethod
    def find_one(self, step: int, what: Any) -> int:
        """Return the id of a foil of one token; raise AttrWidgetError if *what* has several."""

    @abstractmethod
    def rows(self, method: str, foil: Foil, progress: Progress | None = None) -> NDArray[np.float32]:
        """Return what the screen shows of the foil's step: float32 ``[1, n_inputs]``, as ``Reading.rows`` does."""

    @abstractmethod
    def has_rows(self, method: str, foil: Foil) -> bool:
        """Return whether ``rows`` would answer at once."""

    @abstractmethod
    def note(self, method: str, foil: Foil) -> str | None:
        """Return the footnote on the finished row, such as its completeness residual."""
