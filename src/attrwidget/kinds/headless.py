"""A loaded encoder without a head: it predicts nothing, but its attention can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.kinds.encoder.adapter import HeadlessEncoder
from attrwidget.kinds.encoder.model import EncoderModel
from attrwidget.kinds.encoder.outputs import HeadlessTrace
from attrwidget.kinds.encoder.sections import parts_of
from attrwidget.kinds.encoder.trace import first_run
from attrwidget.text.tokens import read_tokens

if TYPE_CHECKING:
    from attrwidget.kinds.encoder.inputs import Passage


class HeadlessModel(EncoderModel[HeadlessEncoder]):
    """An encoder without a head, whose attention can be read; made by ``attrwidget.load``."""

    adapter = HeadlessEncoder

    def explain(self, text: Any, text_pair: Any = None) -> Any:
        """Return the Explanation of how the tokens of *text*, alone or with *text_pair*, read each other.

        Without a head the model predicts nothing, so only methods that read attention are there. Each token is a step
        that shows its own row. *text* is a text or a list of token ids, special tokens included; a list of texts, or a
        padded batch from a tokenizer, gives a list of Explanations.

        Raises AttrWidgetError, in one sentence with what to do, for bad input.
        """
        return self._each(text, text_pair, self._explained)

    def _explained(self, passage: Passage) -> HeadlessTrace:
        model, count = self._adapter, len(passage.ids)
        text = self._text(passage, tuple(range(count)))
        states, recorder = first_run(text, self._abilities)
        tokens = read_tokens(model.tokenizer, passage.ids, count)
        parts, titles = parts_of(passage, "Text", "Second text")
        return HeadlessTrace(
            text,
            self._abilities,
            (states, recorder),
            outputs=range(count),
            texts=[f" {label}" for label in tokens.labels],
            ids=passage.ids,
            titles=[*titles, "Each token"],
            parts=parts,
            output_kind="none",
            answer_text="",
            warnings=[_only_attention(model.name)],
        )


def _only_attention(name: str) -> str:
    return (
        f"{name} has no head that predicts anything, so only its attention can be read: for other methods load it "
        "with a head, such as AutoModelForMaskedLM or AutoModelForSequenceClassification."
    )
