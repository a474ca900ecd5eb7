"""A loaded masked language model: it fills in what is masked in a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrwidget.checks import is_index
from attrwidget.errors import AttrWidgetError
from attrwidget.kinds.encoder.adapter import MaskedLM
from attrwidget.kinds.encoder.model import EncoderModel
from attrwidget.kinds.encoder.outputs import MaskTrace
from attrwidget.kinds.encoder.sections import parts_of
from attrwidget.kinds.encoder.trace import first_run
from attrwidget.text.prompt import encode_text, is_batch
from attrwidget.text.tokens import token_text

if TYPE_CHECKING:
    from attrwidget.kinds.encoder.inputs import Passage


class MaskedLMModel(EncoderModel[MaskedLM]):
    """A masked language model that can be explained; made by ``attrwidget.load``."""

    adapter = MaskedLM

    def explain(self, text: Any, *, output: Any = None) -> Any:
        """Return the Explanation of what the model predicts under each mask of *text*.

        *text* is a text with the tokenizer's mask token in it once or more often (``model.tokenizer.mask_token``), or a
        list of token ids. A list of texts, or a padded batch from a tokenizer, gives a list of Explanations. Each mask
        is a step. The likeliest token is explained, or else *output*: a word or a token id, or a list with one for
        each mask.

        Raises AttrWidgetError, in one sentence with what to do, for bad input: for a text without a mask, and for a
        word that is more than one token.
        """
        batch = is_batch(text)
        if batch and isinstance(output, list | tuple):
            texts = text["input_ids"] if isinstance(text, Mapping) else text
            if len(output) != len(texts):
                raise AttrWidgetError(
                    f"There are {len(texts)} texts and {len(output)} outputs: give one output for each text."
                )
        outputs = iter(output) if batch and isinstance(output, list | tuple) else None
        return self._each(
            text, None, lambda passage: self._explained(passage, output if outputs is None else next(outputs))
        )

    def _explained(self, passage: Passage, output: Any) -> MaskTrace:
        model = self._adapter
        rows = tuple(i for i, token in enumerate(passage.ids) if token == model.tokenizer.mask_token_id)
        if not rows:
            mask = model.tokenizer.mask_token
            raise AttrWidgetError(
                f"The text has no mask, so there is nothing to predict: put {mask!r} where a word is to be filled in, "
                f"as in 'Paris is the {mask} of France.'."
            )
        text = self._text(passage, rows)
        logits, recorder = first_run(text, self._abilities)
        wanted = logits.argmax(-1).tolist() if output is None else self._given(output, passage.ids, rows)
        texts = [
            token_text(model.tokenizer, token, passage.ids[:row])
            for token, row in zip(wanted, rows, strict=True)
        ]
        parts, titles = parts_of(passage, "Text", "Second text")
        return MaskTrace(
            text,
            self._abilities,
            (logits, recorder),
            outputs=wanted,
            texts=[one if one.startswith(" ") else f" {one}" for one in texts],
            ids=wanted,
            titles=[*titles, "Under the masks" if len(rows) > 1 else "Under the mask"],
            parts=parts,
        )

    def _given(self, output: Any, ids: list[int], rows: tuple[int, ...]) -> list[int]:
        given = list(output) if isinstance(output, list | tuple) else [output]
        if len(given) != len(rows):
            raise AttrWidgetError(
                f"The text has {len(rows)} masks and output= {len(given)} words: give one word for each mask."
            )
        return [self._token(one, ids[:row]) for one, row in zip(given, rows, strict=True)]

    def _token(self, word: Any, before: list[int]) -> int:
        """Return the one token that *word*, a text or an id, is; where it matters, with a space before it."""
        model = self._adapter
        if is_index(word, model.vocabulary):
            return int(word)
        if not isinstance(word, str) or not word.strip():
            raise AttrWidgetError(
                f"output= must be a word, a token id from 0 to {model.vocabulary - 1}, or a list with one for each "
                f"mask, not {word!r}."
            )
        begins = len(before) <= 1  # after the special token that begins a text
        tried = (word, f" {word}") if begins else (f" {word}", word)
        pieces = [encode_text(model.tokenizer, one, special=False) for one in tried]
        whole = [p[0] for p in pieces if len(p) == 1]
        if not whole:
            count = min(map(len, pieces))
            raise AttrWidgetError(
                f"{word!r} is {count} tokens to this model, and a mask stands for one: put {count} masks in the text "
                "and give one token for each, or take a shorter word."
            )
        return whole[0]
