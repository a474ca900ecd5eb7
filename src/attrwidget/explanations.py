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
        return [f"{i}: {_title(ex.reading)}" for i, ex in enumerate(self, 1)]

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


def _title(reading: Reading) -> str:
    """Return how the text begins, without its control tokens."""
    special = reading.tokens.special
    units = [u for u in reading.tokens.units if u.start < reading.first_step and not special[u.start]]
    text = " ".join("".join(u.text for u in units).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
