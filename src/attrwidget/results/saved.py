"""The recorded reading: numbers of a file or of another library, without the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.methods import HeadSelection
from attrwidget.methods.request.normalize import normalize_rows
from attrwidget.results.arguments import select_heads
from attrwidget.results.base import Reading
from attrwidget.results.validate import validate
from attrwidget.text.sections import Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.base import MethodInfo
    from attrwidget.results.recorded import Recorded, RecordedHeads
    from attrwidget.text.tokens import Tokens

NO_HEADS = "This explanation was recorded without single attention heads."


class SavedReading(Reading):
    """Recorded numbers of one text.

    Args:
        tokens: All tokens, inputs and outputs.
        first_step: The index of the first output token.
        steps: The readings of the steps, one row each, as ``Reading.steps`` gives them.
        recorded: The numbers of each method; the first method is the default one.
        inputs: How many tokens can be inputs; by default all but the last.
        heads: The attention weights of all heads, where they were recorded.
        sections: Titles of stretches of the text; by default "Prompt" and "Answer".
        model_name: The model's name or folder.
        warnings: Sentences about the numbers.
        attention_note: Why there is no attention of single heads.
        answer_text: The answer in words where the joined steps do not give it.
        step_noun: The words for one step and for several.
        places: The input at which each step is read, where it is a word of the text.

    Attributes:
        recorded: Each method's numbers, by name.
        heads: The attention weights of all heads, where they were recorded.

    Raises:
        AttrWidgetError: The parts do not fit together.
    """

    shown_as = "SavedExplanation"

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
        places: Sequence[int] = (),
    ) -> None:
        self.tokens, self.first_step = tokens, first_step
        self.n_steps = len(tokens) - first_step
        self.n_inputs = len(tokens) - 1 if inputs is None else inputs
        usual = [Section("Prompt", 0, first_step), Section("Answer", first_step, len(tokens))]
        self.sections = usual if sections is None else list(sections)
        self.model_name, self.warnings = model_name, list(warnings)
        self.answer_text, self.step_noun, self.places = answer_text, step_noun, tuple(places)
        self.heads = heads
        self.n_layers, self.n_heads = (heads.n_layers, heads.n_heads) if heads else (0, 0)
        self.attention_note = None if heads else attention_note or NO_HEADS
        self.recorded = {method.info.name: method for method in recorded}
        self._steps = steps
        validate(self, self.recorded, heads)

    @property
    def steps(self) -> pd.DataFrame:
        """The model's readings of each step, one row each; NaN where a reading is not known."""
        return self._steps

    def methods(self) -> list[MethodInfo]:
        """Return the methods that were recorded."""
        return [method.info for method in self.recorded.values()]

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
        """Return what the screen shows of *steps*; see ``Reading.rows``."""
        known = self.find(method)
        return normalized(self.raw(known, steps, select_heads(layer, heads, head_rule)), known, "auto")

    def has_rows(self, method: str, steps: Sequence[int]) -> bool:
        """Return True: everything was recorded."""
        self.find(method)
        self.check_steps(steps)
        return True

    def head_weights(self, steps: Sequence[int]) -> NDArray[np.float32]:
        """Return every head's attention at *steps*, float32 ``[len(steps), n_layers, n_heads, n_inputs]``."""
        self.check_steps(steps)
        if self.heads is None:
            raise AttrWidgetError(self.attention_note or NO_HEADS)
        return self.heads.of_steps(steps)

    def raw_rows(self, method: str, progress: Progress | None = None) -> NDArray[np.floating]:  # noqa: ARG002
        """Return the rows of all steps as they were recorded, ``[n_steps, n_inputs]``, before any normalisation."""
        return self.raw(self.find(method), range(self.n_steps), HeadSelection())

    def target_function_of(self, method: str) -> str | None:
        """Return what *method* was recorded to explain, such as ``"log_prob"``; None when that is not known."""
        return self.find(method).target_function

    def note(self, method: str, steps: Sequence[int]) -> str | None:
        """Return the footnote on *method*'s rows as recorded: of one step, or of all together."""
        self.check_steps(steps)
        known = self.find(method)
        return known.notes[steps[0]] if known.notes and len(steps) == 1 else known.note

    def sums(self, method: str, step: int) -> tuple[float, float] | None:
        """Return the recorded base value of *method*'s row of *step*, and the score that both should add up to."""
        self.check_steps([step])
        known = self.find(method)
        return known.sums[step] if known.sums else None

    def find(self, name: Any) -> Recorded:
        """Return what was recorded of the method called *name*."""
        return self.recorded[self.method(name).name]

    def carried(self) -> str:
        """Return the names of the methods that were recorded, for the end of a sentence."""
        return ", ".join(self.recorded)

    def raw(self, method: Recorded, steps: Sequence[int], selection: HeadSelection) -> NDArray[np.floating]:
        """Return *method*'s rows of *steps* before any normalisation, of the heads of *selection*."""
        self.check_steps(steps)
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
        assert method.rows is not None  # noqa: S101 - see validate
        return np.asarray(method.rows[list(steps)])


def normalized(rows: NDArray[np.floating], method: Recorded, how: str | None) -> NDArray[np.float32]:
    """Return *rows* normalised as ``scores`` does, by what was recorded of *method*."""
    if how == "auto":
        how = "step" if method.divided else None
    return normalize_rows(rows, method.info, how)
