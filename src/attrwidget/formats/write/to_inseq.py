"""Explanations as Inseq's result objects."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.results.saved import SavedReading

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from attrwidget.results.base import BaseExplanation


def to_inseq(explanation: BaseExplanation, method: str | None = None) -> Any:
    """Return *explanation* by *method* (its first) as Inseq's ``FeatureAttributionOutput``, of one sequence.

    Its ``show()`` and ``aggregate()`` give the numbers that the screen shows; attention keeps its layers and heads,
    and is aggregated by Inseq to their mean. Needs Inseq, which is imported now. Raises AttrWidgetError when it
    is not installed, and for a method that does not exist.
    """
    infos = {info.name: info for info in explanation.methods()}
    name = next(iter(infos)) if method is None else method
    if name not in infos:
        raise AttrWidgetError(f"There is no method {name!r}: take one of {', '.join(infos)}.")
    data, token = _inseq()
    before = explanation.n_source
    labelled = [
        token(label, int(token_id))
        for label, token_id in zip(texts_of(explanation), explanation.tokens.ids, strict=True)
    ]
    steps, every = explanation.steps, range(explanation.n_steps)
    saved = explanation.recorded[name] if isinstance(explanation, SavedReading) else None
    by_head = infos[name].attention and (saved.rows is None if saved else name == "attention")
    by_head = by_head and infos[name].source is None
    if by_head:
        scores = explanation.head_weights(every).transpose(3, 0, 1, 2)
        kind, extra = data.MultiDimensionalFeatureAttributionSequenceOutput, {"_num_dimensions": 2}
    else:
        scores = explanation.rows(name, every).T
        kind, extra = data.CoarseFeatureAttributionSequenceOutput, {}
    source, target = _parts(scores, before)
    if by_head and source is not None and target is not None:
        source, target = 2 * source, 2 * target  # Inseq keeps two attentions apart, each with a sum of 1
    readings = {
        reading: _tensor(steps[reading].to_numpy())
        for reading in ("probability", "entropy")
        if not steps[reading].isna().any()
    }
    sequence = kind(
        source=labelled[: before or explanation.first_step],
        target=labelled[before:],
        source_attributions=source,
        target_attributions=target,
        step_scores=readings,
        sequence_scores={},
        attr_pos_start=explanation.first_step - before,
        attr_pos_end=len(labelled) - before,
        **extra,
    )
    info = {
        "attribution_method": name,
        "attributed_fn": explanation.target_function_of(name),
        "attribute_target": bool(before) and target is not None,
        "model_name": explanation.model_name,
        "step_scores": list(readings),
        "input_texts": [_text(explanation, 0, before or explanation.first_step)],
        "generated_texts": [_text(explanation, before, len(labelled))],
        "attr_pos_start": sequence.attr_pos_start,
        "attr_pos_end": sequence.attr_pos_end,
    }
    return data.FeatureAttributionOutput(sequence_attributions=[sequence], step_attributions=None, info=info)


def _inseq() -> tuple[Any, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what its own imports warn of
            from inseq.data import attribution
            from inseq.utils.typing import TokenWithId
    except ImportError as error:
        raise AttrWidgetError(
            "This needs Inseq, which is not installed: pip install 'attrwidget[inseq]'."
        ) from error
    return attribution, TokenWithId


def _parts(scores: NDArray[np.float32], before: int) -> tuple[Any, Any]:
    """Return source and target scores as tensors ``[tokens, steps, …]``; the last target token feeds nothing."""
    target = np.concatenate([scores[before:], np.full((1, *scores.shape[1:]), np.nan, dtype=np.float32)])
    if not before:
        return None, _tensor(target)
    return _tensor(scores[:before]), None if np.isnan(target).all() else _tensor(target)


def _tensor(values: NDArray[np.floating]) -> Any:
    import torch

    return torch.from_numpy(np.array(values, dtype=np.float32))


def texts_of(explanation: BaseExplanation) -> list[str]:
    """Return a text for each token: its unit's, or the label of a piece of a character."""
    tokens = explanation.tokens
    texts = list(tokens.labels)
    for unit in tokens.units:
        if unit.end - unit.start == 1:
            texts[unit.start] = unit.text
    return texts


def _text(explanation: BaseExplanation, start: int, end: int) -> str:
    return "".join(unit.text for unit in explanation.tokens.units if start <= unit.start < end)
