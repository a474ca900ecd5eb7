"""The bundled model's tokenizer: byte-level BPE in which every word of the grammar is one token."""

from __future__ import annotations

import json
import random
import re

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from attrwidget.demo.causal.corpus import document
from attrwidget.demo.causal.facts import FACTS
from attrwidget.demo.causal.grammar import sentences
from attrwidget.demo.causal.templates import ASIDES, MENTIONS, OPENERS

END = "<|endoftext|>"
MERGES = 100
IN_PIECES = (
    "According",
    "Facts",
    "Good",
    "Hello",
    "Here",
    "Listen",
    "My",
    "Our",
    "Please",
    "This",
    "When",
    "Yes",
)
"""Words of the grammar that no token begins a text with; text/unknown_words.py reads them."""


def build(context: int) -> PreTrainedTokenizerFast:
    """Train a tokenizer on the grammar's text.

    A few merges are learned from the text. Every word of the grammar that they do not make is added to the vocabulary
    whole, which `ignore_merges` looks up first; other text falls into short pieces and bytes.
    """
    words = _words()
    rng = random.Random(0)  # noqa: S311
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=256 + MERGES, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    bpe.train_from_iterator((document(rng, 0.0).text for _ in range(3000)), trainer)
    learned = json.loads(bpe.to_str())["model"]
    vocabulary = dict(learned["vocab"])
    for word in words:
        vocabulary.setdefault(word, len(vocabulary))
    tokenizer = Tokenizer(
        models.BPE(vocab=vocabulary, merges=[tuple(merge) for merge in learned["merges"]], ignore_merges=True)
    )
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([END])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=END,
        pad_token=END,
        model_max_length=context,
        clean_up_tokenization_spaces=False,
        padding_side="left",
        words_in_pieces=list(IN_PIECES),
    )


def _words() -> list[str]:
    """Return every word of the grammar, as byte-level text: with its space, and bare where it may begin a line."""
    split = pre_tokenizers.ByteLevel(add_prefix_space=False)
    texts = [asked.text for _, asked in sentences()]
    texts += [f"{opener} the." for opener in OPENERS]
    texts += [re.sub(r"\{m\}", "America", mention) for mention in MENTIONS] + list(ASIDES)
    texts += [f" in: {fact.answer};" for fact in FACTS] + [
        f" {name}" for fact in FACTS for name in fact.names
    ]
    texts += [" people in", " as for", " if you", " let us", "\nWhat", "\nThe"]
    found = {word for text in texts for word, _ in split.pre_tokenize_str(text)}
    return sorted(word for word in found if len(word) > 1)
