"""Find the words of a text that a model may not know: those read letter by letter, or as the unknown token."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transformers import PreTrainedTokenizerBase

    from attrwidget.text.tokens import TextPiece, Tokens

_NAMED = 8  # words, at most, that the note names


def note_on_unknown(tokenizer: PreTrainedTokenizerBase, tokens: Tokens) -> str | None:
    """Return sentences that name the words of *tokens* that the model may not know, or None if it knows all.

    A tokenizer that reads every word letter by letter, as those of bytes do, has none.
    """
    words = list(_words(tokens))
    spelled = dict.fromkeys(
        "".join(word) for word in words if len(word) > 1 and all(len(piece) == 1 for piece in word)
    )
    if spelled and not (any(len(piece) > 1 for word in words for piece in word) or _has_words(tokenizer)):
        spelled = {}
    unknown = 0 if _is_control(tokenizer) else tokens.ids.count(int(tokenizer.unk_token_id))
    found = [f"“{word}”" for word in spelled][:_NAMED]
    if len(spelled) > _NAMED:
        found.append(f"{len(spelled) - _NAMED} more")
    are, them = ("is", "it") if len(spelled) == 1 else ("are", "them")
    said = []
    if found:
        said.append(
            f"{_joined(found)} {are} read letter by letter: the model may not know {them}, and answers all the same."
        )
    if unknown:
        said.append(
            f"The model does not know what is shown as {tokenizer.unk_token}, and answers all the same."
        )
    return " ".join(said) or None


def _words(tokens: Tokens) -> Iterator[list[str]]:
    """Yield the pieces of each word, in scripts with capital letters: others may well be read letter by letter."""
    word: list[str] = []
    for unit in tokens.units:
        text = unit.text.strip()
        if word and (unit.text[:1].isspace() or not _is_letters(unit, tokens)):
            yield word
            word = []
        if _is_letters(unit, tokens):
            word.append(text)
    if word:
        yield word


def _is_letters(unit: TextPiece, tokens: Tokens) -> bool:
    text = unit.text.strip()
    return text.isalpha() and text.lower() != text.upper() and not tokens.special[unit.start]


def _has_words(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Return whether any token is more than one letter."""
    special = set(tokenizer.all_special_tokens)
    pieces = (token.strip("Ġ▁# ") for token in tokenizer.get_vocab() if token not in special)
    return any(len(piece) > 1 and piece.isalpha() for piece in pieces)


def _is_control(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Return whether there is no unknown token, or it has another use, as GPT-2's has."""
    others = [token for name, token in tokenizer.special_tokens_map.items() if name != "unk_token"]
    return tokenizer.unk_token_id is None or tokenizer.unk_token in others


def _joined(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
