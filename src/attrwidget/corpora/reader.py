"""Put a text through the model, and know which token belongs to which word."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.checks import short
from attrwidget.engine.token_states import count_blocks, read_token_states
from attrwidget.errors import AttrWidgetError
from attrwidget.files import public_name
from attrwidget.hf.adapter import require_length
from attrwidget.text.prompt import require_characters
from attrwidget.text.tokenizing import encode
from attrwidget.text.tokens import control_ids

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from attrwidget.corpora.texts import AnnotatedText, Span
    from attrwidget.engine.token_states import TokenStates
    from attrwidget.hf.adapter import Adapter
    from attrwidget.kinds.model import Model

    Floats = NDArray[np.float32]


@dataclass(frozen=True)
class ReadText:
    """A text as the model reads it.

    Attributes:
        text: The text.
        ids: Its token ids, special tokens included.
        types: Their token types, or None.
        spans: Where each token stands in the text, without white space around it; ``(0, 0)`` for a special token.
        words: Where each word stands.
        labels: The labels of the words, by the name of the annotation.
    """

    text: str
    ids: list[int]
    types: list[int] | None
    spans: list[Span]
    words: list[Span]
    labels: dict[str, list[str]] = field(default_factory=dict)

    def tokens(self) -> list[int]:
        """Return the tokens that stand in the text: all but the special ones."""
        return [at for at, (start, end) in enumerate(self.spans) if start < end]

    def word_of(self, token: int) -> int | None:
        """Return the word in which *token* begins, or the next that it reaches; None for a special token."""
        start, end = self.spans[token]
        return next((i for i, (a, b) in enumerate(self.words) if a < end and start < b), None)

    def tokens_of(self, word: int) -> list[int]:
        """Return the tokens of *word*."""
        return [token for token in self.tokens() if self.word_of(token) == word]


class Reader:
    """Reads texts by the model as it is now."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.adapter: Any = model._adapter.renewed()  # noqa: SLF001 - as explain does
        self.n_layers = count_blocks(self.adapter)
        self.has_heads = model.capabilities.attention == "recorded"

    @property
    def name(self) -> str:
        """The name of the model as others may see it."""
        return public_name(self.model.name)

    def fingerprint(self) -> str:
        """Return a text that another model, or the same after training, has not."""
        return fingerprint(self.adapter)

    def encode(self, given: AnnotatedText) -> ReadText:
        """Return *given* as tokens.

        Raises:
            AttrWidgetError: It is empty or too long, or the tokenizer does not show where its tokens stand.
        """
        text = given.text
        if not text.strip():
            raise AttrWidgetError(f"A text of the corpus is empty ({text!r}): leave it out.")
        require_characters(text)
        found = self.adapter.encode(text)
        ids, types = (list(found.ids), found.types) if hasattr(found, "ids") else (list(found), None)
        require_length(f"text {short(text)}", len(ids), self.model.name, self.adapter.context)
        return ReadText(text, ids, types, self._spans(text, ids), list(given.words), given.labels)

    def ids_only(self, ids: Sequence[int], types: Sequence[int] | None) -> ReadText:
        """Return tokens whose text is not needed."""
        special = control_ids(self.adapter.tokenizer)
        spans = [(0, 0) if token in special else (at, at + 1) for at, token in enumerate(ids)]
        return ReadText("", list(ids), None if types is None else list(types), spans, [])

    def read(self, text: ReadText, layers: Collection[int]) -> TokenStates:
        """Return what *layers* give out at each token of *text*."""
        return read_token_states(self.adapter, text.ids, text.types, layers)

    def _spans(self, text: str, ids: list[int]) -> list[Span]:
        tokenizer = self.adapter.tokenizer
        if not getattr(tokenizer, "is_fast", False):
            raise AttrWidgetError(
                f"{type(tokenizer).__name__} does not show where its tokens stand in a text, which a corpus needs: "
                "load the fast tokenizer of this model."
            )
        special = control_ids(tokenizer)
        for with_special in (True, False):
            encoded = encode(
                tokenizer, text=text, add_special_tokens=with_special, return_offsets_mapping=True
            )
            own, offsets = list(encoded["input_ids"]), encoded["offset_mapping"]
            before = len(ids) - len(own)
            if before >= 0 and ids[before:] == own:
                spans = [(0, 0)] * before + [_trimmed(text, *offset) for offset in offsets]
                return [(0, 0) if token in special else span for token, span in zip(ids, spans, strict=True)]
        raise AttrWidgetError(
            f"{type(tokenizer).__name__} makes other tokens of {short(text)} than {self.model.name} is given, so that "
            "nobody knows where they stand."
        )


def fingerprint(adapter: Adapter) -> str:
    """Return a text that another model, or the same after training, has not."""
    digest = hashlib.sha256(type(adapter.own).__name__.encode())
    for name, parameter in sorted(adapter.own.named_parameters()):
        digest.update(f"{name} {tuple(parameter.shape)} {parameter.dtype}".encode())
        flat = parameter.detach().flatten()
        for part in (flat[:32], flat[-32:]):
            digest.update(part.float().cpu().numpy().tobytes())
    return digest.hexdigest()[:32]


def _trimmed(text: str, start: int, end: int) -> Span:
    """Return the span without white space at its ends, unless it is nothing else."""
    inside = text[start:end]
    if not inside.strip():
        return start, end
    return start + len(inside) - len(inside.lstrip()), end - len(inside) + len(inside.rstrip())


def unit_states(states: Any, tokens: Sequence[int]) -> Floats:
    """Return the states of *tokens* scaled to length 1, float32 ``[tokens, d]``."""
    return _unit(states[list(tokens)].numpy())


def unit_heads(heads: Any, tokens: Sequence[int]) -> Floats:
    """Return the heads' outputs at *tokens*, each head's scaled to length 1, float32 ``[tokens, heads · d]``."""
    return _unit(heads[list(tokens)].numpy()).reshape(len(tokens), -1)


def _unit(values: Floats) -> Floats:
    norms = np.linalg.norm(values, axis=-1, keepdims=True)
    return np.asarray(values / np.where(norms == 0, 1, norms), dtype=np.float32)
