"""Verb phrases of the translation grammar: tense, negation, questions, and when it happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from attrwidget.demo.translation.lexicon import TIMES, VERBS, Verb
from attrwidget.demo.translation.phrases import NOTHING, En, Phrase, Zh, when, word

if TYPE_CHECKING:
    import random

DOES = {"first": "do", "many": "do", "third": "does"}
WANTS = {"first": "want", "many": "want", "third": "wants"}


@dataclass(frozen=True)
class Doing:
    """A verb and its auxiliaries, which in Chinese go before companion and place, the verb after them."""

    before: tuple[Zh, ...]
    zh: tuple[Zh, ...]
    en: tuple[En, ...]
    auxiliary: tuple[En, ...] = ()
    """In a question, the English word before the subject."""


def action(rng: random.Random) -> Verb:
    """Draw a verb of something that happens."""
    return rng.choice([verb for verb in VERBS if not verb.state])


def time_of(rng: random.Random, tense: str) -> Phrase:
    """Draw a time; sometimes none, where the verb shows the tense itself."""
    if tense != "present" and rng.random() < 0.4:
        return NOTHING
    fitting = "future" if tense == "wish" else tense
    return when(rng.choice([one for one in TIMES if one.tense == fitting]))


def start(rng: random.Random, who: Phrase, time: Phrase) -> tuple[Zh, ...]:
    """Return the subject, with the time before or after it."""
    return (*time.zh, *who.zh) if rng.random() < 0.4 else (*who.zh, *time.zh)


def will(tense: str) -> Phrase:
    """Return 會 in the future, else nothing."""
    return word("會", "will") if tense == "future" else NOTHING


def done(tense: str) -> Phrase:
    """Return 了 in the past, else nothing."""
    return Phrase((Zh("了"),)) if tense == "past" else NOTHING


def does(rng: random.Random, verb: Verb, tense: str, who: Phrase, time: Phrase) -> Doing:
    """Return the verb in a tense, sometimes negated."""
    negated = rng.random() < 0.25 and (verb.state or tense != "present")
    return doing(verb, tense, who, time, negated=negated)


def doing(verb: Verb, tense: str, who: Phrase, time: Phrase, *, negated: bool) -> Doing:
    """Return the verb in a tense; one that is no state and in the present is not *negated*."""
    main = Zh(verb.zh)
    if tense == "wish":
        return _wish(main, verb.base, who, negated=negated)
    base = En(verb.base, (main,))
    if tense == "past":
        if negated:
            no = Zh("沒有")
            return Doing((no,), (main,), (En("did", (no,), time.head), En("not", (no,)), base))
        mark = done(tense)
        return Doing((), (main, *mark.zh), (En(verb.past, (main,), (*mark.zh, *time.head)),))
    auxiliary = will(tense)
    if negated:
        no = Zh("不")
        first = auxiliary.en or (En(DOES[who.person], (), (no, *who.head)),)
        return Doing((no, *auxiliary.zh), (main,), (*first, En("not", (no,)), base))
    if tense == "future":
        return Doing(auxiliary.zh, (main,), (*auxiliary.en, base))
    return Doing((), (main,), (En(verb.third if who.person == "third" else verb.base, (main,), who.head),))


def asked(verb: Verb, tense: str, time: Phrase) -> Doing:
    """Return the verb of a question in the past or future."""
    main, auxiliary, mark = Zh(verb.zh), will(tense), done(tense)
    first = auxiliary.en or (En("did", mark.zh, time.head),)
    return Doing(auxiliary.zh, (main, *mark.zh), (En(verb.base, (main,)),), first)


def _wish(main: Zh, base: str, who: Phrase, *, negated: bool) -> Doing:
    """Return the verb with 想: somebody wants to, or does not want to."""
    want = Zh("想")
    verb = (En("to", (), (want,)), En(base, (main,)))
    if not negated:
        return Doing((want,), (main,), (En(WANTS[who.person], (want,), who.head), *verb))
    no = Zh("不")
    first = (En(DOES[who.person], (), (no, *who.head)), En("not", (no,)), En("want", (want,)))
    return Doing((no, want), (main,), (*first, *verb))
