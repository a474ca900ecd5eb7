"""Compare what was answered with the key and with the known mistakes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from attrwidget.checks import is_whole, short
from attrwidget.errors import AttrWidgetError
from attrwidget.teach.expressions import Edited, Expression, Pick, as_expression
from attrwidget.teach.keys import Key, one_of, plain
from attrwidget.teach.numbers import is_precise, needed_unit, read_number
from attrwidget.teach.sentences import label, say
from attrwidget.teach.slips import slips_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from attrwidget.presentation import Presentation
    from attrwidget.results.base import Reading


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is right, and a sentence on it; *right* is None for what is not counted as a try."""

    says: str
    right: bool | None = None


class Marker:
    """The key of a question and its known mistakes, computed from one explanation.

    Args:
        explanation: What is asked about.
        answer: A number, a text, an expression such as ``score(…)``, or a function of the explanation that returns one.
        mistakes: Sentences by wrong answer, each given as *answer* is.
        choices: The texts to choose from, where the answer is one of them.
        language: The language of the sentences.
    """

    def __init__(
        self,
        explanation: Presentation,
        answer: Any,
        mistakes: Mapping[Any, str],
        choices: Sequence[str],
        language: str,
    ) -> None:
        self.reading, self.language = explanation.reading, language
        self.expression = as_expression(answer, explanation)
        self.key = _key(self.expression, self.reading, choices)
        own = [(as_expression(wrong, explanation), says) for wrong, says in mistakes.items()]
        known = [(_key(_alike(wrong, self.kind), self.reading, choices), says) for wrong, says in own]
        if any(key.kind != self.kind for key, _ in known):
            raise AttrWidgetError(
                f"A mistake is given as the answer is, which here is of the kind {self.kind!r}."
            )
        known += [
            (key, say(name, language, **words))
            for key, name, words in slips_of(self.expression, self.reading)
        ]
        self.mistakes = [(key, says) for key, says in known if self._differs(key)]

    @property
    def kind(self) -> str:
        """How the question is answered, one of ``KINDS``."""
        return self.key.kind

    def mark(self, given: Sequence[str], shown: Reading | None = None) -> Verdict:
        """Return the verdict on *given*, texts that stand for one choice; *shown* is what the widget shows now."""
        if isinstance(self.expression, Edited):
            return self._tried(self.expression, shown or self.reading)
        refusal = self._refusal(given, shown)
        if refusal is not None:
            return Verdict(refusal)
        if self.key.fits(given):
            return self._right(given)
        for key, says in self.mistakes:
            if key.fits(given) and _may_be_meant(key, given):
                return Verdict(says, right=False)
        return Verdict(say("wrong", self.language), right=False)

    def _refusal(self, given: Sequence[str], shown: Reading | None) -> str | None:
        """Return why *given* is no answer, or None."""
        if shown is not None and shown.tokens.ids != self.reading.tokens.ids:
            return say("changed", self.language)
        if not any(one.strip() for one in given):
            return say("nothing", self.language, how=label(self.kind, self.language))
        if self.key.number is not None and read_number(given[0]) is None:
            return say("no_number", self.language, given=given[0][:40])
        return None

    def as_json(self) -> dict[str, Any]:
        """Return the key, the mistakes and the sentences, for a page without Python, where all can be read."""
        names = ("right", "wrong", "no_number", "coarse", "nothing")
        how = label(self.kind, self.language)
        digits = _decimals(self.key.number) if self.key.number is not None else 0
        words = {"given": "{given}", "digits": digits, "how": how}
        return {
            **self.key.as_json(),
            "mistakes": [[key.as_json(), says] for key, says in self.mistakes],
            "says": {name: say(name, self.language, **words) for name in names},
        }

    def _right(self, given: Sequence[str]) -> Verdict:
        number = self.key.number
        typed = None if number is None else read_number(given[0])
        if number is not None and typed is not None and not is_precise(typed, number):
            return Verdict(say("coarse", self.language, digits=_decimals(number)))
        return Verdict(say("right", self.language), right=True)

    def _differs(self, key: Key) -> bool:
        """Return whether a mistake can be told from the right answer."""
        if key.number is None or self.key.number is None:
            return bool(key.accept) and key.accept.isdisjoint(self.key.accept)
        gap = abs(key.number - self.key.number)
        return math.isfinite(key.number) and gap >= needed_unit(self.key.number) / 2

    def _tried(self, wanted: Edited, shown: Reading) -> Verdict:
        """Return the verdict on the text that the widget shows now."""
        changed = _count_changes(shown)
        if not changed:
            how = label("edit", self.language)
            return Verdict(say("not_changed", self.language, how=how))
        if wanted.most is not None and changed > wanted.most:
            words = {"count": changed, "most": wanted.most}
            return Verdict(say("too_many", self.language, **words), right=False)
        answer = answer_of(shown)
        if plain(answer) == plain(wanted.to):
            return Verdict(say("right", self.language), right=True)
        return Verdict(say("still", self.language, word=answer), right=False)


def answer_of(reading: Reading) -> str:
    """Return what the model answers, as one text without control tokens."""
    special, first = reading.tokens.special, reading.first_step
    pieces = [u.text for u in reading.tokens.units if u.start >= first and not special[u.start]]
    return reading.answer_text or "".join(pieces).strip()


def _count_changes(reading: Reading | None) -> int:
    """Return how many words were changed, one time after another."""
    return 0 if reading is None else len(reading.edits) + _count_changes(reading.before)


def _decimals(number: float) -> int:
    return max(0, -math.floor(math.log10(needed_unit(number)) + 1e-9))


def _may_be_meant(key: Key, given: Sequence[str]) -> bool:
    """Return whether *given* is precise enough to be taken for a mistake."""
    typed = None if key.number is None else read_number(given[0])
    return key.number is None or typed is None or is_precise(typed, key.number)


def _alike(wrong: Any, kind: str) -> Any:
    """Return a mistake that is a bare text, position or pair as one of the answer's *kind*."""
    bare = isinstance(wrong, str | tuple) or is_whole(wrong)
    return Pick(kind, wrong) if bare and kind in ("input", "step", "head", "method") else wrong


def _key(answer: Any, reading: Reading, choices: Sequence[str]) -> Key:
    """Return the key of *answer*."""
    if isinstance(answer, Expression):
        key = answer.key(reading)
        if key.number is not None and not math.isfinite(key.number):
            raise AttrWidgetError(f"{answer} has no number here: ask for an input that the word could read.")
        return key
    if choices:
        if answer not in choices:
            raise AttrWidgetError(f"The answer {short(answer)} is none of choices=, {short(list(choices))}.")
        return one_of("choice", [answer])
    if isinstance(answer, str) and answer.strip():
        return one_of("text", [answer])
    try:
        return Key("number", _finite(answer))
    except (TypeError, ValueError):
        raise AttrWidgetError(
            f"An answer is a number, a text or an expression like aw.teach.score(…), not {short(answer)}."
        ) from None


def _finite(value: Any) -> float:
    if isinstance(value, bool) or not math.isfinite(float(value)):
        raise ValueError
    return float(value)
