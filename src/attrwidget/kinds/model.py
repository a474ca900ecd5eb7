"""What all loaded models have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from attrwidget.hf.adapter import Adapter
from attrwidget.hf.exclusive_use import own_precision, weights_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.explanation import Explanation
    from attrwidget.hf.loading import Loaded

A = TypeVar("A", bound=Adapter)


class Model(ABC, Generic[A]):
    """A model that can be explained; made by ``attrwidget.load``."""

    adapter: ClassVar[type[Adapter]]
    _found: tuple[int | None, Capabilities] | None = None

    def __init__(self, parts: Loaded) -> None:
        self._adapter: A = self.adapter(parts.hf, parts.tokenizer, parts.name)  # type: ignore[assignment]
        self._adapter.memory_budget = parts.memory_budget

    def __repr__(self) -> str:
        return f"Model({self.name!r}, {type(self.hf).__name__})"

    @property
    def name(self) -> str:
        """The name or folder it was loaded from."""
        return self._adapter.name

    @property
    def hf(self) -> PreTrainedModel:
        """The Transformers model itself."""
        return self._adapter.own

    @property
    def task(self) -> str:
        """What kind of model it is, as Transformers' pipelines name it, such as ``"text-generation"``."""
        return self._adapter.task

    @property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        """Its tokenizer."""
        return self._adapter.tokenizer

    @property
    def _abilities(self) -> Capabilities:
        # A quantised model may repack its weights when it is run, for kernels that allow less.
        state = weights_state(self.hf) if self._adapter.quantized else None
        if self._found is None or self._found[0] != state:
            with own_precision():
                found = self._probe()
            state = weights_state(self.hf) if self._adapter.quantized else None
            self._found = state, found
        return self._found[1]

    @abstractmethod
    def _probe(self) -> Capabilities:
        """Find out what the model allows."""

    @abstractmethod
    def explain(self, *args: Any, **options: Any) -> Any:
        """Return the Explanation of what the model makes of an input."""

    @abstractmethod
    def explain_call(self, call: Any, messages: Sequence[Any] | None = None) -> list[Explanation]:
        """Return an Explanation of each row of *call*, a ``Call`` of what the kind of model is called by.

        *messages* is the chat that a prompt was made of.
        """
