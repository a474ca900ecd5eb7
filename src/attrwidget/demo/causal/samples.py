"""Draw the sentences that travel with the model."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from attrwidget.demo.causal.corpus import PLACES
from attrwidget.demo.causal.grammar import sentence
from attrwidget.demo.causal.templates import ASIDES, MENTIONS, OPENERS, opened, templates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.demo.causal.facts import Fact
    from attrwidget.demo.causal.sentence import Sentence


def samples(facts: Sequence[Fact], seed: int = 7) -> list[Sentence]:
    """Return two sentences for each fact: its first template, plain, and another one among fillers."""
    rng = random.Random(seed)  # noqa: S311
    found = []
    for fact in facts:
        choices = templates(fact.kind, fact.relation, fact.office)
        found.append(sentence(fact, choices[0]))
        template = rng.choice(choices[1:])
        before = ""
        if not template.opens or rng.random() < 0.3:
            before = rng.choice(ASIDES)
        elif rng.random() < 0.3:
            place = rng.choice([place for place in PLACES if place not in (fact.entity, fact.answer)])
            template = opened(template, rng.choice(MENTIONS).replace("{m}", place))
        else:
            template = opened(template, rng.choice(OPENERS))
        found.append(sentence(fact, template, rng.choice(fact.names), before))
    return found
