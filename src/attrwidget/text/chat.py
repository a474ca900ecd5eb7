"""Find the message of a chat that each token of a prompt belongs to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from attrwidget.text.chat_contents import called_by, content_of, rendering_of, spans_by_contents
from attrwidget.text.chat_cut import cut, footer
from attrwidget.text.chat_defaults import SYSTEM_ROLES, is_own, own_systems, squeezed, whole_of
from attrwidget.text.chat_layout import learn
from attrwidget.text.chat_probes import chat
from attrwidget.text.chat_template import (
    controls_in,
    mark,
    marked_ids,
    try_template,
    unmarked,
    words,
)
from attrwidget.text.chat_typed import typed_headers, typed_in, typed_positions, typed_tokens
from attrwidget.text.sections import Section

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Collection, Mapping, Sequence

    from transformers import PreTrainedTokenizerBase

    from attrwidget.text.chat_cut import Cut
    from attrwidget.text.chat_layout import Layout

_ADDED = "{} (added by the template)"
_TURNS = {"user", "assistant", "tool"}  # other roles may be written as the system's
_remembered: WeakKeyDictionary[Any, tuple[Any, Layout, list[re.Pattern[str]]]] = WeakKeyDictionary()


def message_spans(
    tokenizer: PreTrainedTokenizerBase,
    messages: Sequence[Mapping[str, Any]],
    ids: Sequence[int],
    **options: Any,
) -> list[Section]:
    """Return the spans of *messages* in the prompt *ids*, which the chat template made of them; together they cover it.

    They are cut where the template's headers stand; a header that was typed inside a message cuts nothing. What the
    template writes to begin an answer is a last span of the role ``assistant``. The list is empty when *ids* are not
    what the template makes of *messages* and *options*.
    """
    written = rendering_of(tokenizer, messages, ids, options)
    if written is None:
        return []
    layout, defaults = _learnt(tokenizer)
    if not layout.anchored:
        return spans_by_contents(tokenizer, messages, ids, written)
    typed = typed_tokens(tokenizer, messages, written.text, written.options, layout.controls)
    given = [content_of(message) for message in messages if message["role"] not in _TURNS]
    # Templates take things out of contents, such as SmolLM3's "/no_think".
    kept = [text for content in given if (text := squeezed(content)) and text in squeezed(written.text)]

    def tells(text: str) -> bool:
        return any(content in squeezed(unmarked(text)) for content in kept)

    first = next((message for message in messages if message["role"] not in SYSTEM_ROLES), messages[0])

    def title(message: Cut, text: str) -> str:
        if message.role not in SYSTEM_ROLES or tells(text):
            return message.role
        said = squeezed(content_of(first)) or called_by(first)
        if message.begins_bare and said and said in squeezed(unmarked(text)):
            return str(first["role"])
        own = kept or not given or is_own(text, defaults)
        return _ADDED.format(message.role) if own else message.role

    positions = typed_positions(tokenizer, ids, typed)
    contents = [content_of(message).strip() for message in messages if message["role"] in SYSTEM_ROLES]
    systems = [text for text in contents if text]
    spans = _spans(tokenizer, layout, ids, title, typed=positions, systems=systems)
    return spans or spans_by_contents(tokenizer, messages, ids, written)


def find_spans(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int]) -> list[Section]:
    """Find the messages in *ids* by the header that the chat template writes before each; return their spans.

    Headers must hold control tokens, which no message can contain: for other templates, and for *ids* that are no
    chat, the list is empty. Words before the first header get the role ``system``.
    """
    layout, defaults = _learnt(tokenizer)
    if not layout.anchored:
        return []

    def title(message: Cut, text: str) -> str:
        own = message.role in SYSTEM_ROLES and is_own(text, defaults)
        return _ADDED.format(message.role) if own else message.role

    return _spans(tokenizer, layout, ids, title)


def typed_borders(
    tokenizer: PreTrainedTokenizerBase, messages: Sequence[Mapping[str, Any]]
) -> list[tuple[str, list[str]]]:
    """Return the role of each message in which headers or control tokens of the chat template stand, and these.

    Headers count where they are plain words. An assistant's messages are left out: models write some themselves, such
    as ``<think>``.
    """
    layout, _ = _learnt(tokenizer)
    others = [message for message in messages if message["role"] != "assistant"]
    found = []
    for message in others:
        headers = [] if layout.anchored else typed_headers(content_of(message), layout.headers)
        found.append((str(message["role"]), typed_in(message, layout.controls) + headers))
    return [(role, typed) for role, typed in found if typed]


def is_bare(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int]) -> bool:
    """Return whether no message begins in *ids*, though the chat template begins each with a header."""
    layout, _ = _learnt(tokenizer)
    return bool(layout.headers) and not cut(marked_ids(tokenizer, ids)[0], layout)


def has_word_headers(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int]) -> bool:
    """Return whether headers of the chat template stand in *ids* that any text could hold, so that none may cut it."""
    layout, _ = _learnt(tokenizer)
    return not layout.anchored and bool(cut(marked_ids(tokenizer, ids)[0], layout))


def begins_unclear(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int]) -> bool:
    """Return whether *ids* begin with a system message or an answer, and do not tell which, or whether with both."""
    layout, _ = _learnt(tokenizer)
    found = cut(marked_ids(tokenizer, ids)[0], layout) if layout.anchored and layout.bare else []
    if not found or not found[0].begins_bare:
        return False
    answer = found[0].role == "assistant"
    return layout.alike if not answer else not SYSTEM_ROLES.isdisjoint(layout.bare)


def ends_as_template(tokenizer: PreTrainedTokenizerBase, ends: Collection[int]) -> bool:
    """Return whether a model that ends its answers with one of *ends* was trained on chats.

    A model that was not may come with a chat template all the same, but ends a text with a token that the template
    does not write.
    """
    if not tokenizer.chat_template:
        return False
    written = try_template(tokenizer, chat("user", "assistant", "user")) or ""
    names = controls_in(mark(tokenizer, written))
    known = {place for place, token in tokenizer.added_tokens_decoder.items() if token.content in names}
    return not known or not ends or not known.isdisjoint(ends)


def _learnt(tokenizer: PreTrainedTokenizerBase) -> tuple[Layout, list[re.Pattern[str]]]:
    """Return the layout of the chat template and its own system messages, learnt once as long as it is the same."""
    today = datetime.now().astimezone().date()  # some templates write it
    key = (repr(tokenizer.chat_template), len(tokenizer), today)
    known = _remembered.get(tokenizer)
    if known is None or known[0] != key:
        layout = learn(tokenizer)
        known = _remembered[tokenizer] = key, layout, own_systems(tokenizer, layout)
    return known[1:]


def _spans(
    tokenizer: PreTrainedTokenizerBase,
    layout: Layout,
    ids: Sequence[int],
    title: Callable[[Cut, str], str],
    *,
    typed: Collection[int] = (),
    systems: Sequence[str] = (),
) -> list[Section]:
    """Return the spans of *ids*.

    Args:
        tokenizer: The tokenizer.
        layout: How the template writes messages.
        ids: The token ids of the prompt.
        title: Names a message, of which it is given the marked text.
        typed: Positions of control tokens that begin and end nothing.
        systems: The contents of system messages, if they are known.
    """
    text, units = marked_ids(tokenizer, ids, typed)
    found = cut(text, layout, systems)
    if not found:
        return []
    spans, start = [], 0
    for message, end in zip(found, [*(other.start for other in found[1:]), len(text)], strict=True):
        stop = _token_from(units, end, len(ids))
        if start < stop:
            first, last = _content(text, message, end, layout)
            body = (
                (_token_at(units, first), _token_from(units, last, len(ids)))
                if first < last
                else (stop, stop)
            )
            spans.append(Section(title(message, whole_of(text, message, end, layout)), start, stop, body))
        start = stop
    return spans


def _content(text: str, message: Cut, end: int, layout: Layout) -> tuple[int, int]:
    """Return where in *text* a message that ends at *end* begins and ends without its header and footer."""
    found = footer(text, message.content, end, message.role, layout)
    # An earlier one of several calls or results may end in the same way.
    while found and words(text[found.end : end]):
        later = footer(text, found.end, end, message.role, layout)
        if later is None:
            break
        found = later
    stop = found.start if found else end
    return stop - len(text[message.content : stop].lstrip()), stop


def _token_at(units: list[tuple[int, int]], character: int) -> int:
    return max(token for start, token in units if start <= character)


def _token_from(units: list[tuple[int, int]], character: int, count: int) -> int:
    return next((token for start, token in units if start >= character), count)
