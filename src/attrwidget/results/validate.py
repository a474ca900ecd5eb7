"""Check that the parts of a recorded explanation fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.results.recorded import seen_before

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from attrwidget.results.base import Reading
    from attrwidget.results.recorded import Recorded, RecordedHeads
    from attrwidget.text.sections import Section

_ROUNDING = 1e-5  # of probabilities in low precision
_FINITE = ("probability", "entropy", "rank")  # the logarithm of a probability of 0 is infinite
_COLUMNS = ("token", "probability", "log_probability", "entropy", "rank", "top")


def validate(explanation: Reading, recorded: Mapping[str, Recorded], heads: RecordedHeads | None) -> None:
    """Raise AttrWidgetError for the first part of a recorded *explanation* whose size does not fit the others."""
    for fits, what in (*_texts(explanation), *_numbers(explanation, recorded, heads)):
        if not fits:
            raise AttrWidgetError(f"The recorded numbers do not fit together: {what}.")


def _texts(reading: Reading) -> Iterator[tuple[bool, str]]:
    """Yield for tokens and steps whether each part fits, and a sentence for when it does not."""
    tokens, count = reading.tokens, len(reading.tokens)
    yield 0 < reading.first_step < count, f"step 0 cannot be token {reading.first_step} of {count}"
    yield (
        reading.n_inputs in (reading.first_step, count - 1),
        f"it has {reading.n_inputs} inputs and {count} tokens",
    )
    borders = [0, *(unit.end for unit in tokens.units)]
    joined = [unit.start for unit in tokens.units] == borders[:-1] and borders == sorted(set(borders))
    yield joined and borders[-1] == count, "its words do not cover its tokens"
    yield reading.first_step in borders, "a word reaches from the prompt into the answer"
    sizes = len(tokens.special) == count == len(tokens.labels)
    yield sizes, f"there are {count} tokens and {len(tokens.labels)} names of them"
    placed = all(0 <= at < reading.n_inputs for at in reading.places)
    yield placed and len(reading.places) in (0, reading.n_steps), "a step is read at no input"
    inside = all(_is_inside(section, count) for section in reading.sections)
    yield inside, f"a section lies outside the {count} tokens"
    lacking = [name for name in _COLUMNS if name not in reading.steps.columns]
    yield not lacking, f"its steps lack {', '.join(lacking)}"
    yield (
        len(reading.steps) == reading.n_steps,
        f"it has {reading.n_steps} steps and readings of {len(reading.steps)}",
    )
    for name in _FINITE:
        yield not np.isinf(reading.steps[name].to_numpy(float)).any(), f"the {name} of a step is infinite"
    outside = np.abs(reading.steps["probability"].to_numpy(float) - 0.5) > 0.5 + _ROUNDING
    yield not outside.any(), "the probability of a step is not from 0 to 1"


def _is_inside(section: Section, count: int) -> bool:
    """Return whether a section and its body lie inside *count* tokens."""
    first, last = section.body or (section.start, section.end)
    return 0 <= section.start <= first <= last <= section.end <= count


def _numbers(
    reading: Reading, recorded: Mapping[str, Recorded], heads: RecordedHeads | None
) -> Iterator[tuple[bool, str]]:
    """Yield the same for scores and attention."""
    yield bool(recorded), "it has no scores"
    for method in recorded.values():
        title, rows = method.info.title, method.rows
        yield rows is not None or heads is not None, f"{title} has neither rows nor heads"
        wanted = (reading.n_steps, reading.n_inputs)
        shape = None if rows is None else rows.shape
        yield shape in (None, wanted), f"{title} has the shape {shape}, not {wanted}"
        yield len(method.notes) in (0, reading.n_steps), f"{title} has notes of {len(method.notes)} steps"
        yield len(method.sums) in (0, reading.n_steps), f"{title} has sums of {len(method.sums)} steps"
    if heads is not None:
        shape, seen = heads.weights.shape, seen_before(reading.first_step, reading.n_inputs, reading.n_steps)
        yield len(shape) == 3 and shape[0] == seen and min(shape) > 0, f"attention has the shape {shape}"
