"""The app that explains: choose a model, type a text, read the answer, explore why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.apps.choice import names_of
from attrwidget.apps.served import Served
from attrwidget.apps.workbench import Workbench
from attrwidget.bundled import BUNDLED
from attrwidget.kinds.table import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from attrwidget.explanation import Explanation

WELCOME = (
    "A language model writes one piece of text at a time, and each piece follows from what stands before it. "
    "Choose a model, type a text, and press the button. Then point at a word of the answer: "
    "the words that carried it light up. Click to hold a word; look at its numbers, and at other methods."
)


class Explorer(Workbench):
    """One model, one text, and why it answered so.

    Args:
        prompt: The text that the form begins with.
        max_new_tokens: How many tokens to generate, at most.
        allowed: What the visitor may do; by default, use the bundled models.
        values: What the address of the page asks for.
    """

    heading = "Why that word?"
    welcome = WELCOME

    def __init__(
        self,
        prompt: str = BUNDLED[0].examples[0],
        *,
        max_new_tokens: int = kind_of(BUNDLED[0].task).form.new_tokens,
        allowed: Served | None = None,
        values: Mapping[str, str] | None = None,
    ) -> None:
        allowed = allowed or Served()
        begin = names_of(allowed)[:1]
        super().__init__(prompt, max_new_tokens, allowed, values or {}, begin)

    @property
    def explanation(self) -> Explanation | None:
        """The explanation on the screen, or None."""
        return self.shown  # type: ignore[return-value]  # of this app, an explanation

    def _show(self, explanations: list[Explanation]) -> Explanation:
        return explanations[0]
