"""Exact gradients of every step's score at the input embeddings, from one autograd graph.

The numbers are those of Yin & Neubig (2022, arXiv:2202.10419) and Inseq, which run one backward pass per step.
Three things make it faster:

- The LM head is differentiated once for many steps. The gradient at its input seeds the backward pass through the
  body (``seed``).
- Many seeds go through the body in one batched backward pass (``batched_gradients``).
- A step's backward pass skips later segments: a long text is run in segments over a cache that keeps its graph.

The sum of several steps' scores takes one backward pass from all of their seeds (``gradient_of_sum``).

If the graph would not fit in memory, the text is run in one segment with gradient checkpointing.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.engine.forward import Segment, differentiable, run_encoder, run_segment
from attrwidget.engine.gradients.activations import one_product_backward
from attrwidget.engine.gradients.checkpoint import can_checkpoint, checkpointed
from attrwidget.engine.gradients.scales import scaled_score_gradients, weighed
from attrwidget.engine.gradients.segments import SEGMENT, segment_bounds
from attrwidget.engine.memory import (
    budget_of,
    checkpointed_bytes,
    graph_bytes,
    require_room,
    smaller_batch,
    steps_at_once,
)
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import lock_of
from attrwidget.hf.internals.cache import new_cache, new_decoder_cache
from attrwidget.hf.model_errors import is_out_of_memory, model_errors, weights_were_changed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.engine.gradients.graph import ScoreFunction
    from attrwidget.hf.adapter import Adapter

    ReplaceEmbeddings = Callable[[int, torch.Tensor], torch.Tensor]

_SEEDED = 32 << 20  # logits, at most, whose gradients are taken at once in float64
WEIGHTS_CHANGED = (
    "The model's weights have changed since this explanation was made: call explain again to explain the model as "
    "it is now."
)


class GradientGraph:
    """Gradients of steps' scores at the input embeddings of one text.

    Step *s* is predicted at position ``first_step - 1 + s``. The text is run when a gradient is first asked for, one
    segment after the other, and its graph is kept.

    Args:
        model: The adapter of the model.
        ids: int64 ``[1, n - 1]``, all tokens but the last; those of the decoder if there is a *source*.
        first_step: How many tokens the prompt has.
        capabilities: Which attention, segments and batches the model allows.
        source: int64 ``[1, m]``, the encoder's tokens. Their embeddings and gradients come before those of *ids*.
        replace_embeddings: Called with a start position and the embeddings ``[1, length, d]`` from there on; returns
            the embeddings to run the model on instead.
        around: Makes a context in which the model is run.
        whole: The longest text that is run in one segment; None means ``segments.WHOLE``.
        check: Called with the steps and logits of each segment that is run; what it raises is passed on.
    """

    def __init__(
        self,
        model: Adapter,
        ids: torch.Tensor,
        first_step: int,
        capabilities: Capabilities,
        *,
        source: torch.Tensor | None = None,
        replace_embeddings: ReplaceEmbeddings | None = None,
        around: Callable[[], AbstractContextManager[Any]] = nullcontext,
        whole: int | None = None,
        check: Callable[[Sequence[int], torch.Tensor], None] | None = None,
    ) -> None:
        self._check = check
        self._model, self._ids, self._first, self._capabilities = model, ids, first_step, capabilities
        self._source, self._before = source, 0 if source is None else source.shape[1]
        self._replace_embeddings, self._around = replace_embeddings, around
        self._encoder: tuple[torch.Tensor, dict[str, Any]] | None = None
        self._segments: list[Segment] = []
        self._cache: Any = None
        self._seeds: dict[tuple[int, Any], dict[int, tuple[torch.Tensor, torch.Tensor]]] = {}
        self._checkpointed = False
        length = ids.shape[1]
        self._bounds = [(0, length)]
        if capabilities.segments:
            self._bounds = segment_bounds(length, first_step, model.vocabulary, whole)
        tokens = self._before + length
        if graph_bytes(model, tokens) > budget_of(model):
            require_room(
                model,
                (checkpointed_bytes if can_checkpoint(model) else graph_bytes)(model, tokens),
                f"The gradient over {tokens:,} tokens",
                "shorten the prompt, load the model with dtype='bfloat16', or read its attention instead",
            )
            self._save_memory()

    def gradients(
        self, steps: Sequence[int], score: ScoreFunction
    ) -> Iterator[tuple[list[int], torch.Tensor, torch.Tensor, torch.Tensor]]:
        """Yield batches of steps with their gradients, in order of position.

        A gradient is kept as a float64 scale and a tensor, so that it does not underflow when a prediction is certain.

        Args:
            steps: The steps wanted.
            score: Maps float64 logits ``[r, vocabulary]`` and the steps they belong to onto scores ``[r]``. It must be
                hashable: the seeds of its steps are kept.

        Yields:
            ``(steps, gradients, scales, embeddings)`` of *k* steps: step *i* has the gradient ``scales[i] *
            gradients[i]``, with scales ``[k]`` and gradients ``[k, tokens, d]``. Embeddings are ``[tokens, d]``.
            ``tokens`` reach at least to the steps' own positions; gradients of later tokens are zero.

        Raises:
            AttrWidgetError: If memory does not suffice for one step, or weights have changed.
        """
        for index, (start, end) in enumerate(self._bounds):
            inside = sorted(s for s in steps if start <= self._first - 1 + s < end)
            size = steps_at_once(self._model, self._capabilities, self._before + end)
            while inside:
                chunk = inside[:size]
                try:
                    doing = f"was differentiated over {self._ids.shape[1]:,} tokens"
                    with lock_of(self._model.hf), model_errors(self._model.hf, doing):
                        self._seed(index, inside[:SEGMENT], score)
                        results = self._backward(index, chunk, score)
                except (RuntimeError, MemoryError) as error:
                    if is_out_of_memory(error) and size == 1 and self._save_memory():
                        yield from self.gradients([*inside, *(s for s in steps if s > inside[-1])], score)
                        return
                    size = fewer_steps(error, size, self._before + self._ids.shape[1])
                    continue
                inside = inside[len(chunk) :]
                yield chunk, *results

    def gradient_of_sum(
        self, steps: Sequence[int], score: ScoreFunction
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the gradient of the sum of the scores of *steps*; see ``Graph.gradient_of_sum``."""
        tokens = self._ids.shape[1]
        try:
            with (
                lock_of(self._model.hf),
                model_errors(self._model.hf, f"was differentiated over {tokens:,} tokens"),
            ):
                return self._backward_of_sum(sorted(set(steps)), score)
        except (RuntimeError, MemoryError) as error:
            if is_out_of_memory(error) and self._save_memory():
                return self.gradient_of_sum(steps, score)
            fewer_steps(error, 1, self._before + tokens)
            raise

    def scores(self, steps: Sequence[int], score: ScoreFunction) -> torch.Tensor:
        """Return the *score* of each of *steps*, float64 ``[len(steps)]`` on the CPU."""
        found: dict[int, torch.Tensor] = {}
        try:
            for index in range(len(self._bounds)):
                inside = self._steps_of(index)
                if not set(inside) & set(steps):
                    continue
                with lock_of(self._model.hf), torch.no_grad():
                    while len(self._segments) <= index:
                        self._grow()
                    values = score(self._segments[index].logits[0].double(), inside)
                found |= dict(zip(inside, values.cpu(), strict=True))
        except (RuntimeError, MemoryError) as error:
            if is_out_of_memory(error) and self._save_memory():
                return self.scores(steps, score)
            raise
        return torch.stack([found[step] for step in steps])

    def _backward(
        self, index: int, steps: list[int], score: ScoreFunction
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return gradients, scales and embeddings of *steps* of segment *index*, whose seeds are known."""
        segment = self._segments[index]
        leaves = self._leaves(index)
        seeds = [self._seeds[index, score][step] for step in steps]
        hidden = segment.hidden
        cotangents = hidden.new_zeros(len(steps), *hidden.shape)
        for k, (row, (seed, _)) in enumerate(zip(self._rows_of(index, steps), seeds, strict=True)):
            cotangents[k, 0, row] = seed
        with torch.inference_mode(mode=False), self._backward_context():
            whole = torch.cat(batched_gradients(hidden, leaves, cotangents), dim=2)[:, 0]
        scales = torch.stack([scale for _, scale in seeds]).to(whole.device)
        return whole, scales, torch.cat([leaf.detach() for leaf in leaves], dim=1)[0]

    def _backward_of_sum(
        self, steps: list[int], score: ScoreFunction
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the gradient, its scale and the embeddings of a sum of scores, by one pass from all segments' ends."""
        inside = {
            index: [step for step in steps if step in self._steps_of(index)]
            for index in range(len(self._bounds))
        }
        inside = {index: own for index, own in inside.items() if own}
        at_once = max(SEGMENT, _SEEDED // self._model.vocabulary)
        for index, own in inside.items():
            for at in range(0, len(own), at_once):
                self._seed(index, own[at : at + at_once], score)
        weights, scale = weighed(
            [self._seeds[index, score][s][1] for index, own in inside.items() for s in own]
        )
        weight, hidden, cotangents = iter(weights), [], []
        for index, own in inside.items():
            hidden.append(self._segments[index].hidden)
            cotangents.append(torch.zeros_like(hidden[-1]))
            for step, row in zip(own, self._rows_of(index, own), strict=True):
                cotangents[-1][0, row] = self._seeds[index, score][step][0] * next(weight)
        leaves = self._leaves(max(inside))
        with torch.inference_mode(mode=False), self._backward_context():
            found = torch.autograd.grad(hidden, leaves, cotangents, retain_graph=True)
        return torch.cat(found, dim=1)[0], scale, torch.cat([leaf.detach() for leaf in leaves], dim=1)[0]

    def _leaves(self, index: int) -> list[torch.Tensor]:
        """Return the embeddings that segment *index* has a graph from, the encoder's first."""
        own = [segment.leaf for segment in self._segments[: index + 1]]
        return own if self._encoder is None else [self._encoder[0], *own]

    def _grow(self) -> None:
        """Run the next segment with its graph."""
        index = len(self._segments)
        start, end = self._bounds[index]
        if self._cache is None and len(self._bounds) > 1:
            self._cache = self._new_cache()
        rows = max(1, len(self._steps_of(index)))
        attention, hf = self._capabilities.gradient_attention, self._model.hf
        try:
            with self._around(), self._forward_context():
                if self._source is not None and self._encoder is None:
                    self._encoder = run_encoder(
                        hf, self._source, attention, replace_embeddings=self._replacement_from(0)
                    )
                segment = run_segment(
                    hf,
                    self._ids[:, start:end],
                    rows,
                    self._cache,
                    attention,
                    replace_embeddings=self._replacement_from(self._before + start),
                    context=self._encoder and self._encoder[1],
                )
            if self._check is not None and self._steps_of(index):
                self._check(self._steps_of(index), segment.logits[0])
        except BaseException:
            # The cache may hold the keys of some layers and not of others.
            self._forget()
            raise
        self._segments.append(segment)

    def _forget(self) -> None:
        """Free the graph; it is made again when a gradient is next asked for."""
        self._segments, self._encoder, self._cache, self._seeds = [], None, None, {}

    def _save_memory(self) -> bool:
        """Start anew with gradient checkpointing; return False if that is on already, or not possible."""
        if self._checkpointed or not can_checkpoint(self._model):
            return False
        self._checkpointed = True
        self._forget()
        self._capabilities = replace(self._capabilities, segments=False)
        self._bounds = [(0, self._ids.shape[1])]
        return True

    def _forward_context(self) -> AbstractContextManager[None]:
        # one_product_backward runs a backward pass of its own, for which checkpointed blocks would be run again.
        if self._checkpointed:
            return checkpointed(self._model, self._around)
        return one_product_backward(self._model.hf)

    def _backward_context(self) -> AbstractContextManager[None]:
        if not self._checkpointed:
            return nullcontext()
        return differentiable(self._model.hf, self._capabilities.gradient_attention)

    def _new_cache(self) -> Any:
        hf = self._model.hf
        return new_cache(hf.config) if self._source is None else new_decoder_cache(hf.get_decoder().config)

    def _replacement_from(self, start: int) -> Callable[[torch.Tensor], torch.Tensor] | None:
        return None if self._replace_embeddings is None else partial(self._replace_embeddings, start)

    def _seed(self, index: int, steps: list[int], score: ScoreFunction) -> None:
        """Compute each step's gradient at the LM head's input ``[d]``, divided by its scale, and the scale."""
        while len(self._segments) <= index:
            self._grow()
        known = self._seeds.setdefault((index, score), {})
        missing = [step for step in steps if step not in known]
        if not missing:
            return
        segment, rows = self._segments[index], self._rows_of(index, missing)
        with torch.inference_mode(mode=False):
            cotangents = torch.zeros_like(segment.logits)
            cotangents[0, rows], scales = scaled_score_gradients(segment.logits[0, rows], score, missing)
            (seeds,) = torch.autograd.grad(segment.logits, segment.head_input, cotangents, retain_graph=True)
        known |= {
            step: (seeds[0, row].clone(), scale)
            for step, row, scale in zip(missing, rows, scales, strict=True)
        }

    def _rows_of(self, index: int, steps: Sequence[int]) -> list[int]:
        # Counted from the end: a model that is asked for its last logits only cuts its hidden states to those rows.
        return [step - self._steps_of(index).stop for step in steps]

    def _steps_of(self, index: int) -> range:
        start, end = self._bounds[index]
        return range(max(0, start - self._first + 1), max(0, end - self._first + 1))


def batched_gradients(
    output: torch.Tensor, leaves: Sequence[torch.Tensor], cotangents: torch.Tensor
) -> tuple[torch.Tensor, ...]:
    """Return the vector-Jacobian products of *output* at *leaves*, batched over *cotangents*.

    Args:
        output: The end of the graph.
        leaves: Tensors to differentiate by.
        cotangents: ``[k, *output.shape]``.

    Returns:
        For each leaf, the gradients ``[k, *leaf.shape]``.
    """
    if len(cotangents) == 1:
        found = torch.autograd.grad(output, leaves, cotangents[0], retain_graph=True)
        return tuple(gradient[None] for gradient in found)
    with torch.autograd.set_detect_anomaly(False):
        return torch.autograd.grad(output, leaves, cotangents, retain_graph=True, is_grads_batched=True)


def fewer_steps(error: BaseException, size: int, tokens: int) -> int:
    """Return how many steps to try next after *size* steps over *tokens* tokens failed; see ``smaller_batch``."""
    if weights_were_changed(error):
        raise AttrWidgetError(WEIGHTS_CHANGED) from error
    return smaller_batch(error, size, tokens, gradients=True)
