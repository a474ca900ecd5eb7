"""Draw noun phrases of the translation grammar: who and what sentences are about."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from attrwidget.demo.translation.lexicon import (
    ADJECTIVES,
    FAMILY,
    NAMES,
    NUMBERS,
    PEOPLE,
    PRONOUNS,
    THINGS,
    TIMES,
    VERBS,
    Noun,
)
from attrwidget.demo.translation.phrases import NOTHING, En, Phrase, Zh, spot, when, word

if TYPE_CHECKING:
    import random


def subject(rng: random.Random) -> Phrase:
    """Draw who does something."""
    if rng.random() < 0.4:
        return _pronoun(rng)
    return person(rng)


def recipient(rng: random.Random) -> Phrase:
    """Draw to, with or of whom something is done."""
    if rng.random() < 0.25:
        zh, _, en, _, _ = rng.choice(PRONOUNS)
        return word(zh, en)
    return person(rng)


def person(rng: random.Random) -> Phrase:
    """Draw a person by name or by noun."""
    chance = rng.random()
    if chance < 0.2:
        return word(*rng.choice(NAMES))
    if chance < 0.4:
        return _mine(rng, *rng.choice(FAMILY))
    return noun_phrase(rng, rng.choice(PEOPLE), deep=False)


def noun_phrase(rng: random.Random, noun: Noun, *, deep: bool) -> Phrase:
    """Return a noun with what goes before it in Chinese; only a *deep* one has a phrase of its own inside."""
    forms = [_bare, _bare, _counted, _counted]
    forms += [_of, _located, _relative, _relative, _relative] if deep else []
    return rng.choice(forms)(rng, noun)


def _mine(rng: random.Random, zh: str, en: str) -> Phrase:
    owner, _, _, possessive, _ = rng.choice(PRONOUNS)
    who, of, head = Zh(owner), Zh("的"), Zh(zh)
    return Phrase((who, of, head), (En(possessive, (who,), (of,)), En(en, (head,))), (head,))


def _adjective(rng: random.Random, noun: Noun, chance: float) -> Phrase:
    if rng.random() > chance:
        return NOTHING
    adjective, of = word(*_fitting(rng, noun)), Zh("的")
    return Phrase((*adjective.zh, of), tuple(En(one.text, one.sure, (of,)) for one in adjective.en))


def _fitting(rng: random.Random, noun: Noun) -> tuple[str, str]:
    adjective = rng.choice([one for one in ADJECTIVES if noun.kind in one.kinds.split()])
    return adjective.zh, adjective.en


def _bare(rng: random.Random, noun: Noun) -> Phrase:
    if rng.random() < 0.2:
        return _mine(rng, noun.zh, noun.one)
    adjective, head = _adjective(rng, noun, 0.35), Zh(noun.zh)
    return Phrase(
        (*adjective.zh, head), (En("the", (), (head,)), *adjective.en, En(noun.one, (head,))), (head,)
    )


def _counted(rng: random.Random, noun: Noun) -> Phrase:
    """Return a noun with a number or *this* or *that*, and its measure word."""
    adjective, head, measure = _adjective(rng, noun, 0.35), Zh(noun.zh), Zh(noun.measure)
    one, many = En(noun.one, (head,)), "third"
    chance = rng.random()
    if chance < 0.4:
        first = Zh("一")
        following = [*adjective.en, one][0]
        article = "an" if following.text[0] in "aeiou" else "a"
        determiner = En(article, (first,), (measure, *following.sure))
    elif chance < 0.75:
        zh, en = rng.choice((("這", "this"), ("那", "that")))
        first = Zh(zh)
        determiner = En(en, (first,), (measure,))
    else:
        zh, en = rng.choice(NUMBERS)
        first = Zh(zh)
        determiner, one, many = En(en, (first,), (measure,)), En(noun.many, (head,), (first,)), "many"
    return Phrase((first, measure, *adjective.zh, head), (determiner, *adjective.en, one), (head,), many)


def _of(rng: random.Random, noun: Noun) -> Phrase:
    """Return *noun* with an owner: 老師的書, "the book of the teacher"."""
    owner = _bare_noun(rng.choice(PEOPLE))
    of, thing = Zh("的"), _bare_noun(noun)
    return Phrase((*owner.zh, of, *thing.zh), (*thing.en, En("of", (of,)), *owner.en), thing.head)


def _located(rng: random.Random, noun: Noun) -> Phrase:
    """Return *noun* at a place: 桌子上的書, "the book on the table"."""
    place, of, thing = spot(rng), Zh("的"), _bare_noun(noun)
    return Phrase((*place.zh, of, *thing.zh), (*thing.en, *place.en), thing.head)


def _relative(rng: random.Random, noun: Noun) -> Phrase:
    """Return *noun* with a relative clause: 我昨天買的書, "the book that I bought yesterday"."""
    verb = rng.choice([one for one in VERBS if noun.kind in one.kinds.split()])
    who, of, thing, done = _short_subject(rng), Zh("的"), _bare_noun(noun), Zh(verb.zh)
    time = NOTHING if verb.state else when(rng.choice([one for one in TIMES if one.tense == "past"]))
    states = verb.third if who.person == "third" else verb.base
    en = En(states, (done,), who.head) if verb.state else En(verb.past, (done,), time.head)
    return Phrase(
        (*who.zh, *time.zh, done, of, *thing.zh),
        (*thing.en, En("that", (of,)), *who.en, en, *time.en),
        thing.head,
    )


def _short_subject(rng: random.Random) -> Phrase:
    if rng.random() < 0.6:
        return _pronoun(rng)
    return word(*rng.choice(NAMES)) if rng.random() < 0.4 else _bare_noun(rng.choice(PEOPLE))


def _pronoun(rng: random.Random) -> Phrase:
    zh, en, _, _, person = rng.choice(PRONOUNS)
    return replace(word(zh, en), person=person)


def _bare_noun(noun: Noun) -> Phrase:
    head = Zh(noun.zh)
    return Phrase((head,), (En("the", (), (head,)), En(noun.one, (head,))), (head,))


def thing(rng: random.Random, kinds: str) -> Noun:
    """Draw a noun of one of these kinds."""
    return rng.choice([noun for noun in (*THINGS, *PEOPLE) if noun.kind in kinds.split()])
