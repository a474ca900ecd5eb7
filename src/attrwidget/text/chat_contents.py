"""Find messages in a prompt by their contents, for templates whose headers typed text could imitate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.text.chat_template import run_template, try_template
from attrwidget.text.sections import Section

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


def written_as(
    tokenizer: PreTrainedTokenizerBase, messages: Messages, ids: Sequence[int], options: Mapping[str, Any]
) -> bool:
    """Return whether *ids* are what the template makes of *messages*."""
    rest = {k: v for k, v in options.items() if k not in {"add_generation_prompt", "continue_final_message"}}
    texts = [
        try_template(tokenizer, messages, add_generation_prompt=opened, **rest) for opened in (True, False)
    ]
    try:
        texts.append(render_prompt(tokenizer, messages, options))
    except Exception:  # noqa: BLE001 - the template is a program of the model's author and may raise anything
        texts.append(None)
    return any(
        list(tokenizer(text, add_special_tokens=special, verbose=False)["input_ids"]) == list(ids)
        for text in texts
        if text is not None
        for special in (False, True)
    )


def spans_by_contents(
    tokenizer: PreTrainedTokenizerBase, messages: Messages, ids: Sequence[int]
) -> list[Section]:
    """Return the spans of *messages* in *ids*, each of which ends after its content; none without offsets."""
    for opened in (True, False):
        text = try_template(tokenizer, messages, add_generation_prompt=opened)
        starts = None if text is None else _starts(tokenizer, text, ids)
        if text is not None and starts is not None:
            ends = _ends(tokenizer, messages, text)
            roles = [str(message["role"]) for message in messages]
            if opened and ends[-1] < len(text):
                roles.append("assistant")
            borders = [0, *(_first_from(starts, end) for end in ends[: len(roles) - 1]), len(ids)]
            return _spans(roles, borders)
    return []


def _spans(roles: list[str], borders: list[int]) -> list[Section]:
    spans = [Section(*span) for span in zip(roles, borders[:-1], borders[1:], strict=True)]
    return [span for span in spans if span.start < span.end]


def _starts(tokenizer: PreTrainedTokenizerBase, text: str, ids: Sequence[int]) -> list[int] | None:
    """Return the character at which each token of *text* starts, or None when it does not make *ids*."""
    if not tokenizer.is_fast:
        return None
    for special in (False, True):  # True if the user tokenised the template's text as a plain text
        made = tokenizer(text, add_special_tokens=special, return_offsets_mapping=True, verbose=False)
        if list(made["input_ids"]) == list(ids):
            return [start for start, _ in made["offset_mapping"]]
    return None


def _ends(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Mapping[str, Any]], text: str) -> list[int]:
    """Return the index in *text* where each message ends: the length of what the template writes for those so far.

    If the template writes something else for fewer messages, a message ends with its content.
    """
    ends, at = [], 0
    for count, message in enumerate(messages, 1):
        content = content_of(message).strip()
        found = text.find(content, at)
        at = at if found < 0 else found + len(content)
        whole = try_template(tokenizer, messages[:count])
        if whole is not None and text.startswith(whole) and len(whole) >= at:
            at = len(whole)
        ends.append(at)
    return ends


def content_of(message: Mapping[str, Any]) -> str:
    """Return the text of a message's content."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text", "")) for part in content)


def _first_from(starts: list[int], character: int) -> int:
    return next((token for token, start in enumerate(starts) if start >= character), len(starts))
