"""What counts as an answer: a number, or one of several texts that stand for the same choice."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from attrwidget.teach.numbers import agrees, needed_unit, read_number

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = ("number", "text", "choice", "input", "step", "head", "method", "edit")


@dataclass(frozen=True)
class Key:
    """An answer of a kind.

    Attributes:
        kind: One of ``KINDS``.
        number: The number, of the kind ``"number"``.
        accept: What counts as this answer, of the other kinds: positions of tokens and steps, a head like ``"2,0"``,
            the name of a method, or a text in its plain form.
    """

    kind: str
    number: float | None = None
    accept: frozenset[str] = frozenset()

    def fits(self, given: Iterable[str]) -> bool:
        """Return whether one of *given* is this answer; a number as far as its digits go."""
        if self.number is None:
            return not self.accept.isdisjoint(map(plain, given))
        typed = [read_number(one) for one in given]
        return any(one is not None and agrees(one, self.number) for one in typed)

    def as_json(self) -> dict[str, object]:
        """Return it for a page without Python."""
        if self.number is None:
            return {"accept": sorted(self.accept)}
        return {"number": self.number, "unit": needed_unit(self.number)}


def one_of(kind: str, accept: Iterable[object]) -> Key:
    """Return a key that takes any of *accept*."""
    return Key(kind, accept=frozenset(plain(str(one)) for one in accept))


def plain(text: str) -> str:
    """Return *text* as texts are compared: without case, space and punctuation around it, in one form of Unicode."""
    folded = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    return re.sub(r"^[\s.,;:!?。、「」\"'“”‘’()]+|[\s.,;:!?。、「」\"'“”‘’()]+$", "", folded) or folded
