"""Take message contents that are lists of parts, as chat servers do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrwidget.checks import short
from attrwidget.errors import AttrWidgetError
from attrwidget.text.chat_template import try_template

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def with_text_contents(
    tokenizer: PreTrainedTokenizerBase, messages: Sequence[Any], options: Mapping[str, Any]
) -> Sequence[Any]:
    """Return *messages* with each content a text, where it was a list of text parts and the template takes no list.

    Parts are joined by a line break, as vLLM does for such templates (``vllm/entrypoints/chat_utils.py``).

    Raises:
        AttrWidgetError: A content is neither a text nor a list of text parts.
    """
    contents = {
        at: _texts(at, message["content"]) for at, message in enumerate(messages) if _has_parts(message)
    }
    if not contents or _takes_lists(tokenizer, messages, options):
        return messages
    return [
        {**message, "content": "\n".join(contents[at])} if at in contents else message
        for at, message in enumerate(messages)
    ]


def _has_parts(message: Any) -> bool:
    content = message.get("content") if isinstance(message, Mapping) else None
    return content is not None and not isinstance(content, str)


def _texts(at: int, content: Any) -> list[str]:
    if not isinstance(content, Sequence):
        raise AttrWidgetError(f"The content of message {at} is {short(content)}: give a text.")
    return [_text(at, part) for part in content]


def _text(at: int, part: Any) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Mapping) and part.get("type") == "text" and isinstance(part.get("text"), str):
        return str(part["text"])
    kind = repr(part["type"]) if isinstance(part, Mapping) and "type" in part else short(part)
    raise AttrWidgetError(
        f"The content of message {at} has a part {kind}: only texts are explained, given as a text or as parts like "
        "{'type': 'text', 'text': 'Hello'}."
    )


def _takes_lists(
    tokenizer: PreTrainedTokenizerBase, messages: Sequence[Any], options: Mapping[str, Any]
) -> bool:
    """Return whether the template writes the texts of the parts, and not the list as Python or JSON print it."""
    written = try_template(tokenizer, messages, **options)
    if written is None:
        return False
    lists = [message["content"] for message in messages if _has_parts(message)]
    return not any(printed in written for parts in lists for printed in (repr(parts), json.dumps(parts)))
