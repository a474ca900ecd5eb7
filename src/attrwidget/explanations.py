"""Several explanations: a list that shows as tabs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar

from attrwidget.presentation import Presentation

if TYPE_CHECKING:
    from attrwidget.results.base import Reading

Shown = TypeVar("Shown", bound=Presentation)

_MOST = 24  # tabs: each is a widget
_LONGEST = 24  # characters of a tab's title


class Explanations(list[Shown]):
    """A list of explanations; as the last line of a notebook cell it shows a tab for each, up to 24."""

    def _titles(self) -> list[str]:
        found = [_title(ex.reading) for ex in self]
        if len(set(found)) < len(found):  # several answers to one prompt
            found = [_title(ex.reading, answer=True) for ex in self]
        return [f"{i}: {title}" for i, title in enumerate(found, 1)]

    def _repr_mimebundle_(self, **options: Any) -> Any:
        if len(self) == 1:
            return self[0]._repr_mimebundle_(**options)
        if not 1 < len(self) <= _MOST:
            return {"text/plain": repr(list(self))}
        from ipywidgets import Tab

        tabs = Tab([ex.widget for ex in self], titles=self._titles())
        bundle = tabs._repr_mimebundle_(**options)
        return bundle if bundle is None else {**bundle, "text/plain": repr(list(self))}

    def _display_(self) -> Any:
        """Return what marimo shows, which cannot show the tabs of ipywidgets but has its own."""
        if len(self) == 1:
            return self[0]
        marimo = sys.modules.get("marimo")
        if marimo is None or not 1 < len(self) <= _MOST:
            return list(self)
        return marimo.ui.tabs({title: ex.widget for title, ex in zip(self._titles(), self, strict=True)})


def _title(reading: Reading, *, answer: bool = False) -> str:
    """Return how the text, or the answer to it, begins, without its control tokens."""
    special, first = reading.tokens.special, reading.first_step
    units = [u for u in reading.tokens.units if (u.start >= first) is answer and not special[u.start]]
    text = " ".join("".join(u.text for u in units).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
