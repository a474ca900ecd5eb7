"""Tokens of a text are replaced and deleted, and what is after them moves."""

from __future__ import annotations

from attrwidget.text.edits import Edit, Edits
from attrwidget.text.sections import Section

EDITS = Edits([Edit(1, 3, (50, 51, 52)), Edit(5, 6)])
TOKENS = [10, 11, 12, 13, 14, 15, 16]


def test_edits_are_made_in_their_places() -> None:
    assert EDITS.applied(TOKENS) == [10, 50, 51, 52, 13, 14, 16]
    assert EDITS.applied("abcdefg", [["x"] * 3, []]) == ["a", "x", "x", "x", "d", "e", "g"]
    assert EDITS.end == 6
    assert Edits().end == 0


def test_what_stands_later_moves() -> None:
    changed = EDITS.applied(TOKENS)
    kept = [i for i in range(len(TOKENS)) if not EDITS.replaces(i)]
    assert kept == [0, 3, 4, 6]
    assert [changed[EDITS.moved(i)] for i in kept] == [TOKENS[i] for i in kept]
    assert EDITS.moved(2) == EDITS.moved(1) == 1
    assert EDITS.moved(len(TOKENS)) == len(changed)
    section = Section("User", 3, 7, body=(4, 6), note="a note")
    assert EDITS.moved_section(section) == Section("User", 4, 7, body=(5, 6), note="a note")


def test_edits_of_a_part_are_counted_from_its_start() -> None:
    assert EDITS.within(0, 4) == (Edit(1, 3, (50, 51, 52)),)
    assert EDITS.within(4, 9) == (Edit(1, 2),)
