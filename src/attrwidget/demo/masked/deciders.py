"""Find which parts of a sentence decide its masked words, by trying every fact that could stand there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

from attrwidget.demo.causal.facts import FACTS, Fact
from attrwidget.demo.causal.templates import NOUNS
from attrwidget.demo.masked.gaps import MASK

if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT = ("the", "and", ",")
"""Words of answers that are never masked."""
WORD = re.compile(r"[A-Za-z]+|,")


@dataclass(frozen=True)
class _Candidate:
    """A fact in the place of another: the words under the masks, and what each part would show."""

    words: tuple[str, ...]
    shown: dict[str, str]


@cache
def deciders(
    fact: Fact, part: str, pattern: tuple[str, ...], *, office: bool
) -> tuple[tuple[str, ...], ...] | None:
    """Return, for each mask, the names of the parts that decide its word; None where some mask has no single answer.

    *pattern* is the words of the masked *part*, masks among them. The part itself may decide too, by its remaining
    words and its number of masks; but not an entity, which the number of masks must not give away. Parts decide when
    they are enough for the word and none of them can be spared; where several such sets exist, all their parts are
    named. *office* is True when the sentence names a person's office.
    """
    candidates = list(_candidates(fact, part, pattern, office=office))
    own = next(one for one in candidates if one.shown == _shown(fact, part, " ".join(pattern), office=office))
    usable = [name for name in own.shown if name != "entity" or part != "entity"]
    found = []
    for mask, word in enumerate(own.words):
        enough: list[set[str]] = []
        for size in range(len(usable) + 1):
            for names in map(set, combinations(usable, size)):
                fitting = (
                    one for one in candidates if all(one.shown[name] == own.shown[name] for name in names)
                )
                words = {one.words[mask] for one in fitting if mask < len(one.words)}
                if words == {word} and not any(known <= names for known in enough):
                    enough.append(names)
        if not enough:
            return None
        found.append(tuple(sorted(set().union(*enough))))
    return tuple(found)


def _candidates(fact: Fact, part: str, pattern: tuple[str, ...], *, office: bool) -> Iterator[_Candidate]:
    """Yield every fact of the kind, and every wording of its part, with the same words masked."""
    whole = all(word == MASK or word in KEPT for word in pattern)
    at = [index for index, word in enumerate(pattern) if word == MASK]
    for other in FACTS:
        if other.kind != fact.kind:
            continue
        for words in _phrases(other, part, pattern):
            hidden = [i for i, word in enumerate(words) if (word not in KEPT if whole else i in at)]
            rest = " ".join(MASK if i in hidden else word for i, word in enumerate(words))
            yield _Candidate(tuple(words[i] for i in hidden), _shown(other, part, rest, office=office))


def _phrases(fact: Fact, part: str, pattern: tuple[str, ...]) -> list[list[str]]:
    """Return the possible wordings of a fact's part."""
    if part == "relation":
        return [noun.split() for noun in NOUNS[fact.relation]]
    words = WORD.findall(fact.entity if part == "entity" else fact.answer)
    article = part == "answer" and fact.relation == "currency" and pattern[0] == "the"
    return [["the", *words] if article else words]


def _shown(fact: Fact, part: str, rest: str, *, office: bool) -> dict[str, str]:
    parts = {"entity": fact.entity, "relation": fact.relation, "answer": fact.answer}
    return {**parts, **({"office": fact.office} if office else {}), part: rest}
