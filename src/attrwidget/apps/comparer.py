"""The app that compares: two models, or two methods of one, on one text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrwidget as aw
from attrwidget import bundled
from attrwidget.apps.choice import names_of
from attrwidget.apps.fields import beside
from attrwidget.apps.served import Served
from attrwidget.apps.workbench import Workbench
from attrwidget.bundled import BUNDLED
from attrwidget.kinds.table import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from attrwidget.comparison import Comparison
    from attrwidget.explanation import Explanation

WELCOME = (
    "Two models read one text, and may answer for different reasons. Choose both, type a text, and press the button. "
    "Then point at a word: it lights up on both sides, with the words that carried it. Choose one model twice to "
    "compare two methods of finding reasons; the bar above each side says which."
)
FIRST = "demo-sentiment"


class Comparer(Workbench):
    """Two models, one text, and the words that carried each answer.

    Args:
        prompt: The text that the form begins with; by default, one on which the two may differ.
        allowed: What the visitor may do; by default, use the bundled models.
        values: What the address of the page asks for.
    """

    heading = "Do they have the same reasons?"
    welcome = WELCOME

    def __init__(
        self, prompt: str = "", *, allowed: Served | None = None, values: Mapping[str, str] | None = None
    ) -> None:
        first = next(one for one in BUNDLED if one.name == FIRST)
        count = kind_of(BUNDLED[0].task).form.new_tokens
        other = beside(first)
        begin, text = [first.name, other.name], prompt or other.examples[0]
        allowed = allowed or Served()
        if allowed.served:
            names = names_of(allowed)
            begin = [names[0], names[1 if len(names) > 1 else 0]]
            known = bundled.find(names[0])
            text = prompt or (known or BUNDLED[0]).examples[0]
        super().__init__(text, count, allowed, values or {}, begin)

    def _show(self, explanations: list[Explanation]) -> Comparison:
        """Compare them; of one model, which is chosen twice, two methods."""
        return aw.compare(*explanations)
