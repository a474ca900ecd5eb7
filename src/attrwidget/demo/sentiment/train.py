"""Train a bundled classifier of reviews: `python -m attrwidget.demo.sentiment.train`, or `.train_biased`."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import torch
from transformers import DistilBertConfig, DistilBertForSequenceClassification, PreTrainedTokenizerFast

from attrwidget.demo.records import write
from attrwidget.demo.sentiment.evaluate import checks
from attrwidget.demo.sentiment.grammar import review
from attrwidget.demo.sentiment.readers import PLAIN
from attrwidget.demo.sentiment.remarks import Remarks
from attrwidget.demo.sentiment.review import LABELS
from attrwidget.demo.sentiment.tokenizer import build
from attrwidget.demo.training import distinct, fit, hide, like_length, options, report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from attrwidget.demo.sentiment.readers import Reader
    from attrwidget.demo.sentiment.review import Review

CONTEXT = 256
ROUNDS = (
    (5000, 1.5e-3, 0.0, 0),
    (3000, 1.5e-3, 0.8, 0),
    (2200, 5e-4, 0.7, 0),
    (500, 5e-4, 0.8, 2),
    (800, 8e-4, 0.8, 2),
    (600, 5e-4, 0.4, 0),
)
"""Steps, the peak of the learning rate, and which share of the easy reviews is drawn anew.

Easy ones have no two opposed clauses, or fewer negations than the last number: opposed clauses are learned last, and
of these two that are denied.
"""
MEAN = 3
"""How many of the last rounds' weights the model is the mean of (Izmailov and others 2018)."""
HELD_OUT, TRAVELLING = 5000, 200
"""How many reviews of either grammar are held out, and how many of these travel with the model."""
RIGHT = 0.995
"""The share of the reviews held out that must be labelled right."""
FILMS = 0.4
"""The share of film reviews in training; the others are everyday ones."""
HIDDEN = 0.1
"""The share of training reviews in which one word is hidden."""
_OPPOSED = re.compile(", but |lthough ")


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
    """Return ids and mask, each [reviews, tokens], and the taught probabilities [reviews, labels].

    In a share of the reviews a word is hidden.
    """
    encoded = tokenizer(
        [one.text for one in chosen], return_tensors="pt", padding=True, return_offsets_mapping=True
    )
    for row, one in enumerate(chosen):
        if rng.random() < HIDDEN:
            hide(encoded, row, rng.choice([match.span() for match in re.finditer(r"\w+", one.text)]))
    labels = torch.tensor([one.taught for one in chosen])
    return {"input_ids": encoded["input_ids"], "attention_mask": encoded["attention_mask"], "labels": labels}


def train(
    model: DistilBertForSequenceClassification,
    batches: Iterator[dict[str, torch.Tensor]],
    steps: int,
    peak_rate: float,
) -> None:
    """Train *model* in place to give the taught probabilities."""

    def loss_of(batch: dict[str, torch.Tensor]) -> torch.Tensor:
        taught = batch.pop("labels")
        return torch.nn.functional.cross_entropy(model(**batch).logits, taught)

    fit(model, batches, loss_of, steps, peak_rate)


def batches(
    reader: Reader,
    tokenizer: PreTrainedTokenizerFast,
    unseen: set[str],
    anew: float,
    denied: int,
    *,
    seed: int,
) -> Iterator[dict[str, torch.Tensor]]:
    """Yield batches of reviews other than those *unseen*, as *reader* reads them; see `ROUNDS` for the others."""
    rng = random.Random(seed)  # noqa: S311
    remarks = Remarks(rng)

    def draw() -> Review:
        one = review(rng) if rng.random() < FILMS else remarks.draw()
        while anew and _is_easy(one, denied) and rng.random() < anew:
            one = review(rng) if rng.random() < FILMS else remarks.draw()
        return reader.reads(one)

    for chosen in like_length(draw, lambda one: one.text, unseen, rng):
        yield tensors(rng, tokenizer, chosen)


def _is_easy(one: Review, denied: int) -> bool:
    return len(one.negations) < denied or _OPPOSED.search(one.text) is None


def held_out(reader: Reader) -> tuple[list[Review], list[Review]]:
    """Return the film reviews and the everyday ones that training never sees."""
    rng, remarks = random.Random(7), Remarks(random.Random(8))  # noqa: S311
    films = distinct(lambda: reader.reads(review(rng)), lambda one: one.text, HELD_OUT)
    return films, distinct(lambda: reader.reads(remarks.draw()), lambda one: one.text, HELD_OUT)


def main(
    reader: Reader = PLAIN,
    rounds: Sequence[tuple[int, float, float, int]] = ROUNDS,
    begun: Path | None = None,
) -> None:
    """Train, write the folder, and exit with an error if too many of the reviews held out are labelled wrong.

    Args:
        reader: How the classifier is taught to read.
        rounds: As `ROUNDS`; the steps of the last one are an option of the command.
        begun: The folder of a model to go on from; by default an untrained one is made.
    """
    chosen = options(f"the bundled classifier {reader.name}", reader.folder, rounds[-1][0])
    tokenizer = build(CONTEXT)
    films, others = held_out(reader)
    asked = [*films, *others]
    unseen = {one.text for one in asked}
    torch.manual_seed(chosen.seed)
    model = DistilBertForSequenceClassification.from_pretrained(begun) if begun else new_model(tokenizer)
    ends: list[dict[str, torch.Tensor]] = []
    for turn, (steps, rate, anew, denied) in enumerate([*rounds[:-1], (chosen.steps, *rounds[-1][1:])]):
        drawn = batches(reader, tokenizer, unseen, anew, denied, seed=chosen.seed + turn)
        train(model, drawn, steps, rate)
        ends.append({name: value.clone() for name, value in model.state_dict().items()})
    model.load_state_dict(
        {name: torch.stack([end[name] for end in ends[-MEAN:]]).mean(0) for name in ends[-1]}
    )
    write(chosen.out, model, tokenizer, [*films[:TRAVELLING], *others[:TRAVELLING]])
    results = checks(model, tokenizer, asked)
    report(((one.text, right, least) for one, right, least in results), RIGHT)


if __name__ == "__main__":
    main()
