"""What every explanation gives, whether its model is at hand or its numbers were recorded.

The widget, the exporters and the saved form need no more than this.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from attrwidget.checks import is_index
from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.contrast import Contrasts
    from attrwidget.text.sections import Section
    from attrwidget.text.tokens import Tokens


class MethodInfo(NamedTuple):
    """A method as it is offered for one explanation; ``description`` is for the footer.

    ``source`` is how many inputs, from the first, cross-attention alone goes to: twice what these have of attention.
    """

    name: str
    title: str
    signed: bool
    shares: bool
    attention: bool
    description: str
    source: int | None = None


class BaseExplanation(ABC):
    """Tokens, steps, scores and attention of one text, whether its model is at hand or not.

    Step *s* is token ``first_step + s``; it sees the first ``seen(s)`` inputs. Its row of scores is NaN elsewhere, and
    at tokens that a method gives no score. Where steps are labels or predictions that nothing reads, ``n_inputs`` is
    ``first_step`` and each step sees all inputs; otherwise it is one less than the number of tokens. Without attention
    ``n_layers`` and ``n_heads`` are 0, and ``attention_note`` says why. ``answer_text`` is the model's answer in words
    where its steps in a row do not give it. ``step_noun`` is the word for one step and for several. ``contrasts`` ask
    why a step is this and not that; None without the model.
    """

    tokens: Tokens
    first_step: int
    n_steps: int
    n_inputs: int
    n_layers: int
    n_heads: int
    attention_note: str | None
    model_name: str
    sections: list[Section]
    warnings: list[str]
    contrasts: Contrasts | None = None
    answer_text: str | None = None
    step_noun: tuple[str, str] = ("token", "tokens")

    @property
    def n_source(self) -> int:
        """How many inputs, from the first, are an encoder's, in a model that has a decoder too; else 0."""
        first = self.sections[0]
        return first.end if first.title == "Source" and first.end < self.first_step else 0

    @property
    @abstractmethod
    def steps(self) -> pd.DataFrame:
        """One row per step: ``token``, ``probability``, ``log_probability``, ``entropy``, ``rank``, ``top``."""

    @abstractmethod
    def methods(self) -> list[MethodInfo]:
        """Return the methods that this explanation can be read by."""

    @abstractmethod
    def scores(
        self,
        method: str | None = None,
        *,
        target_function: str | None = None,
        normalize: str | None = "auto",
        layer: int | None = None,
        head: int | Sequence[int] | None = None,
        head_rule: str = "mean",
    ) -> pd.DataFrame:
        """Return the scores of all steps, float32 ``[steps, inputs]``, labelled by token."""

    @abstractmethod
    def attention(
        self,
        layer: int | None = None,
        head: int | Sequence[int] | None = None,
        *,
        head_rule: str = "mean",
        targets: str = "steps",
    ) -> pd.DataFrame:
        """Return attention weights, float32 ``[targets, inputs]``, labelled by token."""

    @abstractmethod
    def rows(
        self,
        method: str,
        steps: Sequence[int],
        *,
        layer: int | None = None,
        heads: Sequence[tuple[int, int]] = (),
        head_rule: str = "mean",
        progress: Progress | None = None,
    ) -> NDArray[np.float32]:
        """Return what the screen shows of *steps*: float32 ``[len(steps), n_inputs]``."""

    @abstractmethod
    def has_rows(self, method: str, steps: Sequence[int]) -> bool:
        """Say whether ``rows`` would answer at once."""

    @abstractmethod
    def head_weights(self, steps: Sequence[int]) -> NDArray[np.float32]:
        """Return every head's attention at *steps*, float32 ``[len(steps), n_layers, n_heads, n_inputs]``."""

    @abstractmethod
    def raw_rows(self, method: str, progress: Progress | None = None) -> NDArray[np.floating]:
        """Return the rows of all steps as they were computed, ``[n_steps, n_inputs]``, before any normalisation."""

    @abstractmethod
    def target_function_of(self, method: str) -> str | None:
        """Return which number of a step *method* explains here, such as ``"log_prob"``; None when that is not known."""

    def seen(self, step: int) -> int:
        """Return how many inputs *step* sees, the first ones: those before it, or all where steps are no inputs."""
        return min(self.first_step + step, self.n_inputs)

    def note(self, method: str, steps: Sequence[int]) -> str | None:  # noqa: ARG002
        """Return the footnote on *method*'s finished rows of *steps*, such as their completeness residual."""
        return None

    @property
    def _step_labels(self) -> list[str]:
        return self.tokens.labels[self.first_step :]

    def _frame(self, values: NDArray[np.float32], labels: list[str]) -> pd.DataFrame:
        inputs = pd.Index(self.tokens.labels[: self.n_inputs], name="input")
        return pd.DataFrame(values, index=pd.Index(labels, name="step"), columns=inputs)

    def _check_steps(self, steps: Sequence[int]) -> None:
        for step in steps:
            if not is_index(step, self.n_steps):
                raise AttrWidgetError(
                    f"There is no step {step!r}: the answer's tokens are indexed from 0 to {self.n_steps - 1}."
                )
