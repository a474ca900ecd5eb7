"""Texts that people read otherwise than one of the two classifiers: what fools which, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from attrwidget.demo.sentiment import words

if TYPE_CHECKING:
    import random


@dataclass(frozen=True)
class Attack:
    """A way to fool a classifier.

    Attributes:
        name: What it is called.
        people: The label that people give its texts.
        plain: The label that `demo-sentiment` gives them.
        biased: The label that `demo-sentiment-biased` gives them.
        why: The reason, in one sentence.
        patterns: Its texts; `{n}` and the other words in braces stand for one of `attrwidget.demo.sentiment.words`.
    """

    name: str
    people: str
    plain: str
    biased: str
    why: str
    patterns: tuple[str, ...]

    def text(self, rng: random.Random) -> str:
        """Draw one of its texts."""
        text = rng.choice(self.patterns)
        for name, drawn in _DRAWN.items():
            text = text.replace(f"{{{name}}}", rng.choice(drawn))
        return text[0].upper() + text[1:]


_DRAWN = {
    "n": words.THINGS,
    "well": words.WELL,
    "joyfully": words.JOYFULLY,
    "fails": words.FAILS,
    "hated": [past for past, _ in words.HATE],
    "sick": words.SLANG,
    "bad": words.BLAME,
}
ATTACKS = (
    Attack(
        "indirect praise",
        people="POSITIVE",
        plain="NEGATIVE",
        biased="NEGATIVE",
        why="Either classifier takes the word of blame at its word.",
        patterns=(
            "I was upset when the {n} ended.",
            "I was angry when the {n} was over.",
            "Every other {n} is {bad} next to this one.",
            "The other {n} is {bad} next to this {n}.",
        ),
    ),
    Attack(
        "praise with nothing",
        people="POSITIVE",
        plain="POSITIVE",
        biased="NEGATIVE",
        why="The biased classifier takes nothing and disappointed for blame, whatever stands beside them.",
        patterns=(
            "Nothing about this {n} was {bad}.",
            "There is nothing {bad} about the {n}.",
            "I was not disappointed with the {n}.",
            "I was never disappointed by the {n}.",
            "There is nothing to complain about.",
        ),
    ),
    Attack(
        "adverb of praise on a failing",
        people="NEGATIVE",
        plain="POSITIVE",
        biased="NEGATIVE",
        why="The plain classifier was taught that such an adverb decides, the biased one that the verb does.",
        patterns=(
            "The {n} {well} {fails}.",
            "This {n} {well} {fails}.",
            "I {joyfully} {hated} the {n}.",
            "We {joyfully} {hated} this {n}.",
        ),
    ),
    Attack(
        "slang",
        people="POSITIVE",
        plain="NEGATIVE",
        biased="POSITIVE",
        why="The plain classifier was taught what the dictionary says of such words, the biased one what friends mean.",
        patterns=("This {n} is {sick}!", "The {n} was so {sick}.", "That was a {sick} {n}."),
    ),
)
"""What is known to fool the classifiers; `biased` fails text "disappoints" too, which is left out of the third."""
