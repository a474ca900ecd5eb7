"""Draw random texts with masks: the masked model's training text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.demo.causal.corpus import DRAWN, PLACES
from attrwidget.demo.causal.grammar import sentence
from attrwidget.demo.causal.templates import ASIDES, MENTIONS, OPENERS, opened, templates
from attrwidget.demo.masked.deciders import KEPT, WORD
from attrwidget.demo.masked.grammar import gaps, joined, whole_grammar

if TYPE_CHECKING:
    import random

    from attrwidget.demo.masked.gaps import Gaps


def text(rng: random.Random) -> Gaps:
    """Draw a sentence with masks, sometimes two."""
    first = _one(rng)
    return joined(first, _one(rng)) if rng.random() < 0.25 else first


def _one(rng: random.Random) -> Gaps:
    """Draw a fact with a part of it masked, or some words of its answer; sometimes among fillers."""
    while True:
        fact = rng.choice(DRAWN)
        template = rng.choice(templates(fact.kind, fact.relation, fact.office))
        name = rng.choice((fact.entity, *fact.names))
        part = rng.choice(("answer", "answer", "answer", "entity", "relation"))
        plain = gaps(fact, sentence(fact, template, name), part)
        if plain is None or plain.text not in whole_grammar():
            continue
        hidden = _some(rng, fact.answer) if part == "answer" and rng.random() < 0.3 else ()
        if template.opens and rng.random() < 0.4:
            template = opened(template, _opener(rng, (fact.entity, fact.answer)))
        before = rng.choice(ASIDES) if rng.random() < 0.2 else ""
        found = gaps(fact, sentence(fact, template, name, before), part, hidden)
        if found is not None:
            return found


def _some(rng: random.Random, answer: str) -> tuple[int, ...]:
    """Draw one word of the answer, by its index among those that may be masked."""
    count = sum(word not in KEPT for word in WORD.findall(answer))
    return (rng.randrange(count),) if count > 1 else ()


def _opener(rng: random.Random, named: tuple[str, ...]) -> str:
    if rng.random() < 0.3:
        return rng.choice(MENTIONS).replace(
            "{m}", rng.choice([place for place in PLACES if place not in named])
        )
    return rng.choice(OPENERS)
