"""Mask words in the sentences of the first bundled model's grammar."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from attrwidget.demo.causal.grammar import sentences
from attrwidget.demo.causal.templates import NOUNS
from attrwidget.demo.masked.deciders import KEPT, WORD, deciders
from attrwidget.demo.masked.gaps import MASK, Gaps, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.demo.causal.facts import Fact
    from attrwidget.demo.causal.sentence import Sentence

PARTS = ("answer", "entity", "relation")


@cache
def whole_grammar() -> dict[str, Gaps]:
    """Return, by text, every fact in every template with all words of a part masked, where only those words fit."""
    made = [
        found
        for fact, asked in sentences()
        for part in PARTS
        if (found := gaps(fact, asked, part)) is not None
    ]
    answers = Counter(key for key, _ in {(_key(one), one.answers) for one in made})
    return {one.text: one for one in made if answers[_key(one)] == 1}


def _key(one: Gaps) -> str:
    """Return the text, with one mask for an entity of several words: their number must not give the entity away."""
    return one.text.replace(f"{MASK} " * (len(one.masks) - 1), "") if one.masked == "entity" else one.text


def gaps(fact: Fact, asked: Sentence, part: str, hidden: Sequence[int] = ()) -> Gaps | None:
    """Return the sentence with the words of a part masked, or only those *hidden*, by their index.

    None where the part has no words that can be masked, where other facts fit as well, or where the number of masks
    alone decides.
    """
    text = asked.text + "."
    if part == "entity" and asked.words((asked.entity,)) != (fact.entity,):
        return None
    if part == "relation" and asked.words(asked.relation) not in {(noun,) for noun in NOUNS[fact.relation]}:
        return None
    places = _places(fact, asked)
    words = [match.span() for a, b in places[part] for match in WORD.finditer(text, a, b)]
    maskable = [(a, b) for a, b in words if text[a:b] not in KEPT]
    chosen = [maskable[k] for k in hidden or range(len(maskable))]
    pattern = tuple(MASK if (a, b) in chosen else text[a:b] for a, b in words)
    found = deciders(fact, part, pattern, office="office" in places)
    if found is None:
        return None
    places[part] = [span for span in words if span not in chosen]
    if not all(any(places[name] for name in names) for names in found):
        return None

    def moved(span: Span) -> Span:
        start, end = (at + sum(len(MASK) - b + a for a, b in chosen if b <= at) for at in span)
        return start, end

    return Gaps(
        _masked(text, chosen),
        part,
        tuple((moved((a, a))[0], moved((a, b))[1]) for a, b in chosen),
        tuple(text[a:b] for a, b in chosen),
        tuple(tuple(sorted(moved(span) for name in names for span in places[name])) for names in found),
        tuple(moved(span) for span in asked.fillers),
    )


def joined(first: Gaps, second: Gaps) -> Gaps:
    """Join both sentences to one text."""
    by = len(first.text) + 1

    def moved(spans: tuple[Span, ...]) -> tuple[Span, ...]:
        return tuple((a + by, b + by) for a, b in spans)

    return Gaps(
        f"{first.text} {second.text}",
        first.masked if first.masked == second.masked else "several",
        (*first.masks, *moved(second.masks)),
        (*first.answers, *second.answers),
        (*first.deciding, *map(moved, second.deciding)),
        (*first.fillers, *moved(second.fillers)),
    )


def _places(fact: Fact, asked: Sentence) -> dict[str, list[Span]]:
    """Return where each part stands in the sentence."""
    start = len(asked.prompt)
    answer = (start + len(asked.answer) - len(asked.answer.lstrip()), start + len(asked.answer))
    places = {"entity": [asked.entity], "relation": list(asked.relation), "answer": [answer]}
    noun = NOUNS[fact.office][0] if fact.office else ""
    if noun and noun in asked.prompt:
        at = asked.prompt.index(noun)
        places["office"] = [(at, at + len(noun))]
    return places


def _masked(text: str, chosen: Sequence[Span]) -> str:
    for a, b in sorted(chosen, reverse=True):
        text = text[:a] + MASK + text[b:]
    return text
