"""Token ids as text a person can read, without ever tokenising twice."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from attrwidget.text.token_bytes import REPLACEMENT, spelled
from attrwidget.text.tokenizing import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedTokenizerBase

_LONGEST_UNIT = 32  # a character has at most 4 bytes, but pieces that straddle two of them can chain up


class TextPiece(NamedTuple):
    """Tokens ``start`` up to ``end``, which make whole characters, and the ``text`` to draw for them."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Tokens:
    """A sequence of token ids, and the text to show for each.

    Attributes:
        ids: The token ids.
        units: The pieces of text that cover all tokens in order; most are one token.
        special: Whether each token is a control token.
        labels: A name for each token, for tables: without the space before it, white space made visible, and parts of
            a character numbered (``"東 1/3"``).
    """

    ids: list[int]
    units: list[TextPiece]
    special: list[bool]
    labels: list[str]

    def __len__(self) -> int:
        return len(self.ids)


def read_tokens(tokenizer: PreTrainedTokenizerBase, ids: Sequence[int], first_step: int) -> Tokens:
    """Return the tokens *ids* with their texts; no unit straddles *first_step*."""
    ids = [int(i) for i in ids]
    units = _units(tokenizer, ids, first_step, [])
    units = _units(tokenizer, ids, len(ids), units)
    specials = control_ids(tokenizer)
    labels = []
    for unit in units:
        pieces = unit.end - unit.start
        name = visible(unit.text)
        labels += [name] if pieces == 1 else [f"{name} {k + 1}/{pieces}" for k in range(pieces)]
    return Tokens(ids, units, [i in specials for i in ids], labels)


def control_ids(tokenizer: PreTrainedTokenizerBase) -> set[int]:
    """Return the ids of control tokens: those that the tokenizer names, or was given as special.

    An unknown token stands for what the user wrote, and is one only if it has another use, as GPT-2's has.
    """
    named = tokenizer.special_tokens_map
    others = [token for name, token in named.items() if name != "unk_token"]
    ids = set(tokenizer.all_special_ids)
    ids |= {i for i, token in tokenizer.added_tokens_decoder.items() if token.special}
    return ids if tokenizer.unk_token in others else ids - {tokenizer.unk_token_id}


def joined(tokens: Tokens, others: Tokens) -> Tokens:
    """Return *tokens* and then the *others*, as two texts: no unit straddles them."""
    count = len(tokens)
    moved = [TextPiece(unit.start + count, unit.end + count, unit.text) for unit in others.units]
    return Tokens(
        tokens.ids + others.ids,
        tokens.units + moved,
        tokens.special + others.special,
        tokens.labels + others.labels,
    )


def followed_by(tokens: Tokens, texts: Sequence[str], ids: Sequence[int]) -> Tokens:
    """Return *tokens* followed by a one-token unit for each of *texts*; *ids* are their token ids, -1 for none."""
    count = len(tokens)
    units = [TextPiece(count + i, count + i + 1, text) for i, text in enumerate(texts)]
    special, labels = [False] * len(texts), [visible(text) for text in texts]
    return Tokens(
        [*tokens.ids, *ids], [*tokens.units, *units], [*tokens.special, *special], [*tokens.labels, *labels]
    )


def token_text(tokenizer: PreTrainedTokenizerBase, token: int, before: Sequence[int] = ()) -> str:
    """Return what *token* adds to the text when it follows *before* (a few ids suffice)."""
    return spelled(tokenizer, token, _added(tokenizer, list(before)[-8:], [token]))


def visible(text: str) -> str:
    """Return *text* for a label: stripped; white space alone as ␣, ⏎ and ⇥; control characters as pictures.

    Where nothing else could be seen, format characters are codes: ``⟨U+200B⟩``.
    """
    stripped = text.strip(" ")
    if not stripped:
        return "␣" * len(text) or "∅"
    if all(unicodedata.category(c) == "Cf" for c in stripped):
        return "".join(f"⟨U+{ord(c):04X}⟩" for c in stripped)
    shown = stripped.replace("\n", "⏎").replace("\t", "⇥").replace("\r", "␍")
    return "".join(chr(0x2400 + ord(c)) if ord(c) < 0x20 else c for c in shown)


def _units(
    tokenizer: PreTrainedTokenizerBase, ids: list[int], stop: int, units: list[TextPiece]
) -> list[TextPiece]:
    """Return *units* continued up to *stop*: over a sliding window, tokens are joined until they make whole characters.

    The window starts one unit back, because many tokenizers drop the space of the very first token.
    """
    units = list(units)
    while (start := units[-1].end if units else 0) < stop:
        # Some tokenizers write a space that stands alone only when a word follows it.
        previous = next((unit.start for unit in reversed(units) if unit.text), 0)
        units.append(_unit(tokenizer, ids, previous, start, min(start + _LONGEST_UNIT, stop)))
    return units


def _unit(
    tokenizer: PreTrainedTokenizerBase, ids: list[int], previous: int, start: int, stop: int
) -> TextPiece:
    """Return the shortest run of tokens from *start* that makes whole characters, or else one token."""
    alone = _added(tokenizer, ids[previous:start], ids[start : start + 1])
    if REPLACEMENT in alone:
        for end in range(start + 2, stop + 1):
            text = _added(tokenizer, ids[previous:start], ids[start:end])
            if REPLACEMENT not in text:
                return TextPiece(start, end, text)
            if REPLACEMENT in text.rstrip(REPLACEMENT):
                break  # a broken character inside: nothing after it can mend it
    return TextPiece(start, start + 1, spelled(tokenizer, ids[start], alone))


def _added(tokenizer: PreTrainedTokenizerBase, before: list[int], tokens: list[int]) -> str:
    """Return what *tokens* add to the text of *before*."""
    known, whole = decode(tokenizer, before), decode(tokenizer, before + tokens)
    text = whole.removeprefix(known)
    # A broken character before can swallow these tokens or spoil them: then they stand alone.
    spoilt = known.endswith(REPLACEMENT) and (not text or REPLACEMENT in text)
    return text if whole.startswith(known) and not spoilt else decode(tokenizer, tokens)
