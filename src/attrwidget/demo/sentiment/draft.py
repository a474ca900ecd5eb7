"""A review in the making: its text so far, and the words that play a part in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from attrwidget.demo.sentiment.review import Review, Span

_PART = re.compile(r"\{c\}|\[[^]]*\]|[^{\[]+")


@dataclass
class Draft:
    """A review in the making."""

    text: str = ""
    spans: dict[str, list[Span]] = field(
        default_factory=lambda: {"deciding": [], "cues": [], "negations": [], "fillers": []}
    )

    def add(self, words: str, *roles: str) -> None:
        """Append *words*, which play these roles; a sentence begins with a capital."""
        if not self.text or self.text.endswith((". ", "! ")):
            words = words[0].upper() + words[1:]
        start = len(self.text)
        self.text += words
        for role in roles:
            self.spans[role].append((start, len(self.text)))

    def add_clause(self, markup: str, cue: str, *, counts: bool) -> None:
        """Append a clause; in it `{c}` is *cue*, and `[...]` encloses a negation. One that *counts* decides."""
        also = ("deciding",) if counts else ()
        for part in _PART.findall(markup):
            if part == "{c}":
                self.add(cue, "cues", *also)
            elif part.startswith("["):
                self.add(part[1:-1], "negations", *also)
            else:
                self.add(part)

    def finished(self, label: str, degree: float, trick: str = "") -> Review:
        """Return the review; *degree* is the probability that its label deserves."""
        spans = {role: tuple(sorted(found)) for role, found in self.spans.items()}
        return Review(self.text.rstrip(), label, **spans, degree=degree, trick=trick)
