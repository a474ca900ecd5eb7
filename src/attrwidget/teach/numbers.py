"""Read a number that was typed, and compare it as far as its digits go; js/panels/question/mark.ts does the same."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import NamedTuple

_NUMBER = re.compile(r"[<>≈~]?\s*([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?\s*(%?)")
_FINEST = 0.001  # the last digit that the widget prints


class Typed(NamedTuple):
    """A number as it was typed, and what its last digit stands for."""

    value: float
    unit: float


def read_number(text: str) -> Typed | None:
    """Return the number that *text* is, such as ``".123"``, ``"−0,12"``, ``"12 %"`` or ``">.999"``; else None."""
    plain = unicodedata.normalize("NFKC", text).strip().lower().replace("−", "-")
    plain = plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else plain
    found = _NUMBER.fullmatch(plain)
    if found is None:
        return None
    sign, whole, part, exponent, percent = found.groups()
    digits = whole + (part or "")
    if not digits or len(digits) > 30 or len(exponent or "") > 3:
        return None
    power = int(exponent or 0) - len(part or "") - (2 if percent else 0)
    value = float(f"{sign}{digits}e{power}")
    return Typed(value, float(f"1e{power}"))


def agrees(typed: Typed, key: float) -> bool:
    """Return whether *key*, rounded or cut off where *typed* ends, is what was typed."""
    gap = abs(typed.value - key)
    cut = abs(typed.value) <= abs(key) and typed.value * key >= 0 and gap < typed.unit * (1 - 1e-6)
    return gap <= typed.unit * (0.5 + 1e-6) or cut


def is_precise(typed: Typed, key: float) -> bool:
    """Return whether *typed* has two figures of *key*, or as many as the widget prints."""
    return typed.unit <= needed_unit(key) * (1 + 1e-6)


def needed_unit(key: float) -> float:
    """Return what the last digit of an answer stands for at most."""
    if key == 0:
        return 1.0
    two_figures = 10.0 ** (math.floor(math.log10(abs(key))) - 1)
    return max(two_figures, 1.0 if key == round(key) else _FINEST)
