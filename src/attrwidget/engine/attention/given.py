"""What each head gives to a step, by input: attention × value · gradient, of all heads by one backward pass."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import torch

from attrwidget.engine.attention.joint import JointAttention
from attrwidget.engine.kept_graphs import keep_newest
from attrwidget.hf.attention_interface import observed_attention, replaced_attention
from attrwidget.hf.exclusive_use import lock_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from attrwidget.engine.attention.recorder import AttentionReader, RecordedAttention
    from attrwidget.engine.gradients.graph import Graph, ScoreFunction
    from attrwidget.engine.trace import Trace


@dataclass(frozen=True)
class AboveMean:
    """The score of a step: the logit of its output less the mean of all logits or, with a *foil*, less the foil's.

    Outputs that have a probability by themselves (not *softmax*) are scored by their logit alone.
    """

    outputs: tuple[int, ...]
    foil: int | None = None
    softmax: bool = True

    def __call__(self, logits: torch.Tensor, steps: Sequence[int]) -> torch.Tensor:
        """Return the scores ``[r]`` of *logits* ``[r, outputs]``, whose rows belong to *steps*."""
        chosen = torch.tensor([self.outputs[step] for step in steps], device=logits.device)
        logit = logits.gather(-1, chosen[:, None])[:, 0]
        if self.foil is not None:
            return logit - logits[:, self.foil]
        if not self.softmax or logits.shape[-1] == 1:
            return logit
        # Some models give unused outputs minus infinity.
        return logit - logits.masked_fill(torch.isneginf(logits), 0).mean(-1)


@dataclass
class _Call:
    """One call of an attention module.

    Attributes:
        queries: How many queries it had.
        value: ``[key heads, keys, d]``.
        gradient: The gradient at its output ``[queries, heads, d]`` after the last backward pass.
    """

    queries: int
    value: torch.Tensor
    gradient: torch.Tensor | None = None

    def keep_gradient(self, gradient: torch.Tensor) -> None:
        """Keep the gradient at the output: a tensor's hook."""
        self.gradient = gradient.detach()[0]


class GivenByHeads:
    """What each head gives to the steps of *trace*, whose attention must be recorded.

    With *g* the gradient of a step's score at the output of a layer's attention (the input of its output projection) at
    the position where the step is read, *v* the values and *a* the weights, head *h* of layer *l* gives input *j*
    ``a[l,h,j] · (v[l,h,j] · g[l,h])``. Summed over *j* this is ``g · head output``.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._graph: Graph | None = None
        self._calls: dict[torch.nn.Module, list[_Call]] = {}
        self._listening = False

    def of_step(self, step: int, score: ScoreFunction) -> torch.Tensor:
        """Return what each head gives to *step* by input, float64 ``[layers, heads, inputs]`` on the CPU.

        Raises:
            RuntimeError: The calls of the attention modules are not those that were recorded.
            ReadOtherwiseError: Run with gradients, the text has other logits than in its first run.
            AttrWidgetError: There are no gradients, or not enough memory for them.
        """
        trace = self._trace
        with lock_of(trace.model.hf):
            graph = self._grown(score)
            for call in (call for calls in self._calls.values() for call in calls):
                call.gradient = None
            ((_, _, scales, _),) = graph.gradients([step], score)
            return self._products(trace.position(step)) * float(scales[0])

    def drop_graph(self) -> None:
        """Free the gradient graph; it is made again when a step is next asked for."""
        self._graph, self._calls = None, {}

    def _grown(self, score: ScoreFunction) -> Graph:
        """Return the graph of the whole text; attention is listened to while it is made, not when it is run again."""
        trace = self._trace
        trace.require_same_weights()
        if self._graph is None:
            underlying = None if trace.capabilities.gradient_attention is None else "eager"
            graph = trace.new_graph(
                attention=observed_attention(trace.model.hf, underlying),
                compared=True,
                around=self._listen,
                replace_embeddings=self._start_anew,
            )
            self._listening = True
            try:
                graph.scores(range(trace.n_steps), score)
            finally:
                self._listening = False
            self._graph = graph
            keep_newest(trace.model.own, self)
        return self._graph

    def _start_anew(self, start: int, embeddings: torch.Tensor) -> torch.Tensor:
        """Forget the calls of a run that was given up for one that takes less memory."""
        if start == 0:
            self._calls = {}
        return embeddings

    @contextmanager
    def _listen(self) -> Iterator[None]:
        def keep(run: Callable[..., Any], module: torch.nn.Module, *rest: Any) -> Any:
            query, _, value, _, _ = rest
            found = run(module, *rest[:-1], **rest[-1])
            if self._listening and found[0].requires_grad:
                call = _Call(query.shape[2], value.detach()[0])
                found[0].register_hook(call.keep_gradient)
                self._calls.setdefault(module, []).append(call)
            return found

        with replaced_attention(keep):
            yield

    def _products(self, position: int) -> torch.Tensor:
        reader = self._trace.attention
        if not isinstance(reader, JointAttention):
            return self._of_reader(
                reader, position, self._trace.n_inputs, crossed=self._trace.decoder_reads_inputs
            )
        at = position - reader.n_source
        cross = self._of_reader(reader.cross, at, reader.n_source, crossed=True)
        own = self._of_reader(reader.decoder, at, reader.decoder.length, crossed=False)
        return torch.cat([cross, own], dim=-1)

    def _of_reader(self, reader: AttentionReader, at: int, n_inputs: int, *, crossed: bool) -> torch.Tensor:
        """Return ``[layers, heads, n_inputs]`` of the query *at*; *crossed*: keys are of another text than queries."""
        recorded = cast("RecordedAttention", reader)
        modules = [record.module for record in recorded.records]
        layers = []
        for layer, record in enumerate(recorded.records):
            # A module that several layers share is called once by each of them in turn.
            shared = [i for i, module in enumerate(modules) if module is record.module]
            calls = self._calls.get(record.module, [])[shared.index(layer) :: len(shared)]
            weights = reader.weights(layer, None, [at])[:, 0].double().cpu()
            layers.append(_of_layer(calls, weights, at, record.groups, n_inputs, crossed=crossed))
        return torch.stack(layers)


def _of_layer(
    calls: Sequence[_Call], weights: torch.Tensor, at: int, groups: int, n_inputs: int, *, crossed: bool
) -> torch.Tensor:
    """Return ``a · (v · g)``, float64 ``[heads, n_inputs]``, of the query *at* with its *weights* ``[heads, keys]``."""
    start = 0
    for call in calls:
        if start <= at < start + call.queries:
            break
        start += call.queries
    else:
        raise RuntimeError("an attention module was called otherwise than when its attention was recorded")
    heads, n_keys = len(weights), call.value.shape[1]
    given = torch.zeros(heads, n_inputs, dtype=torch.float64)
    if call.gradient is None:  # nothing of the score goes through this layer
        return given
    if call.gradient.shape[1:] != (heads, call.value.shape[2]):
        raise RuntimeError(f"an attention module returns {tuple(call.gradient.shape)}, not by head")
    gradient = call.gradient[at - start].double().cpu()
    value = call.value.double().cpu().repeat_interleave(groups, dim=0)
    # A cache with a window holds the last keys alone; keys that are no tokens stand after those of the text.
    first = 0 if crossed else max(0, start + call.queries - n_keys)
    end = min(n_inputs, first + n_keys)
    products = torch.einsum("hkd,hd->hk", value, gradient)[:, : end - first]
    given[:, first:end] = weights[:, first:end] * products
    return given
