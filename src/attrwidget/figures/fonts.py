"""Choose the fonts of a figure and measure text in them; Matplotlib finds, shapes and embeds them."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError, did_you_mean

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

_SIZE = 64.0  # points, at which widths are measured
_DEFAULT = "DejaVu Sans"  # Matplotlib carries it
_NO_PICTURE = ("Cc", "Cf", "Mn", "Zs", "Zl", "Zp")  # categories of characters
_LIKED = ("Noto Sans CJK", "Noto Sans", "Noto")
_UNUSABLE = (
    "Color Emoji",
    "Last Resort",
)  # bitmaps, which Matplotlib cannot draw, and boxes for all characters


_OTHER_STYLES = re.compile("Bold|Italic|Oblique|Light|Medium|Thin|Black|Condensed|Serif")


class Fonts:
    """The fonts that a text needs: the one asked for, and others for the characters that it lacks.

    Attributes:
        families: Their names, in the order in which a character is looked for.
        missing: Characters that no font of this machine has.
    """

    def __init__(self, text: str, family: str | None = None) -> None:
        first = family or _DEFAULT
        if first not in _families():
            raise AttrWidgetError(
                f"There is no font {first!r}{did_you_mean(first, _families())} on this machine."
            )
        needed = {c for c in text if unicodedata.category(c) not in _NO_PICTURE}
        self.families = [first]
        self.missing = needed - _characters(first)
        if self.missing:
            _look_again()
        for other in sorted(_families(), key=_liking) if self.missing else ():
            if not self.missing:
                break
            if self.missing & _characters(other):
                self.families.append(other)
                self.missing -= _characters(other)
        self._widths: dict[str, float] = {}

    def require_all(self) -> None:
        """Raise AttrWidgetError unless each character has a font."""
        if self.missing:
            some = " ".join(sorted(self.missing)[:5])
            raise AttrWidgetError(f"No font on this machine has {some}: install one that has, or take .svg.")

    def one_family(self, text: str) -> str:
        """Return a family that has all of *text*; raise AttrWidgetError if none has."""
        needed = {c for c in text if unicodedata.category(c) not in _NO_PICTURE}
        best = max(self.families, key=lambda family: len(needed & _characters(family)))
        lacking = " ".join(sorted(needed - _characters(best))[:5])
        if lacking:
            raise AttrWidgetError(
                f"LaTeX takes one font here, and {best} has no {lacking}: take .svg or .pdf."
            )
        return best

    def properties(self, size: float) -> FontProperties:
        """Return the fonts for Matplotlib at *size* points."""
        from matplotlib.font_manager import FontProperties

        return FontProperties(family=self.families, size=size)

    def width(self, text: str, size: float) -> float:
        """Return how far *text* advances, in points; of missing characters it is guessed."""
        if text not in self._widths:
            guessed = sum(_guess(c) for c in text if c in self.missing)
            known = "".join(c for c in text if c not in self.missing)
            # The box around the ink with a bar at each end, less that of the two bars, is the advance.
            self._widths[text] = guessed + (self._box(f"|{known}|") - self._bars) / _SIZE
        return self._widths[text] * size

    def _box(self, text: str) -> float:
        from matplotlib.ft2font import LoadFlags

        self._font.set_size(_SIZE, 72)
        self._font.set_text(text, 0, flags=LoadFlags.NO_HINTING)
        return float(self._font.get_width_height()[0]) / 64

    @cached_property
    def _font(self) -> Any:
        from matplotlib.font_manager import get_font

        return get_font([_file(family) for family in self.families])

    @cached_property
    def _bars(self) -> float:
        return self._box("||")


def _guess(character: str) -> float:
    """Estimate the width of a character in em."""
    return 1.0 if unicodedata.east_asian_width(character) in "WF" else 0.6


def _families() -> list[str]:
    from matplotlib.font_manager import fontManager

    upright = (
        e
        for e in fontManager.ttflist
        if e.style == "normal" and str(e.weight) in ("400", "normal", "regular")
    )
    names = {entry.name for entry in upright}
    return sorted(name for name in names if not any(word in name for word in _UNUSABLE))


def _liking(family: str) -> tuple[int, str]:
    return next((i for i, name in enumerate(_LIKED) if family.startswith(name)), len(_LIKED)), family


@cache
def _look_again() -> None:
    """Tell Matplotlib of fonts that were installed after it listed them."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    known = {entry.fname for entry in fontManager.ttflist}
    for path in sorted(set(findSystemFonts()) - known):
        if _OTHER_STYLES.search(path):
            continue
        with suppress(OSError, RuntimeError, ValueError):
            fontManager.addfont(path)


@cache
def _characters(family: str) -> frozenset[str]:
    """Return the characters that a family can draw."""
    from matplotlib.font_manager import get_font

    return frozenset(map(chr, get_font(_file(family)).get_charmap()))


def _file(family: str) -> Any:
    """Return where Matplotlib finds a family."""
    from matplotlib.font_manager import FontProperties, findfont

    return findfont(FontProperties(family=[family]))
