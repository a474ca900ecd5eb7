"""Read explanations from LIME's; LIME itself is not needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.formats.read.scores import assemble, record

if TYPE_CHECKING:
    from attrwidget.saved import SavedExplanation


def from_lime(explanation: Any, *, model_name: str = "") -> SavedExplanation:
    """Make an explanation of what LIME's ``LimeTextExplainer`` returned; LIME itself is not needed.

    Each explained class is a step. A word scores its weight in LIME's local linear model, 0 when the model did not keep
    it as a feature; text between words has no score.

    Args:
        explanation: The result of ``explain_instance``.
        model_name: The model's name in titles.

    Returns:
        An explanation with the method "lime".

    Raises:
        AttrWidgetError: *explanation* is not LIME's, or not of a text.

    Example:
        >>> aw.from_lime(LimeTextExplainer().explain_instance(text, classify))
    """
    text = getattr(getattr(explanation, "domain_mapper", None), "indexed_string", None)
    if text is None or not getattr(explanation, "local_exp", None):
        raise AttrWidgetError(
            f"A {type(explanation).__name__} is no explanation of a text by LIME: give what LimeTextExplainer returned."
        )
    pieces, features = _pieces(text)
    labels = [1] if explanation.mode == "regression" else [int(label) for label in explanation.local_exp]
    rows = np.full((len(labels), len(pieces) + len(labels) - 1), np.nan)
    for row, label in zip(rows, labels, strict=True):
        weights = dict(explanation.local_exp[label])
        for at, feature in enumerate(features):
            if feature is not None:
                row[at] = weights.get(feature, 0.0)
    note = "intercept " + ", ".join(f"{explanation.intercept[label]:.3g}" for label in labels)
    repeated = [f for f in features if f is not None]
    return assemble(
        [*pieces, *(_name(explanation, label) for label in labels)],
        len(pieces),
        [
            record(
                "lime",
                rows,
                signed=True,
                title="LIME",
                description="weights of LIME's local linear model",
                note=note,
            )
        ],
        probability=_probabilities(explanation, labels),
        titles=("Text", "Output"),
        model_name=model_name,
        warnings=[_SHARED] if len(set(repeated)) < len(repeated) else [],
    )


_SHARED = "LIME gave one weight to all occurrences of a word together; each of them shows it."


def _pieces(text: Any) -> tuple[list[str], list[int | None]]:
    """Return the text cut at its words, white space kept with the word after it, and the feature of each piece."""
    raw = text.raw_string()
    starts = sorted(
        (int(start), feature)
        for feature in range(text.num_words())
        for start in np.ravel(text.string_position(feature))
    )
    pieces: list[str] = []
    features: list[int | None] = []
    end = 0
    for start, feature in starts:
        word, gap = text.word(feature), raw[end:start]
        if gap.strip():
            pieces.append(gap.rstrip())
            features.append(None)
            gap = gap[len(gap.rstrip()) :]
        pieces.append(gap + str(word))
        features.append(feature)
        end = start + len(word)
    if raw[end:] or not pieces:
        pieces.append(raw[end:])
        features.append(None)
    return pieces, features


def _name(explanation: Any, label: int) -> str:
    if explanation.mode == "regression":
        return "output"
    names = explanation.class_names
    return str(names[label]) if names is not None and label < len(names) else str(label)


def _probabilities(explanation: Any, labels: list[int]) -> list[float] | None:
    known = getattr(explanation, "predict_proba", None)
    return None if known is None else [float(known[label]) for label in labels]
