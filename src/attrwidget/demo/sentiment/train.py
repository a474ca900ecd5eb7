"""Train the bundled classifier of film reviews: `python -m attrwidget.demo.sentiment.train`."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import torch
from transformers import DistilBertConfig, DistilBertForSequenceClassification, PreTrainedTokenizerFast

from attrwidget.demo.records import write
from attrwidget.demo.sentiment import FOLDER
from attrwidget.demo.sentiment.evaluate import checks
from attrwidget.demo.sentiment.grammar import review
from attrwidget.demo.sentiment.review import LABELS
from attrwidget.demo.sentiment.tokenizer import build
from attrwidget.demo.training import distinct, fit, hide, like_length, options, report

if TYPE_CHECKING:
    from attrwidget.demo.sentiment.review import Review

CONTEXT = 256
STEPS = 8000
PEAK_RATE = 1e-3
HELD_OUT = 5000
TRAVELLING = 200
HIDDEN = 0.1
"""The share of training reviews in which one word is hidden."""


def new_model(tokenizer: PreTrainedTokenizerFast) -> DistilBertForSequenceClassification:
    """Make the untrained model, float32."""
    config = DistilBertConfig(
        vocab_size=len(tokenizer),
        dim=96,
        hidden_dim=256,
        n_layers=3,
        n_heads=4,
        max_position_embeddings=CONTEXT,
        dropout=0.0,
        attention_dropout=0.0,
        seq_classif_dropout=0.0,
        pad_token_id=tokenizer.pad_token_id,
        id2label=dict(enumerate(LABELS)),
        label2id={label: i for i, label in enumerate(LABELS)},
        dtype="float32",
    )
    return DistilBertForSequenceClassification(config)


def tensors(
    rng: random.Random, tokenizer: PreTrainedTokenizerFast, chosen: list[Review]
) -> dict[str, torch.Tensor]:
    """Return ids and mask, each [reviews, tokens], and labels [reviews]; in a share of the reviews a word is hidden."""
    encoded = tokenizer(
        [one.text for one in chosen], return_tensors="pt", padding=True, return_offsets_mapping=True
    )
    for row, one in enumerate(chosen):
        if rng.random() < HIDDEN:
            hide(encoded, row, rng.choice([match.span() for match in re.finditer(r"\w+", one.text)]))
    labels = torch.tensor([LABELS.index(one.label) for one in chosen])
    return {"input_ids": encoded["input_ids"], "attention_mask": encoded["attention_mask"], "labels": labels}


def train(
    tokenizer: PreTrainedTokenizerFast, unseen: set[str], steps: int = STEPS, seed: int = 0
) -> DistilBertForSequenceClassification:
    """Train a model from scratch on reviews other than those *unseen*."""
    torch.manual_seed(seed)
    rng = random.Random(seed)  # noqa: S311
    model = new_model(tokenizer)
    drawn = like_length(lambda: review(rng), lambda one: one.text, unseen, rng)
    batches = (tensors(rng, tokenizer, chosen) for chosen in drawn)
    fit(model, batches, lambda batch: model(**batch).loss, steps, PEAK_RATE)
    return model


def main() -> None:
    """Train, write the folder, and exit with an error if a held-out review is labelled wrong."""
    chosen = options("the bundled classifier of film reviews", FOLDER, STEPS)
    tokenizer = build(CONTEXT)
    rng = random.Random(7)  # noqa: S311
    asked = distinct(lambda: review(rng), lambda one: one.text, HELD_OUT)
    model = train(tokenizer, {one.text for one in asked}, chosen.steps, chosen.seed)
    write(chosen.out, model, tokenizer, asked[:TRAVELLING])
    report((one.text, right, least) for one, right, least in checks(model, tokenizer, asked))


if __name__ == "__main__":
    main()
