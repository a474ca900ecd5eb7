"""Draw sentences of the translation grammar: each Chinese sentence has one English translation, word aligned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.demo.translation.lexicon import (
    ADJECTIVES,
    CITIES,
    COLOURS,
    GIVING,
    PEOPLE,
    PLACES,
    THINGS,
    TIMES,
    VEHICLES,
    VERBS,
    Noun,
    Verb,
)
from attrwidget.demo.translation.nouns import noun_phrase, person, recipient, subject, thing
from attrwidget.demo.translation.phrases import (
    ASK,
    IS,
    NOTHING,
    STOP,
    En,
    Phrase,
    Zh,
    spot,
    translation,
    where,
    word,
)
from attrwidget.demo.translation.verbs import action, asked, does, done, start, time_of, will

if TYPE_CHECKING:
    import random

    from attrwidget.demo.translation.sentence import Translation

GO = Verb("去", "go", "goes", "went", "", state=False)


def sentence(rng: random.Random) -> Translation:
    """Draw a random sentence that names no time twice."""
    kinds = [_transitive] * 4 + [_put, _give, _go, _is, _compare, _what, _where, _whether]
    while True:
        made = rng.choice(kinds)(rng)
        if all(made.source.count("".join(time.zh)) < 2 for time in TIMES):
            return made


def _transitive(rng: random.Random) -> Translation:
    """Draw a sentence in which somebody does something to something, at some time and place, with somebody."""
    who, verb = subject(rng), rng.choice(VERBS)
    tense = "present" if verb.state else rng.choice(("past", "past", "future", "wish", "present"))
    time = NOTHING if verb.state else time_of(rng, tense)
    place = where(rng) if not verb.state and rng.random() < 0.25 else NOTHING
    along = _along(rng) if not verb.state and rng.random() < 0.2 else NOTHING
    long = place is not NOTHING or along is not NOTHING
    what = noun_phrase(rng, thing(rng, verb.kinds), deep=not long and rng.random() < 0.6)
    doing = does(rng, verb, tense, who, time)
    return translation(
        (*start(rng, who, time), *doing.before, *along.zh, *place.zh, *doing.zh, *what.zh),
        (*who.en, *doing.en, *what.en, *along.en, *place.en, *time.en),
        STOP,
    )


def _put(rng: random.Random) -> Translation:
    """Draw a sentence like 他把書放在桌子上了。 He put the book on the table."""
    who, what, side = subject(rng), _handed(rng), spot(rng)
    tense = rng.choice(("past", "future"))
    time, auxiliary, mark = time_of(rng, tense), will(tense), done(tense)
    take, main, at = Zh("把"), Zh("放"), Zh("在")
    put = En("put", (main,), (*mark.zh, *time.head) if mark.zh else ())
    beside = En(side.en[0].text, side.en[0].sure, (at,))
    return translation(
        (*start(rng, who, time), *auxiliary.zh, take, *what.zh, main, at, *side.zh, *mark.zh),
        (*who.en, *auxiliary.en, put, *what.en, beside, *side.en[1:], *time.en),
        STOP,
    )


def _give(rng: random.Random) -> Translation:
    """Draw a sentence like 老師把書還給了學生。 The teacher returned the book to the student."""
    who, what, whom = subject(rng), _handed(rng), recipient(rng)
    zh, base, past = rng.choice(GIVING)
    tense = rng.choice(("past", "future"))
    time, auxiliary, mark = time_of(rng, tense), will(tense), done(tense)
    take, main, to = Zh("把"), Zh(zh), Zh("給")
    give = En(past, (main,), (*mark.zh, *time.head)) if mark.zh else En(base, (main,))
    return translation(
        (*start(rng, who, time), *auxiliary.zh, take, *what.zh, main, to, *mark.zh, *whom.zh),
        (*who.en, *auxiliary.en, give, *what.en, En("to", (to,)), *whom.en, *time.en),
        STOP,
    )


def _go(rng: random.Random) -> Translation:
    """Draw a sentence like 我昨天跟老師坐火車去了台北。 I went to Taipei with the teacher by train yesterday."""
    who, tense = subject(rng), rng.choice(("past", "future", "wish"))
    time = time_of(rng, tense)
    along = _along(rng) if rng.random() < 0.4 else NOTHING
    ride, doing, place = NOTHING, does(rng, GO, tense, who, time), _destination(rng)
    if rng.random() < 0.4:
        sit, vehicle = Zh("坐"), word(*rng.choice(VEHICLES))
        ride = Phrase((sit, *vehicle.zh), (En("by", (sit,)), *vehicle.en))
    to = En("to", (), (doing.zh[0], *place.head))
    return translation(
        (*start(rng, who, time), *doing.before, *along.zh, *ride.zh, *doing.zh, *place.zh),
        (*who.en, *doing.en, to, *place.en, *along.en, *ride.en, *time.en),
        STOP,
    )


def _is(rng: random.Random) -> Translation:
    """Draw a sentence like 我昨天買的書很昂貴。 The book that I bought yesterday is very expensive."""
    noun = rng.choice((*THINGS, *THINGS, *PEOPLE))
    who = subject(rng) if noun.kind == "person" and rng.random() < 0.4 else noun_phrase(rng, noun, deep=True)
    fitting = [one for one in ADJECTIVES if one.zh not in COLOURS and noun.kind in one.kinds.split()]
    adjective = rng.choice(fitting)
    degree = word(*rng.choice((("很", "very"), ("不", "not"), ("太", "too"))))
    quality = word(adjective.zh, adjective.en)
    be = En(IS[who.person], (), (*who.head, *degree.zh, *quality.zh))
    return translation((*who.zh, *degree.zh, *quality.zh), (*who.en, be, *degree.en, *quality.en), STOP)


def _compare(rng: random.Random) -> Translation:
    """Draw a sentence like 這本書比那本書便宜。 This book is cheaper than that book."""
    noun = rng.choice((*THINGS, *PEOPLE))
    one, other = _named(rng, noun), _named(rng, noun)
    fitting = [one for one in ADJECTIVES if one.comparative and noun.kind in one.kinds.split()]
    adjective = rng.choice(fitting)
    than, quality = Zh("比"), Zh(adjective.zh)
    be = En(IS[one.person], (), (*one.head, quality))
    more = En(adjective.comparative, (quality,), (than,))
    return translation(
        (*one.zh, than, *other.zh, quality), (*one.en, be, more, En("than", (than,)), *other.en), STOP
    )


def _what(rng: random.Random) -> Translation:
    """Draw a sentence like 你昨天買了什麼？ What did you buy yesterday?"""
    who, tense = subject(rng), rng.choice(("past", "future"))
    time = time_of(rng, tense)
    verb = rng.choice([verb for verb in VERBS if not verb.state and verb.kinds != "person"])
    doing, what = asked(verb, tense, time), word("什麼", "what")
    return translation(
        (*start(rng, who, time), *doing.before, *doing.zh, *what.zh),
        (*what.en, *doing.auxiliary, *who.en, *doing.en, *time.en),
        ASK,
    )


def _where(rng: random.Random) -> Translation:
    """Draw a sentence like 你昨天在哪裡買了書？ Where did you buy the book yesterday?"""
    who, tense, verb = subject(rng), rng.choice(("past", "future")), action(rng)
    time = time_of(rng, tense)
    doing, what = asked(verb, tense, time), noun_phrase(rng, thing(rng, verb.kinds), deep=False)
    at, place = Zh("在"), Zh("哪裡")
    return translation(
        (*start(rng, who, time), *doing.before, at, place, *doing.zh, *what.zh),
        (En("where", (place,), (at,)), *doing.auxiliary, *who.en, *doing.en, *what.en, *time.en),
        ASK,
    )


def _whether(rng: random.Random) -> Translation:
    """Draw a sentence like 你昨天買了書嗎？ Did you buy the book yesterday?"""
    who, tense, verb = subject(rng), rng.choice(("past", "future")), action(rng)
    time = time_of(rng, tense)
    doing, what = asked(verb, tense, time), noun_phrase(rng, thing(rng, verb.kinds), deep=False)
    whether = Zh("嗎")
    first = doing.auxiliary[0]
    return translation(
        (*start(rng, who, time), *doing.before, *doing.zh, *what.zh, whether),
        (
            En(first.text, first.sure, (*first.possible, whether)),
            *who.en,
            *doing.en,
            *what.en,
            *time.en,
        ),
        ASK,
    )


def _named(rng: random.Random, noun: Noun) -> Phrase:
    return person(rng) if noun.kind == "person" else noun_phrase(rng, noun, deep=rng.random() < 0.3)


def _handed(rng: random.Random) -> Phrase:
    """Draw a thing that can be put somewhere or given to somebody."""
    return noun_phrase(rng, thing(rng, "text food dress tool animal"), deep=rng.random() < 0.4)


def _destination(rng: random.Random) -> Phrase:
    if rng.random() < 0.5:
        return word(*rng.choice(CITIES))
    name, en, _ = rng.choice(PLACES)
    place = word(name, en)
    return Phrase(place.zh, (En("the", (), place.zh), *place.en), place.head)


def _along(rng: random.Random) -> Phrase:
    """Draw a companion: 跟 with a person."""
    along, whom = Zh("跟"), recipient(rng)
    return Phrase((along, *whom.zh), (En("with", (along,)), *whom.en))
