"""What the translator learns from, and the sentences held out from that."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

from attrwidget.demo.training import distinct
from attrwidget.demo.translation.grammar import sentence
from attrwidget.demo.translation.lessons import course, lesson
from attrwidget.demo.translation.simplified import simplified

if TYPE_CHECKING:
    from attrwidget.demo.translation.sentence import Translation

HELD_OUT, LESSONS = 5000, 2000
"""How many everyday sentences, and how many about fields of study, are held out."""


def drawn(rng: random.Random) -> Translation:
    """Draw a sentence of either kind, in a third of them in simplified characters."""
    one = lesson(rng) if rng.random() < 0.45 else sentence(rng)
    return simplified(one) if rng.random() < 0.33 else one


def held_out() -> tuple[list[Translation], list[Translation]]:
    """Return the everyday sentences and the lessons, those of the course first, that training never sees."""
    rng = random.Random(7)  # noqa: S311
    everyday = distinct(lambda: sentence(rng), lambda one: one.source, HELD_OUT)
    asked = itertools.chain(course(), iter(lambda: lesson(rng), None))
    return everyday, distinct(lambda: next(asked), lambda one: one.source, LESSONS)


def in_both_scripts(asked: list[Translation]) -> list[Translation]:
    """Return these sentences, then those that look otherwise in simplified characters."""
    return [*asked, *(other for one in asked if (other := simplified(one)).source != one.source)]
