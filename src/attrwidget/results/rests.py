"""What the sentences of an answer rest on, as the page shows it: the documents and tools that were given."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from attrwidget.methods.request.context_units import NamedUnit
    from attrwidget.progress import Progress
    from attrwidget.text.answer_sentences import Sentence


class OtherTool(NamedTuple):
    """Another tool than the one called: from *step* on, *text* would stand there instead."""

    called: str
    name: str
    step: int
    text: str


class Rests(ABC):
    """The documents and tools in a text, and by how much each sentence of the answer is less likely without each."""

    @property
    @abstractmethod
    def units(self) -> list[NamedUnit]:
        """The documents and tools; none where there are not two, or nothing can be left out."""

    @property
    @abstractmethod
    def sentences(self) -> list[Sentence]:
        """The sentences of the answer."""

    @abstractmethod
    def seconds(self) -> float:
        """Return about how long ``falls`` takes where nothing else runs."""

    @abstractmethod
    def falls(self, progress: Progress | None = None) -> NDArray[np.float64]:
        """Return the fall of each sentence's log-probability without each unit, in nats: ``[sentences, units]``."""

    @abstractmethod
    def other_tools(self) -> list[OtherTool]:
        """Return the other tools of each that the answer names, from the token at which their names part."""
