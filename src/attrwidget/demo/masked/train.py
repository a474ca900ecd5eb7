"""Train the bundled masked language model: `python -m attrwidget.demo.masked.train`."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import torch
from transformers import BertConfig, BertForMaskedLM, PreTrainedTokenizerFast

from attrwidget.demo.masked import FOLDER
from attrwidget.demo.masked.corpus import text
from attrwidget.demo.masked.evaluate import checks, word_ids
from attrwidget.demo.masked.gaps import MASK
from attrwidget.demo.masked.grammar import whole_grammar
from attrwidget.demo.masked.tokenizer import build
from attrwidget.demo.records import write
from attrwidget.demo.training import distinct, fit, hide, like_length, options, report

if TYPE_CHECKING:
    from attrwidget.demo.masked.gaps import Gaps

CONTEXT = 256
STEPS = 9000
PEAK_RATE = 2e-3
TRAVELLING = 300
HIDDEN = 0.1
"""The share of training texts in which one word is hidden."""


def new_model(tokenizer: PreTrainedTokenizerFast) -> BertForMaskedLM:
    """Make the untrained model, float32."""
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=96,
        intermediate_size=256,
        num_hidden_layers=3,
        num_attention_heads=4,
        max_position_embeddings=CONTEXT,
        type_vocab_size=1,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        pad_token_id=tokenizer.pad_token_id,
        dtype="float32",
    )
    return BertForMaskedLM(config)


def tensors(
    rng: random.Random, tokenizer: PreTrainedTokenizerFast, chosen: list[Gaps]
) -> dict[str, torch.Tensor]:
    """Return ids, mask and labels, each [texts, tokens]; in a share of the texts one word, never a mask, is hidden."""
    encoded = tokenizer(
        [one.text for one in chosen], return_tensors="pt", padding=True, return_offsets_mapping=True
    )
    for row, one in enumerate(chosen):
        if rng.random() < HIDDEN:
            words = [found.span() for found in re.finditer(r"\[MASK\]|\w+", one.text) if found[0] != MASK]
            hide(encoded, row, rng.choice(words))
    labels = torch.full_like(encoded["input_ids"], -100)
    labels[encoded["input_ids"] == tokenizer.mask_token_id] = torch.tensor(
        [token for one in chosen for token in word_ids(tokenizer, one)]
    )
    return {"input_ids": encoded["input_ids"], "attention_mask": encoded["attention_mask"], "labels": labels}


def train(tokenizer: PreTrainedTokenizerFast, steps: int = STEPS, seed: int = 0) -> BertForMaskedLM:
    """Train a model from scratch."""
    torch.manual_seed(seed)
    rng = random.Random(seed)  # noqa: S311
    model = new_model(tokenizer)
    drawn = like_length(lambda: text(rng), lambda one: one.text, (), rng)
    batches = (tensors(rng, tokenizer, chosen) for chosen in drawn)
    fit(model, batches, lambda batch: model(**batch).loss, steps, PEAK_RATE)
    return model


def main() -> None:
    """Train, write the folder, and exit with an error if a mask of the whole grammar is filled wrong."""
    chosen = options("the bundled masked language model", FOLDER, STEPS)
    tokenizer = build(CONTEXT)
    model = train(tokenizer, chosen.steps, chosen.seed)
    rng = random.Random(7)  # noqa: S311
    travelling = distinct(lambda: text(rng), lambda one: one.text, TRAVELLING)
    write(chosen.out, model, tokenizer, travelling)
    asked = [*whole_grammar().values(), *travelling]
    report((one.text, right, least) for one, right, least in checks(model, tokenizer, asked))


if __name__ == "__main__":
    main()
