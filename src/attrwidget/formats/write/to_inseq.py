"""Write explanations as Inseq's result objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.methods.external.importing import library
from attrwidget.results.saved import SavedReading

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from attrwidget.results.base import MethodInfo, Reading


def to_inseq(reading: Reading, method: str | None = None) -> Any:
    """Return the scores of *method* as Inseq's ``FeatureAttributionOutput``, of one sequence.

    Its ``show()`` and ``aggregate()`` give the numbers that the screen shows; attention keeps its layers and heads, and
    Inseq aggregates it to their mean.

    Args:
        reading: What to convert.
        method: A name of ``reading.methods()``; by default the first.

    Returns:
        An output of one sequence.

    Raises:
        AttrWidgetError: The method does not exist, or Inseq, which is imported now, cannot be imported.
    """
    info = reading.methods()[0] if method is None else reading.method(method)
    output = library("inseq", "data.attribution").FeatureAttributionOutput
    sequence = _sequence(reading, info)
    before = reading.n_source
    facts = {
        "attribution_method": info.name,
        "attributed_fn": reading.target_function_of(info.name),
        "attribute_target": bool(before) and sequence.target_attributions is not None,
        "model_name": reading.model_name,
        "step_scores": list(sequence.step_scores),
        "input_texts": [_text(reading, 0, before or reading.first_step)],
        "generated_texts": [_text(reading, before, len(reading.tokens))],
        "attr_pos_start": sequence.attr_pos_start,
        "attr_pos_end": sequence.attr_pos_end,
    }
    return output(sequence_attributions=[sequence], step_attributions=None, info=facts)


def _sequence(reading: Reading, info: MethodInfo) -> Any:
    """Return the scores of one method as Inseq's output of a sequence."""
    data, token = library("inseq", "data.attribution"), library("inseq", "utils.typing").TokenWithId
    before = reading.n_source
    labelled = [
        token(label, int(token_id))
        for label, token_id in zip(texts_of(reading), reading.tokens.ids, strict=True)
    ]
    steps, every = reading.steps, range(reading.n_steps)
    by_head = _by_head(reading, info)
    if by_head:
        scores = reading.head_weights(every).transpose(3, 0, 1, 2)
        kind, extra = data.MultiDimensionalFeatureAttributionSequenceOutput, {"_num_dimensions": 2}
    else:
        scores = reading.rows(info.name, every).T
        kind, extra = data.CoarseFeatureAttributionSequenceOutput, {}
    source, target = _parts(scores, before)
    if by_head and source is not None and target is not None:
        source, target = 2 * source, 2 * target  # Inseq keeps two attentions apart, each with a sum of 1
    readings = {
        name: _tensor(steps[name].to_numpy())
        for name in ("probability", "entropy")
        if not steps[name].isna().any()
    }
    return kind(
        source=labelled[: before or reading.first_step],
        target=labelled[before:],
        source_attributions=source,
        target_attributions=target,
        step_scores=readings,
        sequence_scores={},
        attr_pos_start=reading.first_step - before,
        attr_pos_end=len(labelled) - before,
        **extra,
    )


def _by_head(reading: Reading, info: MethodInfo) -> bool:
    """Return whether a method's scores are attention weights of layers and heads."""
    if not info.attention or info.source is not None:
        return False
    if isinstance(reading, SavedReading):
        return reading.recorded[info.name].rows is None
    return info.name == "attention"


def _parts(scores: NDArray[np.float32], before: int) -> tuple[Any, Any]:
    """Return source and target scores as tensors ``[tokens, steps, …]``; the last target token feeds nothing."""
    target = np.concatenate([scores[before:], np.full((1, *scores.shape[1:]), np.nan, dtype=np.float32)])
    if not before:
        return None, _tensor(target)
    return _tensor(scores[:before]), None if np.isnan(target).all() else _tensor(target)


def _tensor(values: NDArray[np.floating]) -> Any:
    import torch

    return torch.from_numpy(np.array(values, dtype=np.float32))


def texts_of(reading: Reading) -> list[str]:
    """Return a text for each token: its unit's, or the label of a piece of a character."""
    tokens = reading.tokens
    texts = list(tokens.labels)
    for unit in tokens.units:
        if unit.end - unit.start == 1:
            texts[unit.start] = unit.text
    return texts


def _text(reading: Reading, start: int, end: int) -> str:
    return "".join(unit.text for unit in reading.tokens.units if start <= unit.start < end)
