"""The trace: one run of one model over one text, and all that is read from it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import torch

from attrwidget.engine.attention.recorder import NOT_TOKENS, has_token_axes
from attrwidget.engine.capabilities import slower_gradients
from attrwidget.engine.gradients.batched import WEIGHTS_CHANGED
from attrwidget.engine.kept_graphs import keep_newest
from attrwidget.engine.perturb import Perturber, masked_logits
from attrwidget.engine.readings import read_steps
from attrwidget.engine.text_check import ReadOtherwiseError, TextCheck
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import exclusive_use, lock_of, weights_state
from attrwidget.text.tokens import token_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from attrwidget.engine.attention.recorder import AttentionReader
    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.engine.gradients.attention_gradients import AttentionGradients
    from attrwidget.engine.gradients.batched import ScoreFunction
    from attrwidget.engine.logit_lens import LensReading
    from attrwidget.engine.readings import StepReadings
    from attrwidget.engine.text_check import Difference
    from attrwidget.hf.adapter import Adapter
    from attrwidget.text.sections import Section
    from attrwidget.text.tokens import Tokens

WRITTEN_OTHERWISE = (
    "{} reads this answer otherwise than it wrote it, as some models do with long texts, and the reading is explained: "
    "it gave {!r} a probability of {} while writing, and gives it {} when it reads the whole text at once."
)


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
    _check: TextCheck | None = None
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
        self._gradients_checked = False
        self._rerun_by_cache: dict[str | None, bool] = {}
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
        found, logits = self._returned() if self.capabilities.attention == "returned" else (None, None)
        if found is not None and logits is not None:
            difference = self._differs(logits)
            if difference is None:
                self._require_token_axes(found)
                return found
            raise AttrWidgetError(
                f"{self.model.name} returns its attention under eager attention alone, where it reads this text "
                f"otherwise ({self._named_difference(difference)}): load it with attn_implementation='eager'."
            )
        raise AttrWidgetError(self.capabilities.attention_note or f"{self.model.name} shows no attention.")

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
    def _returned(self) -> tuple[AttentionReader | None, torch.Tensor]:
        """Return the attention that the model itself returns, and the logits ``[n_steps, outputs]`` with it."""

    def _read(self, logits: torch.Tensor, log_probs: Sequence[float] | None = None) -> None:
        """Read the steps from the *logits* of the first run, which all other runs are then compared with.

        *log_probs* are what the model gave the outputs while it wrote them.
        """
        self.steps = read_steps(logits, self.outputs, output_kind=self.output_kind)
        if self.output_kind == "none":
            return
        softmax = self.output_kind == "softmax"
        self._check = TextCheck(logits, self.outputs, softmax=softmax, low_precision=self.model.low_precision)
        difference = None if log_probs is None else self._check.of(log_probs)
        if difference is not None:
            read, written = difference.percentages()
            token = self.tokens.labels[self.first_step + difference.step]
            self.warnings += (WRITTEN_OTHERWISE.format(self.model.name, token, written, read),)

    def _require_recorded(self) -> None:
        """Use the attention that the model returns if recording changed the numbers of this text."""
        if self.capabilities.attention == "recorded" and self._recorded is None:
            self.capabilities = replace(self.capabilities, attention="returned")

    def _differs(self, logits: torch.Tensor) -> Difference | None:
        return None if self._check is None else self._check.of_logits(logits)

    def _named_difference(self, difference: Difference) -> str:
        what = "log-probability" if self.output_kind == "softmax" else "logit"
        return f"{what} of {self.tokens.labels[self.first_step + difference.step]!r}: {difference}"

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
        self._require_checked_gradients()
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
        """Return what runs the text with inputs changed; see ``Perturber``.

        Raises:
            AttrWidgetError: Run again in this way, the unchanged text has other logits than in its first run.
        """
        if options.get("around") is not None:
            return self._make_perturber(change, reuse=self.capabilities.pieces, **options)
        way = "replace" if isinstance(change, int) else change
        with lock_of(self.model.hf):
            if way not in self._rerun_by_cache:
                self._rerun_by_cache[way] = self._check_rerun(change)
        return self._make_perturber(change, reuse=self._rerun_by_cache[way], **options)

    def _make_perturber(self, change: str | int | None, **options: Any) -> Perturber:
        positions = self.capabilities.positions
        return Perturber(
            self.model, self._ids, self.n_steps, change, self.n_source, positions=positions, **options
        )

    def _check_rerun(self, change: str | int | None) -> bool:
        """Run the unchanged text in the way of *change*; return whether a cache of its first tokens may be used."""
        difference = self._rerun_difference(change, reuse=False)
        if difference is not None:
            raise AttrWidgetError(
                f"Run again to be changed, {self.model.name} reads this text otherwise "
                f"({self._named_difference(difference)}), so no score of changed texts can be trusted."
            )
        return self.capabilities.pieces and self._rerun_difference(change, reuse=True) is None

    def _rerun_difference(self, change: str | int | None, *, reuse: bool) -> Difference | None:
        check = self._check
        if check is None:
            return None
        perturber = self._make_perturber(change, reuse=reuse)
        (values,) = perturber.batch([()], lambda logits: check.score(logits, range(self.n_steps)))
        return check.of(values.tolist())

    def masked_scores(
        self, step: int, keep_mask: torch.Tensor, score: Callable[[torch.Tensor, Sequence[int]], torch.Tensor]
    ) -> torch.Tensor:
        """Return the *score* ``[b]`` of *step*, attending only to the inputs in *keep_mask* ``[b, seen(step)]``."""
        return score(self._masked_logits(step, keep_mask).double(), [step] * len(keep_mask))

    def _masked_logits(self, step: int, keep_mask: torch.Tensor) -> torch.Tensor:
        ids = self._ids[:, : self.seen(step)].expand(len(keep_mask), -1)
        return masked_logits(
            self.model, ids, keep_mask.to(ids), 1, self.n_source, positions=self.capabilities.positions
        )[:, -1]

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
        """Yield gradients of *score* at the input embeddings; see ``GradientGraph.gradients``.

        A step may come twice, if a later part of the text makes another way of running it necessary.

        Raises:
            AttrWidgetError: Run with gradients, the text has other logits than in its first run.
        """
        while True:
            try:
                yield from self.graph().gradients(steps, score)
            except ReadOtherwiseError as found:
                self._take_another_way(found.difference)
            else:
                return

    def graph(self) -> Graph:
        """Return the gradient graph, which is compared with the first run as it grows; it is kept until ``drop_graph``.

        Running it may raise ReadOtherwiseError, which ``gradients`` handles.
        """
        with lock_of(self.model.hf):
            self.require_same_weights()
            graph = self._graph
            if graph is None:
                check = None if self._check is None else self._check.require
                graph = self._make_graph(self.capabilities, {"check": check})
                self._keep(graph)
        return graph

    def _require_checked_gradients(self) -> None:
        """Compare the whole text, run with gradients, with its first run, once."""
        while not self._gradients_checked and self._check is not None:
            try:
                self.graph().scores(range(self.n_steps), self._check.score)
                self._gradients_checked = True
            except ReadOtherwiseError as found:
                self._take_another_way(found.difference)

    def _take_another_way(self, difference: Difference) -> None:
        """Compute gradients in the next slower way. Raises AttrWidgetError after the last."""
        self.drop_graph()
        slower = slower_gradients(self.capabilities)
        if slower is None:
            raise AttrWidgetError(
                f"{self.model.name} gives no gradients that can be trusted for this text: run with gradients, it reads "
                f"it otherwise ({self._named_difference(difference)})."
            )
        self.capabilities = slower

    def _keep(self, graph: Graph) -> None:
        with lock_of(self.model.hf):
            self._graph = graph
            keep_newest(self.model.own, self)

    def drop_graph(self) -> None:
        """Free the gradient graph; it is made again when a gradient is next asked for."""
        self._graph = None

    def require_same_weights(self) -> None:
        """Raise AttrWidgetError if the model's weights have changed since this trace was made."""
        if weights_state(self.model.own) != self._weights:
            raise AttrWidgetError(WEIGHTS_CHANGED)
