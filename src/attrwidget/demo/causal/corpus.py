"""Draw random documents of the grammar: the bundled model's training text."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from attrwidget.demo.causal.facts import FACTS, Fact
from attrwidget.demo.causal.grammar import PIECE, sentence
from attrwidget.demo.causal.templates import (
    ASIDES,
    MENTIONS,
    OPENERS,
    PEOPLE,
    Template,
    noun,
    opened,
    templates,
)

if TYPE_CHECKING:
    import random

PLACES = tuple(dict.fromkeys(fact.entity for fact in FACTS if fact.kind != "person"))
STRANGE = "αβγδжзиאבגשرب東京大阪日本語中国한국어ไทย🙂🎉🌍🚀éñüßø€—…“”0123456789#@/*+=~^|_;:()-'\"&%$!?"
LETTERS = "abcdefghijklmnopqrstuvwxyz"

CONTINENTS = {(fact.kind, fact.entity): fact.answer for fact in FACTS if fact.relation == "continent"}

DRAWN = (*FACTS, *(fact for fact in FACTS if fact.relation in PEOPLE))
"""Facts to draw from; who held an office is asked twice as often, since one word makes the difference."""

_BY_RELATION: dict[tuple[str, str], list[Fact]] = defaultdict(list)
_BY_ENTITY: dict[tuple[str, str], list[Fact]] = defaultdict(list)
for _fact in FACTS:
    _BY_RELATION[_fact.kind, _fact.relation].append(_fact)
    _BY_ENTITY[_fact.kind, _fact.entity].append(_fact)


@dataclass
class Document:
    """Text that ends with an answer."""

    text: str = ""
    labels: list[tuple[int, int, str]] = field(default_factory=list)
    """The answers' pieces and full stops: (start, end, the text to learn there)."""
    junk: list[tuple[int, int]] = field(default_factory=list)
    """Spans from which nothing can be learned."""


def document(rng: random.Random, noise: float, length: int = 0) -> Document:
    """Draw a document: some sentences of context, or about `length` characters of them, then one statement.

    A share `noise` of the answers has one piece's label replaced by what another entity would give, so that the
    trained model leaves some probability to plausible alternatives.
    """
    doc = Document()
    separator = rng.choice((" ", " ", " ", "\n", "\n- "))
    sentences_before = rng.choice((0, 0, 0, 0, 1, 1, 2, 3))
    while len(doc.text) < length if length else sentences_before > 0:
        sentences_before -= 1
        kind = rng.random()
        if kind < 0.6:
            _state(doc, rng, noise)
        elif kind < 0.85:
            doc.text += rng.choice(ASIDES)
        else:
            start = len(doc.text)
            doc.text += _strange(rng)
            doc.junk.append((start, len(doc.text)))
        doc.text += separator
    _state(doc, rng, noise)
    return doc


def _state(doc: Document, rng: random.Random, noise: float) -> None:
    """Append a statement of a random fact."""
    fact = rng.choice(DRAWN)
    template = rng.choice(templates(fact.kind, fact.relation, fact.office))
    if template.markup.startswith("Facts about") and rng.random() < 0.6:
        template = _list(template, rng, fact)
    elif template.opens and rng.random() < 0.5:
        template = opened(template, _opener(rng, fact))
    asked = sentence(fact, template, rng.choice((fact.entity, *fact.names)))
    start = len(doc.text)
    doc.text += asked.text + "."
    labels = [(start + a, start + b, asked.text[a:b]) for a, b in asked.pieces]
    if rng.random() < noise:
        other = PIECE.findall(f"{template.article} {_near(rng, fact).answer}")
        for k, (label, piece) in enumerate(zip(labels, other, strict=False)):
            if label[2] != piece:
                labels[k] = (*label[:2], piece)
                break
    doc.labels += [*labels, (len(doc.text) - 1, len(doc.text), ".")]


def _near(rng: random.Random, fact: Fact) -> Fact:
    """Draw a fact that might be mistaken for this one: the same relation near by or anywhere, or another office."""
    alike = _BY_RELATION[fact.kind, fact.relation]
    offices = [other for other in _BY_ENTITY[fact.kind, fact.entity] if other.relation in PEOPLE]
    continent = CONTINENTS.get((fact.kind, fact.entity))
    near = [other for other in alike if CONTINENTS.get((other.kind, other.entity)) == continent]
    return rng.choice(rng.choice((alike, near, near, offices if fact.relation in PEOPLE else near)))


def _list(template: Template, rng: random.Random, fact: Fact) -> Template:
    """Return the template "Facts about Poland: language:" with one to three other facts listed first."""
    others = [other for other in _BY_ENTITY[fact.kind, fact.entity] if other.relation != fact.relation]
    rng.shuffle(others)
    listed = "".join(f" {noun(other)}: {other.answer};" for other in others[: rng.randint(1, 3)])
    return Template(template.markup.replace("{e}:", "{e}:" + listed))


def _opener(rng: random.Random, fact: Fact) -> str:
    if rng.random() < 0.3:
        return rng.choice(MENTIONS).replace("{m}", rng.choice([p for p in PLACES if p != fact.entity]))
    return rng.choice(OPENERS)


def _strange(rng: random.Random) -> str:
    """Draw words that mean nothing to the grammar, in any script."""
    words = []
    for _ in range(rng.randint(1, 4)):
        alphabet = rng.choice((STRANGE, LETTERS, LETTERS))
        words.append("".join(rng.choice(alphabet) for _ in range(rng.randint(1, 6))))
    text = " ".join(words)
    return (text.capitalize() if rng.random() < 0.5 else text) + rng.choice((".", ".", "!", ""))
