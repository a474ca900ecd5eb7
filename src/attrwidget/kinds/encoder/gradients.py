"""Gradients of a model that reads a whole text at once: one run, batched backward passes from its few logits."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.engine.forward import differentiable, leaves_of
from attrwidget.engine.gradients.activations import one_product_backward
from attrwidget.engine.gradients.attention_gradients import graph_on, kept_weights, require_graph
from attrwidget.engine.gradients.batched import batched_gradients, fewer_steps
from attrwidget.engine.gradients.padded import PaddedRun, in_rows
from attrwidget.engine.gradients.scales import scaled_score_gradients, score_gradients, weighed
from attrwidget.engine.memory import steps_at_once
from attrwidget.hf.attention_interface import observed_attention
from attrwidget.hf.exclusive_use import lock_of
from attrwidget.hf.model_errors import model_errors
from attrwidget.kinds.encoder.text import padded_logits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.engine.gradients.attention_gradients import AttentionGradients
    from attrwidget.engine.gradients.batched import ReplaceEmbeddings
    from attrwidget.engine.gradients.graph import ScoreFunction
    from attrwidget.kinds.encoder.text import EncoderText


class EncoderGradients:
    """Gradients of steps' scores at the input embeddings of *text*; see ``engine.trace.Graph``.

    *replace_embeddings*, *around* and *check* are as in ``GradientGraph``; the start position is always 0.
    """

    def __init__(
        self,
        text: EncoderText,
        capabilities: Capabilities,
        *,
        replace_embeddings: ReplaceEmbeddings | None = None,
        around: Callable[[], AbstractContextManager[Any]] = nullcontext,
        check: Callable[[Sequence[int], torch.Tensor], None] | None = None,
    ) -> None:
        self._check = check
        self._text, self._capabilities, self._around = text, capabilities, around
        self._replace_embeddings = (
            None if replace_embeddings is None else lambda embeddings: replace_embeddings(0, embeddings)
        )
        self._run: tuple[torch.Tensor, torch.Tensor] | None = None
        self._known: dict[Any, tuple[torch.Tensor, torch.Tensor]] = {}

    def gradients(
        self, steps: Sequence[int], score: ScoreFunction
    ) -> Iterator[tuple[list[int], torch.Tensor, torch.Tensor, torch.Tensor]]:
        """Yield ``(steps, gradients [k, n, d], scales [k], embeddings [n, d])``; see ``GradientGraph.gradients``."""
        missing, size = sorted(steps), steps_at_once(self._text.model, self._capabilities, self._text.length)
        while missing:
            chunk = missing[:size]
            try:
                with lock_of(self._text.model.hf):
                    results = self._backward(chunk, score)
            except (RuntimeError, MemoryError) as error:
                size = fewer_steps(error, size, self._text.length)
                continue
            missing = missing[len(chunk) :]
            yield chunk, *results

    def gradient_of_sum(
        self, steps: Sequence[int], score: ScoreFunction
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the gradient of the sum of the scores of *steps*; see ``Graph.gradient_of_sum``."""
        chosen = sorted(set(steps))
        try:
            with lock_of(self._text.model.hf):
                logits = self._grown()[1]
                at_logits, scales = self._at_logits(score)
                weights, scale = weighed(list(scales[chosen]))
                cotangent = torch.zeros_like(logits)
                cotangent[chosen] = at_logits[chosen] * weights[:, None].to(at_logits)
                gradient, embeddings = self._pass_back(cotangent[None])
                return gradient[0], scale, embeddings
        except (RuntimeError, MemoryError) as error:
            fewer_steps(error, 1, self._text.length)
            raise

    def scores(self, steps: Sequence[int], score: ScoreFunction) -> torch.Tensor:
        """Return the *score* of each of *steps*, float64 ``[len(steps)]`` on the CPU."""
        with lock_of(self._text.model.hf), torch.no_grad():
            _, logits = self._grown()
            return score(logits[list(steps)].double(), steps).cpu()

    def _backward(
        self, steps: list[int], score: ScoreFunction
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        logits = self._grown()[1]
        at_logits, scales = self._at_logits(score)
        cotangents = logits.new_zeros(len(steps), *logits.shape)
        cotangents[range(len(steps)), steps] = at_logits[steps]
        whole, embeddings = self._pass_back(cotangents)
        return whole, scales[steps].to(whole.device), embeddings

    def _pass_back(self, cotangents: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the gradients ``[k, n, d]`` of *cotangents* ``[k, steps, outputs]``, and the embeddings ``[n, d]``."""
        leaf, logits = self._grown()
        doing = f"was differentiated over {self._text.length:,} tokens"
        with model_errors(self._text.model.hf, doing), torch.inference_mode(mode=False):
            (whole,) = batched_gradients(logits, [leaf], cotangents)
        return whole[:, 0], leaf.detach()[0]

    def _grown(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the embeddings ``[1, n, d]`` and, with a graph from them, the logits ``[steps, outputs]``."""
        if self._run is None:
            hf = self._text.model.hf
            with (
                differentiable(hf, self._capabilities.gradient_attention),
                self._around(),
                one_product_backward(hf),
                self._text.leaves(self._replace_embeddings) as leaves,
            ):
                logits = self._text.read(self._text.run())[0]
            if len(leaves) != 1 or leaves[0].shape[:2] != self._text.ids.shape:
                raise RuntimeError(f"expected one call of the embeddings, saw {len(leaves)}")
            if self._check is not None:
                self._check(range(len(logits)), logits)
            self._run = leaves[0], logits
        return self._run

    def _at_logits(self, score: ScoreFunction) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the scores' gradients at the logits, each step's divided by its scale, and the scales."""
        if score not in self._known:
            logits = self._grown()[1]
            self._known[score] = scaled_score_gradients(logits, score, range(len(logits)))
        return self._known[score]


def run_padded(
    texts: Sequence[EncoderText],
    capabilities: Capabilities,
    *,
    around: Callable[[], AbstractContextManager[Any]] = nullcontext,
    replace_embeddings: Sequence[ReplaceEmbeddings] | None = None,
) -> PaddedRun:
    """Run *texts* that can be padded in one batch, with a gradient graph; see ``engine.gradients.padded``."""
    hf, lengths = texts[0].model.hf, [text.length for text in texts]
    replace = in_rows(replace_embeddings, lengths, [0] * len(texts))
    with (
        differentiable(hf, capabilities.gradient_attention),
        around(),
        one_product_backward(hf),
        leaves_of(texts[0].model.reader, replace, max(lengths)) as leaves,
    ):
        logits = padded_logits(texts, [torch.ones_like(text.ids[0]) for text in texts])
    if len(leaves) != 1:
        raise RuntimeError(f"expected one call of the embeddings, saw {len(leaves)}")
    return PaddedRun(leaves, [lengths], logits, [range(len(text.rows)) for text in texts])


def attention_gradients(text: EncoderText, steps: Sequence[int], score: ScoreFunction) -> AttentionGradients:
    """Yield ``(step, weights, gradients)`` of *steps*, as ``engine.gradients.attention_gradients`` does."""
    hf = text.model.hf
    with (
        graph_on(hf),
        kept_weights() as weights,
        differentiable(hf, observed_attention(hf, "eager")),
        text.leaves(None),
    ):
        logits = text.read(text.run())[0]
        at_logits = score_gradients(logits, score, range(len(logits))).to(logits)
    require_graph(hf, weights)
    for step in steps:
        with graph_on(hf):
            gradients = torch.autograd.grad(
                logits[step], weights, at_logits[step], retain_graph=True, allow_unused=True
            )
        yield step, weights, gradients
