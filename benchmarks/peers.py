"""The same work by Captum: a forward pass over each step's own prefix, asked for its last logits alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

if TYPE_CHECKING:
    from collections.abc import Callable

POINTS = 20
_AT_ONCE = 16  # texts that Captum may run in one batch when it leaves inputs out


class Captum:
    """Captum's methods for the probability of each token of *output* after *prompt*; weights are frozen."""

    def __init__(self, folder: str, prompt: str, output: str) -> None:
        self._model = AutoModelForCausalLM.from_pretrained(folder).eval().requires_grad_(False)  # noqa: FBT003
        tokenizer = AutoTokenizer.from_pretrained(folder)
        self._ids = tokenizer(prompt + output, return_tensors="pt")["input_ids"]
        self._first = len(prompt.split())
        self._pad = int(tokenizer.pad_token_id)
        self._table = self._model.get_input_embeddings()

    def input_x_gradient(self) -> torch.Tensor:
        """Return scores ``[steps, inputs]``, NaN beyond a step's inputs."""
        from captum.attr import InputXGradient

        return self._steps(
            lambda ids, target: InputXGradient(self._of_embeddings(target)).attribute(
                self._table(ids).detach().requires_grad_()
            )
        )

    def integrated_gradients(self) -> torch.Tensor:
        """Return scores ``[steps, inputs]`` from the padding token's embedding, by Gauss–Legendre."""
        from captum.attr import IntegratedGradients

        return self._steps(
            lambda ids, target: IntegratedGradients(self._of_embeddings(target)).attribute(
                self._table(ids).detach(), self._table(torch.full_like(ids, self._pad)), n_steps=POINTS
            )
        )

    def leave_one_out(self) -> torch.Tensor:
        """Return scores ``[steps, inputs]``: each input replaced by the padding token."""
        from captum.attr import FeatureAblation

        with torch.no_grad():
            return self._steps(
                lambda ids, target: FeatureAblation(self._of_ids(target)).attribute(
                    ids, baselines=self._pad, perturbations_per_eval=_AT_ONCE
                )
            )

    def _steps(self, attribute: Callable[[torch.Tensor, int], torch.Tensor]) -> torch.Tensor:
        length = self._ids.shape[1]
        scores = torch.full((length - self._first, length - 1), torch.nan)
        for step in range(len(scores)):
            row = scores[step]
            seen = self._first + step
            values = attribute(self._ids[:, :seen], int(self._ids[0, seen]))[0].detach()
            row[:seen] = values if values.ndim == 1 else values.sum(-1)
        return scores

    def _of_embeddings(self, target: int) -> Callable[[torch.Tensor], torch.Tensor]:
        return lambda embeddings: self._probability(target, inputs_embeds=embeddings)

    def _of_ids(self, target: int) -> Callable[[torch.Tensor], torch.Tensor]:
        return lambda ids: self._probability(target, input_ids=ids)

    def _probability(self, target: int, **inputs: Any) -> torch.Tensor:
        logits = self._model(**inputs, use_cache=False, logits_to_keep=1).logits[:, -1]
        probabilities: torch.Tensor = logits.softmax(-1)[:, target]
        return probabilities
