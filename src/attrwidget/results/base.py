"""The reading interface: what the widget, exporters and files need of a live or a recorded explanation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from attrwidget.checks import ABOUT_ZERO, NOT_CONVERGED, check_step, short
from attrwidget.errors import AttrWidgetError, did_you_mean
from attrwidget.results.given import mean_of, read_given
from attrwidget.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.attention_parts import AttentionPart
    from attrwidget.results.changed_words import ChangedWords
    from attrwidget.results.check import Checks
    from attrwidget.results.context.contexts import Contexts
    from attrwidget.results.contrast import Contrasts
    from attrwidget.results.experts import Experts
    from attrwidget.results.given import Given
    from attrwidget.results.lens import Lens
    from attrwidget.results.query_key import QueryKey
    from attrwidget.results.rests import Rests
    from attrwidget.results.similar import SimilarContexts
    from attrwidget.text.sections import Section
    from attrwidget.text.tokens import Tokens

CHANGES_NEED_MODEL = "Changing a word needs the model, and this explanation was recorded without it."


class MethodInfo(NamedTuple):
    """A method as it is offered for one explanation.

    Attributes:
        name: The name that ``scores`` takes.
        title: The name in menus.
        signed: Scores have a sign.
        shares: Scores are shown as shares of their row.
        attention: Scores are attention weights, of layers and heads that can be picked.
        description: The words of the footer.
        source: How many of the first inputs cross-attention reads, when the method reads it alone.
        question: The question it answers, a key of ``attrwidget.methods.method.QUESTIONS``; None for one of its own.
    """

    name: str
    title: str
    signed: bool
    shares: bool
    attention: bool
    description: str
    source: int | None = None
    question: str | None = None

    def mean_of_heads(self, count: int) -> MethodInfo:
        """Return this attention method as it is when only the mean of all *count* heads was recorded."""
        description = f"{self.description}, mean of all {count} heads"
        return self._replace(attention=False, source=None, description=description)


class Reading(ABC):
    """Tokens, steps, scores and attention of one text, with the model or without it.

    Step *s* is token ``first_step + s``. Its inputs are the first ``seen(s)`` tokens; its row of scores is NaN
    elsewhere, and at tokens that a method gives no score.

    Attributes:
        tokens: All tokens, inputs and outputs.
        first_step: The index of the first output token.
        n_steps: How many output tokens there are.
        n_inputs: How many tokens can be inputs: ``first_step`` when steps are labels or predictions, which no step
            reads, else one less than the number of tokens.
        n_layers: How many layers have attention weights; 0 without attention.
        n_heads: How many heads each of these layers has.
        attention_note: Why there is no attention, or None.
        model_name: The model's name or folder.
        sections: Titles of stretches of the text, such as "Prompt" and "Answer".
        warnings: Sentences about the model's numbers.
        contexts: What may be left out before the answer, and what that changes; None without the model.
        contrasts: Scores against foils; None without the model.
        changed_words: What becomes of a step where words are changed; None without the model.
        edits: The words that were changed of the text before: where a new one stands, and the old one's text.
        checks: What becomes of a step without some inputs; None without the model.
        lens: What each layer would have said at a step; None without the model.
        rests: The documents and tools that the answer may rest on; None without the model.
        similar: The corpus that words are searched in; None where none was given, and without the model.
        experts: Which experts each token goes to; None without the model, and of a model that has none.
        has_query_keys: Whether ``query_key`` answers.
        parts: The parts of the attention that ``part_weights`` reads, by name; none without the model.
        answer_text: The answer in words where the joined steps do not give it, else None.
        step_noun: The words for one step and for several.
        places: The input at which each step is read, where it is one of the text: a mask, or a token with a label.
        shown_as: The class name that ``repr`` shows.
        before: The answer that this one was written on from, or None.
    """

    shown_as = "Explanation"
    before: Reading | None = None
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
    contexts: Contexts | None = None
    contrasts: Contrasts | None = None
    changed_words: ChangedWords | None = None
    edits: tuple[tuple[int, int, str], ...] = ()
    checks: Checks | None = None
    lens: Lens | None = None
    rests: Rests | None = None
    similar: SimilarContexts | None = None
    experts: Experts | None = None
    has_query_keys: bool = False
    parts: Mapping[str, AttentionPart] = MappingProxyType({})
    answer_text: str | None = None
    step_noun: tuple[str, str] = ("token", "tokens")
    places: tuple[int, ...] = ()

    @property
    def n_source(self) -> int:
        """How many inputs, from the first, are the source of an encoder–decoder; 0 for other models."""
        first = self.sections[0]
        return first.end if first.title == "Source" and first.end < self.first_step else 0

    @property
    @abstractmethod
    def steps(self) -> pd.DataFrame:
        """One row per step: ``token``, ``probability``, ``log_probability``, ``entropy``, ``rank``, ``top``."""

    @abstractmethod
    def methods(self) -> list[MethodInfo]:
        """Return the methods that ``rows`` takes here, the default one first."""

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
        """Return what the screen shows of *steps*.

        Args:
            method: A name of ``methods()``.
            steps: Indices of steps, in any order.
            layer: For attention: a layer from 0.
            heads: For attention: ``(layer, head)`` pairs from 0.
            head_rule: For attention: how several heads become one.
            progress: Called with ``(done, total)`` between chunks. An exception raised in it stops the work; finished
                rows are kept.

        Returns:
            Shares or raw values, as ``scores`` normalises by ``"auto"``: float32 ``[len(steps), n_inputs]``, NaN where
            there is no input.
        """

    def joins(self, method: str) -> bool:  # noqa: ARG002
        """Return whether ``joined_row`` takes one backward pass, for *method* is linear in the score."""
        return False

    def joined_row(
        self, method: str, steps: Sequence[int], progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Return the sum of *method*'s rows of *steps*, float32 ``[1, n_inputs]``, where ``joins`` is True."""
        raise NotImplementedError

    @abstractmethod
    def has_rows(self, method: str, steps: Sequence[int]) -> bool:
        """Return whether ``rows`` would answer at once."""

    def seconds(self, method: str, steps: Sequence[int]) -> float | None:  # noqa: ARG002
        """Return about how long ``rows`` takes, if nothing is kept and nothing else runs; None if that is not known."""
        return 0.0

    @abstractmethod
    def head_weights(self, steps: Sequence[int]) -> NDArray[np.float32]:
        """Return every head's attention at *steps*, float32 ``[len(steps), n_layers, n_heads, n_inputs]``."""

    def given_by_heads(
        self,
        steps: Sequence[int],
        *,
        foil: int | None = None,  # noqa: ARG002
        progress: Progress | None = None,  # noqa: ARG002
    ) -> Given:
        """Return what each head gives to *steps*, in the mean: without the model, their attention.

        Args:
            steps: Indices of steps.
            foil: The output that a single step is contrasted with.
            progress: Called with ``(done, total)`` between steps. An exception raised in it stops the work.
        """
        return mean_of(
            read_given(self.head_weights([step])[0], "attention", self.tokens, self.sections)
            for step in steps
        )

    def given_of_each(self, steps: Sequence[int]) -> Iterator[Given]:
        """Yield what each head gives to each of *steps*, without gradients where those would take very long."""
        for step in steps:
            yield self.given_by_heads([step])

    def given_seconds(self, steps: Sequence[int]) -> float:  # noqa: ARG002
        """Return about how long ``given_of_each`` takes where nothing else runs."""
        return 0.0

    def has_given_by_heads(self, steps: Sequence[int], foil: int | None = None) -> bool:  # noqa: ARG002
        """Return whether ``given_by_heads`` would answer at once."""
        return True

    def part_weights(
        self,
        name: str,  # noqa: ARG002
        layer: int,  # noqa: ARG002
        heads: Sequence[int] | None,  # noqa: ARG002
        rows: Sequence[int],  # noqa: ARG002
    ) -> NDArray[np.float32]:
        """Return the weights of some *rows* of a part of the attention, float32 ``[heads, rows, columns]``."""
        raise AttrWidgetError(
            "This part of the attention needs the model, and this explanation was recorded without it."
        )

    def query_key(
        self,
        step: int,  # noqa: ARG002
        index: int,  # noqa: ARG002
        layer: int,  # noqa: ARG002
        head: int,  # noqa: ARG002
        part: str | None = None,  # noqa: ARG002
    ) -> QueryKey:
        """Return the query of *step* and the key of input *index* in a head; see ``read_query_key``."""
        raise AttrWidgetError(
            "Queries and keys need the model, and this explanation was recorded without it."
        )

    @abstractmethod
    def raw_rows(self, method: str, progress: Progress | None = None) -> NDArray[np.floating]:
        """Return the rows of all steps as they were computed, ``[n_steps, n_inputs]``, before any normalisation."""

    @abstractmethod
    def target_function_of(self, method: str) -> str | None:
        """Return the target function that *method* explains here, such as ``"log_prob"``; None when it is not known."""

    def seen(self, step: int) -> int:
        """Return how many inputs, from the first, *step* sees: those before it, or all where steps are not inputs."""
        return min(self.first_step + step, self.n_inputs)

    def continued(self, step: int, ids: Sequence[int], progress: Progress | None = None) -> Reading:  # noqa: ARG002
        """Return the answer with *ids* in the place of *step*, and written on by the model."""
        raise AttrWidgetError("Writing on needs the model, and this explanation was recorded without it.")

    def edited(self, changes: Any, progress: Progress | None = None) -> Reading:  # noqa: ARG002
        """Return the text with *changes* made, by input, and what the model answers then."""
        raise AttrWidgetError(CHANGES_NEED_MODEL)

    def note(self, method: str, steps: Sequence[int]) -> str | None:  # noqa: ARG002
        """Return the footnote on *method*'s finished rows of *steps*, such as their completeness residual."""
        return None

    def sums(self, method: str, step: int) -> tuple[float, float] | None:  # noqa: ARG002
        """Return the base value of *method*'s finished row of *step*, and the score that base and row should add up to.

        None for a method that promises no sum, and where that is not known.
        """
        return None

    def warning(self, method: str, steps: Sequence[int]) -> str | None:
        """Return why *method*'s finished rows of *steps* mislead, or None: the first that their notes begin with."""
        notes = (self.note(method, [step]) or "" for step in steps)
        return next((note for note in notes if note.startswith((ABOUT_ZERO, NOT_CONVERGED))), None)

    def scale_floor(self, method: str, steps: Sequence[int]) -> float:
        """Return the least end of a colour scale: 1, a whole logit, for scores about 0 by construction, else 0."""
        return float((self.warning(method, steps) or "").startswith(ABOUT_ZERO))

    def method(self, name: Any) -> MethodInfo:
        """Return the method called *name*; raise AttrWidgetError, which lists the names, when there is none."""
        methods = {method.name: method for method in self.methods()}
        if isinstance(name, str) and name in methods:
            return methods[name]
        own = ", ".join(known for known in methods if ":" not in known)
        external = (
            ", or another tool's, as aw.list_methods() shows them" if any(":" in m for m in methods) else ""
        )
        raise AttrWidgetError(
            f"There is no method {short(name)}{did_you_mean(name, methods)}: take one of {own}{external}."
        )

    def named(self, names: str | Sequence[str]) -> list[MethodInfo]:
        """Return the methods called *names*, each once; raise AttrWidgetError for none and for an unknown one."""
        wanted = dict.fromkeys([names] if isinstance(names, str) else names)
        if not wanted:
            raise AttrWidgetError("methods= is empty: name at least one.")
        return [self.method(name) for name in wanted]

    def check_steps(self, steps: Sequence[int]) -> None:
        """Raise AttrWidgetError unless all *steps* exist."""
        for step in steps:
            check_step(step, self.n_steps)

    def frame(self, values: NDArray[np.float32], labels: Sequence[str] | None = None) -> pd.DataFrame:
        """Return *values* ``[rows, inputs]`` as a table, with a row for each step unless other *labels* are given."""
        rows = self.tokens.labels[self.first_step :] if labels is None else labels
        inputs = pd.Index(self.tokens.labels[: self.n_inputs], name="input")
        return Table(values, index=pd.Index(rows, name="step"), columns=inputs)

    def __repr__(self) -> str:
        text = "".join(unit.text for unit in self.tokens.units)
        text = text if len(text) <= 60 else text[:57] + "…"
        return f"{self.shown_as}({text!r}, model={self.model_name!r}, {self.n_steps} steps)"
