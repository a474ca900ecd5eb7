"""Masked language models, which predict the tokens under masks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, cast, overload

from attrwidget.checks import is_index
from attrwidget.engine.logit_lens import LogitLens
from attrwidget.errors import AttrWidgetError
from attrwidget.kinds.answers import each_output
from attrwidget.kinds.encoder.adapter import Encoder
from attrwidget.kinds.encoder.inputs import split_passages
from attrwidget.kinds.encoder.model import EncoderModel
from attrwidget.kinds.encoder.trace import EncoderTrace, first_run
from attrwidget.kinds.table import MASKED_LM
from attrwidget.text.edits import Edit, Edits
from attrwidget.text.prompt import encode_text
from attrwidget.text.tokens import token_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.explanation import Explanation
    from attrwidget.kinds.encoder.inputs import Passage
    from attrwidget.text.prompt import Encoded, Text, Texts

    Output = str | int | Sequence[str | int]


class MaskedLM(Encoder):
    """The adapter of a masked language model."""

    task = MASKED_LM.task

    def _missing(self) -> str | None:
        if self.own.get_output_embeddings() is None:
            return "which has no output layer that predicts tokens"
        if self.tokenizer.mask_token_id is None:
            return "and its tokenizer has no mask token"
        return None


class MaskTrace(EncoderTrace):
    """The trace of the tokens predicted under masks: an output is a token id."""

    def before(self, step: int) -> list[int]:
        """Return the token ids before *step*'s mask."""
        return self.tokens.ids[: self.position(step)]

    def likely(self, edit: Edit) -> list[int]:
        """Return the likeliest tokens under a mask in the place of *edit*'s."""
        masked = Edits([edit._replace(ids=(self.model.tokenizer.mask_token_id,))])
        other = cast("Self", self.answered_anew(masked))
        step = other._text.rows.index(edit.start)  # noqa: SLF001 - its own class
        return other.steps.top_ids[step].tolist()  # type: ignore[no-any-return]

    def make_lens(self) -> LogitLens:
        """Return what reads the prediction of each layer under a mask; see ``engine.logit_lens``."""
        text = self._text
        return LogitLens(
            self, text.rows, lambda: text.read(text.run())[0], lambda count: text.one(count).logits
        )


class MaskedLMModel(EncoderModel):
    """A masked language model that can be explained; made by ``attrwidget.load``."""

    adapter = MaskedLM
    _adapter: MaskedLM

    @overload  # type: ignore[override]  # reads no chat
    def explain(self, text: Text, *, output: Output | None = None) -> Explanation: ...
    @overload
    def explain(
        self, text: Texts, *, output: Output | Sequence[Output] | None = None
    ) -> list[Explanation]: ...
    @overload
    def explain(
        self, text: Encoded, *, output: Output | Sequence[Output] | None = None
    ) -> Explanation | list[Explanation]: ...
    def explain(
        self, text: Text | Texts | Encoded, *, output: Output | Sequence[Output] | None = None
    ) -> Explanation | list[Explanation]:
        """Explain what the model predicts under each mask of a text; each mask is a step.

        Args:
            text: A text with the tokenizer's mask token in it (``model.tokenizer.mask_token``), or its token ids. A
                list of texts, or a padded batch from a tokenizer, gives a list of Explanations.
            output: What to explain instead of the likeliest token: a word or a token id, or a list with one for each
                mask. For several texts, a list with one such output for each.

        Returns:
            The Explanation, or a list of them.

        Raises:
            AttrWidgetError: The text has no mask, a word is more than one token, or the text is too long.

        Example:
            >>> model = aw.load("demo-masked")
            >>> model.explain("The capital of [MASK] is Berlin.")
        """
        texts = split_passages(text)
        count = 1 if texts is None else len(texts)
        outputs = iter(each_output(output, count, "text", batch=texts is not None))
        return self._each(
            text,
            None,
            lambda passage: self._trace(passage, next(outputs)),
            edited=lambda passage: self._trace(passage, None),
        )

    def _trace(self, passage: Passage, output: Any) -> MaskTrace:
        model = self._adapter
        rows = tuple(i for i, token in enumerate(passage.ids) if token == model.tokenizer.mask_token_id)
        if not rows:
            mask = model.tokenizer.mask_token
            raise AttrWidgetError(
                f"The text has no mask, so there is nothing to predict: put {mask!r} where a word is to be filled in, "
                f"as in 'Paris is the {mask} of France.'."
            )
        text = self._text(passage, rows)
        logits, recorder = first_run(text, self.capabilities)
        wanted = logits.argmax(-1).tolist() if output is None else self._given(output, passage.ids, rows)
        texts = [
            token_text(model.tokenizer, token, passage.ids[:row])
            for token, row in zip(wanted, rows, strict=True)
        ]
        return MaskTrace(
            text,
            self.capabilities,
            (logits, recorder),
            outputs=wanted,
            texts=[one if one.startswith(" ") else f" {one}" for one in texts],
            ids=wanted,
            sections=passage.sections(),
            title="Under the masks" if len(rows) > 1 else "Under the mask",
            step_noun=("prediction", "predictions"),
        )

    def _given(self, output: Any, ids: list[int], rows: tuple[int, ...]) -> list[int]:
        given = list(output) if isinstance(output, list | tuple) else [output]
        if len(given) != len(rows):
            raise AttrWidgetError(
                f"The text has {len(rows)} masks and output= {len(given)} words: give one word for each mask."
            )
        return [self._token(one, ids[:row]) for one, row in zip(given, rows, strict=True)]

    def _token(self, word: Any, before: list[int]) -> int:
        """Return the token id of *word*, a text or an id; a space goes before a word inside a text."""
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
