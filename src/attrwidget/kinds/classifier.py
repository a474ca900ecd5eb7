"""A loaded sequence classifier: it gives a text a class, several labels, or a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.kinds.encoder.adapter import Classifier
from attrwidget.kinds.encoder.model import EncoderModel
from attrwidget.kinds.encoder.outputs import ClassTrace
from attrwidget.kinds.encoder.sections import parts_of
from attrwidget.kinds.encoder.trace import first_run

if TYPE_CHECKING:
    from attrwidget.kinds.encoder.inputs import Passage

_CALLED = {
    "softmax": ("class", "classes"),
    "sigmoid": ("label", "labels"),
    "number": ("number", "numbers"),
}


class ClassifierModel(EncoderModel[Classifier]):
    """A sequence classifier that can be explained; made by ``attrwidget.load``."""

    adapter = Classifier

    def explain(self, text: Any, text_pair: Any = None) -> Any:
        """Return the Explanation of the classes that the model gives *text*, alone or with *text_pair*.

        *text* is a text or a list of token ids, special tokens included. A list of texts, or a padded batch from a
        tokenizer, gives a list of Explanations, with the same numbers as one by one. Each class is a step, the
        likeliest first: ``ex.scores("input_x_gradient").loc["positive"]``. Where a model gives several labels, each
        has a probability of its own; a model that gives a number has steps without probabilities. Where an encoder and
        then a decoder read the text, as in BART and T5, a token's score is of both, and attention is the decoder's to
        the encoder's tokens.

        Raises AttrWidgetError, in one sentence with what to do, for bad input.
        """
        return self._each(text, text_pair, self._explained)

    def _explained(self, passage: Passage) -> ClassTrace:
        model = self._adapter
        whole = self._text(passage, (self._place(passage.ids),) * len(model.labels))
        logits, recorder = first_run(whole, self._abilities)
        values = logits[0].tolist()
        numbers = model.output_kind == "number"
        outputs = (
            list(range(len(values))) if numbers else sorted(range(len(values)), key=lambda i: (-values[i], i))
        )
        texts = [
            f" {_called(model.labels[i])}{values[i]:.4g}" if numbers else f" {model.labels[i]}"
            for i in outputs
        ]
        parts, titles = parts_of(passage, "Text", "Second text")
        called = _CALLED[model.output_kind]
        given = {
            "softmax": 1,
            "sigmoid": sum(value > 0 for value in values),  # those likelier than not
            "number": len(values),
        }[model.output_kind]
        return ClassTrace(
            whole,
            self._abilities,
            (logits, recorder),
            outputs=outputs,
            texts=texts,
            titles=[*titles, called[1].capitalize()],
            parts=parts,
            output_kind=model.output_kind,
            answer_text=", ".join(text.strip() for text in texts[:given]) or "no label",
            step_noun=called,
        )

    def _place(self, ids: list[int]) -> int:
        """Return the place in *ids* at which the class is read. Raises AttrWidgetError for a text without its end."""
        end = self._abilities.end
        if end is None:
            return (self._abilities.pooled or 0) % len(ids)
        if end not in ids:
            name = self.tokenizer.convert_ids_to_tokens(end)
            raise AttrWidgetError(
                f"The text has no token {name!r} (id {end}), at which {self.name} reads the class: end it with one."
            )
        return len(ids) - 1 - ids[::-1].index(end)


def _called(label: str) -> str:
    """Return *label* before its number; nothing where nobody gave it a name."""
    return "" if label.startswith("LABEL_") else f"{label} "
