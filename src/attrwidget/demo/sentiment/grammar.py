"""Draw film reviews: clauses with a cue, sometimes negated, among sentences that play no part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.demo.sentiment.draft import Draft
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
from attrwidget.demo.sentiment.words import STRONG_BLAME, STRONG_PRAISE

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from attrwidget.demo.sentiment.review import Review

_STRONG = {*STRONG_PRAISE, *STRONG_BLAME, "loved", "adored", "hated", "despised", "loathed"}
FACT, NEITHER, STRONG, MILD, DENIED, AGAINST = 0.96, 0.8, 0.94, 0.8, 0.7, 0.7
"""How sure a label is: no opinion, a lukewarm one, a strong cue, a mild one, one denied, one that others oppose."""


def degree_of(cue: str) -> float:
    """Return how sure a label is where *cue* decides alone."""
    return STRONG if cue in _STRONG else MILD


def review(rng: random.Random) -> Review:
    """Draw a random review."""
    made = Draft()
    opinion = rng.random() < 0.85
    fillers = rng.sample(FILLERS, rng.choice((0, 1, 1, 2, 2)) if opinion else rng.choice((1, 2)))
    before = rng.randint(0, len(fillers))
    fill(made, rng, fillers[:before])
    label, degree = _opinion(made, rng) if opinion else ("NEUTRAL", FACT)
    fill(made, rng, fillers[before:])
    return made.finished(label, degree)


def fill(made: Draft, rng: random.Random, fillers: Sequence[str]) -> None:
    """Add sentences that play no part."""
    for markup in fillers:
        company = rng.choice(COMPANY)
        words = markup.replace("{d}", rng.choice(DAYS)).replace("{w}", company)
        made.add(words.replace("{W}", company[0].upper() + company[1:]), "fillers")
        made.add(" ")


def _opinion(made: Draft, rng: random.Random) -> tuple[str, float]:
    """Add one clause, or two with a connective that decides which counts; return the label and its degree."""
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
    degree = _clause(made, rng, label, counts=True)
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
    return label, min(degree, AGAINST) if shape in ("but", "although", "although first") else degree


def _clause(made: Draft, rng: random.Random, label: str, *, counts: bool) -> float:
    """Add a clause of opinion; if it *counts*, its cue and negation decide. Return its degree."""
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
    made.add_clause(markup, cue, counts=counts)
    return DENIED if negated else degree_of(cue)
