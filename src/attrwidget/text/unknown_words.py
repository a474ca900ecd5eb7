"""Find the words of a text that a model may not know: those read in pieces, or as the unknown token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.text.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from transformers import PreTrainedTokenizerBase

    from attrwidget.text.tokens import TextPiece, Tokens

_NAMED = 8  # words, at most, that the note names


def note_on_unknown(tokenizer: PreTrainedTokenizerBase, tokens: Tokens) -> str | None:
    """Return sentences that name the words of *tokens* that the model may not know, or None if it knows all.

    A tokenizer that reads every word letter by letter, as those of bytes do, has none. One that lists what the model
    learned is taken at its word.
    """
    if not tokenizer.init_kwargs.keys().isdisjoint(("words_in_pieces", "learned_words")):
        return note_on_listed(tokenizer, tokens)
    words = list(_words(tokens))
    spelled = dict.fromkeys(
        "".join(word) for word in words if len(word) > 1 and all(len(piece) == 1 for piece in word)
    )
    if spelled and not (any(len(piece) > 1 for word in words for piece in word) or _has_words(tokenizer)):
        spelled = {}
    unknown = 0 if _is_control(tokenizer) else tokens.ids.count(int(tokenizer.unk_token_id))
    token = f"The model does not know what is shown as {tokenizer.unk_token}, and answers all the same."
    return " ".join(filter(None, [_note(spelled, "letter by letter"), token if unknown else None])) or None


def _note(words: Iterable[str], how: str) -> str | None:
    """Return a sentence that names *words*, each once, and says *how* they are read; None without one."""
    known = list(dict.fromkeys(words))
    found = [f"“{word}”" for word in known][:_NAMED]
    if len(known) > _NAMED:
        found.append(f"{len(known) - _NAMED} more")
    are, them = ("is", "it") if len(known) == 1 else ("are", "them")
    said = f"{_joined(found)} {are} read {how}: the model may not know {them}, and answers all the same."
    return said if found else None


def note_on_listed(tokenizer: PreTrainedTokenizerBase, tokens: Tokens) -> str | None:
    """Return a sentence that names what in *tokens* the model did not learn, where its tokenizer lists what it did."""
    return note_on_broken(tokenizer, tokens) or note_on_unlearned(tokenizer, tokens)


def note_on_broken(tokenizer: PreTrainedTokenizerBase, tokens: Tokens) -> str | None:
    """Return a sentence that names the words of several *tokens*, where the tokenizer has the known ones whole.

    Such a tokenizer lists the exceptions as ``words_in_pieces`` in its configuration, as the bundled model's does.
    Others read words that they know in pieces too.
    """
    exceptions = tokenizer.init_kwargs.get("words_in_pieces")
    if exceptions is None:
        return None
    known = {piece.strip("Ġ").lower() for piece in tokenizer.get_vocab()} | {
        word.lower() for word in exceptions
    }
    words = [word for word in words_of(tokens, 0) if word[-1].end - word[0].start > 1]
    texts = ["".join(unit.text for unit in word).strip() for word in words]
    return _note([text for text in texts if text.isalnum() and text.lower() not in known], "in pieces")


def note_on_unlearned(tokenizer: PreTrainedTokenizerBase, tokens: Tokens) -> str | None:
    """Return a sentence that names what in *tokens* no text had that the model learned from, where that is known.

    A tokenizer of a script without spaces lists all words of those texts as ``learned_words`` in its configuration, as
    the bundled translator's does.
    """
    learned = tokenizer.init_kwargs.get("learned_words")
    if learned is None:
        return None
    text = "".join("\n" if tokens.special[unit.start] else unit.text for unit in tokens.units)
    found = list(dict.fromkeys("".join(_uncovered(text, set(learned))).split()))
    named = [f"“{part}”" for part in found[:_NAMED]]
    if len(found) > _NAMED:
        named.append(f"{len(found) - _NAMED} more")
    were = "was" if len(found) == 1 else "were"
    return (
        f"{_joined(named)} {were} in no text that the model learned from: it answers all the same."
        if found
        else None
    )


def _uncovered(text: str, words: set[str]) -> Iterator[str]:
    """Yield *text*, what is left over as it is and a space for each word, parted so that least is left over."""
    longest = max(map(len, words))
    # Of each rest of the text: how many characters are left over, and how many the first part has, 0 for one left over.
    best = [(0, 0)]
    for start in reversed(range(len(text))):
        here = [(best[-1][0] + 1, 0)]
        here += [
            (best[-size][0], size)
            for size in range(1, min(longest, len(text) - start) + 1)
            if text[start : start + size] in words
        ]
        best.append(min(here, key=lambda one: (one[0], -one[1])))
    start = 0
    while start < len(text):
        size = best[len(text) - start][1]
        yield " " if size else text[start]
        start += size or 1


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
