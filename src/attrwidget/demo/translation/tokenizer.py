"""The translator's tokenizer: byte-level BPE. English words are whole; Chinese ones whole, or characters, or bytes."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import TYPE_CHECKING

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from attrwidget.demo.translation.fields import AFTER, BEFORE, DEGREES, QUALITIES, STUDYING, SUBJECTS
from attrwidget.demo.translation.grammar import sentence
from attrwidget.demo.translation.lessons import lesson
from attrwidget.demo.translation.simplified import simplify

if TYPE_CHECKING:
    from attrwidget.demo.translation.sentence import Translation

END, PAD = "</s>", "<pad>"
MERGES = 180
WHOLE = 30
LEARNED = (
    "我們 他們 什麼 為什麼 誰 和 教 她 會 歡 這 還 "
    + " ".join(zh for zh, *_ in (*BEFORE, *AFTER, *SUBJECTS, *QUALITIES, *DEGREES))
    + " "
    + " ".join(verb.zh for verb in STUDYING)
)
"""Words of the lessons, each one token in either script."""


def build(context: int) -> PreTrainedTokenizerFast:
    """Train a tokenizer on the grammar's words, so that no token crosses from one word into the next.

    Merges are learned from the Chinese characters, and are too few for the rarer ones: those stay bytes. The most
    frequent words of two whole characters become one token, and so do the words of lessons, in both scripts. Every
    English word of the grammar is in the vocabulary whole, which `ignore_merges` looks up first.
    """
    rng = random.Random(0)  # noqa: S311
    sample = [sentence(rng) for _ in range(30000)]
    chinese = Counter(one.source[start:end] for one in sample for start, end in one.words)
    both = [*sample, *(lesson(rng) for _ in range(30000))]
    english = {one.target[start:end].replace(" ", "Ġ") for one in both for start, end in one.pieces}
    split = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = split
    trainer = trainers.BpeTrainer(
        vocab_size=256 + MERGES, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    bpe.train_from_iterator((letter for word in chinese.elements() for letter in word), trainer)
    learned = json.loads(bpe.to_str())["model"]
    vocabulary = dict(learned["vocab"])
    merges = [tuple(merge) for merge in learned["merges"]]
    pairs = [
        tuple(split.pre_tokenize_str(letter)[0][0] for letter in word) for word, _ in chinese.most_common()
    ]
    merges += [pair for pair in pairs if len(pair) == 2 and vocabulary.keys() >= set(pair)][:WHOLE]
    for word in [*LEARNED.split(), *simplify(LEARNED).split()]:
        merges += _needed(merges, [split.pre_tokenize_str(letter)[0][0] for letter in word])
    for word in ["".join(pair) for pair in merges[MERGES:]] + sorted(english):
        vocabulary.setdefault(word, len(vocabulary))
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([END, PAD])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"$A {END}", special_tokens=[(END, tokenizer.token_to_id(END))]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=END,
        pad_token=PAD,
        model_max_length=context,
        clean_up_tokenization_spaces=False,
        learned_words=learned_words(both),
    )


def learned_words(drawn: list[Translation]) -> list[str]:
    """Return the Chinese words of these sentences, in both scripts; text/unknown_words.py reads them."""
    words = {one.source[start:end] for one in drawn for start, end in one.words}
    return sorted(words | {simplify(word) for word in words})


def _needed(merges: list[tuple[str, ...]], letters: list[str]) -> list[tuple[str, ...]]:
    """Return the merges that make one token of these letters, each of which is its bytes, after those of *merges*."""
    more: list[tuple[str, ...]] = []
    for text in (*letters, "".join(letters)):
        while len(pieces := _pieces(text, [*merges, *more])) > 1:
            more.append((pieces[0], pieces[1]))
    return more


def _pieces(text: str, merges: list[tuple[str, ...]]) -> list[str]:
    """Return the pieces that these merges make, in their order."""
    pieces = list(text)
    for pair in merges:
        for i in range(len(pieces) - 2, -1, -1):
            if (pieces[i], *pieces[i + 1 : i + 2]) == pair:
                pieces[i : i + 2] = ["".join(pair)]
    return pieces
