"""Answers that are computed from the model: ``score``, ``top_input``, ``probability``, ``top_head`` and others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from attrwidget.checks import check_heads
from attrwidget.errors import AttrWidgetError
from attrwidget.teach.keys import Key, one_of
from attrwidget.teach.places import find_inputs, find_steps, input_pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from attrwidget.results.base import Reading
    from attrwidget.text.tokens import TextPiece


@dataclass(frozen=True)
class Score:
    """The score of *source* for *of*."""

    of: str | int
    source: str | int
    method: str
    layer: int | None = None
    heads: tuple[tuple[int, int], ...] = ()
    kind: ClassVar[str] = "number"

    def key(self, reading: Reading) -> Key:
        """Return the score as the widget shows it."""
        steps, inputs = find_steps(reading, self.of), find_inputs(reading, self.source)
        return Key("number", cell(self.rows(reading, steps), inputs))

    def rows(self, reading: Reading, steps: Sequence[int]) -> NDArray[np.float32]:
        """Return the rows of *steps* by this method, of these layers and heads."""
        return reading.rows(self.method, steps, layer=self.layer, heads=self.heads)


@dataclass(frozen=True)
class TopInput:
    """The input with the largest score for *of*."""

    of: str | int
    method: str
    source_only: bool = False
    kind: ClassVar[str] = "input"

    def key(self, reading: Reading) -> Key:
        """Return the tokens of the piece with the largest score."""
        best = self.order(reading, find_steps(reading, self.of), self.method)[0]
        return one_of("input", range(best.start, best.end))

    def order(self, reading: Reading, steps: Sequence[int], method: str) -> list[TextPiece]:
        """Return the pieces that may be the answer, the one with the largest score first."""
        row = np.mean(reading.rows(method, steps), axis=0)
        special, last = reading.tokens.special, reading.n_source if self.source_only else reading.n_inputs
        pieces = [u for u in input_pieces(reading) if u.end <= last and not special[u.start]]
        scores = {u: float(np.sum(row[u.start : u.end])) for u in pieces}
        known = [u for u in pieces if not np.isnan(scores[u])]
        if not known:
            raise AttrWidgetError(
                f"By {method}, no word has a score for {self.of!r}: ask about another word."
            )
        return sorted(known, key=lambda u: -scores[u])


@dataclass(frozen=True)
class Probability:
    """The probability of *of*."""

    of: str | int
    kind: ClassVar[str] = "number"

    def key(self, reading: Reading) -> Key:
        """Return the product of the probabilities of its steps."""
        return Key("number", chance(reading, find_steps(reading, self.of)))


@dataclass(frozen=True)
class TopHead:
    """The head that gave most to *of*, or that attends most from it to *source*."""

    of: str | int
    source: str | int | None = None
    attention: bool = False
    kind: ClassVar[str] = "head"

    def key(self, reading: Reading) -> Key:
        """Return the head with the largest value."""
        return one_of("head", self.order(reading, find_steps(reading, self.of))[:1])

    def order(self, reading: Reading, steps: Sequence[int]) -> list[str]:
        """Return all heads, such as ``"2,0"``, the one with the largest value first."""
        values = self.values(reading, steps)
        if not values.size:
            raise AttrWidgetError("This model shows no attention, so there is no head to ask for.")
        order = np.argsort(-values, axis=None, kind="stable")
        return [f"{layer},{head}" for layer, head in zip(*np.unravel_index(order, values.shape), strict=True)]

    def values(self, reading: Reading, steps: Sequence[int]) -> NDArray[np.floating[Any]]:
        """Return a value for each head, ``[layers, heads]``."""
        inputs = None if self.source is None else find_inputs(reading, self.source)
        if self.attention:
            if inputs is None:
                raise AttrWidgetError(
                    "top_head(…, attention=True) needs source=, the word that is looked at."
                )
            weights: NDArray[np.floating[Any]] = reading.head_weights(steps).mean(axis=0)
            return np.asarray(weights[:, :, inputs].sum(axis=-1))
        given = reading.given_by_heads(steps)
        return given.heads if inputs is None else np.asarray(given.pairs[:, :, inputs].sum(axis=-1))


@dataclass(frozen=True)
class Edited:
    """A text, changed in place, that makes the model answer *to*."""

    to: str
    most: int | None = None
    kind: ClassVar[str] = "edit"

    def key(self, reading: Reading) -> Key:  # noqa: ARG002 - what is right is found out when it is tried
        """Return what the model has to answer."""
        return one_of("edit", [self.to])


@dataclass(frozen=True)
class Pick:
    """One thing that is picked in the widget."""

    kind: str
    what: Any

    def key(self, reading: Reading) -> Key:
        """Return the tokens, steps, head or method that *what* names."""
        if self.kind == "method":
            return one_of("method", [reading.method(self.what).name])
        if self.kind == "head":
            ((layer, head),) = check_heads([self.what], reading.n_layers, reading.n_heads)
            return one_of("head", [f"{layer},{head}"])
        return one_of(self.kind, {"step": find_steps, "input": find_inputs}[self.kind](reading, self.what))


Expression = Score | TopInput | Probability | TopHead | Edited | Pick


def score(
    of: str | int,
    source: str | int,
    method: str,
    *,
    layer: int | None = None,
    heads: Sequence[tuple[int, int]] = (),
) -> Score:
    """Ask for the score of one word for another, which is typed in.

    Args:
        of: The word explained, by its text or its step from 0; a class of a classifier.
        source: The input, by its text or its position from 0; of several tokens the sum.
        method: A name of ``ex.methods()``.
        layer: For attention: a layer from 0.
        heads: For attention: ``(layer, head)`` pairs from 0.

    Returns:
        An answer for ``ask``, computed when the question is made.

    Example:
        >>> aw.teach.score("Washington", "America", "saliency")
    """
    return Score(of, source, method, layer, tuple((int(one), int(head)) for one, head in heads))


def top_input(of: str | int, method: str, *, source_only: bool = False) -> TopInput:
    """Ask for the input with the largest score, which is clicked; control tokens do not count.

    Args:
        of: The word explained, by its text or its step from 0.
        method: A name of ``ex.methods()``.
        source_only: Leave out what the model wrote itself, so that in a translation only source words count.

    Returns:
        An answer for ``ask``, computed when the question is made.

    Example:
        >>> aw.teach.top_input("machine", "saliency", source_only=True)
    """
    return TopInput(of, method, source_only)


def probability(of: str | int) -> Probability:
    """Ask for the probability of a word of the answer, which is typed in.

    Args:
        of: The word, by its text or its step from 0; of several tokens the product.

    Returns:
        An answer for ``ask``, computed when the question is made.

    Example:
        >>> aw.teach.probability("Washington")
    """
    return Probability(of)


def top_head(of: str | int, source: str | int | None = None, *, attention: bool = False) -> TopHead:
    """Ask for the head that matters most for a word, which is clicked in the grid of layers by heads.

    Args:
        of: The word explained, by its text or its step from 0.
        source: Count what heads read of this input alone.
        attention: Compare attention weights from *of* to *source*; by default what each head gave, which shades the
            grid.

    Returns:
        An answer for ``ask``, computed when the question is made.

    Example:
        >>> aw.teach.top_head("Washington", "George")
    """
    return TopHead(of, source, attention)


def edited(to: str, *, most: int | None = None) -> Edited:
    """Ask for words that are changed in place until the model answers otherwise; checked on the model itself.

    Args:
        to: What the model is to answer, such as a class.
        most: The most words that may be changed.

    Returns:
        An answer for ``ask``.

    Example:
        >>> aw.teach.edited("NEGATIVE", most=2)
    """
    return Edited(to, most)


def pick(**what: Any) -> Pick:
    """Ask for one thing that is picked in the widget.

    Args:
        **what: One of ``input=`` and ``step=``, a text or a position from 0, ``head=``, a pair ``(layer, head)`` from
            0, and ``method=``, a name of ``ex.methods()``.

    Returns:
        An answer for ``ask``.

    Raises:
        AttrWidgetError: Not exactly one of these is given.

    Example:
        >>> aw.teach.pick(step="Washington")
    """
    if len(what) != 1 or not {"input", "step", "head", "method"} & set(what):
        raise AttrWidgetError(f"pick takes one of input=, step=, head= and method=, not {sorted(what)}.")
    ((kind, value),) = what.items()
    return Pick(kind, value)


def cell(rows: NDArray[np.float32], inputs: Sequence[int]) -> float:
    """Return the sum over *inputs* of the mean of *rows*; NaN where one was no input yet."""
    return float(np.mean(rows[:, list(inputs)], axis=0).sum())


def chance(reading: Reading, steps: Sequence[int]) -> float:
    """Return the product of the probabilities of *steps*."""
    return float(np.prod([float(reading.steps["probability"].iloc[step]) for step in steps]))


def as_expression(what: Callable[[Any], Any] | Any, explanation: Any) -> Any:
    """Return *what* or, of a function, what it returns for *explanation*."""
    return what(explanation) if callable(what) else what
