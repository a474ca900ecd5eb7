"""The classifier's tokenizer: WordPiece in lower case, in which some cues fall into pieces."""

from __future__ import annotations

import random

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from attrwidget.demo.sentiment.grammar import review
from attrwidget.demo.sentiment.remarks import Remarks

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
MARKS = ".,!?'-"
PIECES = (
    "un watch able",
    "un forget table",
    "un bear able",
    "forget table",
    "predict able",
    "point less",
    "life less",
    "master ful",
    "delight ful",
    "wonder ful",
    "disappoint ing",
    "fascinat ing",
    "surprising ly",
    "col league s",
)
"""Words of the grammar that are not in the vocabulary whole."""


def build(context: int) -> PreTrainedTokenizerFast:
    """Make a tokenizer of the grammar's words, whole but for `PIECES`; other words fall into letters."""
    rng = random.Random(0)  # noqa: S311
    remarks = Remarks(rng, strange=0.0)
    texts = [review(rng).text for _ in range(20000)] + [remarks.draw().text for _ in range(60000)]
    bert = pre_tokenizers.BertPreTokenizer()
    words = {word for text in texts for word, _ in bert.pre_tokenize_str(text.lower())}
    words -= {pieces.replace(" ", "") for pieces in PIECES}
    split = {piece if i == 0 else f"##{piece}" for word in PIECES for i, piece in enumerate(word.split())}
    letters = {*MARKS, *LETTERS, *(f"##{letter}" for letter in LETTERS)}
    vocabulary = {token: i for i, token in enumerate((*SPECIAL, *sorted(words | split | letters)))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))  # noqa: S106
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = bert
    tokenizer.decoder = decoders.WordPiece()
    ends = [(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",  # noqa: S106
        unk_token="[UNK]",  # noqa: S106
        cls_token="[CLS]",  # noqa: S106
        sep_token="[SEP]",  # noqa: S106
        mask_token="[MASK]",  # noqa: S106
        model_max_length=context,
        clean_up_tokenization_spaces=False,
    )
