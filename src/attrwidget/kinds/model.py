"""The base class of all loaded models."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, overload

from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import own_precision, weights_state
from attrwidget.hf.model_errors import is_out_of_memory, model_errors
from attrwidget.progress import progress_bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.explanation import Explanation
    from attrwidget.hf.adapter import Adapter
    from attrwidget.hf.loading import Loaded
    from attrwidget.progress import Progress
    from attrwidget.text.prompt import Chat, Encoded, Prompt, Prompts


_remembered: dict[Any, Capabilities] = {}


class Model(ABC):
    """A model that can be explained; made by ``attrwidget.load``.

    Example:
        >>> model = aw.load("demo")
        >>> model.task, model.hf.config.n_layer
        >>> ex = model.explain("The capital of Japan is", max_new_tokens=2)
    """

    adapter: ClassVar[type[Adapter]]
    _adapter: Adapter
    _found: tuple[int | None, Capabilities] | None = None

    def __init__(self, parts: Loaded, memory_budget: int | None = None) -> None:
        self._adapter = self.adapter(parts.hf, parts.tokenizer, parts.name)
        self._adapter.memory_budget = memory_budget

    def __repr__(self) -> str:
        return f"Model({self.name!r}, {type(self.hf).__name__})"

    @property
    def name(self) -> str:
        """The name or folder it was loaded from."""
        return self._adapter.name

    def rename(self, name: str) -> None:
        """Call the model *name* from now on, in sentences and on screen."""
        self._adapter.name = name

    @property
    def hf(self) -> PreTrainedModel:
        """The Transformers model itself."""
        return self._adapter.own

    @property
    def task(self) -> str:
        """The kind of model, as Transformers' pipelines name it, such as ``"text-generation"``."""
        return self._adapter.task

    @property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        """The model's tokenizer."""
        return self._adapter.tokenizer

    @property
    def is_chat_model(self) -> bool:
        """Whether it was trained on chats, so that it answers chat messages better than a bare text."""
        return False

    @property
    def capabilities(self) -> Capabilities:
        """How attention and gradients of the model are computed; found once for an architecture, by trying it."""
        # A quantised model may repack its weights when it is run, for kernels that allow less.
        state = weights_state(self.hf) if self._adapter.quantized else None
        if self._found is None or self._found[0] != state:
            found = self._remembered_or_tried()
            state = weights_state(self.hf) if self._adapter.quantized else None
            self._found = state, found
        return self._found[1]

    def _remembered_or_tried(self) -> Capabilities:
        architecture = self._adapter.architecture
        found = None if architecture is None else _remembered.get((type(self), architecture))
        if found is None:
            with own_precision(), progress_bar("Trying the model", "trial") as report:
                found = self._try(report)
            # Notes name the model, and another of its architecture may do better.
            if architecture is not None and found.attention_note is None and found.gradients_note is None:
                _remembered[type(self), architecture] = found
        return found

    def _try(self, report: Progress) -> Capabilities:
        try:
            with model_errors(self.hf, "was tried on a few tokens"):
                return self._probe(report)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            raise AttrWidgetError(
                f"There is not enough memory to try {self.name} on a few tokens: end what else uses memory and try "
                "again, or load the model with dtype='bfloat16'."
            ) from error

    @abstractmethod
    def _probe(self, progress: Progress) -> Capabilities:
        """Find out what the model allows, and report *progress*."""

    @overload
    def explain(self, text: Prompt, /, *args: Any, **options: Any) -> Explanation: ...
    @overload
    def explain(self, text: Prompts, /, *args: Any, **options: Any) -> list[Explanation]: ...
    @overload
    def explain(self, text: Encoded, /, *args: Any, **options: Any) -> Explanation | list[Explanation]: ...
    @abstractmethod
    def explain(
        self, text: Prompt | Prompts | Encoded, /, *args: Any, **options: Any
    ) -> Explanation | list[Explanation]:
        """Explain the output of the model for a text; each kind of model has its own options.

        Args:
            text: A text, token ids, or for a causal model chat messages; several of them, or a padded batch from a
                tokenizer, give a list.
            *args: A second text, for models that read two.
            **options: See ``explain`` of the kind of model, as in ``help(model.explain)``.

        Returns:
            The Explanation, or a list of them.

        Raises:
            AttrWidgetError: The input is bad, or longer than the model can see.
        """

    @abstractmethod
    def explain_call(self, call: Any, chats: Sequence[Chat] = ()) -> list[Explanation]:
        """Explain every sequence of a recorded call: of ``generate`` for generators, of the model itself for others.

        Args:
            call: The call, a ``hf.call_record.Call`` of the type that this kind of model is called by.
            chats: The chat that each prompt was made of; none if that is not known.
        """
