"""The trace: one run of one model over one text, and all that is read from it."""

from __future__ import annotations

import weakref
from abc import ABC, abstractmethod
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import torch

from attrwidget.engine.attention.recorder import NOT_TOKENS, has_token_axes
from attrwidget.engine.gradients.batched import WEIGHTS_CHANGED
from attrwidget.engine.perturb import Perturber, masked_logits
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import exclusive_use, lock_of, weights_state
from attrwidget.text.tokens import token_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from transformers import PreTrainedModel

    from attrwidget.engine.attention.recorder import AttentionReader
    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.engine.gradients.attention_gradients import AttentionGradients
    from attrwidget.engine.gradients.batched import ScoreFunction
    from attrwidget.engine.logit_lens import LensReading
    from attrwidget.engine.readings import StepReadings
    from attrwidget.hf.adapter import Adapter
    from attrwidget.text.sections import Section
    from attrwidget.text.tokens import Tokens

_GRAPHS_KEPT = 2
_holders: weakref.WeakKeyDictionary[PreTrainedModel, list[weakref.ref[Trace]]] = weakref.WeakKeyDictionary()


class Graph(Protocol):
    """Gradients of steps' scores at the input embeddings, for one text."""

    def gradients(
        self, steps: Sequence[int], score: ScoreFunction
    ) -> Iterator[tuple[list[int], torch.Tensor, torch.Tensor, torch.Tensor]]:
        """Yield ``(steps, gradients [k, inputs, d], scales [k], embeddings [inputs, d])``.

        See ``GradientGraph.gradients``.
        """

    def scores(self, steps: Sequence[int], score: ScoreFunction) -> torch.Tensor:
        """Return the *score* of each of *steps*, float64 ``[len(steps)]`` on the CPU."""


class Trace(ABC):
    """One run of a model over the inputs of its steps, whatever kind of model it is.

    Step *s* is token ``first_step + s`` of the text and sees the first ``seen(s)`` inputs.

    Attributes:
        task: The kind of model, by its name in Transformers' pipelines.
        writes_text: Whether the steps are tokens that the model wrote, each read by the next.
        sees_own_token: Whether a step is read at an input, and sees it even if it is masked.
        output_kind: How logits become probabilities; see ``read_steps``.
        warnings: Sentences to show with the explanation.
        answer_text: The model's answer in words, if the steps' own texts are not enough.
        step_noun: Singular and plural of what a step is.
        needs_end: Whether the text must end with a special token for anything to be read.
        model: The adapter of the model.
        capabilities: What the model allows.
        tokens: The inputs, followed by what is explained.
        steps: Readings of the steps' logits.
        sections: The parts of the text.
        messages: The spans of a chat's messages, which cover the prompt.
        outputs: What is explained at each step, as the model numbers it: a token id or a class.
        first_step: The index of the token that is step 0.
        n_steps: How many steps there are.
        n_inputs: How many inputs there are.
        n_source: How many of the first inputs are an encoder's, in a model that has a decoder too.
    """

    task: str
    writes_text: bool = False
    sees_own_token: bool = False
    output_kind: str = "softmax"
    warnings: tuple[str, ...] = ()
    answer_text: str | None = None
    step_noun: tuple[str, str] = ("token", "tokens")
    needs_end: bool = False
    model: Adapter
    capabilities: Capabilities
    tokens: Tokens
    steps: StepReadings
    sections: list[Section]
    messages: Sequence[Section] = ()
    outputs: tuple[int, ...]
    first_step: int
    n_steps: int
    n_inputs: int
    n_source: int = 0
    _ids: torch.Tensor  # int64 [1, n_inputs]
    _recorded: AttentionReader | None = None

    def __init__(self, model: Adapter, capabilities: Capabilities) -> None:
        self.model = model
        self.capabilities = capabilities
        self.partial_results: dict[Any, Any] = {}  # of methods that run input by input
        self._graph: Graph | None = None
        self._weights = weights_state(model.own)

    def seen(self, step: int) -> int:
        """Return how many inputs *step* sees, counted from the first."""
        return self.first_step + step

    def first_to_see(self, index: int) -> int:
        """Return the first step that sees input *index*."""
        return max(0, index - self.first_step + 1)

    def position(self, step: int) -> int:
        """Return the row of the attention weights at which *step* is read."""
        return self.first_step - 1 + step

    def seen_from(self, position: int) -> int:
        """Return how many inputs the row of the attention weights at *position* sees."""
        return position + 1

    def before(self, step: int) -> list[int]:
        """Return the token ids before *step*'s token."""
        return self.tokens.ids[: self.first_step + step]

    def output_text(self, step: int, output: int) -> str:
        """Return *output* as text at *step*; it may be ``outputs[step]`` or another one."""
        return token_text(self.model.tokenizer, output, self.before(step))

    def named(self, what: Any) -> tuple[int, ...] | None:  # noqa: ARG002
        """Look up the outputs that *what* names, one for each step; return None if outputs are tokens of a text.

        Raises:
            AttrWidgetError: If *what* names no output.
        """
        return None

    def instead(self, output: Sequence[int]) -> Trace:  # noqa: ARG002
        """Return the trace of another *output* for the same input. Raises AttrWidgetError if the model writes none."""
        raise AttrWidgetError(f"{self.model.name} writes no text, so there is no other answer to explain.")

    @cached_property
    def attention(self) -> AttentionReader:
        """The attention of all layers and heads. Raises AttrWidgetError if the model shows none."""
        if self._recorded is not None:
            return self._recorded
        self.require_same_weights()
        found = self._returned() if self.capabilities.attention == "returned" else None
        if found is None:
            note = self.capabilities.attention_note
            raise AttrWidgetError(note or f"{self.model.name} shows no attention.")
        self._require_token_axes(found)
        return found

    def _require_token_axes(self, found: AttentionReader) -> None:
        """Raise AttrWidgetError unless every layer of *found* has a row and a column for each token of the text."""
        if not has_token_axes(found, self.n_inputs):
            raise AttrWidgetError(NOT_TOKENS.format(self.model.name))

    def drop_unreadable_attention(self) -> None:
        """Take attention out of the capabilities if that of this very text cannot be shown."""
        if self.capabilities.attention == "returned":
            try:
                _ = self.attention
            except AttrWidgetError as error:
                self.capabilities = replace(self.capabilities, attention=None, attention_note=str(error))

    @abstractmethod
    def _returned(self) -> AttentionReader | None:
        """Return the attention that the model itself returns."""

    @property
    def decoder_reads_inputs(self) -> bool:
        """Whether an encoder and a decoder both read the inputs, as in BART with a classification head."""
        return self.model.encoder_decoder and not self.n_source

    @property
    def n_layers(self) -> int:
        """How many layers have attention to show; 0 if the model shows none."""
        return self.attention.n_layers if self.capabilities.attention else 0

    @property
    def n_heads(self) -> int:
        """How many heads a layer has; 0 if the model shows no attention."""
        return self.attention.n_heads if self.capabilities.attention else 0

    def new_graph(self, *, attention: str | None = None, **options: Any) -> Graph:
        """Return another gradient graph, with *options* of ``GradientGraph``; *attention* replaces the usual one."""
        self.require_same_weights()
        capabilities = self.capabilities
        if attention is not None:
            capabilities = replace(capabilities, gradient_attention=attention)
        return self._make_graph(capabilities, options)

    @abstractmethod
    def _make_graph(self, capabilities: Capabilities, options: dict[str, Any]) -> Graph:
        """Return a gradient graph of this text."""

    def tables(self) -> list[tuple[int, torch.nn.Module]]:
        """Return the embedding modules in the order of the inputs, each with how many inputs it embeds."""
        return [(self.n_inputs, self.model.hf.get_input_embeddings())]

    def embeddings(self) -> torch.Tensor:
        """Return the embeddings of the inputs ``[n_inputs, d]`` as the model makes them, scaled if it scales them."""
        tables = self.tables()
        parts = self._ids[0].split([count for count, _ in tables])
        return torch.cat([self.embed(ids, table) for ids, (_, table) in zip(parts, tables, strict=True)])

    def embed(self, ids: torch.Tensor, table: torch.nn.Module | None = None) -> torch.Tensor:
        """Return the embeddings of *ids* as the model makes them, by its first *table*: ``[len(ids), d]``."""
        with exclusive_use(self.model.hf), torch.no_grad():
            return (table or self.tables()[0][1])(ids[None])[0]  # type: ignore[no-any-return]

    def keys_of(self, module: torch.nn.Module, group: Sequence[int]) -> list[int]:  # noqa: ARG002
        """Return the keys of the attention *module* that belong to the inputs *group*."""
        return list(group)

    def at_inputs(self, side: str, values: torch.Tensor) -> torch.Tensor:  # noqa: ARG002
        """Return *values* at a *side*'s positions (see ``blocks_by_side``) by input; NaN for inputs not read there."""
        return values

    def perturber(self, change: str | int | None, **options: Any) -> Perturber:
        """Return what runs the text with inputs changed; see ``Perturber``."""
        reuse = self.capabilities.pieces
        return Perturber(self.model, self._ids, self.n_steps, change, self.n_source, reuse=reuse, **options)

    def masked_scores(
        self, step: int, keep_mask: torch.Tensor, score: Callable[[torch.Tensor, Sequence[int]], torch.Tensor]
    ) -> torch.Tensor:
        """Return the *score* ``[b]`` of *step*, attending only to the inputs in *keep_mask* ``[b, seen(step)]``."""
        return score(self._masked_logits(step, keep_mask).double(), [step] * len(keep_mask))

    def _masked_logits(self, step: int, keep_mask: torch.Tensor) -> torch.Tensor:
        ids = self._ids[:, : self.seen(step)].expand(len(keep_mask), -1)
        return masked_logits(self.model, ids, keep_mask.to(ids), 1, self.n_source)[:, -1]

    def attention_gradients(self, steps: Sequence[int], score: ScoreFunction) -> AttentionGradients:
        """Yield ``(step, weights, gradients)`` of *steps*: the score's gradients at all attention weights."""
        raise NotImplementedError

    def read_layers(self) -> LensReading:
        """Return what each layer would predict at each step. Raises AttrWidgetError if that cannot be read."""
        raise AttrWidgetError(
            f"Predictions of single layers can be read of causal and masked language models, and {self.model.name} "
            "is of another kind."
        )

    def gradients(
        self, steps: Sequence[int], score: ScoreFunction
    ) -> Iterator[tuple[list[int], torch.Tensor, torch.Tensor, torch.Tensor]]:
        """Yield gradients of *score* at the input embeddings; see ``GradientGraph.gradients``."""
        return self.graph().gradients(steps, score)

    def graph(self) -> Graph:
        """Return the gradient graph; it is kept until ``drop_graph``."""
        with lock_of(self.model.hf):
            self.require_same_weights()
            graph = self._graph
            if graph is None:
                graph = self.new_graph()
                self._keep(graph)
        return graph

    def _keep(self, graph: Graph) -> None:
        with lock_of(self.model.hf):
            self._graph = graph
            _keep_newest(self)

    def drop_graph(self) -> None:
        """Free the gradient graph; it is made again when a gradient is next asked for."""
        self._graph = None

    def require_same_weights(self) -> None:
        """Raise AttrWidgetError if the model's weights have changed since this trace was made."""
        if weights_state(self.model.own) != self._weights:
            raise AttrWidgetError(WEIGHTS_CHANGED)


def _keep_newest(trace: Trace) -> None:
    """Drop the graphs of all but a model's newest traces, so that a notebook of explanations fits in memory."""
    holders = [ref for ref in _holders.get(trace.model.own, []) if ref() not in (None, trace)]
    holders.append(weakref.ref(trace))
    for ref in holders[:-_GRAPHS_KEPT]:
        old = ref()
        if old is not None:
            old.drop_graph()
    _holders[trace.model.own] = holders[-_GRAPHS_KEPT:]
