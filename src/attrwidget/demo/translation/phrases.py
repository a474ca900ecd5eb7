"""Phrases of the translation grammar: Chinese words, English words, and the links between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from attrwidget.demo.translation.lexicon import CITIES, PLACES, SPOTS, Time
from attrwidget.demo.translation.sentence import Translation

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable


@dataclass(frozen=True, eq=False)
class Zh:
    """A Chinese word in one place of a sentence: two of them are never the same word, even when written alike."""

    text: str


@dataclass(frozen=True)
class En:
    """An English word, the Chinese words that it translates, and those that otherwise help to decide it."""

    text: str
    sure: tuple[Zh, ...]
    possible: tuple[Zh, ...] = ()


@dataclass(frozen=True)
class Phrase:
    """Chinese and English words, each in their order. A noun phrase has a head and a person for agreement."""

    zh: tuple[Zh, ...] = ()
    en: tuple[En, ...] = ()
    head: tuple[Zh, ...] = ()
    person: str = "third"


NOTHING = Phrase()
STOP, ASK = ("。", "."), ("？", "?")
IS = {"first": "am", "many": "are", "third": "is"}


def word(zh: str, *en: str) -> Phrase:
    """Return one Chinese word and the English words that all translate it."""
    head = Zh(zh)
    return Phrase((head,), tuple(En(text, (head,)) for text in en), (head,))


def when(time: Time) -> Phrase:
    """Draw a time word or two."""
    zh = tuple(Zh(text) for text in time.zh)
    return Phrase(zh, tuple(En(text, tuple(zh[i] for i in at)) for text, at in time.en), zh)


def where(rng: random.Random) -> Phrase:
    """Draw a place: 在 with a place or a city."""
    at = Zh("在")
    if rng.random() < 0.4:
        city = word(*rng.choice(CITIES))
        return Phrase((at, *city.zh), (En("in", (at,)), *city.en))
    name, en, preposition = rng.choice(PLACES)
    place = Zh(name)
    return Phrase((at, place), (En(preposition, (at,), (place,)), En("the", (), (place,)), En(en, (place,))))


def spot(rng: random.Random) -> Phrase:
    """Draw a piece of furniture and a side of it: 桌子上, "on the table"."""
    name, en, sides = rng.choice(SPOTS)
    side, preposition = rng.choice(sides)
    thing, beside = Zh(name), Zh(side)
    return Phrase((thing, beside), (En(preposition, (beside,)), En("the", (), (thing,)), En(en, (thing,))))


def translation(zh: Iterable[Zh], en: Iterable[En], mark: tuple[str, str]) -> Translation:
    """Join these words to a sentence, with a full stop or question mark at the end."""
    end = word(*mark)
    source, target = (*zh, *end.zh), (*en, *end.en)
    at = {one: i for i, one in enumerate(source)}
    text, words = "", []
    for one in source:
        words.append((len(text), len(text) + len(one.text)))
        text += one.text
    english, pieces = "", []
    for out in target:
        start = len(english)
        space = " " if english and out is not target[-1] else ""
        english += space + (out.text if english else out.text[0].upper() + out.text[1:])
        pieces.append((start, len(english)))
    sure = tuple(tuple(sorted(at[one] for one in out.sure)) for out in target)
    possible = tuple(
        tuple(sorted({at[one] for one in out.possible} - set(known)))
        for out, known in zip(target, sure, strict=True)
    )
    return Translation(text, english, tuple(words), tuple(pieces), sure, possible)
