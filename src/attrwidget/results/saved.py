"""An explanation whose numbers were recorded: it shows, exports and answers without its model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.methods import HeadSelection
from attrwidget.methods.request.cache import NORMALIZATIONS, normalize_rows
from attrwidget.results.base import BaseExplanation, MethodInfo
from attrwidget.results.validate import validate
from attrwidget.text.sections import Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.recorded import Recorded, RecordedHeads
    from attrwidget.text.tokens import Tokens

NO_HEADS = "This explanation was recorded without single attention heads."
_SLOPES = ("saliency", "input_x_gradient_l2")  # their rows scale with the slope, and ∇p = p ∇log p


class SavedReading(BaseExplanation):
    """A recorded explanation, from ``attrwidget.open`` or another library's result.

    Like a live ``Explanation`` in all that it carries; asking for more raises AttrWidgetError, a sentence with what
    there is.
    """

    def __init__(
        self,
        tokens: Tokens,
        first_step: int,
        steps: pd.DataFrame,
        recorded: Sequence[Recorded],
        *,
        inputs: int | None = None,
        heads: RecordedHeads | None = None,
        sections: Sequence[Section] | None = None,
        model_name: str = "",
        warnings: Sequence[str] = (),
        attention_note: str | None = None,
        answer_text: str | None = None,
        step_noun: tuple[str, str] = ("token", "tokens"),
    ) -> None:
        super().__init__()
        self.tokens, self.first_step = tokens, first_step
        self.n_steps = len(tokens) - first_step
        self.n_inputs = len(tokens) - 1 if inputs is None else inputs
        whole = [Section("Prompt", 0, first_step), Section("Answer", first_step, len(tokens))]
        self.sections = whole if sections is None else list(sections)
        self.model_name, self.warnings = model_name, list(warnings)
        self.answer_text, self.step_noun = answer_text, step_noun
        self.heads = heads
        self.n_layers, self.n_heads = (heads.n_layers, heads.n_heads) if heads else (0, 0)
        self.attention_note = None if heads else attention_note or NO_HEADS
        self.recorded = {method.info.name: method for method in recorded}
        self._steps = steps
        validate(self, self.recorded, heads)

    @property
    def steps(self) -> pd.DataFrame:
        """What the model thought of each generated token, one row each; NaN where that is not known."""
        return self._steps

    def methods(self) -> list[MethodInfo]:
        """Return the methods that were recorded."""
        return [method.info for method in self.recorded.values()]

    def scores(
        self,
        method: str | None = None,
        *,
        target_function: str | None = None,
        normalize: str | None = "auto",
        layer: int | None = None,
        head: int | Sequence[int] | None = None,
        head_rule: str = "mean",
        progress: Progress | None = None,  # noqa: ARG002 - nothing takes long
        **options: Any,
    ) -> pd.DataFrame:
        """Return the scores of all steps, float32 ``[steps, inputs]``, labelled by token; NaN where a token came later.

        *method* is the first one recorded unless given; the rest is as in ``Explanation.scores``, for the target
        function that was recorded.
        """
        if normalize not in NORMALIZATIONS:
            known = ", ".join(repr(n) for n in NORMALIZATIONS)
            raise AttrWidgetError(f"There is no normalization {normalize!r}: take one of {known}.")
        name = next(iter(self.recorded)) if method is None else method
        if normalize == "inseq" and f"{name}_l2" in self.recorded:
            name = f"{name}_l2"
        known_method = self._method(name)
        if options:
            option = next(iter(options))
            raise AttrWidgetError(
                f"{option}= needs the model, and this explanation was recorded: it carries {self._names()}."
            )
        if normalize == "inseq" and known_method.target_function is not None:
            target_function = target_function or "probability"
        raw = self._raw(
            known_method, range(self.n_steps), HeadSelection(layer, _pairs(layer, head), head_rule)
        )
        frame = self._frame(
            _normalized(self._of_target(known_method, raw, target_function), known_method, normalize),
            self._step_labels,
        )
        frame.attrs.update(_attributes(known_method, target_function))
        return frame

    def attention(
        self,
        layer: int | None = None,
        head: int | Sequence[int] | None = None,
        *,
        head_rule: str = "mean",
        targets: str = "steps",
    ) -> pd.DataFrame:
        """Return attention weights, float32 ``[steps, inputs]``, as ``Explanation.attention`` does.

        Of *targets* only ``"steps"`` is recorded.
        """
        if targets != "steps":
            raise AttrWidgetError(
                f"Only the rows of generated tokens were recorded, so there is no targets={targets!r}: leave it out."
            )
        selection = HeadSelection(layer, _pairs(layer, head), head_rule)
        if self.heads is None and (selection != HeadSelection() or "attention" not in self.recorded):
            raise AttrWidgetError(f"{self.attention_note or NO_HEADS} It carries {self._names()}.")
        if self.heads is not None:
            rows = self.heads.combined(range(self.n_steps), selection)
        else:
            rows = self._raw(self.recorded["attention"], range(self.n_steps), selection).astype(np.float32)
        return self._frame(rows, self._step_labels)

    def rows(
        self,
        method: str,
        steps: Sequence[int],
        *,
        layer: int | None = None,
        heads: Sequence[tuple[int, int]] = (),
        head_rule: str = "mean",
        progress: Progress | None = None,  # noqa: ARG002 - nothing takes long
    ) -> NDArray[np.float32]:
        """Return what the screen shows of *steps*: float32 ``[len(steps), n_inputs]``, NaN where there is no input."""
        known = self._method(method)
        pairs = tuple(tuple(pair) if isinstance(pair, list) else pair for pair in heads)
        return _normalized(self._raw(known, steps, HeadSelection(layer, pairs, head_rule)), known, "auto")

    def has_rows(self, method: str, steps: Sequence[int]) -> bool:
        """Return True: everything was recorded."""
        self._method(method)
        self._check_steps(steps)
        return True

    def head_weights(self, steps: Sequence[int]) -> NDArray[np.float32]:
        """Return every head's attention at *steps*, float32 ``[len(steps), n_layers, n_heads, n_inputs]``."""
        self._check_steps(steps)
        if self.heads is None:
            raise AttrWidgetError(self.attention_note or NO_HEADS)
        return self.heads.of_steps(steps)

    def raw_rows(self, method: str, progress: Progress | None = None) -> NDArray[np.floating]:  # noqa: ARG002
        """Return the rows of all steps as they were recorded, ``[n_steps, n_inputs]``, before any normalisation."""
        return self._raw(self._method(method), range(self.n_steps), HeadSelection())

    def target_function_of(self, method: str) -> str | None:
        """Return what *method* was recorded to explain, such as ``"log_prob"``; None when that is not known."""
        return self._method(method).target_function

    def note(self, method: str, steps: Sequence[int]) -> str | None:
        """Return the footnote on *method*'s rows as recorded: of one step, or of all together."""
        self._check_steps(steps)
        known = self._method(method)
        return known.notes[steps[0]] if known.notes and len(steps) == 1 else known.note

    def logit_lens(self) -> pd.DataFrame:
        """Raise AttrWidgetError: what each layer would predict is not recorded."""
        raise AttrWidgetError(
            f"What each layer would predict was not recorded: this explanation carries {self._names()}; load its model "
            "and explain the text again."
        )

    def _names(self) -> str:
        return ", ".join(self.recorded)

    def _method(self, name: str) -> Recorded:
        if not isinstance(name, str) or name not in self.recorded:
            raise AttrWidgetError(
                f"There is no method {name!r} in what was recorded: it carries {self._names()}."
            )
        return self.recorded[name]

    def _raw(self, method: Recorded, steps: Sequence[int], selection: HeadSelection) -> NDArray[np.floating]:
        self._check_steps(steps)
        if method.rows is None and self.heads is not None:
            rows = self.heads.combined(steps, selection)
            if method.info.source is not None:
                rows *= 2
                rows[:, method.info.source :] = np.nan
            return rows
        if selection.layer is not None or selection.heads:
            raise AttrWidgetError(
                f"{method.info.title} has no layers and heads to pick here: leave out layer= and head=."
            )
        assert method.rows is not None  # noqa: S101 - require_fit
        return np.asarray(method.rows[list(steps)])

    def _of_target(
        self, method: Recorded, rows: NDArray[np.floating], function: str | None
    ) -> NDArray[np.floating]:
        carried, title = method.target_function, method.info.title
        if function in (None, carried):
            return rows
        if (carried, function) == ("log_prob", "probability") and method.info.name in _SLOPES:
            return np.asarray(rows * self.steps["probability"].to_numpy()[:, None])
        if carried is None:
            raise AttrWidgetError(
                f"{title} was recorded without its target function: leave out target_function=."
            )
        raise AttrWidgetError(
            f"{title} was recorded for the target function {carried!r}, not for {function!r}: take that one, and "
            "normalize='step' for shares."
        )


def _normalized(rows: NDArray[np.floating], method: Recorded, how: str | None) -> NDArray[np.float32]:
    if how == "auto":
        how = "step" if method.divided else None
    return normalize_rows(rows, method.info, how)


def _attributes(method: Recorded, function: str | None) -> dict[str, Any]:
    made = {
        "method": method.info.name,
        "target_function": function or method.target_function,
        "note": method.note,
    }
    return {name: value for name, value in made.items() if value is not None}


def _pairs(layer: int | None, head: int | Sequence[int] | None) -> tuple[tuple[int, int], ...]:
    if head is None:
        return ()
    if layer is None:
        raise AttrWidgetError(f"head={head!r} needs its layer: give layer= too.")
    heads = [head] if not hasattr(head, "__iter__") or isinstance(head, str) else list(head)
    return tuple((layer, h) for h in heads)
