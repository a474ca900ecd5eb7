"""The names of classes, for sequence and token classifiers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrwidget.checks import is_whole
from attrwidget.errors import AttrWidgetError
from attrwidget.kinds.encoder.adapter import Encoder
from attrwidget.kinds.encoder.trace import EncoderTrace


class Labelled(Encoder):
    """The adapter of a model whose outputs are classes with names."""

    decodes = True

    @property
    def labels(self) -> list[str]:
        """The names of the classes, by number."""
        config: Any = self.hf.config
        return [str(config.id2label.get(i, f"LABEL_{i}")) for i in range(config.num_labels)]

    def _missing(self) -> str | None:
        return None if self.has_class_of_kind else "which has no such classes"


class LabelTrace(EncoderTrace):
    """The trace of classes, of a text or of its tokens: an output is the number of a class."""

    model: Labelled

    def output_text(self, step: int, output: int) -> str:  # noqa: ARG002
        """Return the name of the class *output*."""
        return self.model.labels[output]

    def named(self, what: Any) -> tuple[int, ...]:
        """Return the class of each step that *what* names: a name or number, or one for each step."""
        labels = self.model.labels
        several = isinstance(what, Sequence) and not isinstance(what, str)
        given = list(what) if several else [what] * self.n_steps
        if len(given) != self.n_steps:
            raise AttrWidgetError(
                f"There are {len(given)} foils and {self.n_steps} steps: give one foil for each step, or one for all."
            )
        return tuple(_class_of(one, labels) for one in given)


def _class_of(what: Any, labels: Sequence[str]) -> int:
    """Return the number of the class *what*: its number, or its name in any case."""
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
