"""Measure faithfulness: take inputs away in the order of a method's scores and read the model's probability."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.checks import check_input, is_whole
from attrwidget.errors import AttrWidgetError
from attrwidget.evaluation.agreement import agreement
from attrwidget.evaluation.choice import announce_evaluation, methods_to_judge, narrowed, steps_to_judge
from attrwidget.evaluation.collect_scores import collect_scores, own_scores
from attrwidget.evaluation.measures import Measures
from attrwidget.evaluation.ranking import ranked, shuffles
from attrwidget.evaluation.result import Evaluation
from attrwidget.explanation import Explanation
from attrwidget.progress import progress_bar
from attrwidget.results.masked_runs import removable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from attrwidget.evaluation.collect_scores import Scores
    from attrwidget.progress import Progress
    from attrwidget.results.live import LiveReading

ERASER_BINS = (0.01, 0.05, 0.10, 0.20, 0.50)


def evaluate(
    ex: Explanation,
    methods: str | Sequence[str] | Mapping[str, Any] | None = None,
    *,
    steps: Sequence[int] | None = None,
    everything: bool = False,
    bins: Sequence[float] = ERASER_BINS,
    points: int = 10,
    target_function: str = "log_prob",
    random: int = 5,
    seed: int = 0,
    keep: Sequence[int] = (),
    top_k: int = 3,
    progress: Progress | None = None,
) -> Evaluation:
    """Measure how faithful methods are to the model, and how far they agree.

    What takes longer than a second is named beforehand, with how long it takes. Ctrl-C stops it; what is finished is
    kept, and the next call goes on from there.

    Inputs are masked from attention, so that positions stay and no text is tokenised again. *y(x)* is the
    log-probability of a step's own token, or its probability. Special tokens and the first token always stay and are
    not ranked. Signed methods rank by value, the largest positive first, unsigned ones by size; ties are ordered by
    *seed*. Each step is judged by itself; tables are means over *steps*.

    - *deletion*: area under y as more of the inputs go, the most relevant first, over the share gone. Lower is better.
    - *insertion*: area under y as they come back, the most relevant first, into a text without any. Higher is better.
      Both: Petsiuk et al. 2018, RISE, arXiv:1806.07421.
    - *abpc*: area between the curves that take the least and the most relevant first, which is insertion less
      deletion. Higher is better. Achtibat et al. 2024, AttnLRP, arXiv:2402.05602.
    - *comprehensiveness*: mean of y(x) − y(x without its top share) over the shares *bins*; higher is better.
      *sufficiency*: the same of y(x) − y(the top share alone); lower is better. Counts are rounded up. Both are
      AOPC of DeYoung et al. 2020, ERASER, arXiv:1911.03429, who take the probability.

    Leave-one-out masks inputs too, which favours it here; and a text with masked inputs is unlike the model's training
    data.

    Args:
        ex: What ``explain`` returned.
        methods: A name or names, or a mapping from names to scores of your own, ``[n_steps, n_inputs]``; by default
            those on the toolbar, the first four.
        steps: Indices of steps; by default the ones held in the widget, or without a widget the three that the model
            was least sure of.
        everything: Where *methods* or *steps* are not given, take all methods that need no other library, and all
            steps.
        bins: Shares of inputs for comprehensiveness and sufficiency.
        points: How many stretches a curve has, fewer for shorter texts.
        target_function: ``"log_prob"`` or ``"probability"``.
        random: How many random orders, 5 or more, draw the band that a method has to leave.
        seed: The seed of random orders and ties.
        keep: Positions that always stay, such as a chat template's.
        top_k: How many of the highest inputs the agreement between methods compares.
        progress: Called with ``(done, total)`` instead of a sentence and bars, first for scores, then for masked
            texts. An exception raised in it stops the work; finished measurements are kept.

    Returns:
        An ``Evaluation``: ``summary``, ``by_step``, ``curves`` and ``agreement`` are pandas tables.

    Raises:
        AttrWidgetError: An argument is wrong, or the model ignores an attention mask or gives no probabilities.

    Example:
        >>> aw.evaluate(ex, ["saliency", "attention"]).summary
    """
    _check(ex, bins=bins, points=points, target_function=target_function, random=random, top_k=top_k)
    reading = ex.reading
    chosen = steps_to_judge(ex, steps, everything=everything)
    for position in keep:
        check_input(position, reading.n_inputs)
    places = {step: removable(reading, step, set(keep)) for step in chosen}
    notes = _notes(reading, places)
    places = {step: at for step, at in places.items() if len(at)}
    measures = Measures(reading, bins, points, target_function)
    given = methods if isinstance(methods, Mapping) and methods else None
    named = [] if given else methods_to_judge(reading, methods, everything=everything)
    if progress is None:
        announce_evaluation(
            reading, named, places, measures.expected_texts(places, len(given or named) + random)
        )
    with progress_bar("Scores", "row of scores") as bar:
        rows, left_out = collect_scores(
            reading, named, list(places), progress or bar, may_fail=methods is None
        )
    rows |= own_scores(reading, given or {})
    orders = _orders(rows, places, random, seed)
    with progress_bar("Masked texts", "text") as bar:
        measures.run(orders, progress or bar)
    judged = {(name, step): measures.judge(step, order) for (name, step), order in orders.items()}
    table = agreement(rows, places, top_k)
    labels = reading.tokens.labels[reading.first_step :]
    notes += left_out
    if not everything:
        notes += narrowed(reading, len(rows), len(chosen), methods, steps)
    return Evaluation(judged, list(rows), table, labels, target_function, random, notes)


def _orders(
    rows: Mapping[str, Scores], places: Mapping[int, NDArray[np.intp]], random: int, seed: int
) -> dict[tuple[str, int], NDArray[np.intp]]:
    """Return positions in the order of each method's scores, and in *random* orders, by name and step."""
    orders = {}
    for step, at in places.items():
        ties, *drawn = shuffles(seed, step, 1 + random, len(at))
        for name, (values, signed) in rows.items():
            scores = values[step, at]
            orders[name, step] = at[ranked(scores if signed else np.abs(scores), ties)]
        for i, order in enumerate(drawn):
            orders[f"random {i}", step] = at[order]
    return orders


def _check(
    ex: Any, *, bins: Sequence[float], points: int, target_function: str, random: int, top_k: int
) -> None:
    """Raise AttrWidgetError unless the explanation can be evaluated with these arguments."""
    if not isinstance(ex, Explanation):
        raise AttrWidgetError(
            f"{type(ex).__name__} has no model to run again: give what explain() returned, while the model is loaded."
        )
    if ex.trace.capabilities.masking == "ignored":
        raise AttrWidgetError(
            f"{ex.model_name} does not heed a mask over its inputs, so none can be taken away."
        )
    if ex.trace.output_kind in ("number", "none"):
        raise AttrWidgetError(
            f"{ex.model_name} gives no probabilities, and they are what an evaluation measures: load a model that does."
        )
    if target_function not in ("log_prob", "probability"):
        raise AttrWidgetError(
            f"target_function must be 'log_prob' or 'probability', not {target_function!r}."
        )
    if not len(bins) or not all(0 < share <= 1 for share in bins):
        raise AttrWidgetError(f"bins must be shares over 0 and up to 1, such as 0.2, not {bins!r}.")
    for name, value, least in (("points", points, 1), ("random", random, 5), ("top_k", top_k, 1)):
        if not is_whole(value) or value < least:
            raise AttrWidgetError(f"{name} must be a whole number of at least {least}, not {value!r}.")


def _notes(reading: LiveReading, places: Mapping[int, NDArray[np.intp]]) -> list[str]:
    """Return sentences on steps left out and on moved positions; raise AttrWidgetError if no step is left."""
    empty = [step for step, at in places.items() if not len(at)]
    if len(empty) == len(places):
        raise AttrWidgetError(
            "No input of these steps may be taken away: give a longer prompt or keep fewer."
        )
    notes = (
        [f"Left out, because none of their inputs may be taken away: steps {', '.join(map(str, empty))}."]
        if empty
        else []
    )
    if reading.trace.capabilities.masking == "moves":
        notes.append(
            f"{reading.model_name} counts positions by the mask, so tokens after a masked one move up by one."
        )
    return notes
