"""Put documents and tools into a prompt: by the chat template's own arguments, or by a plain layout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.checks import short
from attrwidget.errors import AttrWidgetError
from attrwidget.text.chat_contents import rendering_of
from attrwidget.text.context_spans import layout_spans, template_spans
from attrwidget.text.given_context import before_question, documents_of, plain_layout, tools_of
from attrwidget.text.prompt import is_messages
from attrwidget.text.template_context import reads_items

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from transformers import PreTrainedTokenizerBase

    from attrwidget.text.context_spans import Units
    from attrwidget.text.given_context import Stretch

_STAND = "so they stand before the question as plain text, {}"
_HOW = {"documents": "each document after its number in brackets", "tools": "each tool as a line of JSON"}


class Asked(NamedTuple):
    """A prompt with its documents and tools.

    Attributes:
        prompt: A text, or the messages of a chat.
        options: Arguments of the chat template, with those of documents and tools that it reads.
        layout: What stands before the question in plain text.
        stretches: Where the documents and tools stand in it.
        warnings: Sentences on what is written in plain text, and why.
    """

    prompt: Any
    options: dict[str, Any]
    layout: str = ""
    stretches: tuple[Stretch, ...] = ()
    warnings: tuple[str, ...] = ()

    def spans(self, tokenizer: PreTrainedTokenizerBase, ids: Sequence[int]) -> Units:
        """Return the tokens of documents and tools in *ids*, which this prompt was made into, by kind."""
        found = template_spans(tokenizer, self.prompt, ids, self.options) if is_messages(self.prompt) else {}
        if self.layout:
            found |= layout_spans(tokenizer, self._text(tokenizer, ids), ids, self.layout, self.stretches)
        return found

    def _text(self, tokenizer: PreTrainedTokenizerBase, ids: Sequence[int]) -> str:
        if isinstance(self.prompt, str):
            return self.prompt
        written = rendering_of(tokenizer, self.prompt, ids, self.options)
        return written.text if written else ""


def given_context(documents: Any, tools: Any) -> dict[str, list[Any]]:
    """Return the *documents* and *tools* that are given, as chat templates take them."""
    found: dict[str, list[Any]] = {}
    if documents is not None:
        found["documents"] = documents_of(documents)
    if tools is not None:
        found["tools"] = tools_of(tools)
    return found


def asked_with(
    tokenizer: PreTrainedTokenizerBase,
    prompt: Any,
    given: Mapping[str, Sequence[Any]],
    options: Mapping[str, Any],
    *,
    chat: bool,
) -> Asked:
    """Return *prompt* with *given* documents and tools.

    Args:
        tokenizer: The tokenizer.
        prompt: A text or the messages of a chat.
        given: Documents and tools by the names of their arguments.
        options: Other arguments of the chat template.
        chat: Whether a text becomes the message of a user.

    Raises:
        AttrWidgetError: The prompt is token ids, to which nothing can be added, or a chat without a user's message.
    """
    options = {**options, **{name: items for name, items in given.items() if not items}}
    given = {name: items for name, items in given.items() if items}
    if not given:
        return Asked(prompt, options)
    if not (isinstance(prompt, str) or is_messages(prompt)):
        raise AttrWidgetError(
            f"{next(iter(given))}= are written into the prompt, and this one is {short(prompt)}: give the question as "
            "a text or as chat messages."
        )
    if chat and isinstance(prompt, str):
        prompt = [{"role": "user", "content": prompt}]
    read = [
        name
        for name, items in given.items()
        if is_messages(prompt) and reads_items(tokenizer, prompt, {**options, name: items}, name)
    ]
    chosen = {**options, **{name: given[name] for name in read}}
    plain = {name: items for name, items in given.items() if name not in read}
    if not plain:
        return Asked(prompt, chosen)
    layout, stretches = plain_layout(plain)
    whole = before_question(prompt, layout) if is_messages(prompt) else layout + prompt
    return Asked(whole, chosen, layout, tuple(stretches), (_sentence(list(plain), chat=is_messages(prompt)),))


def _sentence(names: list[str], *, chat: bool) -> str:
    what = " and ".join(f"{name}=" for name in names)
    why = f"The chat template does not write {what}" if chat else f"There is no chat template for {what}"
    return f"{why}, {_STAND.format(' and '.join(_HOW[name] for name in names))}."
