"""The parts of a text that is made of two."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from attrwidget.kinds.encoder.inputs import Passage


def parts_of(passage: Passage, first: str, second: str) -> tuple[list[range], list[str]]:
    """Return the ranges of *passage*'s tokens that stand under the titles *first* and *second*, and these titles.

    Special tokens between the two are the first's.
    """
    count, inside = len(passage.ids), passage.second
    if inside is None:
        return [range(count)], [first]
    return [range(inside.start), range(inside.start, count)], [first, second]
