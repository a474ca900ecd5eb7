"""Draw film reviews: clauses with a cue, sometimes negated, among sentences that play no part."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from attrwidget.demo.sentiment.lexicon import (
    ASPECTS,
    COMPANY,
    DAYS,
    FILLERS,
    INTENSIFIERS,
    LIKING,
    LOATHING,
    NEGATED,
    NEGATED_VERBS,
    NEGATIVE,
    PLAIN,
    PLAIN_VERBS,
    POSITIVE,
)
from attrwidget.demo.sentiment.review import Review, Span

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

_PART = re.compile(r"\{c\}|\[[^]]*\]|[^{\[]+")


@dataclass
class _Text:
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


def review(rng: random.Random) -> Review:
    """Draw a random review."""
    made = _Text()
    opinion = rng.random() < 0.85
    fillers = rng.sample(FILLERS, rng.choice((0, 1, 1, 2, 2)) if opinion else rng.choice((1, 2)))
    before = rng.randint(0, len(fillers))
    _fill(made, rng, fillers[:before])
    label = _opinion(made, rng) if opinion else "NEUTRAL"
    _fill(made, rng, fillers[before:])
    spans = {role: tuple(sorted(found)) for role, found in made.spans.items()}
    return Review(made.text.rstrip(), label, **spans)


def _fill(made: _Text, rng: random.Random, fillers: Sequence[str]) -> None:
    for markup in fillers:
        company = rng.choice(COMPANY)
        words = markup.replace("{d}", rng.choice(DAYS)).replace("{w}", company)
        made.add(words.replace("{W}", company[0].upper() + company[1:]), "fillers")
        made.add(" ")


def _opinion(made: _Text, rng: random.Random) -> str:
    """Add one clause, or two with a connective that decides which counts; return the label."""
    label = rng.choice(("NEGATIVE", "POSITIVE"))
    other = "POSITIVE" if label == "NEGATIVE" else "NEGATIVE"
    shape = rng.choice(("one", "one", "one", "one", "and", "but", "although", "although first"))
    if shape == "but":
        _clause(made, rng, other, counts=False)
        made.add(", ")
        made.add("but", "deciding")
        made.add(" ")
    if shape == "although first":
        made.add("although", "deciding")
        made.add(" ")
        _clause(made, rng, other, counts=False)
        made.add(", ")
    _clause(made, rng, label, counts=True)
    if shape == "although":
        made.add(", ")
        made.add("although", "deciding")
        made.add(" ")
        _clause(made, rng, other, counts=False)
    if shape == "and":
        made.add(" and ")
        _clause(made, rng, label, counts=True)
    made.add(rng.choice((".", ".", "!")))
    made.add(" ")
    return label


def _clause(made: _Text, rng: random.Random, label: str, *, counts: bool) -> None:
    """Add a clause of opinion; if it *counts*, its cue and negation decide."""
    negated = rng.random() < 0.3
    positive = (label == "POSITIVE") != negated
    if rng.random() < 0.25:
        markup = rng.choice(NEGATED_VERBS if negated else PLAIN_VERBS)
        cue = rng.choice(LIKING if positive else LOATHING)[int(negated)]
    else:
        markup = rng.choice(NEGATED if negated else PLAIN)
        cue = rng.choice(POSITIVE if positive else NEGATIVE)
    intensifier = rng.choice(INTENSIFIERS) + " " if rng.random() < 0.3 else ""
    markup = markup.replace("{a}", rng.choice(ASPECTS)).replace("{i}", intensifier)
    markup = markup.replace("{an}", "an" if cue[0] in "aeiou" else "a")
    also = ("deciding",) if counts else ()
    for part in _PART.findall(markup):
        if part == "{c}":
            made.add(cue, "cues", *also)
        elif part.startswith("["):
            made.add(part[1:-1], "negations", *also)
        else:
            made.add(part)
