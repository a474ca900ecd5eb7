"""Align two texts by their characters, however their tokenizers cut them."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from attrwidget.text.words import without_spaces, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from attrwidget.results.base import Reading

Links = list[tuple[int, int]]


class Group(NamedTuple):
    """Units of one text and of the other that make the same characters."""

    one: list[int]
    other: list[int]


def linked_units(one: Reading, other: Reading) -> Links:
    """Return the pairs of units, of *one* and of *other*, that share characters.

    Inputs are aligned with inputs and outputs with outputs; where the texts differ, by the words that they have in
    common. Case, accents, spaces and special tokens do not count. Labels are linked by their names.
    """
    inputs = _aligned(_inputs(one), _inputs(other))
    outputs = _outputs(one), _outputs(other)
    labels = one.step_noun[0] != "token" or other.step_noun[0] != "token"
    return sorted({*inputs, *(_same_names(*outputs) if labels else _aligned(*outputs))})


def groups_of(links: Links, one: Reading, other: Reading) -> list[Group]:
    """Return groups of linked words, each word whole, in the order of the first text.

    What a chat template wrote around its messages is in none.
    """
    words, beside = _word_of_each(one), _word_of_each(other)
    to: dict[int, set[int]] = {}
    back: dict[int, set[int]] = {}
    for u, v in links:
        to.setdefault(u, set()).update(beside[v])
        back.setdefault(v, set()).update(words[u])
    groups: list[Group] = []
    done: set[int] = set()
    template = _template_tokens(one)
    for first in sorted(to):
        if first in done or one.tokens.units[first].start in template:
            continue
        here, there, new = set[int](), set[int](), {*words[first]}
        while new:
            here |= new
            found = set[int]().union(*(to.get(u, ()) for u in new)) - there
            there |= found
            new = set[int]().union(*(back.get(v, ()) for v in found)) - here
        done |= here
        groups.append(Group(sorted(here), sorted(there)))
    return groups


def linked_steps(one: Reading, other: Reading, links: Links, step: int) -> list[int]:
    """Return the steps of *other* that wrote the same as *step* of *one*, or else the step of that number."""
    at = one.first_step + step
    units = {u for u, unit in enumerate(one.tokens.units) if unit.start <= at < unit.end}
    found = [other.tokens.units[v] for u, v in links if u in units]
    steps = sorted({i - other.first_step for unit in found for i in range(unit.start, unit.end)})
    return steps or [step][: other.n_steps - step if step < other.n_steps else 0]


def _template_tokens(reading: Reading) -> set[int]:
    """Return the tokens of messages that are outside of their own text."""
    framed = [section for section in reading.sections if section.body]
    inside = {i for section in framed for i in range(*section.body)}  # type: ignore[misc]
    return {i for section in framed for i in range(section.start, section.end)} - inside


def _word_of_each(reading: Reading) -> dict[int, frozenset[int]]:
    """Return, for each unit, those of its word; a word ends where the answer begins."""
    of = {unit.start: u for u, unit in enumerate(reading.tokens.units)}
    first = reading.first_step
    words = dict.fromkeys(of.values(), frozenset[int]())
    for word in words_of(reading.tokens, 0):
        for written in (False, True):
            part = frozenset(of[unit.start] for unit in word if (unit.start >= first) is written)
            words.update(dict.fromkeys(part, part))
    return {u: word or frozenset({u}) for u, word in words.items()}


_Pieces = list[tuple[int, str]]  # units with their texts


def _inputs(reading: Reading) -> _Pieces:
    return [(u, text) for u, text in _pieces(reading) if reading.tokens.units[u].start < reading.first_step]


def _outputs(reading: Reading) -> _Pieces:
    return [(u, text) for u, text in _pieces(reading) if reading.tokens.units[u].start >= reading.first_step]


def _pieces(reading: Reading) -> Iterator[tuple[int, str]]:
    special = reading.tokens.special
    for u, unit in enumerate(reading.tokens.units):
        if not all(special[unit.start : unit.end]):
            yield u, unit.text


def _plain(text: str) -> str:
    """Return *text* without case and accents, as some tokenizers read it."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(c))


def _same_names(one: _Pieces, other: _Pieces) -> Links:
    names: dict[str, int] = {}
    for v, text in other:
        names.setdefault(_plain(text).strip(), v)
    return [(u, names[name]) for u, text in one if (name := _plain(text).strip()) in names]


def _aligned(one: _Pieces, other: _Pieces) -> Links:
    """Return the pairs of units with a character in common, of words that both have in the same order.

    Where the texts are the same but for spaces, all characters are in common.
    """
    texts: list[str] = []
    owners: list[list[int]] = []
    for pieces in (one, other):
        plain = [(u, c) for u, text in pieces for c in _plain(text)]
        texts.append("".join(c for _, c in plain))
        owners.append([u for u, _ in plain])
    inked = [[i for i, c in enumerate(text) if not c.isspace()] for text in texts]
    if [texts[0][i] for i in inked[0]] == [texts[1][j] for j in inked[1]]:
        return [(owners[0][i], owners[1][j]) for i, j in zip(*inked, strict=True)]
    words = [list(_words(text)) for text in texts]
    found, others = ([word for _, word in side] for side in words)
    matcher = SequenceMatcher(None, found, others, autojunk=False)
    links: Links = []
    for i, j, size in matcher.get_matching_blocks():
        for (at, word), (beside, _) in zip(words[0][i : i + size], words[1][j : j + size], strict=True):
            links += [(owners[0][at + k], owners[1][beside + k]) for k in range(len(word))]
    return links


def _words(text: str) -> Iterator[tuple[int, str]]:
    """Yield the words of *text* with their places; a character of a script without spaces is one, and each mark."""
    for found in re.finditer(r"\w+|[^\w\s]", text):
        at, word = found.start(), found.group()
        if any(map(without_spaces, word)):
            yield from ((at + k, c) for k, c in enumerate(word))
        else:
            yield at, word
