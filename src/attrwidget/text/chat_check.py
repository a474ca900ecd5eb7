"""Find what of a chat its template leaves out, or writes under another role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.text.chat import message_spans
from attrwidget.text.chat_contents import content_of, render_prompt
from attrwidget.text.chat_template import try_template
from attrwidget.text.tokenizing import encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from transformers import PreTrainedTokenizerBase

    Messages = Sequence[Mapping[str, Any]]

_USUAL = {"user", "assistant", "tool", "system", "developer"}
_INSTRUCTIONS = {"system", "developer"}


def left_out(tokenizer: PreTrainedTokenizerBase, messages: Messages, options: Mapping[str, Any]) -> list[str]:
    """Return the parts of *messages* that the template leaves out, such as "the content of message 3 (tool)".

    All parts are planted at once; those that are not written are changed one by one, as another content may be written
    in another way. What an assistant thought is no part: templates leave out earlier thoughts.
    """
    text = try_template(tokenizer, messages, **options)
    if text is None:
        return []
    planted = try_template(tokenizer, _planted(messages), **options) or ""
    return [
        f"{name} of message {at + 1} ({message['role']})"
        for at, message in enumerate(messages)
        for name, word, other in _parts(at, message)
        if word not in planted
        and try_template(tokenizer, [*messages[:at], other, *messages[at + 1 :]], **options) == text
    ]


def misplaced(
    tokenizer: PreTrainedTokenizerBase, messages: Messages, options: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """Return the *messages* that the template writes under another role, such as "message 3 (system)", and that role.

    Instructions that are written to a user are none: many templates have no system message.
    """
    planted = _planted(messages)
    try:
        ids = encode(tokenizer, text=render_prompt(tokenizer, planted, options), add_special_tokens=False)[
            "input_ids"
        ]
    except Exception:  # noqa: BLE001 - the template is a program of the model's author and may raise anything
        return []
    spans = message_spans(tokenizer, planted, ids, **options)
    texts = [(span.title.split(" (")[0], tokenizer.decode(ids[span.start : span.end])) for span in spans]
    found = []
    for at, message in enumerate(messages):
        written = content_of(message).strip()
        under = {title for title, text in texts if written and _content(at) in text}
        others = [title for title in under if _is_another(str(message["role"]), title)]
        if others and len(under) == 1:
            found.append((f"message {at + 1} ({message['role']})", others[0]))
    return found


def _is_another(role: str, title: str) -> bool:
    if role in _INSTRUCTIONS:
        return title not in {"user", *_INSTRUCTIONS}
    return role != title and (role in _USUAL or title in {"user", "assistant"})


def _planted(messages: Messages) -> list[dict[str, Any]]:
    """Return *messages* with words of our own for their contents and the names of the tools that they call."""
    planted: list[dict[str, Any]] = []
    for at, message in enumerate(messages):
        content = {"content": _content(at)} if content_of(message) else {}
        calls = [
            _named(call, _call(at, number)) for number, call in enumerate(message.get("tool_calls") or [])
        ]
        planted.append({**message, **content, **({"tool_calls": calls} if calls else {})})
    return planted


def _parts(at: int, message: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the name of each part, the word planted for it, and the message with something else or nothing for it."""
    if content_of(message).strip():
        yield "the content", _content(at), {**message, "content": _content(at)}
    calls = _calls(message)
    for number in range(len(calls)):
        rest = calls[:number] + calls[number + 1 :]
        name = "the tool call" if len(calls) == 1 else f"tool call {number + 1}"
        yield name, _call(at, number), {**message, "tool_calls": rest or None}


def _calls(message: Mapping[str, Any]) -> list[Any]:
    calls = message.get("tool_calls") or []
    return calls if isinstance(calls, list) else [calls]


def _named(call: Any, name: str) -> Any:
    """Return *call* with another *name* of its function."""
    if not isinstance(call, dict):
        return call
    function = call.get("function")
    return (
        {**call, "function": {**function, "name": name}}
        if isinstance(function, dict)
        else {**call, "name": name}
    )


def _content(at: int) -> str:
    return f"content{at}qz"


def _call(at: int, number: int) -> str:
    return f"call{at}x{number}qz"
