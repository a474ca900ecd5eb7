"""Measure what a context changed: run the text without it, compare the predictions, attribute those that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from attrwidget.checks import check_choice, is_whole
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import own_precision
from attrwidget.methods.method import HeadSelection
from attrwidget.methods.request.make import Request, make_request
from attrwidget.progress import reporting
from attrwidget.results.context.reliance import ContextReliance
from attrwidget.results.context.sensitivity import MEASURES, measured, select, threshold_of
from attrwidget.results.context.spans import find_context
from attrwidget.results.context.target import FUNCTIONS, ContextTarget
from attrwidget.results.context.words import summed_by_word, word_names
from attrwidget.tables import Table
from attrwidget.text.edits import Edit, Edits
from attrwidget.text.prompt import encode_text
from attrwidget.text.tokens import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch
    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.progress import Progress
    from attrwidget.results.computed import ComputedReading
    from attrwidget.results.context.contexts import ContextSpan

_RUNS = 2  # of the text, with and without the context


@own_precision()
def measure(
    reading: ComputedReading,
    context: Any,
    *,
    metric: str = "kl_divergence",
    std: float = 1.0,
    topk: int | None = None,
    method: str = "saliency",
    target_function: str = "contrast_prob_diff",
    progress: Progress | None = None,
) -> ContextReliance:
    """Return what *context* changed; see ``Explanation.context_reliance``."""
    trace = reading.trace
    _check_measure(trace, metric, std, topk)
    _check_attribution(trace, method, target_function)
    spans = find_context(reading, context, trace.context_spans)
    first, given, without = _both(reading, spans, progress)
    steps = range(first, trace.n_steps)
    values = _measured(metric, given, without, trace.outputs[first:])
    threshold = threshold_of(values[metric], std)
    chosen = [first + k for k in select(values[metric], threshold, topk)]
    foils = dict(zip(steps, without.argmax(-1).tolist(), strict=True))
    target = ContextTarget(
        "contrast",
        trace.outputs,
        tuple(foils.get(step, output) for step, output in enumerate(trace.outputs)),
        against=target_function,
        context=tuple((span.start, span.end) for span in spans),
        without={step: without[step - first].double().log_softmax(-1) for step in chosen},
    )
    rows = _rows(reading, method, target, chosen, progress)
    context_at = [at for span in spans for at in range(span.first, span.last)]
    sizes = np.abs(np.nan_to_num(rows.astype(np.float64)))
    shares = sizes / np.maximum(sizes.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    answer = {
        "token": trace.tokens.labels[trace.first_step + first :],
        "word": word_names(reading)[first:],
        **values,
        "instead": [visible(trace.output_text(step, foils[step])) for step in steps],
        "instead_id": [foils[step] for step in steps],
        "selected": [step in set(chosen) for step in steps],
    }
    index = pd.Index(chosen, name="step")
    words, places = summed_by_word(reading, shares, context_at, index)
    labels = pd.Index([trace.tokens.labels[at] for at in context_at], name="context")
    return ContextReliance(
        Table(answer, index=pd.Index(steps, name="step")),
        Table(rows[:, context_at], index=index, columns=labels),
        Table(shares[:, context_at], index=index, columns=labels),
        words,
        places,
        metric,
        threshold,
        tuple(context_at),
        method,
        target_function,
    )


def _both(
    reading: ComputedReading, spans: Sequence[ContextSpan], progress: Progress | None
) -> tuple[int, torch.Tensor, torch.Tensor]:
    """Return the first step after the context, and the logits from there on with the context and without it."""
    trace, report = reading.trace, reporting(progress)
    edits = _without(reading, spans)
    report(0, _RUNS)
    given = _logits(trace)
    report(1, _RUNS)
    other = trace.edited(edits, trace.n_steps - 1)
    first = max(0, spans[-1].end - trace.first_step)
    return first, given[first:], _logits(other)[first - (trace.n_steps - other.n_steps) :]


def _measured(
    metric: str, given: torch.Tensor, without: torch.Tensor, tokens: Sequence[int]
) -> dict[str, NDArray[np.float64]]:
    """Return the columns of ``ContextReliance.answer`` that are measures of each step."""
    values = measured(list(dict.fromkeys([metric, "kl_divergence", "contrast_prob"])), without, given, tokens)
    return {
        metric: values[metric],
        "kl_divergence": values["kl_divergence"],
        "probability": values["contrast_prob"],
        "without": measured(["contrast_prob"], given, without, tokens)["contrast_prob"],
    }


def _check_measure(trace: Trace, metric: str, std: Any, topk: Any) -> None:
    if not trace.writes_text:
        raise AttrWidgetError(
            f"{trace.model.name} writes no text, and context reliance compares the words of an answer: take a model "
            "that writes, or change words with edit()."
        )
    check_choice(metric, "measure", tuple(MEASURES))
    if isinstance(std, bool) or not isinstance(std, int | float) or not np.isfinite(std):
        raise AttrWidgetError(f"std is a number of standard deviations, such as 1, not {std!r}.")
    if topk is not None and (not is_whole(topk) or topk < 1):
        raise AttrWidgetError(f"topk is a whole number of at least 1, or None for all, not {topk!r}.")


def _check_attribution(trace: Trace, method: str, target_function: str) -> None:
    check_choice(target_function, "target function of context reliance", tuple(FUNCTIONS))
    request = make_request(trace, method)
    if request.method.target_function is None or request.method.package is not None:
        raise AttrWidgetError(
            f"{request.method.title} explains no score of our own, so it cannot attribute a word against another: take "
            "'saliency', 'input_x_gradient' or 'leave_one_out'."
        )


def _without(reading: ComputedReading, spans: Sequence[ContextSpan]) -> Edits:
    """Return the edits that take *spans* away; a text that then begins elsewhere loses the space before it."""
    tokens, (one, *others) = reading.tokens, spans
    edits = [Edit(span.start, span.end) for span in spans]
    begins = reading.n_source if one.start >= reading.n_source else 0
    stop = next(s.end for s in reading.sections if s.start <= one.start < s.end)
    at_front = all(tokens.special[begins : one.start]) and not reading.trace.messages
    rest = "".join(unit.text for unit in tokens.units if one.end <= unit.start < stop)
    if others or not at_front or one.start >= reading.first_step or not rest.startswith(" "):
        return Edits(edits)
    ends = max((at for at in range(one.end, stop) if not tokens.special[at]), default=one.end - 1) + 1
    if any(tokens.special[one.end : ends]):
        return Edits(edits)
    text = "".join(unit.text for unit in tokens.units if one.end <= unit.start < ends)
    ids = encode_text(reading.trace.model.tokenizer, text.lstrip(" "), special=False)
    return Edits([Edit(one.start, ends, tuple(ids))])


def _logits(trace: Trace) -> torch.Tensor:
    """Return the logits of all steps, float32 ``[n_steps, vocabulary]`` on the CPU."""
    return trace.perturber(None).unchanged(lambda logits: logits.float().cpu())


def _rows(
    reading: ComputedReading, method: str, target: ContextTarget, steps: list[int], progress: Progress | None
) -> NDArray[np.floating]:
    if not steps:
        return np.empty((0, reading.n_inputs), np.float32)
    plain = make_request(reading.trace, method)
    key = (plain.method.name, plain.method.compute, target, (), tuple(plain.method.options.items()))
    request = Request(plain.method, target, HeadSelection(), plain.options, None, key)
    return reading.cache.rows(request, steps, progress)
