"""Find where a chat template writes each of the documents and tools that it is given."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.text.chat_template import try_template
from attrwidget.text.given_context import KINDS, TOOL, Stretch, text_of, title_of, tool_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedTokenizerBase

    from attrwidget.text.chat_contents import Messages, Rendering


class _Frame(NamedTuple):
    """What a template writes before its first item, between two, and after the last."""

    before: str
    between: str
    after: str


def reads_items(
    tokenizer: PreTrainedTokenizerBase, messages: Messages, options: Mapping[str, Any], name: str
) -> bool:
    """Return whether the chat template writes the items of its argument *name*: their texts, or the tools' names."""
    text = try_template(tokenizer, messages, **options)
    bare = try_template(tokenizer, messages, **{key: value for key, value in options.items() if key != name})
    if text is None or text == bare:
        return False
    return all(_told(name, item, text) for item in options[name])


def item_stretches(
    tokenizer: PreTrainedTokenizerBase, messages: Messages, written: Rendering, name: str
) -> list[Stretch]:
    """Return where in *written* each item of the template's argument *name* stands; none if that cannot be told.

    The template is run for the first item, the first two and so on: what it adds for one more is that item. What it
    writes around all of them is seen in two planted items.
    """
    kind, items = KINDS[name], list(written.options.get(name) or ())

    def write(some: Sequence[Any]) -> str | None:
        return try_template(tokenizer, messages, **{**written.options, name: list(some)})

    if not items:
        return []
    found = _by_adding(items, written.text, _frame(write, name, items[0]), write)
    found = found or _by_texts(name, items, written.text)
    return (
        [
            Stretch(kind, title_of(kind, at, item), start, end)
            for at, (item, (start, end)) in enumerate(zip(items, found, strict=True))
        ]
        if found
        else []
    )


def _by_adding(items: Sequence[Any], text: str, frame: _Frame | None, write: Any) -> list[tuple[int, int]]:
    """Return where each of *items* stands in *text*, by what is written for the first ones alone."""
    if frame is None:
        return []
    before, between, after = frame
    ends = [len(before)]
    for count in range(1, len(items) + 1):
        part = text if count == len(items) else write(items[:count])
        block = part[: len(part) - len(after)] if part is not None and part.endswith(after) else None
        if block is None or not text.startswith(block) or len(block) <= ends[-1]:
            return []
        ends.append(len(block))
    starts = [end + len(between) if at else end for at, end in enumerate(ends[:-1])]
    return [_stripped(text, start, end) for start, end in zip(starts, ends[1:], strict=True)]


def _frame(write: Any, name: str, like: Any) -> _Frame | None:
    """Return what the template writes around two planted items of the shape of *like*; None if it refuses them."""
    one, two = _planted(name, like, 0), _planted(name, like, 1)
    text = write([one, two])
    marks = [
        [match.span() for match in re.finditer(rf"\w*{key}qz", text or "")] for key in ("first", "second")
    ]
    if text is None or not all(marks) or marks[0][-1][1] > marks[1][0][0]:
        return None
    before, gap, after = (
        text[: marks[0][0][0]],
        text[marks[0][-1][1] : marks[1][0][0]],
        text[marks[1][-1][1] :],
    )
    # Items may be numbered, so that numbers do not part what is alike.
    head = _common(_digits(before)[::-1], _digits(gap)[::-1])
    tail = min(_common(_digits(gap), _digits(after)), len(gap) - head)
    while head and gap[len(gap) - head].isspace():
        head -= 1
    return _Frame(before[: len(before) - head], gap[tail : len(gap) - head], after[tail:])


def _by_texts(name: str, items: Sequence[Any], text: str) -> list[tuple[int, int]]:
    """Return where the own text of each item stands, one after another; none if one is missing."""
    found, at = [], 0
    for item in items:
        own = tool_name(item) if KINDS[name] == TOOL else text_of(item).strip()
        start = text.find(own, at)
        if not own or start < 0:
            return []
        at = start + len(own)
        found.append((start, at))
    # What is written of a tool after its name goes on up to the next one's.
    return (
        [(a, b) for (a, _), (b, _) in pairwise([*found, (found[-1][1], 0)])] if KINDS[name] == TOOL else found
    )


def _told(name: str, item: Any, text: str) -> bool:
    own = tool_name(item) if KINDS[name] == TOOL else text_of(item)
    written = (own, json.dumps(own, ensure_ascii=False), json.dumps(own))
    return any(_letters(one) in _letters(text) for one in written)


def _letters(text: str) -> str:
    """Return the letters and digits of *text*, which a template may trim and indent."""
    return re.sub(r"\W+", "", text)


def _planted(name: str, like: Any, at: int) -> Any:
    key = ("firstqz", "secondqz")[at]
    if KINDS[name] != TOOL:
        return {field: f"{field}{key}" if isinstance(value, str) else value for field, value in like.items()}
    last = {"keyqy": {"type": "string", "description": f"last{key}"}}
    parameters = {"type": "object", "properties": last, "required": ["keyqy"]}
    function = {"name": f"name{key}", "description": f"what{key}", "parameters": parameters}
    return (
        {"type": "function", "function": function}
        if isinstance(like, Mapping) and "function" in like
        else function
    )


def _common(one: str, other: str) -> int:
    """Return how many letters *one* and *other* begin with alike."""
    return next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _digits(text: str) -> str:
    return re.sub(r"\d", "0", text)


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    # Of a tag before the first item, an end may look like one before the second.
    return start + len(part) - len(part.lstrip("> \t\r\n")), start + len(part.rstrip())
