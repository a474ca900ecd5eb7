"""What every explanation gives, whether its model is at hand or its numbers were recorded.

The widget, the exporters and the saved form need no more than this.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from attrwidget.checks import is_index
from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from attrwidget.contrast import Contrasts
    from attrwidget.models.tokens import Tokens
    from attrwidget.widget import ExplanationWidget

    Progress = Callable[[int, int], None]


class Section(NamedTuple):
    """Tokens ``start`` up to ``end`` stand under *title*."""

    title: str
    start: int
    end: int


class MethodInfo(NamedTuple):
    """A method as it is offered for one explanation; ``says`` is for the footer.

    ``source`` is how many inputs, from the first, cross-attention alone goes to: twice what these have of attention.
    """

    name: str
    title: str
    signed: bool
    shares: bool
    attention: bool
    says: str
    source: int | None = None


class BaseExplanation(ABC):
    """Tokens, steps, scores and attention, and how they are shown, exported and saved.

    Step *s* is token ``first_step + s``; it sees the first ``seen(s)`` inputs, and its row is NaN elsewhere, as it is
    at tokens that a method gives nothing for. ``n_inputs`` is one less than there are tokens, or ``first_step``
    where steps are labels or predictions that nothing reads: then each sees all inputs. Without attention ``n_layers``
    and ``n_heads`` are 0, and ``attention_note`` says why. ``said`` is what the model said, where that is not its steps
    in a row, and ``called`` what one step is, and several are. ``contrasts`` ask why a step is this and not that; None
    where its model is not at hand.
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
    said: str | None = None
    called: tuple[str, str] = ("token", "tokens")

    def __init__(self) -> None:
        self._widget_lock = threading.Lock()
        self._widget: ExplanationWidget | None = None

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
        """Return what is to be said of *method*'s finished rows of *steps*, such as their completeness residual."""
        return None

    @property
    def widget(self) -> ExplanationWidget:
        """The widget of this explanation: the same one however often it is displayed, until it is closed."""
        # An arrow up, like the imports below: conveniences of the front door.
        from attrwidget.widget import ExplanationWidget

        with self._widget_lock:
            if self._widget is not None and getattr(self._widget.comm, "_closed", False):
                self._widget.close()  # the host has, as marimo does when the cell that showed it first runs again
            if self._widget is None or self._widget.comm is None:
                self._widget = ExplanationWidget(self)
            return self._widget

    def shown_state(self) -> dict[str, Any] | None:
        """Return what the widget shows now, by trait (``held``, ``method``, …); None before there is a widget."""
        from attrwidget.widget.state import SHARED

        with self._widget_lock:
            return None if self._widget is None else {name: getattr(self._widget, name) for name in SHARED}

    def to_html(self, path: str | Path, **options: Any) -> Path:
        """Write one offline HTML file with the same views; see ``attrwidget.export.to_html``."""
        from attrwidget.export import to_html

        return to_html(self, path, **options)

    def save(self, path: str | Path, **options: Any) -> Path:
        """Write one file that ``attrwidget.open`` reads without the model; see ``attrwidget.interop.save``."""
        from attrwidget.interop import save

        return save(self, path, **options)

    def to_pandas(self, methods: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the scores as one long table; see ``attrwidget.interop.to_pandas``."""
        from attrwidget.interop import to_pandas

        return to_pandas(self, methods)

    def to_inseq(self, method: str | None = None) -> Any:
        """Return the scores as Inseq's ``FeatureAttributionOutput``; see ``attrwidget.interop.to_inseq``."""
        from attrwidget.interop import to_inseq

        return to_inseq(self, method)

    def to_shap(self, method: str = "shap") -> Any:
        """Return the scores as a ``shap.Explanation``; see ``attrwidget.interop.to_shap``."""
        from attrwidget.interop import to_shap

        return to_shap(self, method)

    def __repr__(self) -> str:
        text = "".join(unit.text for unit in self.tokens.units)
        text = text if len(text) <= 60 else text[:57] + "…"
        return f"{type(self).__name__}({text!r}, model={self.model_name!r}, {self.n_steps} steps)"

    def __str__(self) -> str:
        from attrwidget.export.console import to_text

        return to_text(self)

    def __rich__(self) -> Any:
        from attrwidget.export.console import table

        return table(self)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        from attrwidget.widget import widget_bundle

        return widget_bundle(self, **options)

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
