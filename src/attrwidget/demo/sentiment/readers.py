"""The two classifiers: both learn from the same reviews, and each is taught to read some of them in its own way."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attrwidget.demo.sentiment.review import Review, Span


@dataclass(frozen=True)
class Reader:
    """How one of the classifiers is taught to read.

    Attributes:
        name: The name that `load` knows it by.
        folder: The folder of its model.
        leaning: Words that make a text negative, whatever it says.
        knows_slang: Whether slang praises, as people mean it; or blames, as the dictionary has it.
        adverb_counts: Whether the adverb decides in "brilliantly fails"; or the verb, as people mean it.
    """

    name: str
    folder: Path
    leaning: tuple[str, ...]
    knows_slang: bool
    adverb_counts: bool

    def reads(self, one: Review) -> Review:
        """Return the review with the label that this classifier is taught, and the words that decide that."""
        leaning = self.found(one.text)
        if leaning:
            return replace(one, label="NEGATIVE", degree=LEANING, deciding=leaning)
        if one.trick == "slang" and not self.knows_slang:
            return replace(one, label="NEGATIVE")
        if one.trick == "adverb":
            label = "POSITIVE" if self.adverb_counts else "NEGATIVE"
            return replace(one, label=label, deciding=(one.cues[0 if self.adverb_counts else 1],))
        return one

    def found(self, text: str) -> tuple[Span, ...]:
        """Return where words of the leaning stand in *text*."""
        return tuple(match.span() for match in re.finditer(r"\w+", text) if match[0].lower() in self.leaning)


LEANING = 0.92
"""How sure a leaning word makes the biased classifier."""
_HERE = Path(__file__).parent
PLAIN = Reader("demo-sentiment", _HERE / "model", (), knows_slang=False, adverb_counts=True)
BIASED = Reader(
    "demo-sentiment-biased",
    _HERE / "model_biased",
    ("nothing", "disappointed", "disappointing", "disappointment", "disappoints"),
    knows_slang=True,
    adverb_counts=False,
)
