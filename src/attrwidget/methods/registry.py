"""The methods there are. Adding one is adding one file that calls ``register``."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.errors import AttrWidgetError, did_you_mean
from attrwidget.methods.request.targets import TARGET_FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace


class Progress(NamedTuple):
    """How far a method is that cannot finish steps one by one; yielded between its chunks."""

    done: int
    total: int


class Figures(NamedTuple):
    """What is known of each row beside its numbers, each ``[len(steps)]`` or None.

    ``residual``: how far the row is from adding up to ``change``, the difference of two scores of the model, and
    ``base``, the score that it adds up from. ``fit`` and ``held_out``: R² of a surrogate's scores against the model's,
    where it was fitted and elsewhere.
    """

    residual: NDArray[np.floating] | None = None
    change: NDArray[np.floating] | None = None
    base: NDArray[np.floating] | None = None
    fit: NDArray[np.floating] | None = None
    held_out: NDArray[np.floating] | None = None

    @classmethod
    def adding_up(
        cls, rows: NDArray[np.floating], base: NDArray[np.floating], score: NDArray[np.floating]
    ) -> Figures:
        """Return the figures of *rows* that are to add up to *score* from *base*; NaN counts nothing."""
        import numpy as np

        change = score - base
        return cls(np.nansum(rows, axis=1) - change, change, base)


if TYPE_CHECKING:
    Chunk = (
        tuple[list[int], NDArray[np.floating]] | tuple[list[int], NDArray[np.floating], Figures] | Progress
    )
    Rows = Generator[Chunk, None, None]


@dataclass(frozen=True)
class HeadSelection:
    """Which attention is read: pairs of layer and head, both from 0, and the rule that makes them one."""

    layer: int | None = None
    heads: tuple[tuple[int, int], ...] = ()
    rule: str = "mean"


NEEDS = {
    "gradients": "gradients",
    "attention": "attention weights",
    "interface": "attention through Transformers' interface",
    "masking": "an attention mask that is heeded",
    "stack": "one stack of layers",
    "source": "an encoder and a decoder",
    "generation": "a model that generates text",
}


@dataclass(frozen=True)
class Method:
    """A method of attribution.

    ``compute(trace, target, steps, selection, **options)`` yields ``(steps, rows)`` chunk by chunk: rows of floats
    ``[len(steps), n_inputs]``, NaN where a token is no input of the step. More steps than asked for may be given.
    A third item, ``Figures``, tells more of the rows; ``Progress`` may be yielded between.

    ``signed``: rows have a sign. ``attention``: rows are attention weights, and layers and heads can be picked;
    ``picks``: they can be picked of other rows, from Python alone. ``target_function`` is the default one, None
    where nothing is differentiated or measured. ``needs`` are keys of ``NEEDS``. ``options`` are names and
    defaults. ``note(trace, options)`` is a sentence on how the numbers were had, or None. ``package`` is imported to
    compute them. ``distribution`` is how the whole distribution can be explained: by its ``"change"``, its ``"slope"``,
    or, where a sign would be lost, not at all; see ``Target``.
    """

    name: str
    title: str
    description: str
    formula: str
    cost: str
    source: str
    compute: Callable[..., Rows]
    signed: bool = False
    attention: bool = False
    picks: bool = False
    target_function: str | None = "log_prob"
    needs: tuple[str, ...] = ("gradients",)
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    package: str | None = None
    distribution: str | None = None
    note: Callable[[Trace, Mapping[str, Any]], str | None] | None = None

    def describe(self, target_function: str | None) -> str:
        """Return the method in words, for the footer, when *target_function* is differentiated."""
        return (
            self.description
            if target_function is None
            else self.description.format(target=TARGET_FUNCTIONS[target_function])
        )

    def refusal(self, trace: Trace) -> str | None:
        """Return a sentence on why *trace*'s model does not allow this method, or None when it does."""
        if self.package and not _is_installed(self.package):
            return f"{self.title} needs {self.package}, which is not installed: pip install {self.package}."
        name = trace.model.name
        if self.target_function is not None and trace.output_kind == "none":
            return (
                f"{self.title} explains a prediction, and {name} has no head that makes one: read its attention, or "
                "load it with a head, such as AutoModelForMaskedLM or AutoModelForSequenceClassification."
            )
        wrong = self._other_kind(trace)
        if wrong is not None:
            return wrong
        if "masking" in self.needs and trace.capabilities.masking == "ignored":
            return (
                f"{self.title} masks inputs from attention, which {name} does not heed: take 'leave_one_out_deleted' "
                "or 'leave_one_out_replaced'."
            )
        return self._blind(trace)

    def _other_kind(self, trace: Trace) -> str | None:
        """Return a sentence on why this method is for another kind of model than *trace*'s, or None when it is not."""
        name = trace.model.name
        if "generation" in self.needs and trace.task not in ("text-generation", "text2text-generation"):
            return f"{self.title} explains generated text, and {name} generates none: take another method."
        if "stack" in self.needs and trace.model.encoder_decoder:
            return f"{self.title} follows attention through one stack of layers, and {name} has two."
        if "source" in self.needs and not trace.n_source:
            return (
                f"{self.title} is of encoder–decoder models, and {name} is of another kind: take 'attention'."
            )
        return None

    def _blind(self, trace: Trace) -> str | None:
        """Return a sentence on why *trace*'s attention or gradients are not enough, or None when they are."""
        capabilities, name = trace.capabilities, trace.model.name
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


_methods: dict[str, Method] = {}
_installed: set[str] = set()  # looked for at every request; what is missing may yet be installed


def _is_installed(package: str) -> bool:
    if package not in _installed and find_spec(package) is not None:
        _installed.add(package)
    return package in _installed


def register(method: Method) -> Method:
    """Add *method* to those there are, under its name."""
    _methods[method.name] = method
    return method


def get(name: str) -> Method:
    """Return the method called *name*; raise AttrWidgetError with the list when there is none."""
    if not isinstance(name, str) or name not in _methods:
        close = did_you_mean(name, _methods)
        ours = ", ".join(known.name for known in _methods.values() if known.package is None)
        raise AttrWidgetError(
            f"There is no method {name!r}{close}: take one of {ours}, or others of attrwidget.methods()."
        )
    return _methods[name]


def all_methods() -> list[Method]:
    """Return all methods in the order in which they are offered."""
    return list(_methods.values())
