"""Turn what a user gives as a prompt or an output into token ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from attrwidget.checks import is_whole
from attrwidget.errors import AttrWidgetError, first_line
from attrwidget.text.chat_contents import render_prompt
from attrwidget.text.tokenizing import encode

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class Array(Protocol):
    """A tensor or a NumPy array of token ids: ``[n]`` for one text, ``[texts, n]`` for several."""

    @property
    def shape(self) -> Any:
        """The lengths of its axes."""

    def tolist(self) -> Any:
        """Return its numbers as nested lists."""


Message = Mapping[str, Any]
"""A message of a chat, such as ``{"role": "user", "content": "Hello"}``."""


class Chat(NamedTuple):
    """The *messages* of a chat, and the *options* of the chat template that made a prompt of them."""

    messages: Sequence[Message]
    options: Mapping[str, Any]


Text = str | Sequence[int]
"""One text: as it is, or as token ids."""

Texts = list[str] | tuple[str, ...] | Sequence[Sequence[int]] | Sequence[Array]
"""Several texts."""

Prompt = Text | Sequence[Message]
"""One prompt: a text, token ids, or the messages of a chat, which go through the tokenizer's chat template."""

Prompts = Texts | Sequence[Sequence[Message]]
"""Several prompts."""

Encoded = Mapping[str, Any] | Array
"""Token ids from a tokenizer, one text or a padded batch: what it returns, or an array."""

_SAYS = {"content", "tool_calls"}  # a message has one of these
EMPTY_OUTPUT = "The output to explain is empty ({!r}): give the words to explain."
_WHAT = "a text, a list of token ids, or a list of chat messages like {'role': 'user', 'content': 'Hello'}"


def encode_prompt(
    tokenizer: PreTrainedTokenizerBase, prompt: Any, vocabulary: int, what: str = "prompt", **options: Any
) -> list[int]:
    """Return the token ids of a prompt.

    Args:
        tokenizer: The model's tokenizer.
        prompt: A text, token ids, or chat messages, which go through the chat template.
        vocabulary: How many token ids the model has.
        what: The name of the prompt in errors.
        **options: Arguments of the chat template, such as ``tools=``.

    Raises:
        AttrWidgetError: The prompt is anything else, is empty, or has ids outside ``0 … vocabulary - 1``.
    """
    use = "continue" if what == "prompt" else "work on"
    if isinstance(prompt, str):
        if not prompt.strip():
            raise AttrWidgetError(f"The {what} is empty ({prompt!r}): give the model some words to {use}.")
        ids = encode_text(tokenizer, prompt, special=True)
    elif is_messages(prompt):
        ids = _encode_messages(tokenizer, prompt, options)
    else:
        ids = _as_ids(prompt, what)
    if not ids:
        raise AttrWidgetError(f"The {what} is empty: it has no tokens. Give the model some words to {use}.")
    return _known(ids, what, vocabulary)


def encode_ids(ids: Any, what: str, vocabulary: int) -> list[int]:
    """Return *ids*, which errors call *what*, as a list; raise AttrWidgetError unless they are token ids."""
    return _known(_as_ids(ids, what), what, vocabulary)


def encode_output(
    tokenizer: PreTrainedTokenizerBase, prompt: Any, prompt_ids: list[int], output: Any, vocabulary: int
) -> list[int]:
    """Return the token ids of a given continuation *output* (a text or token ids).

    A text is tokenised together with a text prompt when that leaves the prompt's own tokens untouched, as
    Inseq does, and alone otherwise.
    """
    if isinstance(output, str):
        ids = []
        if isinstance(prompt, str):
            joint = encode_text(tokenizer, prompt + output, special=True)
            ids = joint[len(prompt_ids) :] if joint[: len(prompt_ids)] == prompt_ids else []
        ids = ids or encode_text(tokenizer, output, special=False)
    else:
        ids = _as_ids(output, "output")
    if not ids:
        raise AttrWidgetError(EMPTY_OUTPUT.format(output))
    return _known(ids, "output", vocabulary)


def is_batch(prompt: Any) -> bool:
    """Return whether *prompt* is several prompts: a list of texts, of id lists or of chats, or a padded batch."""
    if isinstance(prompt, Mapping):
        return "input_ids" in prompt and _is_nested(prompt["input_ids"])
    if isinstance(prompt, str) or is_messages(prompt):
        return False
    return _is_nested(prompt)


def split_batch(prompt: Any) -> list[Any]:
    """Return the prompts of a batch one by one; padding goes by the attention mask."""
    if not isinstance(prompt, Mapping):
        return [p.tolist() if hasattr(p, "tolist") else p for p in prompt]
    rows, masks = _to_list(prompt["input_ids"]), _to_list(prompt.get("attention_mask"))
    return [_unmasked(row, mask) for row, mask in zip(rows, _fitting(masks, rows), strict=True)]


def is_messages(prompt: Any) -> bool:
    """Return whether *prompt* looks like a chat: a list whose first item is a mapping."""
    return (
        isinstance(prompt, Sequence)
        and not isinstance(prompt, str)
        and bool(prompt)
        and isinstance(prompt[0], Mapping)
    )


def is_chats(prompt: Any) -> bool:
    """Return whether *prompt* looks like several chats."""
    return (
        isinstance(prompt, Sequence)
        and not isinstance(prompt, str)
        and bool(prompt)
        and all(map(is_messages, prompt))
    )


def _is_nested(value: Any) -> bool:
    shape = getattr(value, "shape", None)
    if shape is not None:
        return len(shape) > 1
    return isinstance(value, Sequence) and bool(value) and (isinstance(value[0], str) or _is_row(value[0]))


def _is_row(value: Any) -> bool:
    return isinstance(value, Sequence) or len(getattr(value, "shape", ())) > 0


def _to_list(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value


def _unmasked(ids: Sequence[Any], mask: Any) -> list[Any]:
    return [i for i, kept in zip(ids, _fitting(_to_list(mask), ids), strict=True) if kept]


def _fitting(mask: Any, ids: Sequence[Any]) -> Sequence[Any]:
    """Return *mask*, or one that keeps all if it is None; raise AttrWidgetError unless it is as long as *ids*."""
    if mask is None:
        return [None if _is_row(i) else 1 for i in ids]
    if not isinstance(mask, Sequence) or len(mask) != len(ids):
        raise AttrWidgetError(
            "The attention_mask does not fit the input_ids: it needs one number for each id, 1 or 0 for padding."
        )
    return mask


def encode_text(
    tokenizer: PreTrainedTokenizerBase, text: str, *, special: bool, target: bool = False
) -> list[int]:
    """Return the token ids of *text*, with the *special* tokens that the tokenizer adds or without.

    If *target*, it is encoded as a text that an encoder–decoder writes.
    """
    require_characters(text)
    given = {"text_target" if target else "text": text}
    return list(encode(tokenizer, **given, add_special_tokens=special)["input_ids"])


def require_characters(text: str) -> None:
    """Raise AttrWidgetError if *text* holds half of a surrogate pair, which no tokenizer takes."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise AttrWidgetError(
            f"The text cannot be tokenised: {text[error.start : error.end]!r} at character {error.start + 1} is half "
            "of a surrogate pair and no character. Mend it or leave it out."
        ) from None


def _encode_messages(
    tokenizer: PreTrainedTokenizerBase, messages: Any, options: Mapping[str, Any]
) -> list[int]:
    for message in messages:
        if not isinstance(message, Mapping) or "role" not in message or not _SAYS & set(message):
            raise AttrWidgetError(f"{message!r} is not a chat message: each needs a 'role' and a 'content'.")
    if not tokenizer.chat_template:
        raise AttrWidgetError(
            "This tokenizer has no chat template, so chat messages cannot be turned into tokens: "
            "give the prompt as one text, or load a chat model."
        )
    try:
        text = render_prompt(tokenizer, messages, options)
    except AttrWidgetError:
        raise
    except Exception as error:  # the template is a program of the model's author and may raise anything
        raise AttrWidgetError(
            f"The tokenizer's chat template refuses these messages: {first_line(error)}."
        ) from error
    # The template writes its own special tokens; adding the tokenizer's would double the first.
    return encode_text(tokenizer, text, special=False)


def _as_ids(value: Any, what: str) -> list[int]:
    mask = None
    if isinstance(value, Mapping) and "input_ids" in value:
        value, mask = value["input_ids"], value.get("attention_mask")
    value = _flat(value)
    if not isinstance(value, Sequence) or isinstance(value, str | bytes) or not all(map(is_whole, value)):
        raise AttrWidgetError(f"The {what} must be {_WHAT}, not {_short(value)}.")
    return [int(i) for i in _unmasked(value, mask)]


def _flat(value: Any) -> Any:
    return value.tolist() if len(getattr(value, "shape", ())) == 1 else value


def _known(ids: list[int], what: str, vocabulary: int) -> list[int]:
    """Return *ids*; raise AttrWidgetError for one without an embedding."""
    for i in ids:
        if not 0 <= i < vocabulary:
            raise AttrWidgetError(
                f"Token id {i} in the {what} does not exist: this model's ids go from 0 to {vocabulary - 1}."
            )
    return ids


def _short(value: Any) -> str:
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) < 60 else text[:57] + '…'}"
