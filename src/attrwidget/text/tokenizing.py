"""Call a tokenizer: a program of the model's author, which may raise or return anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.checks import is_whole, short
from attrwidget.errors import AttrWidgetError, first_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from transformers import PreTrainedTokenizerBase

_ADVICE = "load the tokenizer that belongs to the model"


def encode(tokenizer: PreTrainedTokenizerBase, **given: Any) -> Any:
    """Return what *tokenizer* makes of one text; raise AttrWidgetError unless its ``input_ids`` are whole numbers."""

    def ask() -> tuple[Any, Any, bool]:
        # verbose=False: a text beyond the tokenizer's length is reported by us, in a sentence.
        encoded = tokenizer(**given, verbose=False)
        ids = encoded["input_ids"]
        return encoded, ids, all(map(is_whole, ids))

    encoded, ids, whole = _asked(tokenizer, "this text into tokens", ask)
    if not whole:
        raise _wrong(tokenizer, "this text", ids, "are no token ids")
    return encoded


def decode(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int]) -> str:
    """Return the text of *ids*; raise AttrWidgetError when *tokenizer* gives none."""
    given = f"the token ids {short(list(ids))}"

    def ask() -> Any:
        text = tokenizer.decode(list(ids), skip_special_tokens=False, clean_up_tokenization_spaces=False)
        return "".join(text) if isinstance(text, list) else text

    text = _asked(tokenizer, f"{given} into a text", ask)
    if not isinstance(text, str):
        raise _wrong(tokenizer, given, text, "is no text")
    return text.encode("utf-8", "replace").decode("utf-8")


def token_name(tokenizer: PreTrainedTokenizerBase, token: int) -> str:
    """Return the name of *token* in the vocabulary; raise AttrWidgetError when *tokenizer* gives none."""
    given = f"the token id {token}"
    name = _asked(tokenizer, f"{given} into its name", lambda: tokenizer.convert_ids_to_tokens(token))
    if not isinstance(name, str):
        raise _wrong(tokenizer, given, name, "is no name")
    return name


def token_id(tokenizer: PreTrainedTokenizerBase, name: str) -> int:
    """Return the id of the token *name*; raise AttrWidgetError when *tokenizer* gives none."""
    given = f"the token {short(name)}"
    found = _asked(tokenizer, f"{given} into its id", lambda: tokenizer.convert_tokens_to_ids(name))
    if not is_whole(found):
        raise _wrong(tokenizer, given, found, "is no token id")
    return int(found)


def _asked(tokenizer: PreTrainedTokenizerBase, what: str, ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except Exception as error:
        raise AttrWidgetError(
            f"{type(tokenizer).__name__} fails to turn {what} ({type(error).__name__}: {first_line(error)}): {_ADVICE}."
        ) from error


def _wrong(tokenizer: PreTrainedTokenizerBase, given: str, found: Any, why: str) -> AttrWidgetError:
    return AttrWidgetError(
        f"{type(tokenizer).__name__} turns {given} into {short(found)}, which {why}: {_ADVICE}."
    )
