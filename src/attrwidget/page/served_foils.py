"""Foils of an explanation whose model is in another process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.checks import check_step
from attrwidget.results.contrast import Foil

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from attrwidget.page.server import Reply


class ServedFoils:
    """Foils: those that the page offers or has found, and others by asking.

    Args:
        n_steps: How many steps there are.
        content: Returns what the page needs first.
        ask: Returns the answer to a request of the page.
    """

    def __init__(
        self,
        n_steps: int,
        content: Callable[[], Mapping[str, Any]],
        ask: Callable[[str, Mapping[str, Any]], Reply],
    ) -> None:
        self._n_steps, self._content, self._ask = n_steps, content, ask
        self._found: dict[tuple[int, tuple[int, ...]], str] = {}

    def find(self, step: int, what: Any) -> Foil:
        """Return *what*, a text, an id or ids, as a foil of *step*; see ``Contrasts.find``."""
        step = check_step(step, self._n_steps)
        ids = () if isinstance(what, str) else tuple(what) if isinstance(what, list | tuple) else (what,)
        text = self._found.get((step, ids)) or self._offered(step, ids)
        if text is not None:
            return Foil(step, ids, text)
        found = self._ask("foil", {"step": step, "text": list(ids) or what}).meta
        foil = Foil(found["step"], tuple(found["ids"]), found["text"])
        self._found[step, foil.ids] = foil.text
        return foil

    def _offered(self, step: int, ids: tuple[Any, ...]) -> str | None:
        """Return the text of one of the likeliest outputs of *step*."""
        likely = self._content()["steps"]["alternatives"][step]
        return next((text for text, _, number in likely if ids == (number,) and number is not None), None)
