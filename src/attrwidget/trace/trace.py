"""A trace: one model, one text, and everything that is read from running it once."""

from __future__ import annotations

import weakref
from bisect import bisect_left
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.errors import AttrWidgetError
from attrwidget.models.borrow import borrowed, lock_of, weights_state
from attrwidget.models.generation import not_finite
from attrwidget.models.tokens import read_tokens
from attrwidget.trace.abilities import record, returned
from attrwidget.trace.forward import logits_of
from attrwidget.trace.graph import WEIGHTS_CHANGED, GradientGraph
from attrwidget.trace.readings import first_not_finite, read_steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from transformers import PreTrainedModel

    from attrwidget.models.causal import CausalLM
    from attrwidget.trace.abilities import Abilities
    from attrwidget.trace.attention import AttentionReader
    from attrwidget.trace.graph import ScoreFunction

_GRAPHS_KEPT = 2
_holders: weakref.WeakKeyDictionary[PreTrainedModel, list[weakref.ref[Trace]]] = weakref.WeakKeyDictionary()


class Trace:
    """One teacher-forced run of *model* over ``ids = prompt + output``.

    Made by one forward pass with the model's own fast attention and no gradients. The gradient graph grows when
    a gradient is first asked for, and can be dropped and grown again. Step *s* is the output's token *s*,
    predicted at position ``first_step - 1 + s``; it sees tokens ``0 … first_step - 1 + s``.
    """

    def __init__(
        self, model: CausalLM, prompt: Sequence[int], output: Sequence[int], abilities: Abilities
    ) -> None:
        self.model = model
        self.abilities = abilities
        self.first_step = len(prompt)
        self.n_steps = len(output)
        self.n_inputs = len(prompt) + len(output) - 1
        self.tokens = read_tokens(model.tokenizer, [*prompt, *output], len(prompt))
        self._ids = torch.tensor([self.tokens.ids[:-1]], device=model.device)
        self._graph: GradientGraph | None = None
        self.unfinished: dict[Any, Any] = {}  # what methods that go input by input have so far
        recorder = None
        if abilities.attention == "recorded":
            logits, recorder = record(model, self._ids, self.n_steps)
        else:
            with borrowed(model.hf), torch.no_grad():
                logits = logits_of(model.hf, self._ids, self.n_steps)
        self._recorder = recorder
        self._weights = weights_state(model.own)
        bad = first_not_finite(logits, output)
        if bad is not None:
            bad = self._first_bad(bad, output)
            raise AttrWidgetError(not_finite(bad, self.tokens.labels[len(prompt) + bad]))
        self.steps = read_steps(logits, output)

    @cached_property
    def attention(self) -> AttentionReader:
        """The attention of all layers and heads. Raises AttrWidgetError when the model shows none."""
        if self._recorder is not None:
            return self._recorder
        self.require_same_weights()
        stored = returned(self.model, self._ids) if self.abilities.attention == "returned" else None
        if stored is None:
            raise AttrWidgetError(self.abilities.attention_note or f"{self.model.name} shows no attention.")
        return stored

    @property
    def n_layers(self) -> int:
        """How many layers have attention to show; 0 for a model without."""
        return self.attention.n_layers if self.abilities.attention else 0

    @property
    def n_heads(self) -> int:
        """How many heads a layer has; 0 for a model without attention to show."""
        return self.attention.n_heads if self.abilities.attention else 0

    @property
    def input_ids(self) -> torch.Tensor:
        """The token ids that the model reads, ``[1, n_inputs]``: all but the last."""
        return self._ids

    def gradients(
        self, steps: Sequence[int], score: ScoreFunction
    ) -> Iterator[tuple[list[int], torch.Tensor, torch.Tensor, torch.Tensor]]:
        """Yield gradients of *score* at the input embeddings; see ``GradientGraph.gradients``."""
        return self.graph().gradients(steps, score)

    def graph(self) -> GradientGraph:
        """Return the gradient graph, which is kept."""
        with lock_of(self.model.hf):
            self.require_same_weights()
            graph = self._graph
            if graph is None:
                graph = self._graph = self.new_graph()
                _keep_newest(self)
        return graph

    def new_graph(self, *, attention: str | None = None, **options: Any) -> GradientGraph:
        """Return another gradient graph, with *options* of ``GradientGraph`` and an *attention* of its own."""
        self.require_same_weights()
        abilities = (
            self.abilities if attention is None else replace(self.abilities, gradient_attention=attention)
        )
        return GradientGraph(self.model, self._ids, self.first_step, abilities, **options)

    def drop_graph(self) -> None:
        """Free the gradient graph; it grows again when a gradient is next asked for."""
        self._graph = None

    def require_same_weights(self) -> None:
        """Raise AttrWidgetError when the model's weights are not those that this trace was made with."""
        if weights_state(self.model.own) != self._weights:
            raise AttrWidgetError(WEIGHTS_CHANGED)

    def _first_bad(self, at_least: int, output: Sequence[int]) -> int:
        """Return the first step whose own prefix gives bad logits: a later NaN spoils earlier rows (0 · NaN is NaN)."""

        def bad(step: int) -> bool:
            with borrowed(self.model.hf), torch.no_grad():
                logits = logits_of(self.model.hf, self._ids[:, : self.first_step + step], 1)
            return first_not_finite(logits, [output[step]]) is not None

        steps = range(at_least, self.n_steps)
        return at_least if bad(at_least) else steps[bisect_left(steps[:-1], x=True, key=bad)]


def _keep_newest(trace: Trace) -> None:
    """Let a model's newest few traces keep their graphs, so that a notebook of explanations fits in memory."""
    holders = [ref for ref in _holders.get(trace.model.own, []) if ref() not in (None, trace)]
    holders.append(weakref.ref(trace))
    for ref in holders[:-_GRAPHS_KEPT]:
        old = ref()
        if old is not None:
            old.drop_graph()
    _holders[trace.model.own] = holders[-_GRAPHS_KEPT:]
