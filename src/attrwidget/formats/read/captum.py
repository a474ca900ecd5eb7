"""Read explanations from Captum's results; Captum itself is not needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.formats.read.pieces import is_wide
from attrwidget.formats.read.scores import as_floats, assemble, from_scores, record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.saved import SavedExplanation


def from_captum(
    result: Any,
    tokens: Sequence[str] | None = None,
    *,
    output: str | Sequence[str] | None = None,
    method: str = "captum",
    description: str | None = None,
    model_name: str = "",
) -> SavedExplanation:
    """Make an explanation of a Captum *result*; Captum itself is not needed.

    Args:
        result: An ``LLMAttributionResult`` (a row for each output token, or one row when only the whole sequence was
            attributed), a ``VisualizationDataRecord``, or a tensor of attributions. A tensor is ``[inputs]`` or
            ``[inputs, dimensions]``, with or without a batch of one before; dimensions are summed, as in Captum's
            tutorials.
        tokens: The tokens that a tensor belongs to.
        output: What a tensor explains.
        method: The method's name in lists.
        description: The words of the footer.
        model_name: The model's name in titles.

    Returns:
        An explanation with one method.

    Raises:
        AttrWidgetError: *result* is none of these, or sizes do not match.

    Example:
        >>> aw.from_captum(attributions, tokens, output="positive")
    """
    if hasattr(result, "seq_attr") and hasattr(result, "output_tokens"):
        return _from_llm(result, method, description, model_name)
    if hasattr(result, "word_attributions") and hasattr(result, "raw_input_ids"):
        return _from_record(result, method, description, model_name)
    if not hasattr(result, "shape"):
        raise AttrWidgetError(
            f"A {type(result).__name__} is no result of Captum's: give an LLMAttributionResult, or a tensor of "
            "attributions with its tokens=."
        )
    if tokens is None:
        raise AttrWidgetError("A tensor of attributions does not name its tokens: give tokens=.")
    values = as_floats(result, "attributions")
    if values.ndim > 1 and values.shape[0] == 1 and values.shape[1:2] == (len(tokens),):
        values = values[0]
    if values.ndim == 2:
        values = values.sum(-1)
    if values.shape != (len(tokens),):
        raise AttrWidgetError(
            f"Attributions of the shape {tuple(result.shape)} do not belong to {len(tokens)} tokens: give [tokens] or "
            "[tokens, dimensions]."
        )
    named = output if output is None or isinstance(output, str) else "".join(output)
    description = description or f"{_title(method)}, as Captum gave it"
    return from_scores(
        tokens,
        {method: values},
        output="output" if named is None else named,
        description=description,
        model_name=model_name,
    )


def _from_llm(result: Any, method: str, description: str | None, model_name: str) -> SavedExplanation:
    """Return the explanation of an ``LLMAttributionResult``."""
    inputs, outputs = list(result.input_tokens), _outputs(result.output_tokens)
    whole = result.token_attr is None
    values = as_floats(result.seq_attr if whole else result.token_attr, "attributions").reshape(
        -1, len(inputs)
    )
    words = description or f"{_title(method)}, as Captum gave it" + (", of the whole answer" if whole else "")
    probability = getattr(result, "output_probs", None)
    steps = ["".join(outputs)] if whole else outputs
    p = None if probability is None or whole else as_floats(probability, "output_probs")
    rows = np.full((len(steps), len(inputs) + len(steps) - 1), np.nan)
    rows[:, : len(inputs)] = values
    return assemble(
        [*inputs, *steps],
        len(inputs),
        [record(method, rows, title=_title(method), description=words)],
        probability=None if p is None else p.tolist(),
        model_name=model_name,
    )


def _outputs(tokens: Sequence[str]) -> list[str]:
    """Return output tokens with the spaces before them, which Captum strips, in scripts that have spaces."""
    texts = [token.removesuffix(" [OVERLAP]") for token in tokens]
    bare = not any(character.isspace() or is_wide(character) for text in texts for character in text)
    return [f" {text}" for text in texts] if bare else texts


def _from_record(result: Any, method: str, description: str | None, model_name: str) -> SavedExplanation:
    """Return the explanation of a ``VisualizationDataRecord``."""
    words = description or f"{_title(method)}, as Captum gave it"
    tokens = list(result.raw_input_ids)
    values = as_floats(result.word_attributions, "word_attributions").reshape(-1)
    if len(values) != len(tokens):
        raise AttrWidgetError(f"The record has {len(tokens)} words and {len(values)} attributions.")
    note = None
    if result.convergence_score is not None:
        note = f"convergence score {float(result.convergence_score):.3g}"
    explained_probability = result.pred_prob if str(result.attr_class) == str(result.pred_class) else np.nan
    return assemble(
        [*tokens, f" {result.attr_class}"],
        len(tokens),
        [record(method, values[None], title=_title(method), description=words, note=note)],
        probability=[float(explained_probability)],
        titles=("Text", "Output"),
        model_name=model_name,
    )


def _title(method: str) -> str:
    return "Captum" if method == "captum" else method.replace("_", " ").capitalize()
