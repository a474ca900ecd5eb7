"""Define a method of attribution: its description, what it needs of a model, and the function that computes rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.methods.request.targets import TARGET_FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    import numpy as np
    import torch
    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace


class Progress(NamedTuple):
    """The progress of a method that cannot finish steps one by one, yielded between rows."""

    done: int
    total: int


class Figures(NamedTuple):
    """Numbers that a method gives for each row besides its scores.

    Attributes:
        residual: How far each row is from adding up to ``change``: ``[len(steps)]``.
        change: The difference of two scores of the model that each row should add up to: ``[len(steps)]``.
        base: The score that each row adds up from: ``[len(steps)]``.
        fit: R² of a surrogate model's scores against the model's own, on the texts it was fitted to: ``[len(steps)]``.
        held_out: The same R² on texts that were held out.
        moved: For an integral: how far each row moved when its points were doubled last, by L1 norms, as a share.
        points: For an integral: how many points each row took.
        kept: For products of embeddings e and gradients g: Σ |e · g| of each row as a share of Σ ‖e‖ ‖g‖.
    """

    residual: NDArray[np.floating] | None = None
    change: NDArray[np.floating] | None = None
    base: NDArray[np.floating] | None = None
    fit: NDArray[np.floating] | None = None
    held_out: NDArray[np.floating] | None = None
    moved: NDArray[np.floating] | None = None
    points: NDArray[np.floating] | None = None
    kept: NDArray[np.floating] | None = None

    @classmethod
    def adding_up(
        cls, rows: NDArray[np.floating], base: NDArray[np.floating], score: NDArray[np.floating]
    ) -> Figures:
        """Return the figures of *rows* that should add up to *score* from *base*; NaN counts as nothing."""
        import numpy as np

        change = score - base
        return cls(np.nansum(rows, axis=1) - change, change, base)


if TYPE_CHECKING:
    Chunk = (
        tuple[list[int], NDArray[np.floating]] | tuple[list[int], NDArray[np.floating], Figures] | Progress
    )
    Rows = Generator[Chunk, None, None]
    Together = Callable[[Sequence[Trace], Sequence[Any]], list[list[Chunk] | None]]  # of traces and requests


class Passes(NamedTuple):
    """About how long a method takes, in forward passes over the whole text; a batched backward pass is about 0.7.

    Attributes:
        once: Passes that all steps share.
        each_step: Passes for each step that is explained.
        each_input: Passes for each input that the last of the steps sees.
    """

    once: float = 0
    each_step: float = 0
    each_input: float = 0


@dataclass(frozen=True)
class HeadSelection:
    """The layers and heads whose attention is read, and how they are combined.

    Attributes:
        layer: A layer, from 0; None for every layer.
        heads: Pairs of layer and head, both from 0; empty for every head.
        rule: How the heads' weights become one: ``"mean"``, ``"sum"``, ``"max"`` or ``"median"``.
    """

    layer: int | None = None
    heads: tuple[tuple[int, int], ...] = ()
    rule: str = "mean"


# What a method may need of a model, and its words in the list of methods.
NEEDS = {
    "gradients": "gradients",
    "attention": "attention weights",
    "interface": "attention through Transformers' interface",
    "masking": "an attention mask that is heeded",
    "stack": "one stack of layers",
    "source": "an encoder and a decoder",
    "generation": "a model that generates text",
}


# The questions that methods answer, as the page asks them.
QUESTIONS = {
    "need": "What did it need?",
    "depend": "What did it depend on?",
    "push": "What pushed it?",
    "look": "What did it look at?",
}


@dataclass(frozen=True)
class Method:
    """A method of attribution.

    Attributes:
        name: Its name in ``scores`` and the widget, such as ``"saliency"``.
        title: Its name on screen.
        description: What its scores are, for the footer; ``{target}`` stands for the target function's name.
        question: The question it answers, a key of ``QUESTIONS``; "" for one of its own.
        formula: Its formula, with *s* the score that is explained and *e* an input's embedding.
        cost: How many forward and backward passes it takes.
        source: The paper or library that it is from.
        compute: ``compute(trace, target, steps, selection, **options)`` yields ``(steps, rows)`` chunk by chunk, with
            floats ``[len(steps), n_inputs]`` that are NaN where a token is no input of the step. It may give more steps
            than asked for, add ``Figures`` as a third item, and yield ``Progress`` between chunks.
        passes: How many forward passes take about as long; None where that is not known.
        signed: Whether rows have a sign.
        attention: Whether rows are attention weights, of which layers and heads can be picked.
        picks: Whether layers and heads can be picked though rows are no attention weights.
        target_function: The target function unless another is asked for; None for a method that explains no score.
        needs: What the model must allow: keys of ``NEEDS``.
        options: Names of options and their defaults.
        package: The library that computes the rows, imported when they are asked for.
        reduce: Where rows are the size of a gradient: what turns gradients ``[k, tokens, d]`` and embeddings
            ``[tokens, d]`` into ``[k, tokens]``, so that the gradients of two words can be compared before it.
        linear: Whether the row of a sum of scores is the sum of their rows, and ``compute`` reads the trace by its
            gradients alone: one backward pass then explains several steps.
        together: ``together(traces, requests)`` computes all rows of several texts of a model in batches; each text has
            a ``Request``. It returns what ``compute`` would yield of each, or None where that cannot be done.
        distribution: How it explains the target function ``"distribution"``: by comparing scores (``"change"``), by
            differentiating (``"gradient"``), or, None, not at all.
        note: ``note(trace, options)`` is a sentence on how the scores were computed, or None.
        note_on_rows: ``note_on_rows(trace, steps, rows)`` is a sentence on what finished rows show, or None.
    """

    name: str
    title: str
    description: str
    formula: str
    cost: str
    source: str
    compute: Callable[..., Rows]
    question: str = ""
    passes: Passes | None = None
    signed: bool = False
    attention: bool = False
    picks: bool = False
    target_function: str | None = "log_prob"
    needs: tuple[str, ...] = ("gradients",)
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    package: str | None = None
    reduce: Callable[[torch.Tensor, torch.Tensor], torch.Tensor] | None = None
    linear: bool = False
    together: Together | None = None
    distribution: str | None = None
    note: Callable[[Trace, Mapping[str, Any]], str | None] | None = None
    note_on_rows: Callable[[Trace, Sequence[int], NDArray[np.floating]], str | None] | None = None

    def describe(self, target_function: str | None) -> str:
        """Return the description for the footer, with the name of *target_function* in it."""
        if target_function is None:
            return self.description
        return self.description.format(target=TARGET_FUNCTIONS[target_function])

    def refusal(self, trace: Trace) -> str | None:
        """Return why this method cannot explain *trace*, in a sentence, or None when it can."""
        return (
            self._without_package()
            or self._without_head(trace)
            or self._other_kind(trace)
            or self._missing_capability(trace)
        )

    def _without_package(self) -> str | None:
        if self.package is None or _is_installed(self.package):
            return None
        return f"{self.title} needs {self.package}, which is not installed: pip install {self.package}."

    def _without_head(self, trace: Trace) -> str | None:
        if self.target_function is None or trace.output_kind != "none":
            return None
        return (
            f"{self.title} explains a prediction, and {trace.model.name} has no head that makes one: read its "
            "attention, or load it with a head, such as AutoModelForMaskedLM or AutoModelForSequenceClassification."
        )

    def _other_kind(self, trace: Trace) -> str | None:
        """Return why this method is for another kind of model, or None."""
        name = trace.model.name
        if "generation" in self.needs and not trace.writes_text:
            return f"{self.title} explains generated text, and {name} generates none: take another method."
        if "stack" in self.needs and trace.model.encoder_decoder:
            return f"{self.title} follows attention through one stack of layers, and {name} has two."
        if "source" in self.needs and not trace.n_source:
            return f"{self.title} needs an encoder–decoder model, and {name} is of another kind: take 'attention'."
        return None

    def _missing_capability(self, trace: Trace) -> str | None:
        """Return why the model's mask, gradients or attention do not suffice, or None."""
        capabilities, name = trace.capabilities, trace.model.name
        if "masking" in self.needs and capabilities.masking == "ignored":
            return (
                f"{self.title} masks inputs from attention, which {name} does not heed: take 'leave_one_out_deleted' "
                "or 'leave_one_out_replaced'."
            )
        if "gradients" in self.needs and capabilities.gradients_note is not None:
            return f"{capabilities.gradients_note}: take a method that runs it forwards, such as 'leave_one_out'."
        if {"attention", "interface"} & set(self.needs) and capabilities.attention is None:
            return capabilities.attention_note or f"{name} shows no attention."
        if "interface" in self.needs and capabilities.attention != "recorded":
            return (
                f"{self.title} needs the values that attention weights are applied to, and {name} does not show "
                "them: read its attention instead."
            )
        return None


_installed: set[str] = set()  # a missing package is looked for again: it may have been installed


def _is_installed(package: str) -> bool:
    if package not in _installed and find_spec(package) is not None:
        _installed.add(package)
    return package in _installed
