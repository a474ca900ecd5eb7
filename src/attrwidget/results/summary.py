"""One sentence on an explanation: what a word rests on, how much, whether leaving it out confirms it, and who parts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.results.printed import chance
from attrwidget.text.tokens import visible
from attrwidget.text.words import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.base import MethodInfo, Reading
    from attrwidget.results.check import Check

# The same rule is in js/panels/summary/standing-out.ts.
MOST = 3
"""How many words a sentence names at most."""
HALF = 0.5
"""The share that the named words must hold together."""
TWICE = 2.0
"""How many times their equal part they must hold."""
BESIDE = 0.25
"""What a word gave, of what the first gave, that is named beside those that hold most."""
HARDLY = 0.05
"""A fall of the probability that is hardly one, unless most of it is gone."""
LEFT = 0.1
"""What is left of a probability of which most is gone."""
_COMPARED = 4  # methods: those on the toolbar
_MARKS = {"␣": "a space", "⏎": "a line break"}
_OFTEN = {2: " (twice)", 3: " (three times)"}
_SINK = 0.25  # of a row, by magnitude


@dataclass(frozen=True)
class Summary:
    """What stands out of an explanation; printed as its sentences.

    Attributes:
        word: The word explained.
        steps: Its steps.
        words: The words that it rests on, the strongest first; none where nothing stands out.
        inputs: Their positions.
        share: What they hold of what all words gave; where nothing stands out, what the first three hold.
        count: How many words gave something.
        method: The title of the method.
        check: What becomes of the word without the first three words, beside as many others; None where none was made.
        others: Other methods whose scores are at hand, by title, and the word that each puts first.
        mark: The space or punctuation that gave more than every word; None where none did.
    """

    word: str
    steps: tuple[int, ...]
    words: tuple[str, ...]
    inputs: tuple[int, ...]
    share: float
    count: int
    method: str
    check: Check | None
    others: tuple[tuple[str, str], ...]
    mark: str | None = None

    @property
    def stands_out(self) -> bool:
        """Whether a few words hold most, and leaving them out, where that was tried, lowers the probability."""
        return bool(self.words)

    @property
    def confirmed(self) -> bool | None:
        """Whether leaving the first words out lowers the probability more than all others tried; None if not tried."""
        return None if self.check is None or not self.words else self.check.holds

    @property
    def parting(self) -> tuple[str, ...]:
        """The titles of the methods that put a word first which is none of those named."""
        return tuple(title for title, first in self.others if self.words and first not in self.words)

    def __str__(self) -> str:
        if not self.words:
            return self._nothing()
        held = f"{_listed(self.words)}: {_percent(self.share)} of what all words gave ({self.method})"
        if self.mark:
            held += f"; {_MARKS.get(self.mark, f'“{self.mark}”')} gave more than any word"
        return " ".join(
            filter(None, [f"“{self.word}” rests mostly on {held}.", self._checked(), self._parted()])
        )

    def _nothing(self) -> str:
        check = self.check
        if check is not None and hardly(check):
            p, without = chance(check.probability), chance(check.without)
            moves = "rises" if check.without > check.probability else "only falls"
            fall = f"stays at {p}" if p == without else f"{moves} from {p} to {without}"
            return f"Nothing stands out: without the first words of the list p of “{self.word}” {fall} ({self.method})."
        if self.count <= MOST:
            few = ("no word", "one word alone", "two words alone", "three words alone")[self.count]
            what = f"{few} gave anything to “{self.word}”"
        else:
            many = f"the first {MOST} of {self.count} words hold {_percent(self.share)}"
            what = f"“{self.word}” rests a little on many words, and {many}"
        needed = self._checked("counts all the same") if check is not None and check.holds else None
        return " ".join(filter(None, [f"Nothing stands out: {what} ({self.method}).", needed]))

    def _checked(self, holds: str = "confirms it") -> str | None:
        if self.check is None:
            return None
        fall = f"p falls from {chance(self.check.probability)} to {chance(self.check.without)}"
        count = len(self.check.words)
        left = f"Leaving out the first {f'{count} words' if count > 1 else 'word'} of the list"
        if self.check.holds:
            return f"{left} {holds}: {fall}, further than without as many other words."
        low = chance(self.check.others[0])
        return f"{left} does not confirm it: {fall}, and to {low} without as many other words."

    def _parted(self) -> str | None:
        by: dict[str, list[str]] = {}
        for title, first in self.others:
            by.setdefault(first, []).append(title)
        said = "; ".join(
            f"{_and(titles)} put{'s' if len(titles) == 1 else ''} "
            + ("the same first" if first == self.words[0] else f"“{first}” first")
            for first, titles in by.items()
        )
        return said and f"{'Methods part: ' if self.parting else ''}{said}."

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(str(self))}</p>"


def summarize(
    reading: Reading,
    steps: Sequence[int],
    method: str | None = None,
    *,
    check: bool = True,
    progress: Progress | None = None,
) -> Summary:
    """Return what stands out at *steps*; see ``Presentation.summary``."""
    at = list(steps)
    if not at:
        raise AttrWidgetError("There is no answer to sum up: nothing was explained.")
    reading.check_steps(at)
    info = reading.method(method) if method is not None else reading.methods()[0]
    scores, marks = _by_word(reading, info, at, progress)
    total = sum(scores.values())
    order = sorted(scores, key=lambda word: -scores[word])
    mark = max(marks, key=lambda at: marks[at], default=None)
    above = mark is not None and marks[mark] > max(scores.values(), default=0.0)
    named = standing_out([scores[word] for word in order])
    made = _check(reading, info, at, progress) if check else None
    if made is not None and hardly(made):
        named = 0
    first = order[: named or MOST]
    return Summary(
        _text(reading, [reading.first_step + step for step in at]),
        tuple(at),
        tuple(_text(reading, word) for word in first[:named]),
        tuple(i for word in first[:named] for i in word),
        sum(scores[word] for word in first) / total if total > 0 else 0.0,
        sum(value > 0 for value in scores.values()),
        info.title,
        made,
        tuple(_others(reading, info, at)),
        _text(reading, mark) if mark is not None and above else None,
    )


def standing_out(values: Sequence[float]) -> int:
    """Return how many of *values*, the largest first, stand out: 0 unless a few hold half, and twice their part.

    With these stand those after them that gave a quarter of what the first gave. The part is that of the words that
    gave something or, where these are as few as a sentence names, of all words.
    """
    total, known = sum(values), sum(value > 0 for value in values)
    of = known if known > MOST else len(values)
    held = 0.0
    for count, value in enumerate(values[:MOST], 1):
        held += value
        if total > 0 and held >= HALF * total and held * of >= TWICE * count * total:
            return count + sum(after >= BESIDE * values[0] for after in values[count:MOST])
    return 0


def hardly(check: Check) -> bool:
    """Return whether the probability hardly fell without the first words."""
    return check.probability - check.without < HARDLY and check.without > LEFT * check.probability


def _check(reading: Reading, info: MethodInfo, steps: list[int], progress: Progress | None) -> Check | None:
    """Return the check that the page makes of the first three words; None where none can be made."""
    checks = reading.checks
    if checks is None or checks.refusal is not None:
        return None
    try:
        asked = steps if len(steps) > 1 else steps[0]
        return checks.run(asked, checks.first_inputs(asked, info.name, MOST), progress=progress)
    except AttrWidgetError:  # the text is too short, or the steps are no neighbours
        return None


def _others(reading: Reading, shown: MethodInfo, steps: list[int]) -> list[tuple[str, str]]:
    """Return each other method whose scores are at hand, but attention, with the word that it puts first."""
    found = []
    for info in reading.methods()[:_COMPARED]:
        if info.name == shown.name or info.attention or info.question is None:
            continue
        if reading.has_rows(info.name, steps):
            scores, _ = _by_word(reading, info, steps, None)
            if scores:
                found.append((info.title, _text(reading, max(scores.items(), key=lambda pair: pair[1])[0])))
    return found


def _by_word(
    reading: Reading, info: MethodInfo, steps: list[int], progress: Progress | None
) -> tuple[dict[tuple[int, ...], float], dict[tuple[int, ...], float]]:
    """Return what each word before the first of *steps* gave, by its positions, and the same of other marks.

    Of signed scores that is what is for it. A word has a letter or a digit; what a chat template wrote is left out.
    """
    rows = reading.rows(info.name, steps, progress=progress)
    row = np.where(np.isnan(rows).all(axis=0), np.nan, np.nansum(rows, axis=0) / len(rows))
    out = _sinks(reading, row) | _of_template(reading)
    words: dict[tuple[int, ...], float] = {}
    marks: dict[tuple[int, ...], float] = {}
    for word in words_of(reading.tokens, 0):
        at = tuple(
            i
            for i in range(word[0].start, word[-1].end)
            if i < reading.seen(steps[0]) and i not in out and np.isfinite(row[i])
        )
        if at:
            found = words if any(character.isalnum() for character in _text(reading, at)) else marks
            value = float(row[list(at)].sum())
            found[at] = max(value, 0.0) if info.signed else abs(value)
    return words, marks


def _sinks(reading: Reading, row: NDArray[np.floating]) -> set[int]:
    """Return the inputs that the colour scale leaves out; the rule is that of ``js/scores/sink.ts``."""
    sizes, tokens = np.abs(np.nan_to_num(row)), reading.tokens
    first = {0, reading.n_source}
    return {
        i
        for unit in tokens.units
        for i in range(unit.start, min(unit.end, len(row)))
        if sizes[unit.start : unit.end].sum() > _SINK * sizes.sum()
        and (unit.start in first or all(tokens.special[unit.start : unit.end]))
    }


def _of_template(reading: Reading) -> set[int]:
    """Return the tokens that a chat template wrote around messages."""
    messages = [(section, section.body) for section in reading.sections if section.body]
    return {i for one, (first, last) in messages for i in range(one.start, one.end) if not first <= i < last}


def _text(reading: Reading, at: Sequence[int]) -> str:
    wanted = set(at)
    units = [u.text for u in reading.tokens.units if wanted.intersection(range(u.start, u.end))]
    return visible("".join(units))


def _percent(share: float) -> str:
    return "over 99 %" if share >= 0.995 else f"{share:.0%}".replace("%", " %")


def _listed(words: Sequence[str]) -> str:
    """Return the names, those of two places once: “France” (twice)."""
    counts = Counter(words)
    return _and([f"“{word}”{_OFTEN.get(count, '')}" for word, count in counts.items()])


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
