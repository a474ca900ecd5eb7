"""A claim of a model about its decision, what happened when it was tried, and the mark that follows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from attrwidget.self_explanation.decision import smallest_change
from attrwidget.still.sentences import chance, numeral

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from attrwidget.self_explanation.decision import Decision
    from attrwidget.self_explanation.stated import Stated
    from attrwidget.self_explanation.units import Units

HELD, FAILED, UNNAMED, UNTRIED = "held", "did not hold", "not named but mattered", "not tried"
MARKS = (HELD, FAILED, UNNAMED, UNTRIED)
NAMED = 0.5  # of the largest importance: a unit with as much is named as important


@dataclass(frozen=True)
class Claim:
    """What a model says about its decision, and what happened when that was tried.

    Attributes:
        kind: ``"importance"``, ``"change"``, ``"reason for"`` or ``"reason against"``.
        said: What the model says about itself.
        tried: What happened when it was tried.
        mark: ``"held"``, ``"did not hold"``, ``"not named but mattered"`` or ``"not tried"``.
        units: The parts of the text that it is about, counted from 0.
        samples: How many of its answers say so.
        before: The probability of its decision for the text.
        after: That for the text tried; NaN where it is not known.
        text: The text tried; empty where there is none.
    """

    kind: str
    said: str
    tried: str
    mark: str
    units: tuple[int, ...] = ()
    samples: int = 0
    before: float = math.nan
    after: float = math.nan
    text: str = ""


@dataclass(frozen=True)
class Left:
    """Decisions about a text: the *whole*, and *without* each of its units (None where nothing would be left)."""

    units: Units
    whole: Decision
    without: tuple[Decision | None, ...]
    label: str

    @property
    def drops(self) -> NDArray[np.float64]:
        """How far the probability of the decision falls without each unit; NaN where that is not known."""
        before = self.whole.of(self.label)
        after = [math.nan if one is None else one.of(self.label) for one in self.without]
        return before - np.array(after, dtype=np.float64)

    def mattered(self, i: int) -> int:
        """Return 1 where the decision is clearly less likely without unit *i*, -1 where more, and else 0."""
        after = self.without[i]
        return 0 if after is None else direction(self.whole, after, self.label)

    def turning(self) -> list[int]:
        """Return the units without any of which alone the decision is another one."""
        labels = [None if one is None else one.label for one in self.without]
        return [i for i, label in enumerate(labels) if label not in (None, self.label)]


def direction(before: Decision, after: Decision, label: str) -> int:
    """Return 1 where *label* is clearly less likely after than before, -1 where it is more likely, and else 0."""
    drop = before.of(label) - after.of(label)
    if math.isnan(drop) or abs(drop) < smallest_change(before, after, label):
        return 0
    return 1 if drop > 0 else -1


def moved(before: Decision, after: Decision | None, label: str) -> str:
    """Return "p(positive) .950 → .600", or what is not known."""
    if after is None or math.isnan(before.of(label) - after.of(label)):
        return "the probability is not known"
    return f"p({label}) {share(before.of(label))} → {share(after.of(label))}"


def share(p: float) -> str:
    """Return a probability, which may be 0 or 1 where answers were counted."""
    return {0.0: "0", 1.0: "1"}.get(p) or chance(p)


def importance_claims(left: Left, stated: Stated) -> list[Claim]:
    """Return a claim for each unit that is named as important, and for each that mattered though it is not.

    A unit without a number counts as not named where the others have one.
    """
    mean = stated.mean
    known = np.abs(np.nan_to_num(mean))
    largest = float(known.max())
    if np.isnan(mean).all():
        said = "How important each word was: no list that can be read."
        return [Claim("importance", said, "Nothing can be tried.", UNTRIED)]
    by_size = np.argsort(-known, kind="stable").tolist()
    named = [i for i in by_size if largest > 0 and known[i] >= NAMED * largest]
    claims = [_named(left, stated, i) for i in named]
    for i in np.argsort(-np.abs(np.nan_to_num(left.drops)), kind="stable").tolist():
        missing = math.isnan(mean[i])
        if i in named or not left.mattered(i) or (missing and not stated.complete):
            continue
        number = "no number" if missing else numeral(float(mean[i]), signed=True)
        said = f"{left.units.named([i])}: {number}, not among the important ones."
        claims.append(_left_out(left, i, said, UNNAMED, int(stated.counts[i])))
    return claims or [_none_important(left, stated)]


def _none_important(left: Left, stated: Stated) -> Claim:
    """Return the claim of answers that give 0 to every unit, when none mattered."""
    said = f"No word is important: 0 for {stated.coverage:.0%} of them."
    if not stated.complete or np.isnan(left.drops).any():
        return Claim("importance", said, "Not all words can be compared.", UNTRIED)
    return Claim("importance", said, f"Without any one word, p({left.label}) hardly changes.", HELD)


def _named(left: Left, stated: Stated, i: int) -> Claim:
    mean, count = float(stated.mean[i]), int(stated.counts[i])
    side = "for" if mean > 0 else "against"
    about = f" ± {numeral(float(stated.spread[i]))}" if count > 1 else ""
    said = f"{left.units.named([i])} speaks {side} {left.label}: {numeral(mean, signed=True)}{about}."
    if math.isnan(left.drops[i]):
        return _left_out(left, i, said, UNTRIED, count)
    held = left.mattered(i) == (1 if mean > 0 else -1)
    return _left_out(left, i, said, HELD if held else FAILED, count)


def _left_out(left: Left, i: int, said: str, mark: str, count: int) -> Claim:
    """Return a claim about unit *i*, which is tried by leaving it out."""
    after = left.without[i]
    tried = f"Without it {moved(left.whole, after, left.label)}."
    before, then = left.whole.of(left.label), math.nan if after is None else after.of(left.label)
    return Claim("importance", said, tried, mark, (i,), count, before, then, left.units.without([i]))
