"""One short text for each head of an encoder, explained, and the plain model's own logits for it."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from helpers.encoders import build, word_tokenizer

import attrwidget as aw

SENTENCE = "the film was not good , a dull story ."
TEXTS: dict[str, tuple[str, ...]] = {
    "ForSequenceClassification": (SENTENCE,),
    "ForMaskedLM": ("the [MASK] of france is [MASK] .",),
    "ForTokenClassification": ("john lives in paris and anna in london",),
    "ForQuestionAnswering": ("who lives in paris ?", "john lives in london . anna lives in paris ."),
}
MOODS = {0: "negative", 1: "neutral", 2: "positive"}


@cache
def loaded(name: str, head: str, **changes: Any) -> Any:
    return aw.load(build(name, head, dtype=torch.float64, **changes), word_tokenizer())


@cache
def explained(name: str, head: str) -> Any:
    return loaded(name, head, **({"num_labels": 3} if "Classification" in head else {})).explain(*TEXTS[head])


def ids_of(ex: Any) -> torch.Tensor:
    return torch.tensor([ex.tokens.ids[: ex.reading.n_inputs]])


def types_of(ex: Any) -> dict[str, torch.Tensor]:
    """Return the token types of a pair, by its sections, for a model that has token types."""
    second = ex.reading.sections[1].start if len(ex.reading.sections) == 3 else ex.reading.n_inputs
    types = (torch.arange(ex.reading.n_inputs) >= second).long()[None]
    return {"token_type_ids": types} if getattr(ex.trace.model.own.config, "type_vocab_size", 0) > 1 else {}


def plain_logits(ex: Any, **inputs: Any) -> torch.Tensor:
    """Return logits ``[steps, outputs]`` of the user's model itself, called in the plainest way."""
    output = ex.trace.model.own(**inputs, **types_of(ex))
    head = type(ex.trace.model.own).__name__
    if head.endswith("ForSequenceClassification"):
        return output.logits.expand(ex.reading.n_steps, -1)
    if head.endswith("ForMaskedLM"):
        return output.logits[0, ids_of(ex)[0] == word_tokenizer().mask_token_id]
    if head.endswith("ForTokenClassification"):
        return output.logits[0, 1:-1]  # between [CLS] and [SEP]
    both = torch.cat([output.start_logits, output.end_logits])
    context = ex.reading.sections[1]
    keep_mask = torch.zeros(ex.reading.n_inputs, dtype=torch.bool)
    keep_mask[context.start : context.end - 1] = True  # without the last [SEP]
    keep_mask[0] = True
    return both.masked_fill(~keep_mask, -torch.inf)


def bert(head: str, **changes: Any) -> Any:
    """Return a tiny BERT with *head*, in float32, loaded."""
    return aw.load(build("bert", head, **changes), word_tokenizer())


def logits_of(model: Any, *texts: str) -> Any:
    """Return the output of the plain Transformers model for *texts*."""
    with torch.no_grad():
        return model.hf(**model.tokenizer(*texts, return_tensors="pt"))
