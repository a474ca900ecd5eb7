"""Read explanations from Inseq's results and files."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.files import read_whole
from attrwidget.formats.read.inseq_file import parse_file, parse_object
from attrwidget.formats.read.pieces import read_pieces
from attrwidget.formats.read.scores import record, step_table
from attrwidget.methods.request.targets import TARGET_FUNCTIONS
from attrwidget.results.base import MethodInfo
from attrwidget.results.recorded import Recorded, RecordedHeads, pack_heads
from attrwidget.results.saved import SavedReading
from attrwidget.saved import SavedExplanation
from attrwidget.text.sections import Section
from attrwidget.text.tokens import Tokens, joined, read_tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from transformers import PreTrainedTokenizerBase

    from attrwidget.formats.read.inseq_file import InseqSequence

_UNSIGNED = ("saliency",)
_TEXTS = ("token", "top")  # columns of the table of steps that hold no numbers
_MOST_SCORES = 1 << 31


def from_inseq(
    out: Any, *, tokenizer: PreTrainedTokenizerBase | None = None
) -> SavedExplanation | list[SavedExplanation]:
    """Make an explanation of an Inseq result; its files are read without Inseq.

    Scores with a dimension of embeddings become their L2 norm, as Inseq shows them, and, under the method's own name,
    their signed sum. Attention keeps its layers and heads. Of encoder–decoder models, source and earlier target tokens
    are the inputs.

    Args:
        out: What ``model.attribute()`` returned, one of its sequences, or the path of a file that ``out.save()`` wrote.
        tokenizer: The model's tokenizer, which gives exact texts of the tokens' ids.

    Returns:
        The explanation, or a list when the result holds several sequences.

    Raises:
        AttrWidgetError: *out* is none of these, or the file was cut short or altered.

    Example:
        >>> aw.from_inseq(inseq.load_model("gpt2", "saliency").attribute("Hello"))
    """
    if isinstance(out, str | Path):
        sequences, info = parse_file(read_whole(out), str(out))
    else:
        sequences, info = parse_object(out)
    if not sequences:
        raise AttrWidgetError("This Inseq result holds no sequence.")
    explanations = [_explanation(sequence, info, tokenizer) for sequence in sequences]
    return explanations if len(explanations) > 1 else explanations[0]


def _explanation(
    sequence: InseqSequence, info: dict[str, Any], tokenizer: PreTrainedTokenizerBase | None
) -> SavedExplanation:
    """Return the explanation of one sequence."""
    two = sequence.source_scores is not None
    before = len(sequence.source) if two else 0
    first, count = before + sequence.start, before + sequence.end
    if first < 1:
        raise AttrWidgetError(
            "This Inseq result attributes the very first token, which has no input to explain it by."
        )
    tokens = _tokens(sequence, before, first, tokenizer)
    scores = _scores(sequence, before)
    recorded, heads = _methods(
        sequence, scores, _named(info, "attribution_method") or "attribution", info, first
    )
    prompt = (
        [Section("Source", 0, before), Section("Target", before, first)]
        if two
        else [Section("Prompt", 0, first)]
    )
    reading = SavedReading(
        tokens,
        first,
        _steps(sequence, tokens.labels[first:]),
        recorded,
        heads=heads,
        sections=[*prompt, Section("Answer", first, count)],
        model_name=_named(info, "model_name"),
        attention_note=None if heads else "This result of Inseq's carries no attention of layers and heads.",
    )
    return SavedExplanation(reading)


def _tokens(
    sequence: InseqSequence, before: int, first: int, tokenizer: PreTrainedTokenizerBase | None
) -> Tokens:
    """Return the tokens with their texts, exact where the tokenizer is given."""
    source, target = sequence.source[:before], sequence.target[: sequence.end]
    ids = [token_id for _, token_id in (*source, *target)]
    if tokenizer is None or min(ids) < 0:
        borders = sorted({before, first} - {0})
        return read_pieces([text for text, _ in (*source, *target)], borders, ids)
    if max(ids) >= len(tokenizer):
        raise AttrWidgetError(
            f"The tokenizer has no token {max(ids)}, which stands in this Inseq result: give the tokenizer of the "
            "model that made it."
        )
    after = read_tokens(tokenizer, ids[before:], sequence.start)
    return joined(read_tokens(tokenizer, ids[:before], before), after) if before else after


def _scores(sequence: InseqSequence, before: int) -> NDArray[np.float32]:
    """Return the scores of all inputs as ``[steps, inputs, …]``, NaN where there are none."""
    source, target = sequence.source_scores, sequence.target_scores
    known = source if target is None else target
    if known is None:
        raise AttrWidgetError("This Inseq result holds no attributions, only scores of its steps.")
    earlier = sequence.end - 1
    shape = (sequence.end - sequence.start, before + earlier, *known.shape[2:])
    if math.prod(shape) > _MOST_SCORES:
        raise AttrWidgetError(
            f"This Inseq result has {math.prod(shape):,} scores, which are too many to show."
        )
    if source is not None and target is not None and source.shape[2:] != target.shape[2:]:
        raise AttrWidgetError("The source and target scores of this Inseq result have different dimensions.")
    scores = np.full(shape, np.nan, dtype=np.float32)
    if source is not None:
        scores[:, :before] = source.swapaxes(0, 1)
    if target is not None:
        scores[:, before:] = target[:earlier].swapaxes(0, 1)
    for step, row in enumerate(scores):
        row[before + sequence.start + step :] = np.nan
    return scores


def _methods(
    sequence: InseqSequence, scores: NDArray[np.float32], name: str, info: dict[str, Any], first: int
) -> tuple[list[Recorded], RecordedHeads | None]:
    """Return the methods of *scores* and, for attention, the weights of all heads."""
    function = _named(info, "attributed_fn").removesuffix("_fn") or None
    explained = f" of {TARGET_FUNCTIONS.get(function, function.replace('_', ' '))}" if function else ""
    if scores.ndim == 4 or (scores.ndim == 3 and sequence.layered):
        weights = scores if scores.ndim == 4 else scores[..., None]
        both = sequence.source_scores is not None and sequence.target_scores is not None
        if name == "attention" and both:
            weights = weights * np.float32(0.5)  # of two attentions with a sum of 1 each: normalised together
        heads = pack_heads(weights.transpose(0, 2, 3, 1), first)
        title = record(name, np.zeros((1, 1))).info.title
        signed = bool((heads.weights < 0).any())
        description = _kind_of_attention(sequence) if name == "attention" else f"{title.lower()}, from Inseq"
        method = MethodInfo(name, title, signed, name == "attention", attention=True, description=description)
        return [Recorded(method, None, divided=False)], heads
    function = None if name == "attention" else function
    title = record(name, np.zeros((1, 1))).info.title
    words = title.lower() + ("" if name == "attention" else explained)
    if scores.ndim == 2:
        return [record(name, scores, description=f"{words}, from Inseq", target_function=function)], None
    if scores.ndim == 4:
        raise AttrWidgetError("This Inseq result has more dimensions than tokens, layers and heads.")
    wide = scores.astype(np.float64)
    norms_words, sum_words = f"{words}, L2 norm, from Inseq", f"{words}, signed sum, from Inseq"
    norms = np.linalg.norm(wide, axis=-1)
    if name in _UNSIGNED:
        return [record(name, norms, description=norms_words, target_function=function)], None
    return [
        record(f"{name}_l2", norms, title=f"{title}, L2", description=norms_words, target_function=function),
        record(name, wide.sum(-1), signed=True, description=sum_words, target_function=function),
    ], None


def _named(info: dict[str, Any], key: str) -> str:
    """Return the text under *key*, empty where there is none."""
    return str(info.get(key) or "").encode("utf-8", "replace").decode("utf-8")


def _kind_of_attention(sequence: InseqSequence) -> str:
    if sequence.source_scores is None:
        return "attention"
    return (
        "cross-attention" if sequence.target_scores is None else "cross-attention and decoder self-attention"
    )


def _steps(sequence: InseqSequence, labels: list[str]) -> Any:
    known = {
        name: values.astype(np.float64) for name, values in sequence.step_scores.items() if name not in _TEXTS
    }
    probability = known.pop("probability", None)
    if "crossentropy" in known:
        known["log_probability"] = -known["crossentropy"]
    return step_table(labels, None if probability is None else np.clip(probability, 0, 1).tolist(), **known)
