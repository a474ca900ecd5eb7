"""Check that the bundled model knows every fact, in every template, and every sentence that travels with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from attrwidget.demo.causal.sentence import Sentence


def failures(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, asked: Sequence[Sentence], batch: int = 128
) -> Iterator[tuple[Sentence, float]]:
    """Yield the sentences that greedy decoding does not answer with the answer, a full stop and the end of text.

    Each comes with the least probability of a right token. Decided in one forward pass per batch: greedy decoding
    gives the answer exactly when each of its tokens is the likeliest after the ones before it.
    """
    for sentence, right, least in checks(model, tokenizer, asked, batch):
        if not right:
            yield sentence, least


def checks(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, asked: Sequence[Sentence], batch: int = 128
) -> Iterator[tuple[Sentence, bool, float]]:
    """Yield each sentence, shortest first, whether it is answered right, and the least probability of a right token."""
    end = tokenizer.eos_token
    encoded = []
    for sentence in asked:
        prompt = tokenizer(sentence.prompt)["input_ids"]
        encoded.append((sentence, prompt, tokenizer(f"{sentence.answer}.{end}")["input_ids"]))
    encoded.sort(key=lambda row: len(row[1]) + len(row[2]))
    for first in range(0, len(encoded), batch):
        rows = encoded[first : first + batch]
        width = max(len(prompt) + len(answer) for _, prompt, answer in rows) - 1
        ids = torch.full((len(rows), width), tokenizer.eos_token_id)
        for i, (_, prompt, answer) in enumerate(rows):
            ids[i, : len(prompt) + len(answer) - 1] = torch.tensor((prompt + answer)[:-1])
        with torch.inference_mode():
            hidden = model.base_model(input_ids=ids).last_hidden_state
            at = [(i, len(p) - 1 + k) for i, (_, p, a) in enumerate(rows) for k in range(len(a))]
            logits = model.get_output_embeddings()(hidden[[i for i, _ in at], [j for _, j in at]])
        targets = torch.tensor([token for _, _, answer in rows for token in answer])
        right = logits.argmax(-1) == targets
        chances = logits.log_softmax(-1).gather(-1, targets[:, None])[:, 0].exp()
        k = 0
        for sentence, _, answer in rows:
            yield sentence, bool(right[k : k + len(answer)].all()), float(chances[k : k + len(answer)].min())
            k += len(answer)
