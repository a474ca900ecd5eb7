"""Read the importances of numbered units from an answer, whatever shape it has; nothing is evaluated."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from attrwidget.self_explanation.units import plain, plain_signs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from attrwidget.self_explanation.units import Units

_LONGEST = 40_000  # characters of an answer that are read
_ENTRIES = 1_000
_AGREE = 0.5  # of the numbered words of an answer: below it, its numbers are not ours
_SCALE = (10.0, 100.0)

_NUMBER = (
    r"(?P<number>[+-]?(?:\d{1,12}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][+-]?\d{1,3})?|nan|null|none|n/a|inf|-inf)"
)
_VALUE = _NUMBER + r"\s{0,5}(?P<percent>%)?"
_QUOTED = r"\"(?:[^\"\\\n]|\\.){0,200}\"|'(?:[^'\\\n]|\\.){0,200}'"
_TUPLE = re.compile(
    rf"[(\[]\s{{0,20}}(?:\(?(?P<index>\d{{1,6}})\)?\s{{0,5}}[,:]\s{{0,5}})?"
    rf"(?:(?P<word>{_QUOTED}|[^\s\"']{{1,60}}?)\s{{0,5}}[,:]\s{{0,5}})??{_VALUE}\s{{0,20}},?\s{{0,20}}[)\]]",
    re.IGNORECASE,
)
_PAIR = re.compile(
    rf"(?P<word>{_QUOTED})\s{{0,5}}:\s{{0,5}}[\"']?{_VALUE}(?=\s{{0,20}}[,}}\n\"'])", re.IGNORECASE
)
_OBJECT = re.compile(r"\{[^{}]{0,400}\}")
_FIELD = re.compile(
    rf"[\"']?(?P<key>[A-Za-z_]{{1,20}})[\"']?\s{{0,5}}:\s{{0,5}}(?P<value>{_QUOTED}|[^,}}\s]{{1,40}})"
)
_LINE = re.compile(
    r"^[\s>|]*(?:[-*•+]\s+)?(?:[(\[]?(?P<index>\d{1,6})[)\].:|]*[\s|:]\s*)?(?P<word>\S.{0,200}?|)"
    rf"(?:\s-\s|\s*(?:=>|->|→|[:=|,\t(]))\s*[*_`(]{{0,3}}{_VALUE}[*_`)]{{0,3}}[\s|,;.]*$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    rf"^[\s>|*•]*[(\[]?(?P<index>\d{{1,6}})[)\].]?\s*(?:=>|->|→|[:=|\s-])\s*{_VALUE}[\s|,;.]*$", re.IGNORECASE
)
_INDEX_KEYS = ("index", "number", "unit", "id", "n", "no", "position")
_WORD_KEYS = ("token", "word", "text", "unit", "name", "phrase")
_VALUE_KEYS = ("importance", "score", "value", "weight", "importance_score", "attribution", "influence")


class Entry(NamedTuple):
    """A unit as an answer names it, by number or word, with its value; NaN for one that is no number."""

    number: int | None
    word: str | None
    value: float


@dataclass(frozen=True)
class Importances:
    """What was read from an answer.

    Attributes:
        values: The importance of each unit, from -1 to 1; NaN for one that is missing.
        strangers: How many entries name no unit of the text, or one a second time.
        notes: Sentences on what was done to the numbers, or why there are none.
    """

    values: tuple[float, ...]
    strangers: int = 0
    notes: tuple[str, ...] = ()

    @property
    def coverage(self) -> float:
        """The share of units that have a number."""
        return sum(not math.isnan(value) for value in self.values) / len(self.values)


def read_importances(answer: str, units: Units, *, finished: bool = True) -> Importances:
    """Return the importances that *answer* gives to *units*: the reading that finds most of them.

    The last line of an answer that is not *finished* may end in half a number: it counts where a bracket closes it.
    """
    text = plain_signs(plain_answer(answer)[:_LONGEST])
    found = [_placed(entries, units) for entries in _readings(text, finished=finished) if entries]
    best = max(found, key=lambda read: read.coverage, default=None)
    if best is None or best.coverage == 0:
        return Importances((math.nan,) * len(units), 0, ("No unit with a number was found in the answer.",))
    return best


def plain_answer(answer: str) -> str:
    """Return *answer* without what a model thought before it, and without the marks of code."""
    text = re.sub(r"<think>.*?(?:</think>|\Z)", "", answer, flags=re.DOTALL | re.IGNORECASE)
    return re.sub(r"^[ \t]*```[^\n]*$", "", text, flags=re.MULTILINE)


def _readings(text: str, *, finished: bool) -> Iterator[list[Entry]]:
    """Yield the entries of *text* as each shape has them, the strictest first."""
    yield list(_objects(text))[:_ENTRIES]
    yield [_entry(found) for found in _TUPLE.finditer(text)][:_ENTRIES]
    yield [_entry(found) for found in _PAIR.finditer(text)][:_ENTRIES]
    whole = text.splitlines() if finished else text.splitlines()[:-1]
    lines = [line for line in whole[:_ENTRIES] if len(line) <= 400]
    for shape in (_LINE, _NUMBERED):
        yield [_entry(found) for line in lines if (found := shape.match(line))]


def _entry(found: re.Match[str]) -> Entry:
    groups = found.groupdict()
    index, word = groups.get("index"), groups.get("word")
    if index is None and word is not None and word.strip("\"'").isdigit() and "index" not in groups:
        index, word = word.strip("\"'"), None  # {"3": 0.5}
    return Entry(
        None if index is None else int(index),
        _unquoted(word) or None if word else None,
        _number(groups["number"], percent=groups["percent"] is not None),
    )


def _objects(text: str) -> Iterator[Entry]:
    """Yield entries such as ``{"index": 1, "token": "The", "importance": 0.5}``."""
    for found in _OBJECT.finditer(text):
        fields = {one["key"].lower(): one["value"] for one in _FIELD.finditer(found[0])}
        value = next((fields[key] for key in _VALUE_KEYS if key in fields), None)
        number = re.fullmatch(_VALUE, _unquoted(value).strip(), re.IGNORECASE) if value else None
        if number is None:
            continue
        index = next((fields[k] for k in _INDEX_KEYS if _unquoted(fields.get(k, "")).isdecimal()), None)
        word = next((fields[k] for k in _WORD_KEYS if k in fields and fields[k] != index), None)
        yield Entry(
            None if index is None else int(_unquoted(index)[:6]),
            None if word is None else _unquoted(word),
            _number(number["number"], percent=number["percent"] is not None),
        )


def _unquoted(text: str) -> str:
    """Return *text* without quotes around it, its escapes read as JSON has them."""
    text = text.strip("*_`| ")
    if len(text) < 2 or text[0] not in "\"'" or text[-1] != text[0]:
        return text
    inside = text[1:-1]
    if "\\" not in inside:
        return inside
    try:
        return str(json.loads('"' + inside.replace("\\'", "'").replace('\\"', '"').replace('"', '\\"') + '"'))
    except ValueError:
        return re.sub(r"\\(.)", r"\1", inside)


def _number(text: str, *, percent: bool) -> float:
    """Return a number, a percentage as a share of 1; NaN for what is none, and for an infinite one."""
    try:
        value = float(text) / (100 if percent else 1)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def _placed(entries: Sequence[Entry], units: Units) -> Importances:
    """Return the values of *entries* at their units."""
    placed = _by_index(entries, units) or _by_word(entries, units)
    strangers = len(entries) - len(placed)
    values = [math.nan] * len(units)
    for at, i in placed.items():
        covered = range(at, _last(entries[i].word, units, at))
        for one in covered:
            values[one] = entries[i].value / len(covered)
    scaled, note = _in_range(values)
    strange = f"{strangers} of {len(entries)} entries name no unit of the text, or one a second time."
    return Importances(scaled, strangers, tuple(filter(None, [note, strange if strangers else None])))


def _in_range(values: Sequence[float]) -> tuple[tuple[float, ...], str | None]:
    """Return *values* from -1 to 1, and a note: those of a longer scale are divided, a single one is cut."""
    beyond = [abs(value) for value in values if abs(value) > 1]
    if not beyond:
        return tuple(values), None
    if len(beyond) == 1:
        cut = tuple(value if math.isnan(value) else max(-1.0, min(1.0, value)) for value in values)
        return cut, f"A number beyond 1 ({beyond[0]:g}) was cut to 1."
    scale = next((scale for scale in _SCALE if max(beyond) <= scale), max(beyond))
    return tuple(
        value / scale for value in values
    ), f"Numbers reach {max(beyond):g}: all were divided by {scale:g}."


def _by_index(entries: Sequence[Entry], units: Units) -> dict[int, int]:
    """Return the entry of each unit by the numbers in the entries; nothing where these do not agree with its words."""
    if sum(entry.number is not None for entry in entries) <= len(entries) / 2:
        return {}
    bare = all(entry.word is None for entry in entries)
    numbers = [entry.number for entry in entries if entry.number is not None]
    from_zero = min(numbers) == 0 and max(numbers) < len(units)
    best: dict[int, int] = {}
    for begin in (0 if from_zero else 1,) if bare else (1, 0):
        found: dict[int, int] = {}
        for i, entry in enumerate(entries):
            at = -1 if entry.number is None else entry.number - begin
            if 0 <= at < len(units) and at not in found and _agrees(entry.word, units.texts[at]):
                found[at] = i
        if len(found) > len(best):
            best = found
    return best if bare or len(best) >= _AGREE * min(len(entries), len(units)) else {}


def _agrees(word: str | None, unit: str) -> bool:
    return word is None or plain(word) == plain(unit) or plain(unit) in plain(word).split()


def _by_word(entries: Sequence[Entry], units: Units) -> dict[int, int]:
    """Return the entry of each unit by its word: in the order of the text, then those out of order; each once."""
    words = [plain(entry.word) if entry.word else "" for entry in entries]
    texts = [plain(text) for text in units.texts]
    found: dict[int, int] = {}
    used: set[int] = set()
    for block in SequenceMatcher(None, texts, words, autojunk=False).get_matching_blocks():
        for k in range(block.size):
            found[block.a + k] = block.b + k
            used.add(block.b + k)
    left = Counter(texts[at] for at in range(len(texts)) if at not in found)
    for i, word in enumerate(words):
        if i in used or not word:
            continue
        at = next((at for at, text in enumerate(texts) if at not in found and text == word), None)
        if at is None and not left[word]:
            at = _joined(word, texts, found)
        if at is not None:
            found[at] = i
    return found


def _joined(word: str, texts: Sequence[str], found: dict[int, int]) -> int | None:
    """Return where several free units stand that *word* joins, such as "not good"."""
    parts = word.split()
    if len(parts) < 2:
        return None
    for at in range(len(texts) - len(parts) + 1):
        span = range(at, at + len(parts))
        if [texts[one] for one in span] == [plain(part) for part in parts] and not found.keys() & set(span):
            return at
    return None


def _last(word: str | None, units: Units, at: int) -> int:
    """Return the end of the units that *word* names from *at*."""
    parts = [plain(part) for part in (word or "").split()]
    texts = [plain(text) for text in units.texts[at : at + len(parts)]]
    return at + len(parts) if len(parts) > 1 and texts == parts else at + 1
