"""Run a text again, with gradients, attention or changes, and compare each run with the first."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import torch

from attrwidget.engine.attention.recorder import NOT_TOKENS, has_token_axes
from attrwidget.engine.capabilities import slower_gradients
from attrwidget.engine.compare import same
from attrwidget.engine.gradients.batched import WEIGHTS_CHANGED
from attrwidget.engine.gradients.padded import run_padded
from attrwidget.engine.gradients.segments import WHOLE
from attrwidget.engine.kept_graphs import keep_newest, keep_newest_cache
from attrwidget.engine.padding import Unpadded
from attrwidget.engine.perturb import Perturber, masked_logits
from attrwidget.engine.prefix_cache import Prefix
from attrwidget.engine.readings import read_steps
from attrwidget.engine.text_check import ReadOtherwiseError, TextCheck
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import lock_of, weights_state

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transformers import DynamicCache

    from attrwidget.engine.attention.recorder import AttentionReader
    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.engine.gradients.graph import Graph, ScoreFunction
    from attrwidget.engine.gradients.padded import PaddedRun
    from attrwidget.engine.readings import StepReadings
    from attrwidget.engine.text_check import Difference
    from attrwidget.hf.adapter import Adapter
    from attrwidget.text.tokens import Tokens

_SHORT = 16  # inputs
_LOGITS = 64 << 20  # of a text that is run in one piece, at most
WRITTEN_OTHERWISE = (
    "{} reads this answer otherwise than it wrote it, as some models do with long texts, and the reading is explained: "
    "it gave {!r} a probability of {} while writing, and gives it {} when it reads the whole text at once."
)


class ComparedRuns(ABC):
    """The runs of one text, each compared with the first, which is that of the model as loaded.

    A run that differs is not used: gradients are computed in the next slower way, attention and changed texts are
    refused in a sentence.

    Attributes:
        output_kind: How logits become probabilities; see ``read_steps``.
        warnings: Sentences to show with the explanation.
        model: The adapter of the model.
        capabilities: What the model allows.
        tokens: The inputs, followed by what is explained.
        steps: Readings of the steps' logits.
        outputs: What is explained at each step, as the model numbers it: a token id or a class.
        first_step: The index of the token that is step 0.
        n_steps: How many steps there are.
        n_inputs: How many inputs there are.
        n_source: How many of the first inputs are an encoder's, in a model that has a decoder too.
        written_otherwise: Whether the model gave its answer other probabilities as it wrote it.
    """

    output_kind: str = "softmax"
    warnings: tuple[str, ...] = ()
    model: Adapter
    capabilities: Capabilities
    tokens: Tokens
    steps: StepReadings
    outputs: tuple[int, ...]
    first_step: int
    n_steps: int
    n_inputs: int
    n_source: int = 0
    written_otherwise: bool = False
    _ids: torch.Tensor  # int64 [1, n_inputs]
    _check: TextCheck | None = None
    _recorded: AttentionReader | None = None

    def __init__(self, model: Adapter, capabilities: Capabilities) -> None:
        self.model = model
        self.capabilities = capabilities
        self._graph: Graph | None = None
        self._once: Graph | None = None  # for sums, while there is no other
        self._gradients_checked = False
        self._prefix: Prefix | None = None
        self._rerun_by_cache: dict[str | None, bool] = {}
        self._gaps: bool | None = None
        self._weights = weights_state(model.own)

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

    @property
    def is_half(self) -> bool:
        """Whether the model is loaded in half precision."""
        dtype = self.model.hf.dtype
        return self.model.quantized is None and bool(dtype.is_floating_point and dtype.itemsize == 2)

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
        self.written_otherwise = difference is not None
        if difference is not None:
            read, written = difference.percentages()
            token = self.tokens.labels[self.first_step + difference.step]
            self.warnings += (WRITTEN_OTHERWISE.format(self.model.name, token, written, read),)

    def _require_recorded(self) -> None:
        """Use the attention that the model returns if recording changed the numbers of this text."""
        if self.capabilities.attention == "recorded" and self._recorded is None:
            self.capabilities = replace(self.capabilities, attention="returned")

    def agrees(self, logits: torch.Tensor) -> bool:
        """Return whether the *logits* ``[n_steps, outputs]`` of another run are those of the first."""
        return self._differs(logits) is None

    def unchecked_perturber(self, change: str | int | None) -> Perturber:
        """Return what runs the text with inputs changed, for callers that compare the unchanged text themselves."""
        return self._make_perturber(change)

    def _differs(self, logits: torch.Tensor) -> Difference | None:
        return None if self._check is None else self._check.of_logits(logits)

    def _named_difference(self, difference: Difference) -> str:
        what = "log-probability" if self.output_kind == "softmax" else "logit"
        return f"{what} of {self.tokens.labels[self.first_step + difference.step]!r}: {difference}"

    def new_graph(self, *, attention: str | None = None, compared: bool = False, **options: Any) -> Graph:
        """Return another gradient graph, with *options* of ``GradientGraph``; *attention* replaces the usual one.

        *compared*: Whether this graph itself is compared with the first run, instead of the usual one before it.
        Running it may then raise ReadOtherwiseError.
        """
        self.require_same_weights()
        if not compared:
            self._require_checked_gradients()
        elif self._check is not None:
            options["check"] = self._check.require
        capabilities = self.capabilities
        if attention is not None:
            capabilities = replace(capabilities, gradient_attention=attention)
        return self._make_graph(capabilities, options)

    @property
    def can_be_padded(self) -> bool:
        """Whether it can be differentiated in one batch with texts of other lengths; a long one has segments."""
        return self.n_inputs <= WHOLE

    @classmethod
    def run_padded(cls, traces: Sequence[Self], capabilities: Capabilities, **options: Any) -> PaddedRun:
        """Run the texts of *traces* in one batch with a gradient graph; see ``run_padded`` for *options*."""
        texts = [
            Unpadded(trace._ids[0], trace.n_source, trace.n_steps)  # noqa: SLF001 - its own class
            for trace in traces
        ]
        return run_padded(traces[0].model, texts, capabilities, **options)

    @abstractmethod
    def _make_graph(self, capabilities: Capabilities, options: dict[str, Any]) -> Graph:
        """Return a gradient graph of this text."""

    def perturber(self, change: str | int | None, **options: Any) -> Perturber:
        """Return what runs the text with inputs changed; see ``Perturber`` for *options*.

        With ``step=``, a step or a range of them, the text ends before the last, and these alone are read.

        Raises:
            AttrWidgetError: Run again in this way, the unchanged text has other logits than in its first run.
        """
        if options.get("around") is not None:
            return self._make_perturber(change, reuse=self.capabilities.pieces, **options)
        way = "replace" if isinstance(change, int) else change
        before = None
        with lock_of(self.model.hf):
            if way not in self._rerun_by_cache:
                self._rerun_by_cache[way], before = self._check_rerun(change)
            reuse = self._rerun_by_cache[way]
            if change == "mask" and reuse and self._gaps is None:
                # In a short text there is less to leave out than this takes.
                self._gaps = self.capabilities.gaps and self.n_inputs > _SHORT and self._check_gaps()
        options |= {"reuse": reuse, "gaps": change == "mask" and bool(self._gaps)}
        return self._make_perturber(change, before=before if "step" not in options else None, **options)

    def logits_again(self, step: int) -> torch.Tensor:
        """Run the text up to *step* once more and return its logits ``[outputs]``."""
        return self._make_perturber("mask", step=step).logits([()])[0, 0]

    def _make_perturber(
        self, change: str | int | None, *, step: int | range | None = None, **options: Any
    ) -> Perturber:
        ids, steps = self._ids, self.n_steps
        if step is not None:
            read = step if isinstance(step, range) else range(step, step + 1)
            ids, steps = ids[:, : self.first_step + read[-1]], len(read)
        if options.get("reuse") and options.get("attention") is None:
            options["prefix"] = self._shared_prefix()
        return Perturber(
            self.model,
            ids,
            steps,
            change,
            self.n_source,
            positions=self.capabilities.positions,
            **options,
        )

    def _check_rerun(self, change: str | int | None) -> tuple[bool, torch.Tensor | None]:
        """Run the unchanged text in the way of *change*, after a cache of its first tokens or else as a whole.

        Returns:
            Whether such a cache may be used, and the logits ``[n_steps, outputs]``, if the text was run.
        """
        if self._check is None:
            return self.capabilities.pieces, None
        reuse = self.capabilities.pieces
        while True:
            (logits,) = self._make_perturber(change, reuse=reuse).batch([()], lambda logits: logits)
            difference = self._differs(logits)
            if difference is None:
                return reuse, logits
            if not reuse:
                raise AttrWidgetError(
                    f"Run again to be changed, {self.model.name} reads this text otherwise "
                    f"({self._named_difference(difference)}), so no score of changed texts can be trusted."
                )
            reuse = False

    def _check_gaps(self) -> bool:
        """Return whether half of the text reads the same to the last step when it is masked and when it is left out."""
        ids, prefix, last = self._ids, self._shared_prefix(), self.n_inputs - 1
        mask, at = torch.ones_like(ids), torch.arange(self.n_inputs, device=ids.device)[None]
        mask[:, last // 2 : last] = 0
        left, ones, places = (x[mask.bool()][None] for x in (ids, mask, at))
        masked = masked_logits(self.model, ids, mask, 1, past=prefix.cache(last, 1))
        without = masked_logits(self.model, left, ones, 1, past=prefix.cache(last // 2, 1), at=places)
        return same(masked, without, low_precision=self.model.low_precision)

    def _shared_prefix(self, cache: DynamicCache | None = None) -> Prefix:
        """Return the keys and values of the text, as the model's own attention computes them; *cache* holds them."""
        if self._prefix is None or cache is not None:
            self._prefix = Prefix(self.model, self._ids, None, cache)
            keep_newest_cache(self.model.own, self)
        return self._prefix

    def drop_cache(self) -> None:
        """Free the keys and values of the text; they are computed again when they are needed."""
        self._prefix = None

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

    def gradient_of_sum(
        self, steps: Sequence[int], score: ScoreFunction
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the gradient of the sum of the scores of *steps*; see ``Graph.gradient_of_sum``.

        Raises:
            AttrWidgetError: Run with gradients, the text has other logits than in its first run.
        """
        while True:
            try:
                return self._graph_of_sums().gradient_of_sum(steps, score)
            except ReadOtherwiseError as found:
                self._take_another_way(found.difference)

    def _graph_of_sums(self) -> Graph:
        """Return the gradient graph or, while there is none, one of the text in one piece: faster for a single pass."""
        with lock_of(self.model.hf):
            self.require_same_weights()
            large = self.n_steps * self.model.vocabulary > _LOGITS
            if self._graph is not None or not self.capabilities.segments or large:
                return self.graph()
            if self._once is None:
                self._once = self._make_graph(replace(self.capabilities, segments=False), self._compared())
                keep_newest(self.model.own, self)
            return self._once

    def _compared(self) -> dict[str, Any]:
        """Return the options of a graph that is compared with the first run."""
        return {"check": None if self._check is None else self._check.require}

    def graph(self) -> Graph:
        """Return the gradient graph, which is compared with the first run as it grows; it is kept until ``drop_graph``.

        Running it may raise ReadOtherwiseError, which ``gradients`` handles.
        """
        with lock_of(self.model.hf):
            self.require_same_weights()
            graph = self._graph
            if graph is None:
                self._once = None
                graph = self._make_graph(self.capabilities, self._compared())
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
        self._graph = self._once = None

    def require_same_weights(self) -> None:
        """Raise AttrWidgetError if the model's weights have changed since this trace was made."""
        if weights_state(self.model.own) != self._weights:
            raise AttrWidgetError(WEIGHTS_CHANGED)
