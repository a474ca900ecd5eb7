"""Make explanations of bare tokens and scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from attrwidget.errors import AttrWidgetError
from attrwidget.formats.read.pieces import read_pieces
from attrwidget.methods import all_methods
from attrwidget.results.base import MethodInfo
from attrwidget.results.recorded import Recorded
from attrwidget.results.saved import SavedReading
from attrwidget.saved import SavedExplanation
from attrwidget.tables import Table
from attrwidget.text.sections import Section

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDING = 1e-5  # of probabilities in low precision
_OUTPUT = "output"  # names what a single row of scores explains, unless the caller does


def from_scores(
    tokens: Sequence[str],
    scores: Any,
    *,
    output: str | Sequence[str] | None = None,
    signed: bool | None = None,
    description: str | None = None,
    probability: Sequence[float] | None = None,
    model_name: str = "",
) -> SavedExplanation:
    """Make an explanation of *tokens* and *scores* that you have.

    There are two layouts. Without *output*, *tokens* are prompt and answer, the last ones are the steps, and there is a
    column for each token (the last may be left out), empty or zero where it comes later. With *output*, *tokens* are
    the inputs alone. One row over all tokens needs no *output*.

    Args:
        tokens: Texts with their spaces, or vocabulary entries such as ``Ġthe``, ``▁the`` and ``##s``.
        scores: Array-like, ``[steps, inputs]``, or ``[inputs]`` for one step; or a dictionary of such, by name.
        output: What is explained: generated tokens, or classes.
        signed: Whether scores have a sign; by default whether any is negative. Unsigned ones are shown as shares of
            their row.
        description: The words of the footer.
        probability: The probability of each step; NaN unless given.
        model_name: The model's name in titles.

    Returns:
        An explanation with a method for each array.

    Raises:
        AttrWidgetError: Sizes do not match, or numbers are missing, infinite or ahead of their step.

    Example:
        >>> aw.from_scores(["Not", " bad"], [-0.4, 0.9], output="positive")
    """
    pieces = _texts(tokens, "tokens")
    named = dict(scores) if isinstance(scores, Mapping) else {"scores": scores}
    if not named:
        raise AttrWidgetError("scores= is empty, so there is nothing to show: give at least one array.")
    tables = {str(name): _table(values, str(name)) for name, values in named.items()}
    first_table = next(iter(tables.values()))
    outputs = [output] if isinstance(output, str) else None if output is None else _texts(output, "output")
    if outputs is None and len(first_table) == 1 and first_table.shape[1] == len(pieces):
        last = first_table[0, -1]
        outputs = None if len(pieces) > 1 and np.isnan(last) else [_OUTPUT]
    whole = pieces if outputs is None else [*pieces, *outputs]
    n_steps = len(first_table) if outputs is None else len(outputs)
    first = len(whole) - n_steps
    if first < 1:
        raise AttrWidgetError(
            f"{n_steps} rows of scores leave no prompt of {len(pieces)} tokens: name what they explain as output=."
        )
    recorded = [
        record(name, _placed(table, name, first, n_steps), signed=signed, description=description)
        for name, table in tables.items()
    ]
    return assemble(whole, first, recorded, probability=probability, model_name=model_name)


def record(
    name: str,
    rows: NDArray[np.floating],
    *,
    signed: bool | None = None,
    title: str | None = None,
    description: str | None = None,
    target_function: str | None = None,
    note: str | None = None,
) -> Recorded:
    """Return *rows* ``[steps, inputs]`` as a method called *name*; by default signed when any is negative."""
    known = {method.name: method.title for method in all_methods()}
    title = title or known.get(name) or name.replace("_", " ").strip().capitalize() or name
    signed = bool((rows < 0).any()) if signed is None else signed
    if not signed and (rows < 0).any():
        raise AttrWidgetError(
            f"{title} has negative scores, so it cannot be unsigned: leave out signed=False."
        )
    info = MethodInfo(
        name, title, signed, not signed, attention=False, description=description or title.lower()
    )
    return Recorded(info, rows, target_function, divided=not signed, note=note)


def assemble(
    pieces: Sequence[str],
    first_step: int,
    recorded: Sequence[Recorded],
    *,
    probability: Sequence[float] | None = None,
    titles: tuple[str, str] = ("Prompt", "Answer"),
    model_name: str = "",
    warnings: Sequence[str] = (),
) -> SavedExplanation:
    """Return the explanation of *recorded* methods over the token strings *pieces*."""
    tokens = read_pieces(pieces, [first_step])
    note = "These are scores alone, without attention."
    reading = SavedReading(
        tokens,
        first_step,
        step_table(tokens.labels[first_step:], probability),
        recorded,
        sections=[Section(titles[0], 0, first_step), Section(titles[1], first_step, len(tokens))],
        model_name=model_name,
        warnings=warnings,
        attention_note=note,
    )
    return SavedExplanation(reading)


def step_table(
    labels: Sequence[str], probability: Sequence[float] | None = None, **known: Any
) -> pd.DataFrame:
    """Return the table of steps called *labels*; *known* are further columns, and what is not known is NaN."""
    blank = np.full(len(labels), np.nan)
    p = blank if probability is None else as_floats(probability, "probability").reshape(-1)
    if len(p) != len(labels):
        raise AttrWidgetError(
            f"There are {len(labels)} steps and {len(p)} probabilities: give one for each step."
        )
    wrong = p[(p < 0) | (p > 1 + _ROUNDING)]
    if wrong.size:
        raise AttrWidgetError(f"A probability is a number from 0 to 1, not {wrong[0]:g}.")
    p = np.minimum(p, 1)
    with np.errstate(divide="ignore"):
        columns: dict[str, Any] = {
            "token": list(labels),
            "probability": p,
            "log_probability": np.log(p),
            "entropy": blank,
            "rank": blank,
            "top": [[] for _ in labels],
        }
    return Table(columns | known).rename_axis("step")


def as_floats(values: Any, what: str) -> NDArray[np.float64]:
    """Return *values*, an array or tensor of any library, as float64; raise AttrWidgetError for what is no number."""
    if hasattr(values, "detach"):
        values = values.detach().cpu().double().numpy()
    try:
        return np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise AttrWidgetError(
            f"{what} are no table of numbers, with rows of the same length: give an array."
        ) from None


def _texts(values: Any, what: str) -> list[str]:
    """Return *values* as a list of texts."""
    if isinstance(values, str) or not isinstance(values, Sequence | np.ndarray | pd.Index | pd.Series):
        raise AttrWidgetError(f"{what} are a list of texts, not {str(values)[:60]!r}.")
    texts = list(values)
    for text in texts:
        if not isinstance(text, str):
            raise AttrWidgetError(f"{what} are a list of texts, and {str(text)[:60]!r} in it is none.")
    if not texts:
        raise AttrWidgetError(f"{what} are an empty list: give at least one text.")
    return [str(text) for text in texts]


def _table(values: Any, name: str) -> NDArray[np.float64]:
    """Return *values* as finite numbers or NaN, ``[rows, columns]``."""
    table = as_floats(values, name)
    if table.ndim == 1:
        table = table[None]
    if table.ndim != 2 or not table.size:
        raise AttrWidgetError(
            f"{name} have the shape {table.shape}: give [steps, inputs], or [inputs] for one step."
        )
    if np.isinf(table).any():
        raise AttrWidgetError(
            f"{name} hold an infinite number: give finite ones, or NaN where there is none."
        )
    return table


def _placed(table: NDArray[np.float64], name: str, first: int, n_steps: int) -> NDArray[np.float64]:
    """Return *table* as ``[steps, inputs]`` with NaN ahead of each step."""
    n_inputs = first + n_steps - 1
    if len(table) != n_steps or table.shape[1] not in (first, n_inputs, n_inputs + 1):
        raise AttrWidgetError(
            f"{name} have the shape {table.shape}, and {first} inputs before {n_steps} steps need "
            f"({n_steps}, {first}) or ({n_steps}, {n_inputs})."
        )
    rows = np.full((n_steps, n_inputs), np.nan)
    for step, row in enumerate(table):
        seen = min(first + step, table.shape[1])
        ahead = row[seen:]
        if np.nan_to_num(ahead).any():
            at = seen + int(np.flatnonzero(np.nan_to_num(ahead))[0])
            raise AttrWidgetError(
                f"{name} give step {step} a score from token {at}, which is not before it: leave it empty, or name "
                "what is explained as output=."
            )
        rows[step, :seen] = row[:seen]
    return rows
