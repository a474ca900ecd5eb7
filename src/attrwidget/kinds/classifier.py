"""Sequence classifiers, which give a text a class, several labels, or a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from attrwidget.errors import AttrWidgetError
from attrwidget.kinds.encoder.labels import Labelled, LabelTrace
from attrwidget.kinds.encoder.model import EncoderModel
from attrwidget.kinds.encoder.trace import first_run
from attrwidget.kinds.table import CLASSIFIER
from attrwidget.text.tokenizing import token_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

    from attrwidget.explanation import Explanation
    from attrwidget.kinds.encoder.adapter import OutputPositions
    from attrwidget.kinds.encoder.inputs import Passage
    from attrwidget.text.prompt import Encoded, Text, Texts

_NOUNS = {
    "softmax": ("class", "classes"),
    "sigmoid": ("label", "labels"),
    "number": ("number", "numbers"),
}


class Classifier(Labelled):
    """The adapter of a sequence classifier."""

    task = CLASSIFIER.task
    one_output = True

    @property
    def output_kind(self) -> str:
        """The meaning of the logits, as in ``read_steps``: one class, several labels, or numbers."""
        kind = getattr(self.hf.config, "problem_type", None)
        if kind == "multi_label_classification":
            return "sigmoid"
        return "number" if kind == "regression" or self.hf.config.num_labels == 1 else "softmax"

    def read(self, output: Any, at: OutputPositions) -> torch.Tensor:
        """Return the logits of the classes, the same for every step."""
        logits: torch.Tensor = output.logits
        return logits[:, None].expand(-1, at.rows.shape[1], -1)


class ClassifierModel(EncoderModel):
    """A sequence classifier that can be explained; made by ``attrwidget.load``."""

    adapter = Classifier
    _adapter: Classifier

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
        """Explain the classes that the model gives a text; each class is a step, the likeliest first.

        Where a model gives several labels, each has its own probability; a model that gives a number has steps without
        probabilities. Where a decoder reads the text after an encoder, as in BART and T5, a token's score is the sum of
        both, and attention is the decoder's to the encoder's tokens.

        Args:
            text: A text, or a list of token ids, special tokens included. A list of texts, or a padded batch from a
                tokenizer, gives a list of Explanations, with the same numbers as one by one.
            text_pair: A second text, for a model of pairs; for several texts, one for each or one for all.

        Returns:
            The Explanation, or a list of them.

        Raises:
            AttrWidgetError: The input is not a text, is empty, or is longer than the model can see.

        Example:
            >>> ex = aw.load("demo-sentiment").explain("The film was not boring at all.")
            >>> ex.scores("input_x_gradient").loc["positive"]
        """
        return self._each(text, text_pair, self._trace)

    def _trace(self, passage: Passage) -> LabelTrace:
        model = self._adapter
        text = self._text(passage, (self._output_position(passage.ids),) * len(model.labels))
        logits, recorder = first_run(text, self.capabilities)
        values = logits[0].tolist()
        numbers = model.output_kind == "number"
        order = range(len(values))
        outputs = list(order) if numbers else sorted(order, key=lambda i: (-values[i], i))
        texts = [
            f" {_before_number(model.labels[i])}{values[i]:.4g}" if numbers else f" {model.labels[i]}"
            for i in outputs
        ]
        nouns = _NOUNS[model.output_kind]
        given = {
            "softmax": 1,
            "sigmoid": sum(value > 0 for value in values),  # those with a probability above one half
            "number": len(values),
        }[model.output_kind]
        return LabelTrace(
            text,
            self.capabilities,
            (logits, recorder),
            outputs=outputs,
            texts=texts,
            sections=passage.sections(),
            title=nouns[1].capitalize(),
            output_kind=model.output_kind,
            answer_text=", ".join(text.strip() for text in texts[:given]) or "no label",
            step_noun=nouns,
        )

    def _output_position(self, ids: list[int]) -> int:
        """Return the position in *ids* at which the class is read."""
        end = self.capabilities.end
        if end is None:
            return (self.capabilities.pooled or 0) % len(ids)
        if end not in ids:
            name = token_name(self.tokenizer, end)
            raise AttrWidgetError(
                f"The text has no token {name!r} (id {end}), at which {self.name} reads the class: end it with one."
            )
        return len(ids) - 1 - ids[::-1].index(end)


def _before_number(label: str) -> str:
    """Return *label* and a space, or nothing for a label that was never given a name."""
    return "" if label.startswith("LABEL_") else f"{label} "
