"""The masked model's tokenizer: that of the first bundled model, with the marks of BERT."""

from __future__ import annotations

from tokenizers import AddedToken, processors
from transformers import PreTrainedTokenizerFast

from attrwidget.demo.causal.tokenizer import IN_PIECES
from attrwidget.demo.causal.tokenizer import build as build_causal
from attrwidget.demo.masked.gaps import MASK

CLS, SEP, PAD = "[CLS]", "[SEP]", "[PAD]"


def build(context: int) -> PreTrainedTokenizerFast:
    """Make a byte-level BPE in which every word of the grammar is one token; the mask takes the space before it."""
    tokenizer = build_causal(context).backend_tokenizer
    tokenizer.add_special_tokens([CLS, SEP, PAD, AddedToken(MASK, lstrip=True, special=True)])
    ends = [(token, tokenizer.token_to_id(token)) for token in (CLS, SEP)]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{CLS} $A {SEP}", special_tokens=ends)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        cls_token=CLS,
        sep_token=SEP,
        pad_token=PAD,
        mask_token=AddedToken(MASK, lstrip=True, special=True),
        model_max_length=context,
        clean_up_tokenization_spaces=False,
        words_in_pieces=list(IN_PIECES),
    )
