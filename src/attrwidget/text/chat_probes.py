"""Render short chats with planted contents, to see what a chat template writes between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.text.chat_template import controls_in, mark, pieces, switches, try_template

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

START, STOP = "", "end"
_TOOLS = {"alphaqz": "abc123xyz", "betaqz": "def456uvw"}  # names and ids: what differs is no part of a header
_FIRST = next(iter(_TOOLS))
_VALUE, _THOUGHT = "valueqz", "thoughtqz"

# Two lists that have nothing in common, for what the template writes around them.
TOOL_LISTS: tuple[list[dict[str, Any]], ...] = (
    [{"type": "function", "function": {"name": "alphaqz", "description": "d", "parameters": {}}}],
    [
        {
            "type": "function",
            "function": {
                "name": "betaqy",
                "description": "e",
                "parameters": {
                    "type": "object",
                    "properties": {"keyqz": {"type": "string", "description": "f"}},
                    "required": ["keyqz"],
                },
                "strict": True,
            },
        },
    ],
)

Pieces = tuple[str, ...]


class Gap(NamedTuple):
    """What a template writes after the content of one role and before that of another.

    Attributes:
        before: The role before; ``START`` at the beginning.
        after: The role after; ``STOP`` at the end.
        text: The pieces between.
        ahead: How many messages went before.
    """

    before: str
    after: str
    text: Pieces
    ahead: int


def chat(*roles: str, tool: str = _FIRST) -> list[dict[str, Any]]:
    """Return a chat with a planted content for each of *roles*.

    ``call`` is an assistant that only calls a tool, ``thought`` one that has thought before it answers.
    """
    messages: list[dict[str, Any]] = []
    for at, role in enumerate(roles):
        if role == "call":
            function = {"name": tool, "arguments": {"key": _VALUE}}
            call = {"id": _TOOLS[tool], "type": "function", "function": function}
            messages.append({"role": "assistant", "content": "", "tool_calls": [call]})
        elif role == "thought":
            thoughts = {"reasoning_content": _THOUGHT, "thinking": _THOUGHT}
            messages.append({"role": "assistant", "content": _content(at), **thoughts})
        elif role == "tool":
            message = {"role": "tool", "name": tool, "tool_call_id": _TOOLS[tool], "content": _content(at)}
            messages.append(message)
        else:
            messages.append({"role": role, "content": _content(at)})
    return messages


def probe(tokenizer: PreTrainedTokenizerBase, *roles: str, tool: str = _FIRST, **options: Any) -> list[Gap]:
    """Return the gaps of a chat of *roles*, or none if the template refuses it or leaves out a content."""
    if isinstance(tokenizer.chat_template, dict) and {"call", "tool"} & set(roles):
        options = {"tools": TOOL_LISTS[0], **options}  # of several templates, one is for chats with tools
    for messages in _ways(chat(*roles, tool=tool)):
        text = try_template(tokenizer, messages, **options)
        found = None if text is None else _gaps(pieces(mark(tokenizer, text)), roles, tool)
        if found:
            return found
    return []


def both_tools(tokenizer: PreTrainedTokenizerBase, *roles: str) -> list[Gap]:
    """Return the gaps of a chat with one tool, and of that with another."""
    return [gap for tool in _TOOLS for gap in probe(tokenizer, *roles, tool=tool)]


def openings(tokenizer: PreTrainedTokenizerBase) -> list[Gap]:
    """Return what the template writes to begin an answer, after the footer of the user's message, by its switches."""
    found = []
    for options in switched(tokenizer):
        asked = try_template(tokenizer, chat("user"), add_generation_prompt=True, **options)
        gaps = None if asked is None else _gaps(pieces(mark(tokenizer, asked)), ("user",), "")
        found += [gaps[-1]._replace(after="assistant")] if gaps else []
    return list(dict.fromkeys(found))


def switched(tokenizer: PreTrainedTokenizerBase) -> list[dict[str, Any]]:
    """Return no options, and each switch of the template, such as ``enable_thinking``, on and off."""
    return [{}, *({name: value} for name in switches(tokenizer) for value in (True, False))]


def _content(at: int) -> str:
    return f"content{at}qz"


def _ways(messages: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return *messages* in the ways in which templates take tool calls."""
    calls = [message for message in messages if "tool_calls" in message]
    if not calls:
        return [messages]

    def changed(content: Any, arguments: Any) -> list[dict[str, Any]]:
        function = {**calls[0]["tool_calls"][0]["function"], "arguments": arguments}
        call = {**calls[0]["tool_calls"][0], "function": function}
        return [
            {**message, "content": content, "tool_calls": [call]} if "tool_calls" in message else message
            for message in messages
        ]

    as_text = f'{{"key": "{_VALUE}"}}'
    return [changed(c, a) for a in ({"key": _VALUE}, as_text) for c in ("", None)]


def _gaps(found: list[str], roles: tuple[str, ...], tool: str) -> list[Gap]:
    gaps, at, before = [], 0, START
    for count, role in enumerate(roles):
        first, last = (tool, _VALUE) if role == "call" else (_content(count), _content(count))
        if first not in found[at:]:
            return []
        start = found.index(first, at)
        gaps.append(Gap(before, role, tuple(found[at:start]), count))
        at = _after_id((found.index(last, start) if last in found[start:] else start) + 1, found, role, tool)
        before = role
    return [*gaps, Gap(before, STOP, tuple(found[at:]), len(roles))]


def _after_id(at: int, found: list[str], role: str, tool: str) -> int:
    """Return *at*, or where the id of a call ends that a template writes after its words or those of its result."""
    if role not in {"call", "tool"} or _TOOLS.get(tool) not in found[at:]:
        return at
    place = found.index(_TOOLS[tool], at)
    return at if controls_in("".join(found[at:place])) else place + 1
