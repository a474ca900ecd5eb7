"""Find the context that is meant: a stretch of tokens, a text, the messages of a role, or the thoughts of an answer."""

from __future__ import annotations

from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrwidget.checks import check_list, check_whole, is_whole, short
from attrwidget.errors import AttrWidgetError
from attrwidget.results.context.contexts import ContextSpan
from attrwidget.text.thoughts import thoughts_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from attrwidget.results.base import Reading
    from attrwidget.text.sections import Section

THOUGHTS = "thinking"
_FORMS = (
    "tokens (start, end), a text of the prompt, a role such as 'system', or 'document', 'tool' or 'thinking'"
)


def find_context(
    reading: Reading, context: Any, given: Mapping[str, Sequence[Section]] = MappingProxyType({})
) -> list[ContextSpan]:
    """Find the spans of *context*, in the order of the text.

    Args:
        reading: The explanation.
        context: ``(start, end)`` of tokens, or a list of such pairs; the role of messages, of which the last before the
            answer, the question itself, is no context; ``"thinking"``: the thoughts of the answer; a kind of *given*;
            any other text is looked for in the prompt.
        given: The documents and tools in the prompt, by kind: ``"document"``, ``"tool"``.

    Raises:
        AttrWidgetError: It is none of these, is not found, or leaves nothing to answer.
    """
    spans = _spans(reading, context, given)
    for one, after in pairwise(spans):
        if one.end > after.start:
            raise AttrWidgetError(
                f"Two stretches of the context overlap at token {after.start}: give each token once."
            )
    for span in spans:
        _require_one_part(reading, span)
    if spans[-1].end > reading.n_inputs:
        raise AttrWidgetError("Nothing of the answer follows this context: take one that ends earlier.")
    return spans


def _spans(reading: Reading, context: Any, given: Mapping[str, Sequence[Section]]) -> list[ContextSpan]:
    if isinstance(context, str):
        items = given.get(context)
        return _named(reading, context) if not items else [whole(item.start, item.end) for item in items]
    pairs = check_list(context, "A context", f"{_FORMS},")
    if len(pairs) == 2 and all(map(is_whole, pairs)):
        pairs = [pairs]
    if not pairs:
        raise AttrWidgetError(f"The context is empty: give {_FORMS}.")
    return sorted(_pair(reading, pair) for pair in pairs)


def whole(start: int, end: int) -> ContextSpan:
    """Return the span of tokens all of which are words of the context."""
    return ContextSpan(start, end, start, end)


def _pair(reading: Reading, pair: Any) -> ContextSpan:
    if isinstance(pair, ContextSpan):
        return pair
    ends = check_list(pair, "A stretch of tokens", "(start, end)")
    if len(ends) != 2:
        raise AttrWidgetError(f"A stretch of tokens is (start, end), not {short(pair)}.")
    start, end = (check_whole(at, "The start or end of a context") for at in ends)
    if not 0 <= start < end <= len(reading.tokens):
        raise AttrWidgetError(
            f"There is no stretch of tokens {short((start, end))}: the text has tokens 0 to "
            f"{len(reading.tokens) - 1}, and the end is one past the last."
        )
    return whole(start, end)


def _named(reading: Reading, name: str) -> list[ContextSpan]:
    if not name.strip():
        raise AttrWidgetError(f"The context is an empty text: give {_FORMS}.")
    if name == THOUGHTS:
        found = thoughts_of(reading.tokens, reading.first_step)
        if not found:
            raise AttrWidgetError("The answer has no thoughts between marks such as <think> and </think>.")
        return [whole(start, end) for start, end in found]
    messages = [section for section in reading.sections if section.body and section.body[0] < section.body[1]]
    said = [section for section in messages if section.title == name]
    if said:
        earlier = [section for section in said if section is not messages[-1]]
        if not earlier:
            raise AttrWidgetError(
                f"The {name} message is the last one, to which the answer is given: take an earlier one, or a text."
            )
        return [ContextSpan(s.start, s.end, *s.body) for s in earlier if s.body]
    return [_found(reading, name, [section.title for section in messages])]


def _found(reading: Reading, text: str, roles: Sequence[str]) -> ContextSpan:
    """Return the tokens that hold *text*, which stands once before the answer."""
    units = [unit for unit in reading.tokens.units if unit.start < reading.first_step]
    whole, wanted = "".join(unit.text for unit in units), text.strip()
    at = whole.find(wanted)
    if at < 0:
        others = f"; its messages are of the roles {', '.join(dict.fromkeys(roles))}" if roles else ""
        raise AttrWidgetError(
            f"{short(text)} does not stand in the prompt{others}: give its words as they are there, or (start, end)."
        )
    if whole.find(wanted, at + 1) >= 0:
        raise AttrWidgetError(
            f"{short(text)} stands in the prompt more than once: give (start, end) of the tokens meant."
        )
    held, begins = [], 0
    for unit in units:
        ends = begins + len(unit.text)
        if begins < at + len(wanted) and at < ends:
            held.append(unit)
        begins = ends
    return ContextSpan(held[0].start, held[-1].end, held[0].start, held[-1].end)


def _require_one_part(reading: Reading, span: ContextSpan) -> None:
    for border in (reading.n_source, reading.first_step):
        if span.start < border < span.end:
            raise AttrWidgetError(
                f"Tokens {span.start} to {span.end - 1} are not of one part of the text: a context lies before the "
                "answer, or in it, and on one side of an encoder–decoder."
            )
