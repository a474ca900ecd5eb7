"""Find the control tokens of a chat that were typed inside a message, not written by the template."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from attrwidget.text.chat_template import control_pattern, try_template

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from transformers import PreTrainedTokenizerBase


def typed_tokens(
    tokenizer: PreTrainedTokenizerBase,
    messages: Sequence[Mapping[str, Any]],
    text: str,
    options: Mapping[str, Any],
    controls: Collection[str],
) -> list[tuple[str, bool]]:
    """Return each control token of a prompt, and whether it was typed.

    The template is run again on messages in which letters stand for those of *controls* that they contain: where the
    prompt then differs, it was typed. The list is empty if nothing was typed, or if the template writes such messages
    in another way.

    Args:
        tokenizer: The tokenizer.
        messages: The messages.
        text: What the template wrote for them.
        options: The arguments that it was run with.
        controls: The control tokens that begin or end messages.
    """
    hidden = hide([dict(message) for message in messages], controls)
    settings = hide(dict(options), controls)
    every = control_pattern(tokenizer)
    if every is None or (hidden == list(messages) and settings == options):
        return []
    shadow = try_template(tokenizer, hidden, **settings)
    if shadow is None or len(shadow) != len(text):
        return []
    found = [(match[0], shadow[match.start() : match.end()] != match[0]) for match in every.finditer(text)]
    marks = iter(found)
    expected = every.sub(lambda match: "x" * len(match[0]) if next(marks)[1] else match[0], text)
    return found if expected == shadow else []


def typed_in(message: Mapping[str, Any], controls: Collection[str]) -> list[str]:
    """Return those of *controls* that a message contains."""
    return [name for name in sorted(controls) if hide(dict(message), [name]) != message]


def typed_headers(text: str, headers: Sequence[tuple[str, str]]) -> list[str]:
    """Return the *headers* of words that stand in *text*: those that begin with a letter, at the start of a line."""
    found = [
        match[0].strip()
        for header, _ in headers
        if (match := re.search(rf"(?m)(?:^\s*|(?!\w))(?:{header})", text)) and re.search(r"\w", match[0])
    ]
    return list(dict.fromkeys(found))


def typed_positions(
    tokenizer: PreTrainedTokenizerBase, ids: Sequence[int], typed: Sequence[tuple[str, bool]]
) -> set[int]:
    """Return the positions in *ids* of the control tokens that were typed; the tokenizer may have added others."""
    known = tokenizer.added_tokens_decoder
    places = [place for place, token in enumerate(ids) if token in known]
    names = [known[ids[place]].content for place in places]
    wanted = [name for name, _ in typed]
    for shift in range(len(names) - len(wanted) + 1):
        if names[shift : shift + len(wanted)] == wanted:
            return {places[shift + number] for number, (_, is_typed) in enumerate(typed) if is_typed}
    return set()


def hide(value: Any, controls: Collection[str]) -> Any:
    """Return *value* with letters for *controls* in all its texts but the roles; texts stay as long as they are."""
    if isinstance(value, str) and controls:
        longest = sorted(controls, key=len, reverse=True)
        return re.sub("|".join(map(re.escape, longest)), lambda match: "x" * len(match[0]), value)
    if isinstance(value, dict):
        return {name: one if name == "role" else hide(one, controls) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(hide(one, controls) for one in value)
    return value
