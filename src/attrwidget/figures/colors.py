"""The colours of a figure: those of the widget (js/draw/color.ts, js/draw/ramp.ts), mixed with the ground."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

_ENOUGH = 4.5  # contrast of text, WCAG 2.2


class Theme(NamedTuple):
    """The colours of a theme, each as rrggbb; from *share* on, tints at full strength."""

    ground: str
    ink: str
    soft: str
    later: str
    said: str
    share: str
    more: str
    less: str
    head: str


THEMES = {
    "light": Theme("ffffff", "1f2430", "5b6372", "8d929c", "c2255c", "8b5cf6", "f1771e", "3a86f0", "2067da"),
    "dark": Theme("111318", "e6e8ee", "9aa1ae", "858993", "f783ac", "7c4dff", "c85a10", "2272d0", "4f98fc"),
}

_HUES = {
    "light": "7c3aed d97706 0b8a60 db2777 2563eb 857200 0891b2 c22121 7a4f2c 5b6475",
    "dark": "a07bff f59e0b 34c795 f472b6 60a5fa d4c93b 22d3ee f87171 c99a6b 9ca3af",
}


def hues(theme: str) -> list[str]:
    """Return ten colours that are told apart: js/draw/hues.ts."""
    return _HUES[theme].split()


def tinted(theme: Theme, tint: str, strength: float) -> str:
    """Return the ground under *strength* (0 to 1) of the *tint*, of which 1 leaves text readable."""
    return mixed(tint, theme.ground, strength * _readable(theme, tint))


def mixed(top: str, below: str, alpha: float) -> str:
    """Return *top* over *below* at opacity *alpha*, mixed in sRGB as browsers do."""
    pairs = zip(channels(top), channels(below), strict=True)
    return "".join(f"{round(b + alpha * (t - b)):02x}" for t, b in pairs)


def contrast(a: str, b: str) -> float:
    """Return the contrast of two colours, 1 to 21: WCAG 2.2."""
    low, high = sorted((_luminance(a), _luminance(b)))
    return (high + 0.05) / (low + 0.05)


@cache
def _readable(theme: Theme, tint: str) -> float:
    """Return the greatest opacity of *tint* on which the ink has enough contrast."""
    steps = range(100, 0, -1)
    return next(k / 100 for k in steps if contrast(theme.ink, mixed(tint, theme.ground, k / 100)) >= _ENOUGH)


def channels(color: str) -> list[int]:
    """Return red, green and blue of rrggbb."""
    return [int(color[i : i + 2], 16) for i in (0, 2, 4)]


def _luminance(color: str) -> float:
    """Return the relative luminance, 0 to 1: WCAG 2.2."""
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (v / 255 for v in channels(color))
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
