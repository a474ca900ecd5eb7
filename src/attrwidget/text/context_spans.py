"""Find the tokens of documents and tools in a prompt, by the characters that they begin and end at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.text.chat_contents import made_of, rendering_of
from attrwidget.text.given_context import KINDS, Stretch
from attrwidget.text.sections import Section
from attrwidget.text.template_context import item_stretches
from attrwidget.text.tokenizing import encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from transformers import PreTrainedTokenizerBase

    from attrwidget.text.tokens import TextPiece

    Units = dict[str, list[Section]]


def template_spans(
    tokenizer: PreTrainedTokenizerBase,
    messages: Sequence[Mapping[str, Any]],
    ids: Sequence[int],
    options: Mapping[str, Any],
) -> Units:
    """Return the tokens of the documents and tools among *options* in *ids*, which the chat template made of them."""
    if not any(options.get(name) for name in KINDS):
        return {}
    written = rendering_of(tokenizer, messages, ids, options)
    if written is None:
        return {}
    stretches = [
        one
        for name in KINDS
        if options.get(name)
        for one in item_stretches(tokenizer, messages, written, name)
    ]
    return spans_in(tokenizer, written.text, ids, stretches)


def layout_spans(
    tokenizer: PreTrainedTokenizerBase,
    text: str,
    ids: Sequence[int],
    layout: str,
    stretches: Iterable[Stretch],
) -> Units:
    """Return the tokens of *stretches* of *layout*, which stands in *text*, the prompt that was made into *ids*."""
    at = text.rfind(layout.rstrip())
    if at < 0:
        return {}
    moved = [one._replace(start=at + one.start, end=at + one.end) for one in stretches]
    return spans_in(tokenizer, text, ids, moved)


def spans_in(
    tokenizer: PreTrainedTokenizerBase, text: str, ids: Sequence[int], stretches: Iterable[Stretch]
) -> Units:
    """Return the tokens of *stretches* of *text* by kind; none where the tokenizer does not tell their places."""
    special = made_of(tokenizer, text, ids)
    if not tokenizer.is_fast or special is None:
        return {}
    made = encode(tokenizer, text=text, add_special_tokens=special, return_offsets_mapping=True)
    return spans_by_offsets(stretches, [tuple(pair) for pair in made["offset_mapping"]])


def spans_of_pieces(pieces: Sequence[TextPiece], stretches: Iterable[Stretch]) -> Units:
    """Return the tokens of *stretches* by kind, which count the characters of consecutive *pieces* from 0."""
    offsets, at = [(0, 0)] * (pieces[0].start if pieces else 0), 0
    for piece in pieces:
        offsets += [(at, at + len(piece.text))] * (piece.end - piece.start)
        at += len(piece.text)
    return spans_by_offsets(stretches, offsets)


def spans_by_offsets(stretches: Iterable[Stretch], offsets: Sequence[tuple[int, ...]]) -> Units:
    """Return the tokens of *stretches* by kind; *offsets* are the characters at which each token begins and ends."""
    found: Units = {}
    taken = 0
    for kind, title, start, end in sorted(stretches, key=lambda one: one.start):
        inside = [i for i, (a, b) in enumerate(offsets) if i >= taken and a < end and b > start and a < b]
        if inside:
            # A token that reaches into two belongs to the first.
            taken = inside[-1] + 1
            found.setdefault(kind, []).append(Section(title, inside[0], taken))
    return found
