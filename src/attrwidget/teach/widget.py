"""The widget of an explanation with a question over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from attrwidget.widget import ExplanationWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from attrwidget.results.base import Reading


class QuestionWidget(ExplanationWidget):
    """The widget of one question; made by ``Question.widget``.

    Args:
        reading: The explanation.
        question: What the card shows.
        answered: Called with each reply of the page; returns what the card shows then.
        **traits: Values that the widget begins with.
    """

    question = traitlets.Dict(read_only=True, help="What the card shows (docs/protocol.md).").tag(sync=True)
    reply = traitlets.Dict(help="The last answer of the page (docs/protocol.md).").tag(sync=True)

    def __init__(
        self,
        reading: Reading,
        question: Mapping[str, Any],
        answered: Callable[[Mapping[str, Any]], dict[str, Any]],
        **traits: Any,
    ) -> None:
        self._answered = answered
        self.set_trait("question", dict(question))
        super().__init__(reading, **traits)

    @traitlets.observe("reply")
    def _replied(self, change: Any) -> None:
        if change["new"]:
            self.set_trait("question", self._answered(change["new"]))
