"""Several explanations: a list that shows as tabs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Protocol, Self, SupportsIndex, TypeVar, overload

from attrwidget.presentation import Presentation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from attrwidget.results.base import Reading
    from attrwidget.widget import ExplanationWidget

_MOST = 24  # tabs: each is a widget
_LONGEST = 24  # characters of a tab's title


class Widgeted(Protocol):
    """What shows as a widget."""

    @property
    def widget(self) -> ExplanationWidget:
        """The widget."""

    def _repr_mimebundle_(self, **options: Any) -> Any: ...


Shown = TypeVar("Shown", bound=Widgeted)
Explained = TypeVar("Explained", bound=Presentation)


class Tabs(list[Shown]):
    """A list that shows a tab for each of its items, up to 24, as the last line of a notebook cell."""

    _many = "items"

    def _titles(self) -> list[str]:
        raise NotImplementedError

    def _numbered(self) -> list[str]:
        return [f"{i}: {title}" for i, title in enumerate(self._titles(), 1)]

    def _plain(self) -> str:
        """Return the list as text, and how to have tabs of one that is too long for them."""
        text = repr(list(self))
        if len(self) <= _MOST:
            return text
        return f"These are {len(self)} {self._many}, and tabs show up to {_MOST}: take some, as in [:{_MOST}].\n{text}"

    def _has_tabs(self) -> bool:
        return 1 < len(self) <= _MOST and all(hasattr(one, "widget") for one in self)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        if len(self) == 1:
            return self[0]._repr_mimebundle_(**options)
        if not self._has_tabs():
            return {"text/plain": self._plain()}
        from ipywidgets import Tab

        tabs = Tab([one.widget for one in self], titles=self._numbered())
        bundle = tabs._repr_mimebundle_(**options)
        return bundle if bundle is None else {**bundle, "text/plain": self._plain()}

    def _display_(self) -> Any:
        """Return what marimo shows, which cannot show the tabs of ipywidgets but has its own."""
        if len(self) == 1:
            return self[0]
        marimo = sys.modules.get("marimo")
        if marimo is None or not self._has_tabs():
            return list(self)
        return marimo.ui.tabs({title: one.widget for title, one in zip(self._numbered(), self, strict=True)})

    @overload
    def __getitem__(self, index: SupportsIndex, /) -> Shown: ...
    @overload
    def __getitem__(self, index: slice, /) -> Self: ...
    def __getitem__(self, index: SupportsIndex | slice, /) -> Shown | Self:
        if isinstance(index, slice):
            return type(self)(super().__getitem__(index))
        return super().__getitem__(index)

    def __add__(self, more: Iterable[Any], /) -> Self:  # type: ignore[override]
        return type(self)([*self, *more])


class Explanations(Tabs[Explained]):
    """A list of explanations; as the last line of a notebook cell it shows a tab for each, up to 24."""

    _many = "explanations"

    def _titles(self) -> list[str]:
        found = [title_of(ex.reading) for ex in self]
        if len(set(found)) < len(found):  # several answers to one prompt
            found = [title_of(ex.reading, answer=True) for ex in self]
        return found


def title_of(reading: Reading, *, answer: bool = False) -> str:
    """Return how the text, or the answer to it, begins, without its control tokens."""
    special, first = reading.tokens.special, reading.first_step
    units = [u for u in reading.tokens.units if (u.start >= first) is answer and not special[u.start]]
    text = " ".join("".join(u.text for u in units).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
