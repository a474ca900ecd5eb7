"""What models that read a text at once say of it: tokens under masks, classes, a span, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from attrwidget.checks import is_index, is_whole
from attrwidget.engine.logit_lens import read_layers
from attrwidget.errors import AttrWidgetError
from attrwidget.kinds.encoder.trace import EncoderTrace

if TYPE_CHECKING:
    import torch

    from attrwidget.engine.logit_lens import LensReading
    from attrwidget.kinds.encoder.adapter import Classifier, QuestionAnswering, TokenClassifier


class MaskTrace(EncoderTrace):
    """The tokens that a masked language model predicts under masks: an output is a token's id."""

    def before(self, step: int) -> list[int]:
        """Return the token ids that *step*'s mask follows in the text."""
        return self.tokens.ids[: self.position(step)]

    def read_layers(self) -> LensReading:
        """Return what each layer would predict under each mask; see ``trace.lens``."""

        def run() -> torch.Tensor:
            output = self._text.run()
            return self._text.read(output, len(output.logits))

        return read_layers(self.model, run, self.outputs)


class ClassTrace(EncoderTrace):
    """The classes of a text, or of its tokens: an output is a class's number."""

    model: Classifier | TokenClassifier

    def output_text(self, step: int, output: int) -> str:  # noqa: ARG002
        """Return the name of the class *output*."""
        return self.model.labels[output]

    def named(self, what: Any) -> tuple[int, ...]:
        """Return the classes that *what*, a name or a number or one for each step, is of."""
        labels = self.model.labels
        several = isinstance(what, Sequence) and not isinstance(what, str)
        given = list(what) if several else [what] * self.n_steps
        if len(given) != self.n_steps:
            raise AttrWidgetError(
                f"There are {len(given)} foils and {self.n_steps} steps: give one foil for each step, or one for all."
            )
        return tuple(class_of(one, labels) for one in given)


class SpanTrace(EncoderTrace):
    """Where an answer starts and ends: an output is a position in the text."""

    model: QuestionAnswering

    def output_text(self, step: int, output: int) -> str:  # noqa: ARG002
        """Return the token at *output*."""
        return self.tokens.labels[output]

    def named(self, what: Any) -> tuple[int, ...]:
        """Return the first and last position of *what*: words of the context, or two positions."""
        if isinstance(what, str):
            return self._place_of(what)
        if isinstance(what, Sequence) and len(what) == 2 and all(self._possible(place) for place in what):
            return int(what[0]), int(what[1])
        raise AttrWidgetError(
            "foil must be words of the context, or the positions of another answer's first and last token, not "
            f"{what!r}."
        )

    def _possible(self, place: Any) -> bool:
        return is_index(place, self.n_inputs) and bool(self._text.allowed[place])

    def _place_of(self, words: str) -> tuple[int, int]:
        places = [i for i in range(self.n_inputs) if self._possible(i)]
        decode = self.model.tokenizer.decode
        wanted = words.strip().casefold()
        for length in range(1, len(places) + 1):
            for start in range(len(places) - length + 1):
                span = places[start : start + length]
                said = str(decode([self.tokens.ids[i] for i in span])).strip().casefold()
                if said == wanted:
                    return span[0], span[-1]
        raise AttrWidgetError(
            f"The foil {words!r} is not in the context, so it could be no answer: take words of it."
        )


class HeadlessTrace(EncoderTrace):
    """The tokens of a text themselves, of which an encoder without a head predicts nothing."""

    def output_text(self, step: int, output: int) -> str:  # noqa: ARG002
        """Return nothing: there are no outputs."""
        return ""


def class_of(what: Any, labels: Sequence[str]) -> int:
    """Return the number of the class *what*, its name, in any case, or its number; raise AttrWidgetError for none."""
    if is_whole(what) and 0 <= what < len(labels):
        return int(what)
    if isinstance(what, str):
        known = [label.casefold() for label in labels]
        if what in labels:
            return labels.index(what)
        if what.casefold() in known:
            return known.index(what.casefold())
    shown = ", ".join(labels[:20]) + (", …" if len(labels) > 20 else "")
    raise AttrWidgetError(f"There is no class {what!r}: take one of {shown}, or its number.")
