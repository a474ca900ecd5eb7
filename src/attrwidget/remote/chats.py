"""Write chat messages as the text that a model behind a server reads, by its chat template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrwidget.checks import short
from attrwidget.errors import AttrWidgetError, first_line
from attrwidget.remote.prompt import Prompt
from attrwidget.text.chat import message_spans
from attrwidget.text.chat_contents import content_of, render_prompt
from attrwidget.text.sections import Section
from attrwidget.text.tokenizing import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from transformers import PreTrainedTokenizerBase

    from attrwidget.remote.server import CompletionsServer

    Messages = Sequence[Mapping[str, Any]]

_NO_TEMPLATE = (
    "Messages go through the model's chat template, which the server of {!r} does not tell: give connect tokenizer=, "
    "the model's name or folder, its tokenizer, or a function that makes a text of messages."
)
_NO_TOKENIZER = (
    "tokenizer= is a model's name or folder, a tokenizer with a chat template, or a function that makes a text of "
    "messages, not {}."
)


class Chats:
    """Writes messages as a text.

    Args:
        tokenizer: A model's name or folder, a tokenizer, or a function of messages; None to ask the server.
        server: Who is asked.
    """

    def __init__(self, tokenizer: Any, server: CompletionsServer) -> None:
        self._server, self._given = server, tokenizer
        template = getattr(tokenizer, "chat_template", None)
        known = tokenizer is None or isinstance(tokenizer, str | Path) or callable(tokenizer)
        if not known or (hasattr(tokenizer, "apply_chat_template") and not template):
            raise AttrWidgetError(_NO_TOKENIZER.format(type(tokenizer).__name__))

    def prompt(self, messages: Messages) -> Prompt:
        """Return *messages* as a prompt.

        Raises:
            AttrWidgetError: They are no messages, or no chat template is known.
        """
        for message in messages:
            if not isinstance(message, dict) or not isinstance(message.get("role"), str):
                raise AttrWidgetError(
                    f"A message is like {{'role': 'user', 'content': 'Hello'}}, not {short(message)}."
                )
        if isinstance(self._given, str | Path):
            self._given = _loaded(str(self._given))
        if self._given is None:
            text = self._server.templated(messages)
            if text is None:
                raise AttrWidgetError(_NO_TEMPLATE.format(self._server.name))
            return Prompt(text, _by_contents(messages, text))
        if hasattr(self._given, "apply_chat_template"):
            return _by_tokenizer(self._given, messages)
        return _by_function(self._given, messages)


def _loaded(name: str) -> Any:
    from attrwidget.hf.loading import find_model, load_tokenizer

    tokenizer = load_tokenizer(find_model(name), None)
    if not tokenizer.chat_template:
        raise AttrWidgetError(f"The tokenizer of {name!r} has no chat template: give the prompt as a text.")
    return tokenizer


def _by_tokenizer(tokenizer: PreTrainedTokenizerBase, messages: Messages) -> Prompt:
    """Return the prompt that a chat template makes, without a beginning token that the server adds by itself."""
    text = render_prompt(tokenizer, messages, {})
    begin = tokenizer.bos_token
    made = encode(tokenizer, text=text, add_special_tokens=False, return_offsets_mapping=tokenizer.is_fast)
    ids = list(made["input_ids"])
    if not tokenizer.is_fast:
        return Prompt(text, _by_contents(messages, text))
    starts: list[int] = [start for start, _ in made["offset_mapping"]] + [len(text)]
    added = list(encode(tokenizer, text="", add_special_tokens=True)["input_ids"])
    gone = len(begin) if begin and text.startswith(begin) and tokenizer.bos_token_id in added else 0

    def place(token: int) -> int:
        return max(0, starts[token] - gone)

    spans = [
        Section(
            one.title, place(one.start), place(one.end), one.body and (place(one.body[0]), place(one.body[1]))
        )
        for one in message_spans(tokenizer, messages, ids)
    ]
    return Prompt(text[gone:], tuple(spans))


def _by_function(template: Callable[[list[dict[str, Any]]], Any], messages: Messages) -> Prompt:
    try:
        text = template([dict(message) for message in messages])
    except Exception as error:
        raise AttrWidgetError(f"tokenizer= raised on these messages: {first_line(error)}") from error
    if not isinstance(text, str) or not text:
        raise AttrWidgetError(f"tokenizer= made {short(text)} of the messages, and a text is needed.")
    return Prompt(text, _by_contents(messages, text))


def _by_contents(messages: Messages, text: str) -> tuple[Section, ...]:
    """Return *messages* as stretches of *text* that end after their contents; none if these do not stand there."""
    spans, at = [], 0
    for message in messages:
        content = content_of(message).strip()
        found = text.find(content, at)
        if found < 0 or not content:
            return ()
        spans.append(Section(message["role"], at, found + len(content), (found, found + len(content))))
        at = found + len(content)
    if at < len(text):
        spans.append(Section("assistant", at, len(text), (len(text), len(text))))
    return tuple(spans)
