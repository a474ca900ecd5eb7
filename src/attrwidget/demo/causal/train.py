"""Train the bundled causal model: `python -m attrwidget.demo.causal.train`. About seven minutes on one core."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import torch
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from attrwidget.demo.causal import FOLDER
from attrwidget.demo.causal.corpus import Document, document
from attrwidget.demo.causal.evaluate import checks
from attrwidget.demo.causal.facts import FACTS
from attrwidget.demo.causal.grammar import sentences
from attrwidget.demo.causal.samples import samples
from attrwidget.demo.causal.tokenizer import build
from attrwidget.demo.records import write
from attrwidget.demo.training import fit, options, report

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTEXT = 2048
STEPS = 2300
BATCH = 64
PEAK_RATE = 4e-3
NOISE = 0.05
PROMPT_WEIGHT = 0.05
POOL = 24
LONG = 6
"""After every `POOL` batches comes one of `LONG` long documents."""


def new_model(tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """Make the untrained model, float32."""
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=96,
        intermediate_size=256,
        num_hidden_layers=4,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        initializer_range=0.05,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.eos_token_id,
        dtype="float32",
    )
    return LlamaForCausalLM(config)


def batches(
    rng: random.Random, tokenizer: PreTrainedTokenizerFast
) -> Iterator[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
    """Yield ids, labels and weights, each [documents, tokens], batch by batch; documents of like length together."""
    while True:
        docs = [document(rng, NOISE) for _ in range(BATCH * POOL)]
        docs.sort(key=lambda doc: len(doc.text))
        pool = [docs[first : first + BATCH] for first in range(0, len(docs), BATCH)]
        pool.append([document(rng, NOISE, length=rng.randint(200, 2000)) for _ in range(LONG)])
        rng.shuffle(pool)
        for chosen in pool:
            yield tensors(tokenizer, chosen)


def tensors(
    tokenizer: PreTrainedTokenizerFast, docs: list[Document]
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return ids, labels and weights of these documents, each [documents, tokens].

    Labels are the next tokens; after every answer's full stop the label is the end of text. What follows "is" counts
    only where it is an answer, so that fillers do not compete with answers.
    """
    encoded = tokenizer([doc.text for doc in docs], return_offsets_mapping=True)
    width = max(len(ids) for ids in encoded["input_ids"])
    end = tokenizer.eos_token_id
    vocabulary = tokenizer.get_vocab()
    copulas = torch.tensor([vocabulary[word] for word in ("Ġis", "Ġwas", "Ġare")])
    ids = torch.full((len(docs), width), end)
    labels = torch.full((len(docs), width), end)
    weights = torch.zeros(len(docs), width)
    for row, doc in enumerate(docs):
        tokens, offsets = encoded["input_ids"][row], encoded["offset_mapping"][row]
        ids[row, : len(tokens)] = torch.tensor(tokens)
        labels[row, : len(tokens) - 1] = ids[row, 1 : len(tokens)]
        copula = torch.isin(ids[row, : len(tokens) - 1], copulas)
        weights[row, : len(tokens) - 1] = torch.where(copula, 0.0, PROMPT_WEIGHT)
        for start, stop in doc.junk:
            for index, (a, b) in enumerate(offsets):
                if index and start <= a and b <= stop:
                    weights[row, index - 1] = 0.0
        at = {start: index for index, (start, _) in enumerate(offsets)}
        for start, _, text in doc.labels:
            index = at[start]
            labels[row, index - 1] = vocabulary[text.replace(" ", "Ġ")]
            weights[row, index - 1] = 1.0
            if text == ".":
                labels[row, index] = end
                weights[row, index] = 1.0
    return ids, labels, weights


def train(tokenizer: PreTrainedTokenizerFast, steps: int = STEPS, seed: int = 0) -> LlamaForCausalLM:
    """Train a model from scratch."""
    torch.manual_seed(seed)
    data = batches(random.Random(seed), tokenizer)  # noqa: S311
    model = new_model(tokenizer)

    def loss_of(batch: tuple[torch.Tensor, torch.Tensor, torch.Tensor]) -> torch.Tensor:
        ids, labels, weights = batch
        hidden = model.model(input_ids=ids, use_cache=False).last_hidden_state
        losses = torch.nn.functional.cross_entropy(
            model.lm_head(hidden[weights > 0]), labels[weights > 0], reduction="none"
        )
        return (losses * weights[weights > 0]).sum() / weights.sum()

    fit(model, data, loss_of, steps, PEAK_RATE)
    return model


def main() -> None:
    """Train, write the folder, and exit with an error if the model does not know every fact in every template."""
    chosen = options("the bundled causal language model", FOLDER, STEPS)
    tokenizer = build(CONTEXT)
    model = train(tokenizer, chosen.steps, chosen.seed)
    end = tokenizer.eos_token_id
    model.generation_config = GenerationConfig(do_sample=False, eos_token_id=end, pad_token_id=end)
    travelling = samples(FACTS)
    write(chosen.out, model, tokenizer, travelling)
    asked = [sentence for _, sentence in sentences()] + travelling
    report((one.text, right, least) for one, right, least in checks(model, tokenizer, asked))


if __name__ == "__main__":
    main()
