"""Call a tokenizer: a program of the model's author, which may raise or return anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.checks import is_whole, short
from attrwidget.errors import AttrWidgetError, first_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedTokenizerBase

_ADVICE = "load the tokenizer that belongs to the model"


def encode(tokenizer: PreTrainedTokenizerBase, **given: Any) -> Any:
    """Return what *tokenizer* makes of one text; raise AttrWidgetError unless its ``input_ids`` are whole numbers."""
    name = type(tokenizer).__name__
    try:
        # verbose=False: a text beyond the tokenizer's length is reported by us, in a sentence.
        encoded = tokenizer(**given, verbose=False)
        ids = encoded["input_ids"]
        whole = all(map(is_whole, ids))
    except Exception as error:
        raise AttrWidgetError(
            f"{name} fails to turn this text into tokens ({type(error).__name__}: {first_line(error)}): {_ADVICE}."
        ) from error
    if not whole:
        raise AttrWidgetError(f"{name} turns this text into {short(ids)}, which are no token ids: {_ADVICE}.")
    return encoded


def decode(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int]) -> str:
    """Return the text of *ids*; raise AttrWidgetError when *tokenizer* gives none."""
    name = type(tokenizer).__name__
    try:
        text = tokenizer.decode(list(ids), skip_special_tokens=False, clean_up_tokenization_spaces=False)
        text = "".join(text) if isinstance(text, list) else text
    except Exception as error:
        raise AttrWidgetError(
            f"{name} fails to turn the token ids {short(list(ids))} into a text ({type(error).__name__}: "
            f"{first_line(error)}): {_ADVICE}."
        ) from error
    if not isinstance(text, str):
        raise AttrWidgetError(
            f"{name} turns the token ids {short(list(ids))} into {short(text)}, which is no text: {_ADVICE}."
        )
    return text.encode("utf-8", "replace").decode("utf-8")
