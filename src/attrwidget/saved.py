"""``SavedExplanation``: an explanation whose numbers were recorded, from a file or another library's result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from attrwidget.checks import short
from attrwidget.errors import AttrWidgetError
from attrwidget.methods import HeadSelection, all_methods
from attrwidget.results.arguments import check_normalization, require_source, select
from attrwidget.results.by_unit import recorded_units
from attrwidget.results.one_target import averaged, label_of, note_on_row, steps_of, summed
from attrwidget.results.saved import NO_HEADS, SavedReading, normalized
from attrwidget.results.through import note_on_passing, pass_on, passed_steps
from attrwidget.without_model import WithoutModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.recorded import Recorded

_LINEAR = ("saliency", "input_x_gradient_l2")  # their rows are norms of gradients, and ∇p = p ∇log p


class SavedExplanation(WithoutModel):
    """A recorded explanation, made by ``attrwidget.open`` and ``attrwidget.from_…``.

    It answers the calls of a live ``Explanation`` from what was recorded, and refuses with AttrWidgetError what needs
    the model.

    Example:
        >>> aw.open("why.attrwidget").scores()
    """

    reading: SavedReading

    def scores(
        self,
        method: str | None = None,
        *,
        target_function: str | None = None,
        foil: str | int | Sequence[str | int] | None = None,
        normalize: str | None = "auto",
        layer: int | None = None,
        head: int | Sequence[int] | None = None,
        head_rule: str = "mean",
        source_only: bool = False,
        through: bool | str = False,
        target: str | tuple[int, int] | None = None,
        progress: Progress | None = None,  # noqa: ARG002 - nothing takes long
        **options: Any,
    ) -> pd.DataFrame:
        """Return the scores of all steps as they were recorded; arguments and result are as in ``Explanation.scores``.

        Args:
            method: A name of ``methods()``; by default the first.
            target_function: The one that was recorded; of norms of gradients ``"probability"`` too.
            foil: Needs the model.
            normalize: ``"auto"``, ``"step"``, ``"inseq"`` or None.
            layer: For attention: a layer from 0.
            head: For attention: a head of *layer* from 0, or several.
            head_rule: For attention: how several heads become one.
            source_only: For encoder–decoder models: score and normalise the source alone.
            through: True, or ``"thinking"``: pass shares on through the answer's own words.
            target: ``"answer"``, or ``(start, end)``, a span of steps: one row for all of them.
            progress: Never called, as nothing takes long.
            **options: Need the model.

        Returns:
            float32 ``[steps, inputs]``, labelled by token; NaN where a token came later. One row of a *target*.

        Raises:
            AttrWidgetError: What is asked for was not recorded.

        Example:
            >>> aw.open("why.attrwidget").scores("saliency", normalize=None)
        """
        check_normalization(normalize)
        given = [*(["foil"] if foil is not None else []), *options]
        if given:
            self._refuse(f"{given[0]}=")
        reading = self.reading
        name = next(iter(reading.recorded)) if method is None else method
        if normalize == "inseq" and f"{name}_l2" in reading.recorded:
            name = f"{name}_l2"
        known = reading.find(name)
        if normalize == "inseq" and known.target_function is not None:
            target_function = target_function or "probability"
        if source_only:
            require_source(reading.n_source, reading.model_name, "source_only")
        passed = None
        if through is not False:
            passed = passed_steps(
                reading,
                name,
                signed=known.info.signed,
                through=through,
                normalize=normalize,
                source_only=source_only,
            )
        one = None if target is None else steps_of(reading, target)
        added = known.info.signed or normalize is None
        raw = reading.raw(known, range(reading.n_steps), select(layer, head, head_rule))
        rows = self._of_target(known, raw, target_function)
        if source_only:
            rows = np.where(np.arange(reading.n_inputs) < reading.n_source, rows, np.nan)
        if one is not None and added:
            rows = summed(rows[one])
        shown, note = normalized(rows, known, normalize), known.note
        if passed is not None:
            shown = pass_on(shown, reading.first_step, passed)
            note = note_on_passing(known.info.question)
        if one is not None:
            shown = shown if added else averaged(shown[one])
            note = "; ".join(filter(None, [note_on_row(len(one), added=added), note]))
        frame = reading.frame(shown, None if one is None else [label_of(reading, one)])
        made = {
            "method": name,
            "target_function": target_function or known.target_function,
            "note": note,
        }
        frame.attrs.update({key: value for key, value in made.items() if value is not None})
        return frame

    def attention(
        self,
        layer: int | None = None,
        head: int | Sequence[int] | None = None,
        *,
        head_rule: str = "mean",
        targets: str = "steps",
        part: str | None = None,
    ) -> pd.DataFrame:
        """Return recorded attention weights; arguments and result are as in ``Explanation.attention``.

        Args:
            layer: A layer from 0; by default all layers.
            head: A head of *layer* from 0, or several; by default all heads.
            head_rule: How several heads become one.
            targets: ``"steps"``; the rows of other tokens need the model.
            part: Needs the model.

        Returns:
            float32 ``[steps, inputs]``, labelled by token; NaN where a token came later.

        Raises:
            AttrWidgetError: What is asked for was not recorded.

        Example:
            >>> aw.open("why.attrwidget").attention(layer=3, head=9)
        """
        if targets != "steps":
            self._refuse(f"targets={targets!r}")
        if part is not None:
            self._refuse("part=")
        reading, selection = self.reading, select(layer, head, head_rule)
        steps = range(reading.n_steps)
        if reading.heads is not None:
            return reading.frame(reading.heads.combined(steps, selection))
        if selection != HeadSelection() or "attention" not in reading.recorded:
            raise AttrWidgetError(f"{reading.attention_note or NO_HEADS} It carries {reading.carried()}.")
        return reading.frame(reading.raw(reading.recorded["attention"], steps, selection).astype(np.float32))

    def by_unit(
        self,
        units: Any = "document",
        method: str | None = None,
        *,
        rule: str = "sum",
        refine: str | None = None,
        normalize: str | None = "auto",
        progress: Progress | None = None,  # noqa: ARG002 - nothing takes long
        **options: Any,
    ) -> pd.DataFrame:
        """Return what each sentence rests on by recorded scores of tokens; arguments and result as in ``Explanation``.

        Args:
            units: As in ``Explanation.by_unit``; documents are found where they are numbered.
            method: A recorded method that gives each token a score of its own; those that leave units out, as by
                default, need the model.
            rule: How scores of tokens become one: ``"sum"``, ``"mean"`` or ``"max"``.
            refine: Needs the model.
            normalize: ``"auto"`` for shares, or None.
            progress: Never called, as nothing takes long.
            **options: Need the model.

        Returns:
            float64, a row for each sentence of the answer and a column for each unit.

        Raises:
            AttrWidgetError: What is asked for was not recorded, or there are no such units.

        Example:
            >>> aw.open("why.attrwidget").by_unit("sentence", "saliency")
        """
        given = [*(["refine"] if refine is not None else []), *options]
        if given:
            self._refuse(f"by_unit({given[0]}=)")
        if method is None or any(one.name == method and "units" in one.options for one in all_methods()):
            self._refuse("by_unit()" if method is None else f"by_unit(method={method!r})")
        if normalize not in {"auto", None}:
            raise AttrWidgetError(f"normalize is 'auto', for shares, or None, not {short(normalize)}.")
        return recorded_units(self.reading, units, method, rule=rule).table(units, normalize)

    def _refuse(self, what: str) -> NoReturn:
        raise AttrWidgetError(
            f"{what} needs the model, and this explanation was recorded without it: it carries "
            f"{self.reading.carried()}; load its model and explain the text again."
        )

    def _of_target(
        self, method: Recorded, rows: NDArray[np.floating], function: str | None
    ) -> NDArray[np.floating]:
        """Return *rows* for the target *function*; raise AttrWidgetError unless it was recorded or follows from it."""
        recorded, title = method.target_function, method.info.title
        if function in (None, recorded):
            return rows
        if (recorded, function) == ("log_prob", "probability") and method.info.name in _LINEAR:
            return np.asarray(rows * self.steps["probability"].to_numpy()[:, None])
        if recorded is None:
            raise AttrWidgetError(
                f"{title} was recorded without its target function: leave out target_function=."
            )
        raise AttrWidgetError(
            f"{title} was recorded for the target function {recorded!r}, not for {function!r}: take that one, and "
            "normalize='step' for shares."
        )
