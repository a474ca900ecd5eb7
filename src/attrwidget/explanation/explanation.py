"""``Explanation``: all readings and trials of a live explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from attrwidget.explanation.attention import Attention
from attrwidget.explanation.by_unit import ByUnit
from attrwidget.explanation.contexts import Contexts
from attrwidget.explanation.scores import Scores
from attrwidget.explanation.trials import Trials

if TYPE_CHECKING:
    from attrwidget.results.similar import SearchedTexts


class Explanation(Scores, ByUnit, Attention, Trials, Contexts):
    """Why a model gave its answer; made by ``Model.explain``.

    Scores are computed when they are first asked for and then kept. *Step* s is the s-th generated token; the
    *inputs* of a step are the prompt and the tokens generated before it. As the last line of a notebook cell it
    shows as the widget.

    Example:
        >>> ex = aw.load("demo").explain("The capital of Japan is")
        >>> ex.scores("saliency")
    """

    def with_corpus(self, corpus: SearchedTexts) -> Self:
        """Let the widget search for similar contexts in *corpus*, and return this explanation.

        Args:
            corpus: What ``attrwidget.corpus`` returned for the same model.

        Raises:
            AttrWidgetError: The corpus was read by another model.

        Example:
            >>> ex.with_corpus(aw.corpus("demo", model))
        """
        self.reading.similar = corpus.for_page(self.reading)
        self._renew_widget()
        return self
