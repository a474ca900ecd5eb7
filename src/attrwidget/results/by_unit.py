"""What each sentence of an answer rests on, by documents, tools, messages, examples or other units of the prompt."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import pandas as pd

from attrwidget.checks import check_choice, short
from attrwidget.errors import AttrWidgetError
from attrwidget.methods.request.context_units import CONTEXT_UNITS, context_units, title_of_unit
from attrwidget.methods.request.footnotes import attributes_of
from attrwidget.methods.request.normalize import normalize_rows
from attrwidget.methods.request.units import units_of
from attrwidget.tables import Table
from attrwidget.text.answer_sentences import Sentence, answer_sentences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.request.units import Unit
    from attrwidget.progress import Progress
    from attrwidget.results.computed import ComputedReading
    from attrwidget.results.saved import SavedReading

RULES = ("sum", "mean", "max")
_BIAS = {
    "sum": "the sum over a unit's tokens, which favours long units ({} to {} tokens)",
    "mean": "the mean over a unit's tokens, which favours short units ({} to {} tokens)",
    "max": "the largest of a unit's tokens ({} to {}), whatever the others hold",
}
# Summed over steps log-probabilities are that of the sentence; log-odds are not.
_AS_CONTEXT_CITE = {"change": "delete", "target_function": "log_prob"}
_LEFT_OUT = "each {} kept or left out as a whole"


class UnitScores(NamedTuple):
    """Scores of units for sentences of the answer.

    Attributes:
        titles: The names of the units.
        spans: The tokens of each unit.
        sentences: The sentences.
        scores: float64 ``[sentences, units]``: sums over the steps of a signed method, else means of shares.
        attributes: How they were made.
    """

    titles: list[Any]
    spans: list[Unit]
    sentences: list[Sentence]
    scores: NDArray[np.float64]
    attributes: dict[str, Any]

    def shares(self) -> NDArray[np.float64]:
        """Return each score as a share of the positive ones of its sentence; a sentence without any has zeros."""
        positive = np.maximum(np.nan_to_num(self.scores), 0)
        total = positive.sum(1, keepdims=True)
        shares: NDArray[np.float64] = np.divide(positive, total, out=np.zeros_like(positive), where=total > 0)
        return shares

    def table(self, units: Any, normalize: str | None, *, parted: bool = False) -> pd.DataFrame:
        """Return the table of ``Explanation.by_unit``; *parted* titles are pairs of a unit and a part of it."""
        values = self.scores if normalize is None else self.shares()
        rows = pd.Index([sentence.text.strip() for sentence in self.sentences], name="sentence")
        name = units if isinstance(units, str) else "span"
        if parted:
            columns = pd.MultiIndex.from_tuples(self.titles, names=[name, "part"])
        else:
            columns = pd.Index(self.titles, name=name)
        frame = Table(values.astype(np.float64), index=rows, columns=columns)
        frame.attrs.update(self.attributes)
        return frame


def recorded_units(reading: SavedReading, units: Any, method: str, *, rule: str = "sum") -> UnitScores:
    """Return what each sentence rests on by recorded scores of tokens, which are joined by *rule*."""
    check_choice(rule, "rule", RULES)
    known = reading.find(method)
    text = _as_trace(reading)
    titles, spans = _named(text, units)
    rows = reading.rows(method, range(reading.n_steps)).astype(np.float64)
    sentences = _sentences(text)
    by_step = _of_units(rows, spans, rule)
    values = np.stack(
        [_of_sentence(by_step, one, reading.first_step, signed=known.info.signed) for one in sentences]
    )
    made = {"method": method, "units": units, "rule": rule, "target_function": known.target_function}
    made["note"] = _note(units, spans, rule, known.note, leaves_out=False)
    return UnitScores(titles, spans, sentences, values, {k: v for k, v in made.items() if v is not None})


def _as_trace(reading: SavedReading) -> Trace:
    """Return what finding units needs of a trace."""
    text = SimpleNamespace(
        tokens=reading.tokens,
        first_step=reading.first_step,
        n_inputs=reading.n_inputs,
        n_steps=reading.n_steps,
        sections=reading.sections,
        messages=[one for one in reading.sections if one.body],
        context_spans={},
        writes_text=reading.step_noun[0] == "token",
    )
    return cast("Trace", text)


def score_units(
    reading: ComputedReading,
    units: Any,
    method: str | None,
    *,
    rule: str = "sum",
    options: Mapping[str, Any],
    progress: Progress | None = None,
) -> UnitScores:
    """Return what each sentence rests on; see ``Explanation.by_unit``."""
    trace = reading.trace
    if rule not in RULES:
        raise AttrWidgetError(f"rule= is {', '.join(map(repr, RULES))}, not {short(rule)}.")
    titles, spans = _named(trace, units)
    known = reading.definition(method)
    leaves_out = "units" in known.options
    own = {**options, "units": units} if leaves_out else dict(options)
    if known.name == "span_regression" and trace.writes_text:
        usual = {
            name: value
            for name, value in _AS_CONTEXT_CITE.items()
            if name in known.options or name == "target_function"
        }
        own = {**usual, **({"target_function": None} if own.get("foil") else {}), **own}
    target_function, foil = own.pop("target_function", None), own.pop("foil", None)
    request = reading.request(known.name, target_function, foil=foil, options=own)
    steps = range(trace.n_steps)
    rows = normalize_rows(reading.raw(request, steps, progress, bar=True), known, "auto").astype(np.float64)
    by_step = _of_units(rows, spans, "sum" if leaves_out else rule)
    sentences = _sentences(reading.trace)
    values = np.stack(
        [_of_sentence(by_step, one, trace.first_step, signed=known.signed) for one in sentences]
    )
    attributes = attributes_of(request, trace, reading.cache, steps)
    attributes |= {"units": units, "rule": "left out" if leaves_out else rule}
    attributes["note"] = _note(units, spans, rule, attributes.get("note"), leaves_out=leaves_out)
    return UnitScores(titles, spans, sentences, values, attributes)


def _named(trace: Trace, which: Any) -> tuple[list[str], list[Unit]]:
    """Return the titles and tokens of the units of the prompt."""
    if isinstance(which, str) and which in CONTEXT_UNITS:
        found = context_units(trace, which)
        return [one.title for one in found], [tuple(range(one.start, one.end)) for one in found]
    prompt = trace.first_step if trace.writes_text else trace.n_inputs
    spans = [unit for unit in units_of(trace, which) if unit[0] < prompt]
    roles = {one.start: one.title for one in trace.messages} if which == "message" else {}
    return [roles.get(unit[0]) or title_of_unit(trace, unit) for unit in spans], spans


def _sentences(trace: Trace) -> list[Sentence]:
    """Return the sentences of the answer; each step alone where the model writes no text."""
    if trace.writes_text:
        return answer_sentences(trace.tokens, trace.first_step)
    labels = trace.tokens.labels
    first = trace.first_step
    return [Sentence(at, at + 1, labels[at]) for at in range(first, first + trace.n_steps)]


def _of_units(rows: NDArray[np.float64], units: Sequence[Unit], rule: str) -> NDArray[np.float64]:
    """Return the scores ``[steps, units]`` of *rows* ``[steps, inputs]``, by *rule*."""
    rows = np.nan_to_num(rows)
    columns = []
    for unit in units:
        inside = rows[:, list(unit)]
        largest = np.take_along_axis(inside, np.abs(inside).argmax(1)[:, None], 1)[:, 0]
        columns.append({"sum": inside.sum(1), "mean": inside.mean(1), "max": largest}[rule])
    return np.stack(columns, axis=1)


def _of_sentence(
    by_step: NDArray[np.float64], sentence: Sentence, first: int, *, signed: bool
) -> NDArray[np.float64]:
    steps = by_step[sentence.start - first : sentence.end - first]
    found: NDArray[np.float64] = steps.sum(0) if signed else steps.mean(0)
    return found


def _note(units: Any, spans: Sequence[Unit], rule: str, note: str | None, *, leaves_out: bool) -> str:
    sizes = [len(span) for span in spans]
    name = units if isinstance(units, str) else "span"
    own = _LEFT_OUT.format(name) if leaves_out else _BIAS[rule].format(min(sizes), max(sizes))
    return f"{own}; {note}" if note and not leaves_out else own
