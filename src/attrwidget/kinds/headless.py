"""Encoders without a head: they predict nothing, but their attention can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from attrwidget.kinds.encoder.adapter import Encoder, rows_of
from attrwidget.kinds.encoder.model import EncoderModel
from attrwidget.kinds.encoder.trace import EncoderTrace, first_run
from attrwidget.kinds.table import HEADLESS
from attrwidget.text.tokens import read_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

    from attrwidget.explanation import Explanation
    from attrwidget.kinds.encoder.adapter import OutputPositions
    from attrwidget.kinds.encoder.inputs import Passage
    from attrwidget.text.prompt import Encoded, Text, Texts


class HeadlessEncoder(Encoder):
    """The adapter of an encoder without a head."""

    task = HEADLESS.task

    def read(self, output: Any, at: OutputPositions) -> torch.Tensor:
        """Return the last hidden states at the steps' positions, by which two runs can be compared."""
        return rows_of(output[0], at.rows)


class HeadlessTrace(EncoderTrace):
    """The trace of a text without outputs: its steps are its tokens."""

    def output_text(self, step: int, output: int) -> str:  # noqa: ARG002
        """Return an empty text."""
        return ""


class HeadlessModel(EncoderModel):
    """An encoder without a head, whose attention can be read; made by ``attrwidget.load``."""

    adapter = HeadlessEncoder
    _adapter: HeadlessEncoder

    @overload  # type: ignore[override]  # reads no chat
    def explain(self, text: Text, text_pair: str | None = None) -> Explanation: ...
    @overload
    def explain(self, text: Texts, text_pair: str | Sequence[str] | None = None) -> list[Explanation]: ...
    @overload
    def explain(
        self, text: Encoded, text_pair: str | Sequence[str] | None = None
    ) -> Explanation | list[Explanation]: ...
    def explain(
        self, text: Text | Texts | Encoded, text_pair: str | Sequence[str] | None = None
    ) -> Explanation | list[Explanation]:
        """Explain how the tokens of a text read each other; each token is a step with its own row of attention.

        The model predicts nothing, so only methods that read attention are available.

        Args:
            text: A text, or a list of token ids, special tokens included. A list of texts, or a padded batch from a
                tokenizer, gives a list of Explanations.
            text_pair: A second text; for several texts, one for each or one for all.

        Returns:
            The Explanation, or a list of them.

        Raises:
            AttrWidgetError: The input is not a text, is empty, or is longer than the model can see.

        Example:
            >>> model = aw.load("google-bert/bert-base-uncased", task="feature-extraction")
            >>> model.explain("The film was good.").attention(layer=3, head=9)
        """
        return self._each(text, text_pair, self._trace)

    def _trace(self, passage: Passage) -> HeadlessTrace:
        model, count = self._adapter, len(passage.ids)
        text = self._text(passage, tuple(range(count)))
        states, recorder = first_run(text, self.capabilities)
        tokens = read_tokens(model.tokenizer, passage.ids, count)
        return HeadlessTrace(
            text,
            self.capabilities,
            (states, recorder),
            outputs=range(count),
            texts=[f" {label}" for label in tokens.labels],
            ids=passage.ids,
            sections=passage.sections(),
            title="Each token",
            output_kind="none",
            answer_text="",
            warnings=[_only_attention(model.name)],
        )


def _only_attention(name: str) -> str:
    return (
        f"{name} has no head that predicts anything, so only its attention can be read: for other methods load it "
        "with a head, such as AutoModelForMaskedLM or AutoModelForSequenceClassification."
    )
