"""Gradients of a model that reads a text at once and says little: one run, batched backwards from its few logits."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.engine.forward import differentiable
from attrwidget.engine.gradients.activations import one_product_backward
from attrwidget.engine.gradients.batched import after_failure, steps_at_once
from attrwidget.engine.gradients.vjp import backward
from attrwidget.hf.exclusive_use import lock_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.engine.gradients.batched import ReplaceEmbeddings, ScoreFunction
    from attrwidget.kinds.encoder.text import EncoderText


class EncoderGradients:
    """Gradients of steps' scores at the input embeddings of *text*; see ``trace.base.Graph``.

    *replace_embeddings* gives what the model is run on instead of its embeddings ``[1, n, d]``, told that they begin
    at token 0, and
    *around* a context in which it runs.
    """

    def __init__(
        self,
        text: EncoderText,
        capabilities: Capabilities,
        *,
        replace_embeddings: ReplaceEmbeddings | None = None,
        around: Callable[[], AbstractContextManager[Any]] = nullcontext,
    ) -> None:
        self._text, self._abilities, self._around = text, capabilities, around
        self._replace_embeddings = (
            None if replace_embeddings is None else lambda embeddings: replace_embeddings(0, embeddings)
        )
        self._run: tuple[torch.Tensor, torch.Tensor] | None = None
        self._slopes: dict[Any, tuple[torch.Tensor, torch.Tensor]] = {}

    def gradients(
        self, steps: Sequence[int], score: ScoreFunction
    ) -> Iterator[tuple[list[int], torch.Tensor, torch.Tensor, torch.Tensor]]:
        """Yield ``(steps, gradients [k, n, d], scales [k], embeddings [n, d])``; see ``GradientGraph.gradients``."""
        missing, size = sorted(steps), steps_at_once(self._text.model, self._abilities, self._text.length)
        while missing:
            chunk = missing[:size]
            try:
                with lock_of(self._text.model.hf):
                    results = self._backward(chunk, score)
            except (RuntimeError, MemoryError) as error:
                size = after_failure(error, size, self._text.length)
                continue
            missing = missing[len(chunk) :]
            yield chunk, *results

    def scores(self, steps: Sequence[int], score: ScoreFunction) -> torch.Tensor:
        """Return the *score* of each of *steps*, float64 ``[len(steps)]`` on the CPU."""
        with lock_of(self._text.model.hf), torch.no_grad():
            _, logits = self._grown()
            return score(logits[list(steps)].double(), steps).cpu()

    def _backward(
        self, steps: list[int], score: ScoreFunction
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        leaf, logits = self._grown()
        slopes, scales = self._slopes_of(score)
        cotangents = logits.new_zeros(len(steps), *logits.shape)
        cotangents[range(len(steps)), steps] = slopes[steps]
        with torch.inference_mode(False):  # noqa: FBT003
            (whole,) = backward(logits, [leaf], cotangents, self._abilities.gradient_attention)
        return whole[:, 0], scales[steps].to(whole.device), leaf.detach()[0]

    def _grown(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the embeddings ``[1, n, d]`` and, with a graph from them, the logits ``[steps, outputs]``."""
        if self._run is None:
            hf = self._text.model.hf
            with (
                differentiable(hf, self._abilities.gradient_attention),
                self._around(),
                one_product_backward(hf),
                self._text.leaves(self._replace_embeddings) as leaves,
            ):
                logits = self._text.read(self._text.run())[0]
            if len(leaves) != 1 or leaves[0].shape[:2] != self._text.ids.shape:
                raise RuntimeError(f"expected one call of the embeddings, saw {len(leaves)}")
            self._run = leaves[0], logits
        return self._run

    def _slopes_of(self, score: ScoreFunction) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the scores' gradients at the logits, each step's divided by its scale, and the scales."""
        if score not in self._slopes:
            with torch.inference_mode(False), torch.enable_grad():  # noqa: FBT003
                logits = self._grown()[1].detach().double().requires_grad_(True)  # noqa: FBT003
                (slopes,) = torch.autograd.grad(score(logits, range(len(logits))).sum(), logits)
            scales = slopes.abs().amax(-1)
            scales = torch.where(scales > 0, scales, 1.0)
            self._slopes[score] = (slopes / scales[:, None]).to(self._grown()[1]), scales
        return self._slopes[score]
