"""Read a label, a changed text and named units from an answer; nothing is evaluated."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from attrwidget.self_explanation.read_importances import plain_answer
from attrwidget.self_explanation.units import plain, plain_signs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.self_explanation.units import Units

_LONGEST = 20_000  # characters of an answer that are read
_ALIKE = 0.4  # of the words of an answer that is a changed text and nothing else
_TAGGED = re.compile(r"<text>(.*?)(?:</text>|\Z)", re.DOTALL | re.IGNORECASE)
_LABELLED = re.compile(
    r"^\W*(?:changed|new|modified|rewritten|revised) text\W*?:\s*(.+)$", re.MULTILINE | re.IGNORECASE
)
_TITLE = re.compile(r"^\W*[^:\n]{0,30}\btext\b[^:\n]{0,40}:\s*", re.IGNORECASE)
_QUOTE = re.compile(r"\"([^\"\n]{1,2000})\"|(?<!\w)'([^'\n]{1,2000})'(?!\w)")
_SIDE = re.compile(r"^\W{0,10}(for|against)\b\W{0,10}?\s{0,5}[:=-]\s{0,5}(.*)$", re.IGNORECASE | re.MULTILINE)
_KEY = re.compile(r"[\"'](for|against)[\"']\s{0,5}:", re.IGNORECASE)
_LIST = re.compile(r"[\s\[(]*(\d{1,6}(?:[\s,;&\])(.]+(?:and\s+)?\d{1,6})*)")
_NONE = re.compile(r"(?:\W*(?:none|nothing|no\b|n/a)|\s*-+\s*$|\s*\[\s*\])", re.IGNORECASE)


class Named(NamedTuple):
    """The units that an answer names as speaking for a decision or against it; None where it does not say."""

    speaking: frozenset[int] | None
    against: frozenset[int] | None
    speaking_words: str = ""
    against_words: str = ""


def read_label(answer: str, labels: Sequence[str]) -> str | None:
    """Return the label that *answer* begins with, or the only one in it; None if there is none, or several."""
    text = plain(plain_answer(answer)[:_LONGEST].replace("*", " "))
    names = "|".join(re.escape(plain(label)) for label in labels)
    if re.search(rf"(?:{names})\W+(?:or|oder|ou|或|还是|還是)\W+(?:{names})", text):  # the question again
        return None
    begun = [label for label in labels if re.match(rf"{re.escape(plain(label))}(?!\w)", text)]
    if begun:
        return max(begun, key=len)
    inside = [
        label for label in labels if re.search(rf"(?<!\w)(?<!not ){re.escape(plain(label))}(?!\w)", text)
    ]
    whole = [
        one for one in inside if not any(one != other and plain(one) in plain(other) for other in inside)
    ]
    return whole[0] if len(whole) == 1 else None


def read_changed(answer: str, text: str) -> str | None:
    """Return the changed text in *answer*; None where there is none, or it is *text* itself."""
    shown = plain_answer(answer)[:_LONGEST].strip()
    tagged = _TAGGED.search(shown)
    labelled = _LABELLED.search(shown)
    candidates = [tagged[1]] if tagged else [labelled[1]] if labelled else []
    if not candidates:
        candidates = ["".join(found.groups("")) for found in _QUOTE.finditer(plain_signs(shown))]
        candidates = [one for one in candidates if likeness(one, text) >= _ALIKE]
        lines = [_TITLE.sub("", line) for line in ([shown] if "\n" in text.strip() else shown.splitlines())]
        candidates += [line for line in lines if likeness(line, text) >= _ALIKE]
    for one in candidates:
        changed = " ".join(one.strip().strip('"“”').split())
        if changed and changed != " ".join(text.split()) and len(changed) <= 4 * len(text) + 200:
            return changed
    return None


def likeness(one: str, other: str) -> float:
    """Return the share of words that two texts have in common, in order."""
    first, second = ([plain(word) for word in text.split()[:1000]] for text in (one, other))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def changed_share(changed: str, text: str) -> float:
    """Return how much of *text* was changed, as a share of its words; more than 1 where more was added."""
    before, after = text.split()[:1000], changed.split()[:1000]
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    moved = sum(max(b - a, d - c) for kind, a, b, c, d in codes if kind != "equal")
    return moved / max(1, len(before))


def read_named(answer: str, units: Units) -> Named:
    """Return the units named in the lines "For: 3, 4 …" and "Against: none"."""
    sides: dict[str, tuple[frozenset[int] | None, str]] = {}
    text = plain_signs(plain_answer(answer)[:_LONGEST]).replace("*", "")
    for found in _SIDE.finditer(_KEY.sub(r"\n\1:", text)):
        sides.setdefault(found[1].lower(), (_units_in(found[2], units), _sentence(found[2])))
    speaking, against = (sides.get(side, (None, "")) for side in ("for", "against"))
    return Named(speaking[0], against[0], speaking[1], against[1])


def read_quoted(answer: str, units: Units) -> frozenset[int]:
    """Return the units that stand in quotes in a free answer."""
    found: set[int] = set()
    for quote in _QUOTE.finditer(plain_signs(plain_answer(answer)[:_LONGEST])):
        found |= _of_words("".join(quote.groups("")), units)
    return frozenset(found)


def _units_in(line: str, units: Units) -> frozenset[int] | None:
    """Return the units that a line names by the numbers it begins with, or in quotes; None where it names none."""
    numbers = _LIST.match(line)
    if numbers:
        listed = {int(number) - 1 for number in re.findall(r"\d+", numbers[1])}
        inside = frozenset(listed & set(range(len(units))))
        return inside or None
    quoted = read_quoted(line, units)
    if quoted:
        return quoted
    return frozenset() if _NONE.match(line) else None


def _sentence(line: str) -> str:
    """Return what follows the numbers in a line."""
    numbers = _LIST.match(line)
    return (line[numbers.end() :] if numbers else line).strip(" \t,;:.)]}-")[:300]


def _of_words(text: str, units: Units) -> set[int]:
    """Return the units that a quoted *text* joins, wherever it stands; nothing for a quote of the whole."""
    parts = [plain(part) for part in text.split()]
    texts = [plain(unit) for unit in units.texts]
    if not parts or len(parts) >= len(units):
        return set()
    starts = [at for at in range(len(texts) - len(parts) + 1) if texts[at : at + len(parts)] == parts]
    return {one for at in starts for one in range(at, at + len(parts))}
