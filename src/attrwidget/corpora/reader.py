"""Put a text through the model, and know which token belongs to which word."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from attrwidget.checks import short
from attrwidget.corpora.read_text import ReadText, States, without_text
from attrwidget.engine.token_states import count_blocks, read_token_states
from attrwidget.errors import AttrWidgetError
from attrwidget.files import public_name
from attrwidget.hf.adapter import require_length
from attrwidget.text.prompt import require_characters
from attrwidget.text.tokenizing import encode, token_name
from attrwidget.text.tokens import control_ids

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from attrwidget.corpora.read_text import Attention, Floats
    from attrwidget.corpora.texts import AnnotatedText, Span
    from attrwidget.engine.token_states import TokenStates
    from attrwidget.hf.adapter import Adapter
    from attrwidget.kinds.model import Model


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
        return without_text(ids, types, control_ids(self.adapter.tokenizer))

    def read(self, text: ReadText, layers: Collection[int]) -> States:
        """Return what *layers* give out at each token of *text*."""
        found = self._run(text, layers)
        return States(found.states, found.heads)

    def attention(self, text: ReadText, layer: int) -> Attention | None:
        """Return what tells which tokens of *text* a token reads; None where that is not known."""
        found = self._run(text, [layer])

        def weights(layer: int, heads: Sequence[int] | None, token: int) -> Floats:
            most = found.attention.n_heads
            wrong = [head for head in heads or () if not 0 <= head < most]
            if wrong:
                raise AttrWidgetError(
                    f"There is no head {short(wrong[0])}: heads are indexed from 0 to {most - 1}."
                )
            row: Floats = found.attention.weights(layer, heads, [token]).mean(0)[0].cpu().numpy()
            return row

        return weights if found.heads else None

    def token_name(self, token: int) -> str:
        """Return the name of a token in the vocabulary."""
        return token_name(self.adapter.tokenizer, token)

    @property
    def mask_id(self) -> int | None:
        """The token that stands for a word that is hidden."""
        found: int | None = self.adapter.tokenizer.mask_token_id
        return found

    def _run(self, text: ReadText, layers: Collection[int]) -> TokenStates:
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
