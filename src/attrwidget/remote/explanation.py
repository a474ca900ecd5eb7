"""``RemoteExplanation``: why a model behind an API gave its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from attrwidget.errors import AttrWidgetError
from attrwidget.explanation.by_unit import ByUnit
from attrwidget.explanation.trials import Trials
from attrwidget.results.arguments import check_normalization, select
from attrwidget.results.one_target import steps_of
from attrwidget.results.score_table import ScoreTable
from attrwidget.without_model import WithoutModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from attrwidget.progress import Progress
    from attrwidget.remote.reading import RemoteReading


class RemoteExplanation(ByUnit, Trials, WithoutModel):
    """Why a model behind an API gave its answer; made by the ``explain`` of what ``attrwidget.connect`` returns.

    It answers the calls of an ``Explanation`` that changed prompts suffice for, and refuses with AttrWidgetError what
    needs the model itself.

    Example:
        >>> model = aw.connect("http://localhost:8000/v1", "gpt2")
        >>> model.explain("The capital of Japan is").scores("leave_one_out")
    """

    reading: RemoteReading

    def scores(
        self,
        method: str | None = None,
        *,
        target_function: str | None = None,
        foil: str | Sequence[str | None] | None = None,
        normalize: str | None = "auto",
        layer: int | None = None,
        head: int | Sequence[int] | None = None,
        head_rule: str = "mean",
        source_only: bool = False,
        through: bool | str = False,
        target: str | tuple[int, int] | None = None,
        progress: Progress | None = None,
        **options: Any,
    ) -> pd.DataFrame:
        """Return the scores of all steps; arguments and result are as in ``Explanation.scores``.

        Args:
            method: ``"leave_one_out"`` (the default), ``"span_regression"``, ``"lime"`` or ``"shap"``.
            target_function: ``"log_prob"``, ``"probability"``, ``"log_odds"`` or ``"contrast"``; each method has its
                default.
            foil: The other text of ``"contrast"``, which it implies: a text for every step, or a list with one, or
                None, for each. The score is the log-probability of the step's token less that of the whole other text
                in its place; unless that is among the likeliest, it takes one more request for each prompt and step.
            normalize: ``"auto"``, ``"step"``, ``"inseq"`` or None.
            layer: Needs the model itself.
            head: Needs the model itself.
            head_rule: For heads.
            source_only: Needs the model itself.
            through: Needs the model itself.
            target: ``"answer"``, or ``(start, end)``, a span of steps: one row for all of them.
            progress: Called with ``(done, total)``. An exception raised in it stops the work; what was answered is
                kept.
            **options: The method's own, such as ``units=``: ``"word"`` (the default), ``"sentence"``, ``"message"``,
                ``"token"`` or a list of spans.

        Returns:
            float32 ``[steps, inputs]``, labelled by token; NaN where a token came later or has no score.

        Raises:
            AttrWidgetError: The server gives no answer, or what is asked for needs the model itself.

        Example:
            >>> ex.scores("span_regression", units="sentence")
        """
        reading = self.reading
        check_normalization(normalize)
        for name, value in (("source_only=", source_only), ("through=", through)):
            if value is not False:
                reading.refuse(name)
        request = reading.request(
            reading.methods()[0].name if method is None else method,
            target_function,
            foil=foil,
            selection=select(layer, head, head_rule),
            options=options,
        )
        one = None if target is None else steps_of(reading, target)
        return ScoreTable(normalize, one=one).of(reading, request, progress)

    def attention(
        self,
        layer: int | None = None,  # noqa: ARG002
        head: int | Sequence[int] | None = None,  # noqa: ARG002
        *,
        head_rule: str = "mean",  # noqa: ARG002
        targets: str = "steps",  # noqa: ARG002
        part: str | None = None,  # noqa: ARG002
    ) -> pd.DataFrame:
        """Raise AttrWidgetError: a server shows no attention."""
        raise AttrWidgetError(self.reading.attention_note or "")

    def _refuse(self, what: str) -> NoReturn:
        self.reading.refuse(what)
