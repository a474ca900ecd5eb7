"""Find messages in a prompt by their contents, for templates whose headers typed text could imitate."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.text.chat_template import run_template, try_template
from attrwidget.text.sections import Section
from attrwidget.text.tokenizing import encode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from transformers import PreTrainedTokenizerBase

    Messages = Sequence[Mapping[str, Any]]


def render_prompt(tokenizer: PreTrainedTokenizerBase, messages: Messages, options: Mapping[str, Any]) -> str:
    """Return the prompt of *messages*: it asks for an answer, or ends in the one that is begun.

    An answer is begun when the last message is an assistant's with a content.
    """
    last = messages[-1]
    begun = last.get("role") == "assistant" and last.get("content") and not last.get("tool_calls")
    chosen = {"add_generation_prompt", "continue_final_message"} & set(options)
    if begun and not chosen:
        return run_template(tokenizer, messages, continue_final_message=True, **options)
    return run_template(tokenizer, messages, **{"add_generation_prompt": not chosen, **options})


class Rendering(NamedTuple):
    """What the chat template wrote for messages: the *text*, and the *options* that it was run with."""

    text: str
    options: dict[str, Any]


def rendering_of(
    tokenizer: PreTrainedTokenizerBase, messages: Messages, ids: Sequence[int], options: Mapping[str, Any]
) -> Rendering | None:
    """Return how the template makes *ids* of *messages*, or None if it does not."""
    rest = {k: v for k, v in options.items() if k not in {"add_generation_prompt", "continue_final_message"}}
    for way in (
        {"add_generation_prompt": True},
        {"add_generation_prompt": False},
        {"continue_final_message": True},
    ):
        text = try_template(tokenizer, messages, **way, **rest)
        if text is not None and made_of(tokenizer, text, ids) is not None:
            return Rendering(text, {**way, **rest})
    return None


def made_of(tokenizer: PreTrainedTokenizerBase, text: str, ids: Sequence[int]) -> bool | None:
    """Return whether *ids* are *text* with the tokenizer's special tokens added, or without; None if neither."""
    for special in (False, True):  # True if the user tokenised the template's text as a plain text
        if list(encode(tokenizer, text=text, add_special_tokens=special)["input_ids"]) == list(ids):
            return special
    return None


def spans_by_contents(
    tokenizer: PreTrainedTokenizerBase, messages: Messages, ids: Sequence[int], written: Rendering
) -> list[Section]:
    """Return the spans of *messages* in *ids*, each of which ends after its content; none without offsets."""
    special = made_of(tokenizer, written.text, ids)
    if not tokenizer.is_fast or special is None:
        return []
    made = encode(tokenizer, text=written.text, add_special_tokens=special, return_offsets_mapping=True)
    starts = [start for start, _ in made["offset_mapping"]]
    ends = _ends(tokenizer, messages, written)
    roles = [str(message["role"]) for message in messages]
    if written.options.get("add_generation_prompt") and ends[-1] < len(written.text):
        roles.append("assistant")
    borders = [0, *(_first_from(starts, end) for end in ends[: len(roles) - 1]), len(ids)]
    return _spans(roles, borders)


def _spans(roles: list[str], borders: list[int]) -> list[Section]:
    spans = [Section(*span) for span in zip(roles, borders[:-1], borders[1:], strict=True)]
    return [span for span in spans if span.start < span.end]


def _ends(tokenizer: PreTrainedTokenizerBase, messages: Messages, written: Rendering) -> list[int]:
    """Return the index in *written* where each message ends: the length of what the template writes for those so far.

    If the template writes something else for fewer messages, a message ends with its content.
    """
    text, ends = written.text, []
    options = {**written.options, "add_generation_prompt": False, "continue_final_message": False}
    for count, end in enumerate(_content_ends(tokenizer, messages, written), 1):
        whole = try_template(tokenizer, messages[:count], **options) or ""
        ends.append(max(len(whole), end) if text.startswith(whole) else end)
    return ends


def _content_ends(tokenizer: PreTrainedTokenizerBase, messages: Messages, written: Rendering) -> list[int]:
    """Return the index in *written* where the content of each message ends."""
    contents = [content_of(message).strip() for message in messages]
    ends = _around_planted(tokenizer, messages, contents, written)
    if ends is not None:
        return ends
    ends, at = [], 0
    for content in contents:
        found = written.text.find(content, at)
        at = at if found < 0 else found + len(content)
        ends.append(at)
    return ends


def _around_planted(
    tokenizer: PreTrainedTokenizerBase, messages: Messages, contents: Sequence[str], written: Rendering
) -> list[int] | None:
    """Return where each of *contents* ends by what the template writes around planted ones, as contents may look alike.

    None if it writes something else around these.
    """
    planted = [
        {**message, "content": f"content{at}qz"} if content else message
        for at, (message, content) in enumerate(zip(messages, contents, strict=True))
    ]
    gaps = re.split(r"content\d+qz", try_template(tokenizer, planted, **written.options) or "")
    told = [content for content in contents if content]
    if len(gaps) != len(told) + 1:
        return None
    parts = [
        rf"{re.escape(gap)}\s*({re.escape(content)})\s*" for gap, content in zip(gaps[:-1], told, strict=True)
    ]
    whole = re.fullmatch("".join(parts) + re.escape(gaps[-1]), written.text)
    counts = accumulate(bool(content) for content in contents)
    return [whole.end(count) if count else 0 for count in counts] if whole else None


def content_of(message: Mapping[str, Any]) -> str:
    """Return the text of a message's content."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text", "")) for part in content)


def called_by(message: Mapping[str, Any]) -> str:
    """Return the name of the first tool that a message calls; an empty text if it calls none."""
    for call in message.get("tool_calls") or []:
        function = call.get("function", call) if isinstance(call, dict) else None
        return str(function.get("name", "")) if isinstance(function, dict) else ""
    return ""


def _first_from(starts: list[int], character: int) -> int:
    return next((token for token, start in enumerate(starts) if start >= character), len(starts))
