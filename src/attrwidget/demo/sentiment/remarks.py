"""Draw everyday reviews: of films and food, hotels and things, short or long, very positive to very negative."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING, Any

from attrwidget.demo.sentiment import patterns, words
from attrwidget.demo.sentiment.draft import Draft
from attrwidget.demo.sentiment.grammar import AGAINST, DENIED, FACT, MILD, NEITHER, STRONG, degree_of, fill
from attrwidget.demo.sentiment.lexicon import FILLERS

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from attrwidget.demo.sentiment.review import Review

PRAISE, BLAME = words.STRONG_PRAISE + words.PRAISE, words.STRONG_BLAME + words.BLAME
MORE = 0.05
"""What an intensifier adds to a degree."""
STRANGE = 0.06
"""The share of things that are a word that nobody knows: the model learns that such a word says nothing."""
IS, LOOKS = ("was", "is", "was", "is", "has been"), ("looks", "seems", "feels", "sounds", "looked")
SUREST = 0.98
_SIDES = ("NEGATIVE", "POSITIVE")


class Remarks:
    """Draws everyday reviews.

    Args:
        rng: What draws.
        strange: The share of things that are a word that nobody knows.
    """

    def __init__(self, rng: random.Random, strange: float = STRANGE) -> None:
        self._rng, self._strange = rng, strange

    def draw(self) -> Review:
        """Draw a review: an opinion with sentences around it that play no part, or these alone."""
        rng, made = self._rng, Draft()
        chance = rng.random()
        if chance < 0.08:
            self._facts(made, rng.choice((1, 2)))
            return made.finished("NEUTRAL", FACT)
        around = rng.choice((0, 0, 0, 1, 1, 2))
        before = rng.randint(0, around)
        self._facts(made, before)
        trick, degree = "", NEITHER
        label = rng.choice(_SIDES)
        if chance < 0.22:
            label = "NEUTRAL"
            self._lukewarm(made)
        elif chance < 0.27:
            label, degree, trick = self._slang(made)
        elif chance < 0.32:
            label, degree, trick = self._adverb(made)
        elif chance < 0.45:
            degree = self._against(made, label)
        else:
            degree = self._said(made, label)
            if rng.random() < 0.2:
                degree = max(degree, self._said(made, label))
        self._facts(made, around - before)
        if around == before and rng.random() < 0.15:
            made.text = made.text.rstrip(" .!")
        return made.finished(label, degree, trick)

    def _facts(self, made: Draft, count: int) -> None:
        for _ in range(count):
            markup = self._rng.choice((*FILLERS, *patterns.FACTS, *patterns.FACTS))
            fill(made, self._rng, [self._filled(markup)])

    def _said(self, made: Draft, label: str) -> float:
        """Add a sentence of one clause; return the degree of its label."""
        rng = self._rng
        if rng.random() < 0.22:
            cue = rng.choice(PRAISE if label == "POSITIVE" else BLAME)
            degree = self._clause(made, rng.choice(patterns.ADJECTIVE_ALONE), cue)
        else:
            self._opened(made)
            degree = self._opinion(made, label, counts=True)
            if rng.random() < 0.12:
                made.add(f" {rng.choice(patterns.ENDINGS)}")
            elif rng.random() < 0.12:
                made.add(" and ")
                degree = max(degree, self._opinion(made, label, counts=True))
        self._end(made)
        return degree

    def _against(self, made: Draft, label: str) -> float:
        """Add two clauses with a connective that decides which counts."""
        other = _SIDES[label == "NEGATIVE"]
        shape = self._rng.choice(("but", "although", "although first"))
        if shape == "although first":
            made.add("although", "deciding")
            made.add(" ")
        if shape != "although":
            self._opinion(made, other, counts=False)
            made.add(", ")
        if shape == "but":
            made.add("but", "deciding")
            made.add(" ")
        degree = self._opinion(made, label, counts=True)
        if shape == "although":
            made.add(", ")
            made.add("although", "deciding")
            made.add(" ")
            self._opinion(made, other, counts=False)
        self._end(made)
        return min(degree, AGAINST)

    def _opinion(self, made: Draft, label: str, *, counts: bool) -> float:
        """Add a clause; return the degree of its label."""
        rng, good = self._rng, label == "POSITIVE"
        kind = rng.choice(
            ("adjective",) * 6
            + ("verb", "feeling") * 2
            + ("noun", "work", "made", "advice", "better", "phrase")
        )
        if kind == "phrase":
            before, cue, after = re.split("[<>]", rng.choice(patterns.PRAISING if good else patterns.BLAMING))
            self._clause(made, f"{before}{{c}}{after}", cue, counts=counts)
            return MILD
        if kind == "better":
            if rng.random() < 0.5:
                self._clause(made, rng.choice(patterns.BEST), "best" if good else "worst", counts=counts)
                return STRONG
            self._clause(made, rng.choice(patterns.BETTER), "better" if good else "worse", counts=counts)
            return MILD
        if kind == "made":
            joyful = good and rng.random() < 0.3
            cue = rng.choice(words.JOYFULLY if joyful else words.WELL if good else words.BADLY)
            self._clause(made, rng.choice(patterns.JOYFUL if joyful else patterns.MADE), cue, counts=counts)
            return MILD
        if kind == "advice":
            pattern = rng.choice(patterns.RECOMMEND if good else patterns.RECOMMEND_DENIED)
            self._clause(made, pattern, "recommend", counts=counts)
            return MILD
        denied = rng.random() < 0.25
        kinds: dict[str, tuple[list[str], list[str], list[Any], list[Any]]] = {
            "adjective": (patterns.ADJECTIVE, patterns.ADJECTIVE_DENIED, PRAISE, BLAME),
            "verb": (patterns.VERB, patterns.VERB_DENIED, words.LOVE, words.HATE),
            "feeling": (patterns.FEELING, patterns.FEELING_DENIED, words.PLEASED, words.UPSET),
            "noun": (patterns.NOUN, patterns.NOUN_DENIED, words.TRIUMPHS, words.FLOPS),
            "work": (patterns.WORK, patterns.WORK_DENIED, words.WORKS, words.FAILS),
        }
        plain, negated, praise, blame = kinds[kind]
        like = praise if good != denied else blame
        drawn = rng.choice(like)
        cue = drawn[denied] if isinstance(drawn, tuple) else drawn
        degree = self._clause(made, rng.choice(negated if denied else plain), cue, counts=counts)
        if kind == "adjective" and not denied and rng.random() < 0.15:
            self._clause(
                made, rng.choice(patterns.MORE[made.text.endswith(cue)]), rng.choice(like), counts=counts
            )
        return DENIED if denied else degree

    def _lukewarm(self, made: Draft) -> None:
        rng = self._rng
        self._opened(made)
        cue = self._word() if rng.random() < 2 * self._strange else rng.choice(words.NEITHER)
        made.add(self._filled(rng.choice(patterns.LUKEWARM), c=[cue], good=PRAISE, bad=BLAME))
        self._end(made)

    def _slang(self, made: Draft) -> tuple[str, float, str]:
        self._clause(made, self._rng.choice(patterns.SLANG), self._rng.choice(words.SLANG))
        self._end(made)
        return "POSITIVE", MILD, "slang"

    def _adverb(self, made: Draft) -> tuple[str, float, str]:
        """Add a sentence that praises how something fails."""
        lists = {
            "adverb": words.WELL,
            "joyfully": words.JOYFULLY,
            "fails": words.FAILS,
            "hated": [past for past, _ in words.HATE],
        }
        for part in re.split(r"(\{(?:adverb|joyfully|fails|hated)\})", self._rng.choice(patterns.ADVERB)):
            if part[1:-1] in lists:
                made.add(self._rng.choice(lists[part[1:-1]]), "cues")
            elif part:
                made.add(self._filled(part))
        self._end(made)
        return "NEGATIVE", MILD, "adverb"

    def _clause(self, made: Draft, pattern: str, cue: str, *, counts: bool = True) -> float:
        """Add a clause; return the degree of its label where nothing is denied."""
        strengthened = "{i}" in pattern and self._rng.random() < 0.35
        intensifier = self._rng.choice((*words.VERY, *words.RATHER)) if strengthened else ""
        markup = pattern.replace("{i}", f"{intensifier} " if intensifier else "")
        made.add_clause(self._filled(markup, cue), cue, counts=counts)
        return min(degree_of(cue) + (MORE if intensifier in words.VERY else 0), SUREST)

    def _filled(self, markup: str, cue: str = "", **lists: Sequence[str]) -> str:
        """Return *markup* with all but days, company and the *cue* filled in; *lists* has more to draw from."""
        rng = self._rng
        lists = {"p": words.PEOPLE, "m": words.MADE, "is": IS, "looks": LOOKS, **lists}
        text = markup
        while "{n}" in text:
            strange = rng.random() < self._strange
            text = text.replace("{n}", self._word() if strange else rng.choice(words.THINGS), 1)
        for name, drawn in lists.items():
            text = text.replace(f"{{{name}}}", rng.choice(drawn))
        return re.sub(r"\{an\} (\{c\}|\w+)", lambda found: _with_article(found[1], cue), text)

    def _opened(self, made: Draft) -> None:
        if self._rng.random() < 0.15:
            made.add(f"{self._rng.choice(patterns.OPENERS)}, ")

    def _end(self, made: Draft) -> None:
        made.add(self._rng.choice((".", ".", "!", " !")))
        made.add(" ")

    def _word(self) -> str:
        return "".join(self._rng.choices(string.ascii_lowercase, k=self._rng.randint(3, 8)))


def _with_article(word: str, cue: str) -> str:
    """Return *word* after "a" or "an"; `{c}` stands for the *cue*."""
    said = cue if word == "{c}" else word
    vowel = said.startswith(("a", "e", "i", "o", "u", "honest")) and not said.startswith(
        ("use", "uni", "one")
    )
    return f"{'an' if vowel else 'a'} {word}"
