"""Try what a model says would turn its decision, and what speaks for it and against it."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from attrwidget.self_explanation.claims import FAILED, HELD, UNNAMED, UNTRIED, Claim, direction, moved
from attrwidget.self_explanation.read_words import changed_share, read_changed
from attrwidget.still.sentences import numeral

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from attrwidget.self_explanation.claims import Left
    from attrwidget.self_explanation.decision import Decider, Decision
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
    counted = texts.most_common()
    decided = decider.decide([text for text, _ in counted])
    return [_change(text, count, left, after) for (text, count), after in zip(counted, decided, strict=True)]


def _change(text: str, count: int, left: Left, after: Decision) -> Claim:
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
    named = [one for side in sides for one in _named(read, side, quoted=quoted)]
    texts = {one.units: left.units.without(one.units) for one in named if one.units}
    tried = [text for text in texts.values() if text]
    decided = dict(zip(tried, decider.decide(tried), strict=True))
    claims = []
    for side in sides:
        mine = [one for one in named if one.side == side]
        if not mine:
            said = f"What speaks {side} {left.label}: no words that can be read."
            claims.append(Claim(f"reason {side}", said, "Nothing can be tried.", UNTRIED))
        claims += [_reason(one, left, texts.get(one.units, ""), decided) for one in mine]
    return claims


def _named(read: Sequence[Named], side: str, *, quoted: bool) -> list[Reason]:
    """Return the sets of units that the answers name on a *side*, the most frequent first."""
    sets = [
        (one.speaking, one.speaking_words) if side == "for" else (one.against, one.against_words)
        for one in read
    ]
    counts = Counter(units for units, _ in sets if units is not None)
    return [
        Reason(side, units, next(words for known, words in sets if known == units), count, quoted)
        for units, count in counts.most_common()
    ]


def _reason(reason: Reason, left: Left, text: str, decided: Mapping[str, Decision]) -> Claim:
    side, units, words, count, quoted = reason
    kind, label = f"reason {side}", left.label
    if not units:
        return _nothing(side, count, left)
    named = left.units.named(units)
    said = f"It quotes {named}" if quoted else f"{named} speak{'s' if len(units) == 1 else ''} {side} {label}"
    said += f": {words}" if words else "."
    places = tuple(sorted(units))
    if not text:
        return Claim(kind, said, "Without all words nothing is left to try.", UNTRIED, places, count)
    after = decided[text]
    before = left.whole.of(label), after.of(label)
    tried = f"Without {'it' if len(units) == 1 else 'them'} {moved(left.whole, after, label)}."
    if quoted and len(units) > 1:
        tried += _one_at_a_time(places, left)
    if math.isnan(before[0] - before[1]):
        return Claim(kind, said, tried, UNTRIED, places, count, *before, text)
    held = direction(left.whole, after, label) == (1 if side == "for" else -1)
    return Claim(kind, said, tried, HELD if held else FAILED, places, count, *before, text)


def _one_at_a_time(places: Sequence[int], left: Left) -> str:
    """Return how far the probability moves without each of several units alone; nothing where that is not known."""
    moves = [(i, -float(left.drops[i])) for i in places if not math.isnan(left.drops[i])]
    each = [f"{numeral(move, signed=True)} without {left.units.named([i])}" for i, move in moves]
    return f" One at a time: p({left.label}) {', '.join(each)}." if each else ""


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
