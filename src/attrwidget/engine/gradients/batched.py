"""The batched gradient engine: exact gradients of every generated token from one growing graph.

Three things make it fast and leave it exact (Yin & Neubig 2022 and Inseq compute the same, step by step). The
unembedding, often half of a small model, is left once for many steps: its input's gradients are the seeds of the
rest. Seeds go through the body in batches (see ``backward``). A step's backward keeps away from what comes after it:
by rows where a product costs most (see ``linear_graph``), and, in a long text, by segments over a cache that keeps its
graph. Where the graph would not fit in memory, the text is run in one piece, and blocks again in each backward.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.engine.forward import Segment, differentiable, run_encoder, run_segment
from attrwidget.engine.gradients.activations import one_product_backward
from attrwidget.engine.gradients.checkpoint import budget_of, can_checkpoint, checkpointed, graph_bytes
from attrwidget.engine.gradients.fast_cpu.attention import GRAPH_ATTENTION
from attrwidget.engine.gradients.fast_cpu.linear import Rows, linear_by_rows
from attrwidget.engine.gradients.vjp import backward
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import lock_of
from attrwidget.hf.internals.cache import new_cache, new_decoder_cache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.hf.adapter import Adapter

    ScoreFunction = Callable[[torch.Tensor, Sequence[int]], torch.Tensor]
    ReplaceEmbeddings = Callable[[int, torch.Tensor], torch.Tensor]

WEIGHTS_CHANGED = (
    "The model's weights have changed since this explanation was made: call explain again to explain the model as "
    "it is now."
)
# Tokens, by measurement: of a text that is run whole, and of the segments of a longer one's prompt and answer.
WHOLE, PROMPT_SEGMENT, SEGMENT = 256, 256, 24
# Of a batch's gradient where a layer is widest, by measurement: larger is slower on a CPU.
_CPU_BYTES, _GPU_BYTES = 18 << 20, 256 << 20
_LOGITS = 32 << 20  # bytes, of a text that is run whole


class GradientGraph:
    """Gradients of steps' scores at the input embeddings, for one text.

    *ids* are ``[1, n - 1]``, all tokens but the last; step *s* is predicted at position ``first_step - 1 + s``. With
    *source* ids ``[1, m]``, which an encoder reads, they are those of its decoder, and their embeddings and gradients
    stand after the source's. *replace_embeddings* gives what the model is run on instead of its embeddings ``[1,
    length, d]`` of the
    tokens from *start* on, and *around* a context in which it runs. A text of up to *whole* tokens is run in one
    segment.
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
    ) -> None:
        self._model, self._ids, self._first, self._abilities = model, ids, first_step, capabilities
        self._source, self._before = source, 0 if source is None else source.shape[1]
        self._replace_embeddings, self._around = replace_embeddings, around
        self._encoder: tuple[torch.Tensor, dict[str, Any]] | None = None
        self._segments: list[Segment] = []
        self._cache: Any = None
        self._rows: list[tuple[Rows, Rows]] = []  # of each segment's body and head
        self._seeds: dict[tuple[int, Any], dict[int, tuple[torch.Tensor, torch.Tensor]]] = {}
        self._checkpointed = False
        length = ids.shape[1]
        pieces = -(-first_step // PROMPT_SEGMENT)
        prompt = [first_step * k // pieces for k in range(pieces)]
        whole = WHOLE if whole is None else whole
        logits = 4 * (length - first_step + 1) * model.vocabulary  # all are gone through for the seed of one
        uncut = (length <= whole and logits <= _LOGITS) or not capabilities.segments
        cuts = [0, length] if uncut else [*prompt, *range(first_step, length, SEGMENT), length]
        self._bounds = list(pairwise(cuts))
        if graph_bytes(model, self._before + length) > budget_of(model):
            self._save_memory()

    def begin(self) -> torch.Tensor:
        """Run the whole of a short text, and return the logits ``[steps, vocabulary]``."""
        with lock_of(self._model.hf):
            if not self._segments:
                self._grow()
            return self._segments[0].logits.detach()

    def gradients(
        self, steps: Sequence[int], score: ScoreFunction
    ) -> Iterator[tuple[list[int], torch.Tensor, torch.Tensor, torch.Tensor]]:
        """Yield ``(steps, gradients [k, tokens, d], scales [k], embeddings [tokens, d])``, in order of position.

        A step's gradient is ``scales[k]`` (float64) times ``gradients[k]``: kept apart, neither underflows when a
        prediction is certain. *score* maps float64 logits ``[r, vocabulary]`` of the steps it is told to
        scores ``[r]``; it must be hashable, as its seeds are kept. ``tokens`` reach at least to the step's own
        position; beyond it gradients are zero. Raises AttrWidgetError when memory does not suffice for one step, or
        when weights changed meanwhile.
        """
        for index, (start, end) in enumerate(self._bounds):
            inside = sorted(s for s in steps if start <= self._first - 1 + s < end)
            size = steps_at_once(self._model, self._abilities, self._before + end)
            while inside:
                chunk = inside[:size]
                try:
                    with lock_of(self._model.hf):
                        self._seed(index, inside[:SEGMENT], score)
                        results = self._backward(index, chunk, score)
                except (RuntimeError, MemoryError) as error:
                    if is_out_of_memory(error) and size == 1 and self._save_memory():
                        yield from self.gradients([*inside, *(s for s in steps if s > inside[-1])], score)
                        return
                    size = after_failure(error, size, self._before + self._ids.shape[1])
                    continue
                inside = inside[len(chunk) :]
                yield chunk, *results

    def scores(self, steps: Sequence[int], score: ScoreFunction) -> torch.Tensor:
        """Return the *score* of each of *steps*, float64 ``[len(steps)]`` on the CPU."""
        found: dict[int, torch.Tensor] = {}
        for index in range(len(self._bounds)):
            inside = self._steps_of(index)
            if not set(inside) & set(steps):
                continue
            with lock_of(self._model.hf), torch.no_grad():
                while len(self._segments) <= index:
                    self._grow()
                values = score(self._segments[index].logits.double(), inside)
            found |= dict(zip(inside, values.cpu(), strict=True))
        return torch.stack([found[step] for step in steps])

    def _backward(
        self, index: int, steps: list[int], score: ScoreFunction
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        segment = self._segments[index]
        leaves = [s.leaf for s in self._segments[: index + 1]]
        if self._encoder is not None:
            leaves.insert(0, self._encoder[0])
        seeds = [self._seeds[index, score][step] for step in steps]
        hidden = segment.hidden
        cotangents = hidden.new_zeros(len(steps), *hidden.shape)
        for k, (row, (seed, _)) in enumerate(zip(self._rows_of(index, steps), seeds, strict=True)):
            cotangents[k, 0, row] = seed
        first, batched = self._first - self._bounds[index][0], len(steps) > 1
        for at, (rows, _) in enumerate(self._rows):
            rows.keep_to([range(first + s) for s in steps] if at == index else None, batched=batched)
        with torch.inference_mode(False), self._ready_again():  # noqa: FBT003
            whole = torch.cat(
                backward(hidden, leaves, cotangents, self._abilities.gradient_attention), dim=2
            )[:, 0]
        scales = torch.stack([scale for _, scale in seeds]).to(whole.device)
        return whole, scales, torch.cat([leaf.detach() for leaf in leaves], dim=1)[0]

    def _grow(self) -> None:
        index = len(self._segments)
        start, end = self._bounds[index]
        if self._cache is None and len(self._bounds) > 1:
            self._cache = self._new_cache()
        rows = max(1, len(self._steps_of(index)))
        attention, hf = self._abilities.gradient_attention, self._model.hf
        by_rows = Rows(end - start, causal=self._source is None), Rows(rows)
        try:
            with self._around(), self._running():
                if self._source is not None and self._encoder is None:
                    self._encoder = run_encoder(
                        hf, self._source, attention, replace_embeddings=self._replacement_from(0)
                    )
                with self._keeping_to(*by_rows):
                    segment = run_segment(
                        hf,
                        self._ids[:, start:end],
                        rows,
                        self._cache,
                        attention,
                        replace_embeddings=self._replacement_from(self._before + start),
                        context=self._encoder and self._encoder[1],
                    )
        except BaseException:
            # Interrupted half-way, the cache holds some layers' keys and not others'.
            self._forget()
            raise
        self._segments.append(segment)
        self._rows.append(by_rows)

    def _forget(self) -> None:
        self._segments, self._rows, self._encoder, self._cache, self._seeds = [], [], None, None, {}

    def _save_memory(self) -> bool:
        """Go on with blocks that are run again in each backward; say whether that is something new."""
        if self._checkpointed or not can_checkpoint(self._model):
            return False
        self._checkpointed = True
        self._forget()
        attention = self._abilities.gradient_attention
        attention = "eager" if attention == GRAPH_ATTENTION else attention
        self._abilities = replace(self._abilities, segments=False, gradient_attention=attention)
        self._bounds = [(0, self._ids.shape[1])]
        return True

    def _running(self) -> AbstractContextManager[None]:
        # A slope is a backward pass of its own, for which checkpointed blocks would be run again, and kept.
        if self._checkpointed:
            return checkpointed(self._model, self._around)
        return one_product_backward(self._model.hf)

    def _keeping_to(self, rows: Rows, at_head: Rows) -> AbstractContextManager[None]:
        known = self._abilities.gradient_attention == GRAPH_ATTENTION and not self._checkpointed
        # A source as long as the target, at which a decoder looks, could not be told from it.
        return (
            linear_by_rows(self._model, rows, at_head)
            if known and self._before != rows.count
            else nullcontext()
        )

    def _ready_again(self) -> AbstractContextManager[None]:
        if not self._checkpointed:
            return nullcontext()
        return differentiable(self._model.hf, self._abilities.gradient_attention)

    def _new_cache(self) -> Any:
        hf = self._model.hf
        return new_cache(hf.config) if self._source is None else new_decoder_cache(hf.get_decoder().config)

    def _replacement_from(self, start: int) -> Callable[[torch.Tensor], torch.Tensor] | None:
        return None if self._replace_embeddings is None else partial(self._replace_embeddings, start)

    def _seed(self, index: int, steps: list[int], score: ScoreFunction) -> None:
        """Find each step's gradient at the head's input ``[d]``, divided by its scale, and the scale."""
        while len(self._segments) <= index:
            self._grow()
        known = self._seeds.setdefault((index, score), {})
        missing = [step for step in steps if step not in known]
        if not missing:
            return
        segment, rows, at_head = self._segments[index], self._rows_of(index, missing), self._rows[index][1]
        at_head.keep_to([range(at_head.count + rows[0], at_head.count + rows[-1] + 1)], batched=False)
        with torch.inference_mode(False), torch.enable_grad():  # noqa: FBT003
            logits = segment.logits.detach()[rows].double().requires_grad_(True)  # noqa: FBT003
            (slopes,) = torch.autograd.grad(score(logits, missing).sum(), logits)
            scales = slopes.abs().amax(-1)
            scales = torch.where(scales > 0, scales, 1.0)
            cotangents = torch.zeros_like(segment.logits)
            cotangents[rows] = (slopes / scales[:, None]).to(cotangents)
            (seeds,) = torch.autograd.grad(segment.logits, segment.head_input, cotangents, retain_graph=True)
        known |= {
            step: (seeds[0, row].clone(), scale)
            for step, row, scale in zip(missing, rows, scales, strict=True)
        }

    def _rows_of(self, index: int, steps: Sequence[int]) -> list[int]:
        # They count from the end: a model asked for its last logits cuts its hidden states to them.
        return [step - self._steps_of(index).stop for step in steps]

    def _steps_of(self, index: int) -> range:
        start, end = self._bounds[index]
        return range(max(0, start - self._first + 1), max(0, end - self._first + 1))


def steps_at_once(model: Adapter, capabilities: Capabilities, tokens: int) -> int:
    """Return how many steps' gradients over *tokens* tokens are best had in one batch."""
    if not capabilities.batched:
        return 1
    config = model.text_config
    widths = getattr(config, "intermediate_size", None) or 4 * config.hidden_size
    width = int(max(widths) if isinstance(widths, list | tuple) else widths)
    rows = min(tokens, PROMPT_SEGMENT) if capabilities.segments else tokens
    width = max(width, int(getattr(config, "num_attention_heads", 0) or 0) * rows)
    budget = _CPU_BYTES if model.device.type == "cpu" else _GPU_BYTES
    return max(1, min(SEGMENT, budget // (4 * tokens * width)))


def after_failure(error: BaseException, size: int, tokens: int) -> int:
    """Return the next number of steps after running out of memory with *size*; raise what else went wrong."""
    if "modified by an inplace operation" in str(error):
        raise AttrWidgetError(WEIGHTS_CHANGED) from error
    if not is_out_of_memory(error):
        raise error
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if size == 1:
        raise AttrWidgetError(
            f"There is not enough memory for the gradient of one token over {tokens:,} tokens: "
            "shorten the prompt, load the model with dtype='bfloat16', or read its attention instead."
        ) from error
    return max(1, size // 2)


def is_out_of_memory(error: BaseException) -> bool:
    """Say whether *error* is torch running out of memory, on a GPU or a CPU, and nothing else."""
    return isinstance(
        error, torch.OutOfMemoryError | MemoryError
    ) or "DefaultCPUAllocator: can't allocate memory" in str(error)
