"""Turn one text or two into token ids, for a model that reads a whole text at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.errors import AttrWidgetError
from attrwidget.text.prompt import encode_ids, encode_text, is_batch
from attrwidget.text.sections import Section
from attrwidget.text.tokenizing import encode

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from attrwidget.text.edits import Edits


class Passage(NamedTuple):
    """The token ids of one text or two, as the model reads them.

    Attributes:
        ids: The token ids, special tokens included.
        types: The token type ids, or None for a model without.
        second: The range of the second text without special tokens; None without a second text, or if ids were given.
    """

    ids: list[int]
    types: list[int] | None = None
    second: range | None = None

    def edited(self, edits: Edits) -> Passage:
        """Return this passage with *edits* made; new tokens have the type of the first one that they replace."""
        types = self.types and edits.applied(
            self.types, [[self.types[edit.start]] * len(edit.ids) for edit in edits]
        )
        second = self.second and range(edits.moved(self.second.start), edits.moved(self.second.stop))
        return Passage(edits.applied(self.ids), types, second)

    def sections(self, first: str = "Text", second: str = "Second text") -> list[Section]:
        """Return the sections of the two texts with these titles; special tokens between them are in the first."""
        count = len(self.ids)
        if self.second is None:
            return [Section(first, 0, count)]
        return [Section(first, 0, self.second.start), Section(second, self.second.start, count)]


def encode_passage(
    tokenizer: PreTrainedTokenizerBase, text: Any, pair: str | None, vocabulary: int
) -> Passage:
    """Return the tokens of *text* (text or ids), alone or before *pair*, with the tokenizer's special tokens.

    Raises AttrWidgetError for anything else, for an empty text, and for ids outside ``0 … vocabulary - 1``.
    """
    if isinstance(text, str):
        return _encode(tokenizer, text, pair)
    if pair is not None:
        raise AttrWidgetError(
            f"A second text can only follow a first text, not {type(text).__name__}: give both as texts, or all "
            "token ids, of both, together."
        )
    ids = encode_ids(text, "text", vocabulary)
    if not ids:
        raise AttrWidgetError("The text is empty: it has no tokens. Give some words.")
    types = text.get("token_type_ids") if isinstance(text, Mapping) else None
    if types is None:
        return Passage(ids)
    return Passage(ids, encode_ids({**text, "input_ids": types}, "token_type_ids", vocabulary))


def split_passages(text: Any, pair: Any = None) -> list[tuple[Any, Any]] | None:
    """Return the texts of a batch, each with its second text or None; return None for a single text."""
    if not is_batch(text):
        return None
    if isinstance(text, Mapping):
        columns = {
            name: text[name] for name in ("input_ids", "attention_mask", "token_type_ids") if name in text
        }
        texts: list[Any] = [
            dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
        ]
    else:
        texts = [one.tolist() if hasattr(one, "tolist") else one for one in text]
    pairs = [pair] * len(texts) if pair is None or isinstance(pair, str) else list(pair)
    if len(pairs) != len(texts):
        raise AttrWidgetError(
            f"There are {len(texts)} texts and {len(pairs)} second texts: give one for each, or one for all."
        )
    return list(zip(texts, pairs, strict=True))


def _encode(tokenizer: PreTrainedTokenizerBase, text: str, pair: Any) -> Passage:
    texts = {"text": text} if pair is None else {"text": text, "second text": pair}
    for name, one in texts.items():
        if not isinstance(one, str):
            raise AttrWidgetError(f"The {name} must be a text, not {type(one).__name__}.")
        if not one.strip():
            raise AttrWidgetError(f"The {name} is empty ({one!r}): give some words.")
        encode_text(tokenizer, one, special=False)  # raises for half of a surrogate pair
    encoded = encode(tokenizer, text=text, text_pair=pair)
    second = None
    if pair is not None:
        if not encoded.is_fast:
            raise AttrWidgetError(
                f"{type(tokenizer).__name__} does not show where a second text begins: give token ids of both "
                "texts together, or load the fast tokenizer of this model."
            )
        inside = [i for i, sequence in enumerate(encoded.sequence_ids()) if sequence == 1]
        second = range(inside[0], inside[-1] + 1) if inside else None
    types = encoded.get("token_type_ids")
    return Passage(list(encoded["input_ids"]), None if types is None else list(types), second)
