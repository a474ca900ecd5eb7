"""Try what a model says would turn its decision, and what speaks for it and against it."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from attrwidget.self_explanation.claims import FAILED, HELD, UNNAMED, UNTRIED, Claim, direction, moved
from attrwidget.self_explanation.read_words import changed_share, read_changed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.self_explanation.claims import Left
    from attrwidget.self_explanation.decision import Decider
    from attrwidget.self_explanation.read_words import Named

_MOST_CHANGED = 0.5  # of the words: a change of more is no small one


class Reason(NamedTuple):
    """The units that an answer names on a *side* of the decision, in its *words*, and how many samples name these.

    Free sentences quote units, and may do so on either side.
    """

    side: str
    units: frozenset[int]
    words: str
    samples: int
    quoted: bool


def change_claims(answers: Sequence[str], left: Left, decider: Decider) -> list[Claim]:
    """Return a claim for each changed text that the *answers* say would turn the decision."""
    texts = Counter(text for text in (read_changed(answer, left.units.whole) for answer in answers) if text)
    if not texts:
        said = "What change would turn it: no changed text that can be read."
        return [Claim("change", said, "Nothing can be tried.", UNTRIED)]
    return [_change(text, count, left, decider) for text, count in texts.most_common()]


def _change(text: str, count: int, left: Left, decider: Decider) -> Claim:
    after = decider.decide(text)
    before = left.whole.of(left.label), after.of(left.label)
    share = changed_share(text, left.units.whole)
    said = f"Another answer, if it read: “{text}”"
    if after.label is None:
        return Claim("change", said, "No answer can be read.", UNTRIED, (), count, *before, text)
    turned = after.label != left.label
    known = "" if math.isnan(before[1]) else f"; {moved(left.whole, after, left.label)}"
    tried = f"{'Turned' if turned else 'Not turned'}: it answers {after.label}{known}."
    if share > _MOST_CHANGED:
        tried += f" {min(share, 1):.0%} of the words were changed, which is no small change."
    alone = left.turning()
    if turned and alone and share * len(left.units) > 1:
        tried += f" Without {left.units.named(alone[:1])} alone it turns too."
    return Claim("change", said, tried, HELD if turned else FAILED, (), count, *before, text)


def reason_claims(
    read: Sequence[Named], left: Left, decider: Decider, sides: Sequence[str], *, quoted: bool = False
) -> list[Claim]:
    """Return a claim for each set of units that is named for the decision, or *quoted*, and for each against it."""
    claims = []
    for side in sides:
        sets = [
            (one.speaking, one.speaking_words) if side == "for" else (one.against, one.against_words)
            for one in read
        ]
        counts = Counter(units for units, _ in sets if units is not None)
        if not counts:
            said = f"What speaks {side} {left.label}: no words that can be read."
            claims.append(Claim(f"reason {side}", said, "Nothing can be tried.", UNTRIED))
        for units, count in counts.most_common():
            words = next(words for known, words in sets if known == units)
            claims.append(_reason(Reason(side, units, words, count, quoted), left, decider))
    return claims


def _reason(reason: Reason, left: Left, decider: Decider) -> Claim:
    side, units, words, count, quoted = reason
    kind, label = f"reason {side}", left.label
    if not units:
        return _nothing(side, count, left)
    named = left.units.named(units)
    said = f"It quotes {named}" if quoted else f"{named} speak{'s' if len(units) == 1 else ''} {side} {label}"
    said += f": {words}" if words else "."
    places, text = tuple(sorted(units)), left.units.without(units)
    if not text:
        return Claim(kind, said, "Without all words nothing is left to try.", UNTRIED, places, count)
    after = decider.decide(text)
    before = left.whole.of(label), after.of(label)
    tried = f"Without {'it' if len(units) == 1 else 'them'} {moved(left.whole, after, label)}."
    if math.isnan(before[0] - before[1]):
        return Claim(kind, said, tried, UNTRIED, places, count, *before, text)
    held = direction(left.whole, after, label) == (1 if side == "for" else -1)
    return Claim(kind, said, tried, HELD if held else FAILED, places, count, *before, text)


def _nothing(side: str, count: int, left: Left) -> Claim:
    """Return the claim that nothing speaks for or against the decision, tried word by word."""
    kind, said = f"reason {side}", f"Nothing speaks {side} {left.label}."
    wanted = 1 if side == "for" else -1
    others = [i for i in range(len(left.units)) if left.mattered(i) == wanted]
    if others:
        strongest = max(others, key=lambda i: abs(left.drops[i]))
        tried = f"Without {left.units.named([strongest])} {moved(left.whole, left.without[strongest], left.label)}."
        return Claim(kind, said, tried, UNNAMED, tuple(others), count)
    if all(math.isnan(drop) for drop in left.drops):
        return Claim(kind, said, "The probabilities are not known.", UNTRIED, (), count)
    rises = "falls" if side == "for" else "rises"
    return Claim(kind, said, f"Without any one word, p({left.label}) hardly {rises}.", HELD, (), count)
