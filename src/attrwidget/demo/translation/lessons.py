"""Draw sentences about fields of study: 我喜歡機器學習。 I like machine learning."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from attrwidget.demo.translation.fields import (
    AFTER,
    BEFORE,
    COMMON,
    DEGREES,
    QUALITIES,
    STUDYING,
    SUBJECTS,
    TEACH,
)
from attrwidget.demo.translation.lexicon import PRONOUNS, TIMES, VERBS
from attrwidget.demo.translation.nouns import noun_phrase, person, recipient, subject, thing
from attrwidget.demo.translation.phrases import (
    ASK,
    IS,
    NOTHING,
    STOP,
    En,
    Phrase,
    Zh,
    translation,
    where,
    word,
)
from attrwidget.demo.translation.verbs import DOES, asked, does, doing, start, time_of

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from attrwidget.demo.translation.lexicon import Verb
    from attrwidget.demo.translation.sentence import Translation


def lesson(rng: random.Random) -> Translation:
    """Draw a random sentence about fields of study, or one with two things or people, that names no time twice."""
    kinds = [_studies] * 5 + [_both, _teaches, _is, _compares, _what, _who, _whether, _why]
    while True:
        made = rng.choice(kinds)(rng)
        if all(made.source.count("".join(time.zh)) < 2 for time in TIMES):
            return made


def course() -> list[Translation]:
    """Return the sentences that a course asks about; training sees none of them."""
    both = ("機器 學習", "人工 智慧")
    return [
        _stated("我", "喜歡", both),
        _stated("我", "喜歡", ("機器 學習", "人工 智能")),
        _stated("她", "喜歡", ("深度 學習", "自然 語言 處理")),
        _stated("我們", "學習", both),
        _stated("我", "學習", ("機器 學習",)),
        _stated("我", "喜歡", ("機器 學習",), negated=True),
        _stated("他們", "研究", ("電腦 視覺", "機器 翻譯")),
        _stated("他", "討厭", ("數學",), negated=True),
    ]


def _stated(who: str, verb: str, names: Sequence[str], *, negated: bool = False) -> Translation:
    pronoun = next(replace(word(zh, en), person=person) for zh, en, _, _, person in PRONOUNS if zh == who)
    known = next(one for one in STUDYING if one.zh == verb)
    what = _joined([_named(name) for name in names])
    said = doing(known, "present", pronoun, NOTHING, negated=negated)
    return translation(
        (*pronoun.zh, *said.before, *said.zh, *what.zh), (*pronoun.en, *said.en, *what.en), STOP
    )


def _named(name: str) -> Phrase:
    english = dict((*BEFORE, *AFTER, *SUBJECTS))
    return _side_by_side(*(word(zh, english[zh]) for zh in name.split()))


def _side_by_side(*words: Phrase) -> Phrase:
    zh = tuple(one for phrase in words for one in phrase.zh)
    return Phrase(zh, tuple(one for phrase in words for one in phrase.en), words[-1].zh)


def _joined(phrases: Sequence[Phrase]) -> Phrase:
    """Join one phrase, or two by 和: then both are many."""
    if len(phrases) == 1:
        return phrases[0]
    one, other = phrases
    also = word("和", "and")
    return Phrase(
        (*one.zh, *also.zh, *other.zh),
        (*one.en, *also.en, *other.en),
        (*one.head, *also.zh, *other.head),
        "many",
    )


def _field(rng: random.Random) -> Phrase:
    chance = rng.random()
    if chance < 0.3:
        return word(*rng.choice(SUBJECTS))
    if chance < 0.6:
        return _named(rng.choice(COMMON))
    return _side_by_side(word(*rng.choice(BEFORE)), word(*rng.choice(AFTER)))


def _fields(rng: random.Random, chance: float = 0.5) -> Phrase:
    """Draw a field, or by a *chance* two that do not begin alike."""
    one, other = _field(rng), _field(rng)
    twice = rng.random() < chance and one.zh[0].text != other.zh[0].text
    return _joined([one, other] if twice else [one])


def _studies(rng: random.Random) -> Translation:
    """Draw a sentence like 我昨天在學校學習了機器學習。 I studied machine learning at the school yesterday."""
    who, verb, what = subject(rng), rng.choice(STUDYING), _fields(rng)
    tense = "present" if verb.state else rng.choice(("past", "future", "wish", "present"))
    time = NOTHING if verb.state or (tense == "present" and rng.random() < 0.5) else time_of(rng, tense)
    place = where(rng) if not verb.state and rng.random() < 0.2 else NOTHING
    said = does(rng, verb, tense, who, time)
    return translation(
        (*start(rng, who, time), *said.before, *place.zh, *said.zh, *what.zh),
        (*who.en, *said.en, *what.en, *place.en, *time.en),
        STOP,
    )


def _both(rng: random.Random) -> Translation:
    """Draw a sentence like 老師和學生喜歡貓和狗。 The teacher and the student like the cat and the dog."""
    verb = rng.choice([one for one in VERBS if one.state])
    who = _joined([person(rng), person(rng)]) if rng.random() < 0.4 else subject(rng)
    what = _joined([noun_phrase(rng, thing(rng, verb.kinds), deep=False) for _ in range(2)])
    said = does(rng, verb, "present", who, NOTHING)
    return translation((*who.zh, *said.before, *said.zh, *what.zh), (*who.en, *said.en, *what.en), STOP)


def _teaches(rng: random.Random) -> Translation:
    """Draw a sentence like 我的媽媽教我們數學。 My mother teaches us mathematics."""
    who, whom, what = person(rng), recipient(rng), _fields(rng, 0.2)
    tense = rng.choice(("past", "future", "present"))
    time = NOTHING if tense == "present" else time_of(rng, tense)
    said = doing(TEACH, tense, who, time, negated=False)
    return translation(
        (*start(rng, who, time), *said.before, *said.zh, *whom.zh, *what.zh),
        (*who.en, *said.en, *whom.en, *what.en, *time.en),
        STOP,
    )


def _is(rng: random.Random) -> Translation:
    """Draw a sentence like 機器學習和數學很有趣。 Machine learning and mathematics are very interesting."""
    who, degree, quality = _fields(rng, 0.3), word(*rng.choice(DEGREES)), word(*rng.choice(QUALITIES))
    be = En(IS[who.person], (), (*who.head, *degree.zh, *quality.zh))
    return translation((*who.zh, *degree.zh, *quality.zh), (*who.en, be, *degree.en, *quality.en), STOP)


def _compares(rng: random.Random) -> Translation:
    """Draw a sentence like 化學比歷史有趣。 Chemistry is more interesting than history."""
    one, other, quality = _field(rng), _field(rng), word(*rng.choice(QUALITIES))
    than = Zh("比")
    be, more = En(IS["third"], (), (*one.head, *quality.zh)), En("more", (), (than, *quality.zh))
    return translation(
        (*one.zh, than, *other.zh, *quality.zh),
        (*one.en, be, more, *quality.en, En("than", (than,)), *other.en),
        STOP,
    )


def _state(rng: random.Random) -> Verb:
    return rng.choice([one for one in STUDYING if one.state])


def _what(rng: random.Random) -> Translation:
    """Draw a sentence like 你喜歡什麼？ What do you like?"""
    who, what = subject(rng), word("什麼", "what")
    verb = rng.choice(STUDYING)
    if verb.state:
        main = word(verb.zh, verb.base)
        do = En(DOES[who.person], (), (*what.zh, *who.head))
        return translation((*who.zh, *main.zh, *what.zh), (*what.en, do, *who.en, *main.en), ASK)
    time = time_of(rng, tense := rng.choice(("past", "future")))
    said = asked(verb, tense, time)
    return translation(
        (*start(rng, who, time), *said.before, *said.zh, *what.zh),
        (*what.en, *said.auxiliary, *who.en, *said.en, *time.en),
        ASK,
    )


def _who(rng: random.Random) -> Translation:
    """Draw a sentence like 誰喜歡數學？ Who likes mathematics?"""
    who, what = word("誰", "who"), _fields(rng)
    said = doing(_state(rng), "present", who, NOTHING, negated=False)
    return translation((*who.zh, *said.zh, *what.zh), (*who.en, *said.en, *what.en), ASK)


def _whether(rng: random.Random) -> Translation:
    """Draw a sentence like 你喜歡數學嗎？ Do you like mathematics?"""
    who, verb, what, whether = subject(rng), _state(rng), _fields(rng), Zh("嗎")
    main, do = word(verb.zh, verb.base), En(DOES[who.person], (), (whether, *who.head))
    return translation((*who.zh, *main.zh, *what.zh, whether), (do, *who.en, *main.en, *what.en), ASK)


def _why(rng: random.Random) -> Translation:
    """Draw a sentence like 你為什麼喜歡數學？ Why do you like mathematics?"""
    who, verb, what, why = subject(rng), _state(rng), _fields(rng), word("為什麼", "why")
    main, do = word(verb.zh, verb.base), En(DOES[who.person], (), (*why.zh, *who.head))
    return translation(
        (*who.zh, *why.zh, *main.zh, *what.zh), (*why.en, do, *who.en, *main.en, *what.en), ASK
    )
