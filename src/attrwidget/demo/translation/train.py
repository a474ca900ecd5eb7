"""Train the bundled translator: `python -m attrwidget.demo.translation.train`."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import torch
from transformers import GenerationConfig, MarianConfig, MarianMTModel, PreTrainedTokenizerFast

from attrwidget.demo.records import write
from attrwidget.demo.training import fit, hide, like_length, options, report
from attrwidget.demo.translation import EVERYDAY, FOLDER
from attrwidget.demo.translation.corpus import drawn, held_out, in_both_scripts
from attrwidget.demo.translation.evaluate import checks
from attrwidget.demo.translation.tokenizer import build

if TYPE_CHECKING:
    from attrwidget.demo.translation.sentence import Translation

CONTEXT = 256
STEPS = 4500
PEAK_RATE = 2.5e-3
RIGHT = 0.999
"""The share of the sentences held out that must be translated right, word for word."""
LESSONS = 100
"""How many sentences about fields of study travel with the model, in both scripts."""
ALIGNING_HEAD = 0
GUIDANCE = 0.1
"""The weight of guided alignment (Chen and others 2016) of one head of the last decoder layer."""
HIDDEN = 0.1
"""The share of training sentences in which one word is hidden."""


def new_model(tokenizer: PreTrainedTokenizerFast) -> MarianMTModel:
    """Make the untrained model, float32."""
    config = MarianConfig(
        vocab_size=len(tokenizer),
        d_model=96,
        encoder_layers=3,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=2,
        encoder_ffn_dim=256,
        decoder_ffn_dim=256,
        max_position_embeddings=CONTEXT,
        dropout=0.0,
        scale_embedding=True,
        activation_function="swish",
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        decoder_start_token_id=tokenizer.pad_token_id,
        forced_eos_token_id=None,
        dtype="float32",
    )
    return MarianMTModel(config)


def tensors(
    rng: random.Random, tokenizer: PreTrainedTokenizerFast, chosen: list[Translation]
) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    """Return ids, mask and labels, each [sentences, tokens], and which tokens align, bool [sentences, target, source].

    In a share of the sentences a word of the source is hidden, and none of its links remain.
    """
    source = tokenizer(
        [one.source for one in chosen], return_tensors="pt", padding=True, return_offsets_mapping=True
    )
    target = tokenizer([one.target for one in chosen], return_tensors="pt", padding=True)
    labels = target["input_ids"].masked_fill(target["attention_mask"] == 0, -100)
    for row, one in enumerate(chosen):
        if rng.random() < HIDDEN:
            hide(source, row, rng.choice(one.words))
    ids, mask, offsets = source["input_ids"], source["attention_mask"], source["offset_mapping"].tolist()
    links = [
        (row, piece, token)
        for row, one in enumerate(chosen)
        for piece, words in enumerate(one.sure)
        for start, end in (one.words[word] for word in words)
        for token, (first, last) in enumerate(offsets[row])
        if first < end and last > start
    ]
    aligned = torch.zeros(*labels.shape, ids.shape[1], dtype=torch.bool)
    aligned[tuple(torch.tensor(links).T)] = True
    aligned &= mask[:, None].bool()
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}, aligned


def train(
    tokenizer: PreTrainedTokenizerFast, unseen: set[str], steps: int = STEPS, seed: int = 0
) -> MarianMTModel:
    """Train a model from scratch on sentences other than those *unseen*."""
    torch.manual_seed(seed)
    rng = random.Random(seed)  # noqa: S311
    model = new_model(tokenizer)
    model.set_attn_implementation("eager")  # the only one that gives its weights

    def loss_of(batch: tuple[dict[str, torch.Tensor], torch.Tensor]) -> torch.Tensor:
        inputs, aligned = batch
        out = model(**inputs, use_cache=False, output_attentions=True)
        found = (out.cross_attentions[-1][:, ALIGNING_HEAD] * aligned).sum(-1)[aligned.any(-1)]
        guided: torch.Tensor = out.loss - GUIDANCE * found.clamp_min(1e-6).log().mean()
        return guided

    texts = like_length(lambda: drawn(rng), lambda one: one.source, unseen, rng)
    fit(model, (tensors(rng, tokenizer, chosen) for chosen in texts), loss_of, steps, PEAK_RATE)
    return model


def main() -> None:
    """Train, write the folder, and exit with an error if too many of the sentences held out are translated wrong."""
    chosen = options("the bundled translator", FOLDER, STEPS)
    tokenizer = build(CONTEXT)
    everyday, lessons = held_out()
    asked = in_both_scripts([*everyday, *lessons])
    model = train(tokenizer, {one.source for one in asked}, chosen.steps, chosen.seed)
    model.generation_config = GenerationConfig(
        do_sample=False,
        decoder_start_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    write(chosen.out, model, tokenizer, [*everyday[:EVERYDAY], *in_both_scripts(lessons[:LESSONS])])
    results = checks(model, tokenizer, asked)
    report(((one.source, right, least) for one, right, least in results), RIGHT)


if __name__ == "__main__":
    main()
