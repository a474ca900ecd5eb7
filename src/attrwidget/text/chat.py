"""Find the message of a chat that each token of a prompt belongs to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from attrwidget.text.chat_contents import content_of, spans_by_contents, written_as
from attrwidget.text.chat_layout import learn
from attrwidget.text.chat_probes import chat
from attrwidget.text.chat_template import mark, marked_ids, try_template, words
from attrwidget.text.sections import Section

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from transformers import PreTrainedTokenizerBase

    from attrwidget.text.chat_layout import Layout

ADDED = "system (added by the template)"
_SYSTEM = {"system", "developer"}
_TOOL = {"type": "function", "function": {"name": "alphaqz", "description": "d", "parameters": {}}}
_PLANTED = re.compile(r"alphaqz.*[}\])>]", re.DOTALL)


def message_spans(
    tokenizer: PreTrainedTokenizerBase,
    messages: Sequence[Mapping[str, Any]],
    ids: Sequence[int],
    **options: Any,
) -> list[Section]:
    """Return the spans of *messages* in the prompt *ids*, which the chat template made of them; together they cover it.

    They are cut where the template's headers stand. What it writes to begin an answer is a last span of the role
    ``assistant``. The list is empty when *ids* are not what the template makes of *messages* and *options*.
    """
    if not written_as(tokenizer, messages, ids, options):
        return []
    layout = learn(tokenizer)
    if not layout.anchored:
        return spans_by_contents(tokenizer, messages, ids)
    contents = [_squeezed(mark(tokenizer, content_of(message))) for message in messages]
    return _spans(tokenizer, layout, ids, lambda text: not any(c and c in text for c in contents))


def find_spans(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int]) -> list[Section]:
    """Find the messages in *ids* by the header that the chat template writes before each; return their spans.

    Headers must hold control tokens, which no message can contain: for other templates, and for *ids* that are no
    chat, the list is empty. Words before the first header get the role ``system``.
    """
    layout = learn(tokenizer)
    if not layout.anchored:
        return []
    defaults = _defaults(tokenizer, layout)
    return _spans(tokenizer, layout, ids, lambda text: any(default.fullmatch(text) for default in defaults))


def _spans(
    tokenizer: PreTrainedTokenizerBase, layout: Layout, ids: Sequence[int], added: Any
) -> list[Section]:
    """Return the spans of *ids*; *added* says of a system message's text whether the template wrote it."""
    text, units = marked_ids(tokenizer, ids)
    found = _cut(text, layout)
    if not found:
        return []
    ends = [at for at, _ in found[1:]] + [len(text)]
    titles = [
        ADDED if role in _SYSTEM and added(_squeezed(text[at:end])) else role
        for (at, role), end in zip(found, ends, strict=True)
    ]
    borders = [0, *(_token_from(units, end, len(ids)) for end in ends)]
    spans = [Section(*span) for span in zip(titles, borders[:-1], borders[1:], strict=True)]
    return [span for span in spans if span.start < span.end]


def _cut(text: str, layout: Layout) -> list[tuple[int, str]]:
    """Return where each message begins in a marked text, and its role."""
    either = "|".join(f"(?P<h{n}>{header})" for n, (header, _) in enumerate(layout.headers))
    found = [
        (match.start(), match.end(), layout.headers[int(str(match.lastgroup)[1:])][1])
        for match in re.finditer(either, text)
    ]
    if not found:
        return []
    begun = [(0, found[0][2])]
    if words(text[: found[0][0]]):
        begun = [(0, "system"), (found[0][0], found[0][2])]
    for number, (start, end, role) in enumerate(found):
        if number:
            begun.append((start, role))
        stop = found[number + 1][0] if number + 1 < len(found) else len(text)
        begun += _without_header(text, end, stop, role, layout)
    return begun


def _without_header(text: str, at: int, stop: int, role: str, layout: Layout) -> list[tuple[int, str]]:
    """Return what begins between *at* and *stop* without a header, after the footer of a message of *role*."""
    ends = layout.footers.get(role, ()) + (layout.footers.get("call", ()) if role == "assistant" else ())
    matches = [match for end in ends if (match := re.compile(end).search(text, at, stop))]
    if not matches:
        return []
    after = min(matches, key=lambda match: (match.start(), -match.end())).end()
    if role in layout.headerless and text[after:stop].strip():
        return [(after, "assistant"), *_without_header(text, after, stop, "assistant", layout)]
    return [(after, "system")] if words(text[after:stop]) else []


def _defaults(tokenizer: PreTrainedTokenizerBase, layout: Layout) -> list[re.Pattern[str]]:
    """Return patterns of the system messages that the template writes by itself."""
    found = []
    for options in ({}, {"enable_thinking": False}, {"tools": [_TOOL]}):
        written = try_template(tokenizer, chat("user"), add_generation_prompt=True, **options)
        text = mark(tokenizer, written or "")
        cuts = _cut(text, layout)
        for (at, role), end in zip(cuts, [*(at for at, _ in cuts[1:]), len(text)], strict=True):
            if role in _SYSTEM:
                found.append(_default(_squeezed(text[at:end])))
    return found


def _default(text: str) -> re.Pattern[str]:
    planted = _PLANTED.search(text)
    if not planted:
        return re.compile(re.escape(text))
    before = text[: planted.start()].partition("{")[0]
    return re.compile(re.escape(before) + r".*[}\])>]" + re.escape(text[planted.end() :]), re.DOTALL)


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _token_from(units: list[tuple[int, int]], character: int, count: int) -> int:
    return next((token for start, token in units if start >= character), count)
