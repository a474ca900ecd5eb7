"""Gradients of several texts of one model: one padded run, and batched backward passes for all of them."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.engine.forward import run_encoder, run_segment
from attrwidget.engine.gradients.activations import one_product_backward
from attrwidget.engine.gradients.batched import batched_gradients
from attrwidget.engine.gradients.scales import scaled_score_gradients
from attrwidget.engine.padding import pad
from attrwidget.engine.perturb import mask_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.engine.gradients.batched import ReplaceEmbeddings
    from attrwidget.engine.gradients.graph import ScoreFunction
    from attrwidget.engine.padding import Unpadded
    from attrwidget.hf.adapter import Adapter


@dataclass(frozen=True)
class TextGradients:
    """The gradients of one *score* of one text, for methods that ask a ``Graph`` for them.

    Attributes:
        steps: The steps that were differentiated, in order.
        parts: For each part of the text ``[k, tokens, d]``: an encoder's, then a decoder's.
        scales: ``[k]``, as in ``GradientGraph.gradients``.
        embeddings: ``[tokens, d]`` of all parts.
    """

    steps: Sequence[int]
    parts: Sequence[torch.Tensor]
    scales: torch.Tensor
    embeddings: torch.Tensor

    def gradients(
        self, steps: Sequence[int], _score: ScoreFunction
    ) -> Iterator[tuple[list[int], torch.Tensor, torch.Tensor, torch.Tensor]]:
        """Yield the gradients of *steps*, all at once; see ``GradientGraph.gradients``."""
        chosen = sorted(steps)
        rows = [self.steps.index(step) for step in chosen]
        whole = torch.cat([part[rows] for part in self.parts], dim=1)
        yield chosen, whole, self.scales[rows].to(whole.device), self.embeddings


@dataclass(frozen=True)
class PaddedRun:
    """Several texts of one model, run in one batch with a gradient graph.

    Attributes:
        leaves: The embeddings ``[b, n, d]`` at which gradients end: the encoder's, then the decoder's, or only one.
        lengths: How many tokens each text has in each of *leaves*: ``[len(leaves)][b]``.
        logits: ``[b, rows, outputs]``.
        places: The rows of the steps of each text.
        hidden: The LM head's input ``[b, ≥ rows, d]`` with the graph of the body, if *logits* have the graph of the LM
            head alone; None if they have all of it.
        head_input: Where the graph of the LM head ends, or None.
    """

    leaves: Sequence[torch.Tensor]
    lengths: Sequence[Sequence[int]]
    logits: torch.Tensor
    places: Sequence[Sequence[int]]
    hidden: torch.Tensor | None = None
    head_input: torch.Tensor | None = None

    def logits_of(self, text: int) -> torch.Tensor:
        """Return the logits ``[steps, outputs]`` of a *text*, by its number, without a graph."""
        return self.logits.detach()[text, list(self.places[text])]

    def gradients(
        self, scores: Sequence[ScoreFunction], steps: Sequence[Sequence[int]], at_once: int
    ) -> list[TextGradients]:
        """Return the gradients of the *steps* of each text, by the score of each, *at_once* steps of all texts."""
        cotangents = torch.zeros_like(self.logits)
        places = [[own[s] for s in some] for own, some in zip(self.places, steps, strict=True)]
        scales = []
        for text, (score, some, at) in enumerate(zip(scores, steps, places, strict=True)):
            own, scale = scaled_score_gradients(self.logits.detach()[text, at], score, some)
            cotangents[text, at] = own
            scales.append(scale)
        end = self.logits if self.hidden is None else self.hidden
        with torch.inference_mode(mode=False):
            if self.head_input is not None:
                (cotangents,) = torch.autograd.grad(self.logits, self.head_input, cotangents)
            chunks = list(self._pass_back(end, cotangents, places, at_once))
        found = [torch.cat(parts) for parts in zip(*chunks, strict=True)]
        return [
            self._of_text(text, some, found, scale)
            for text, (some, scale) in enumerate(zip(steps, scales, strict=True))
        ]

    def _pass_back(
        self,
        end: torch.Tensor,
        cotangents: torch.Tensor,
        places: Sequence[Sequence[int]],
        at_once: int,
    ) -> Iterator[tuple[torch.Tensor, ...]]:
        """Yield gradients ``[k, b, n, d]`` at each leaf, of *at_once* steps of all texts after each other."""
        steps = max(map(len, places))
        for first in range(0, steps, at_once):
            chosen = range(first, min(first + at_once, steps))
            apart = end.new_zeros(len(chosen), *end.shape)
            for text, own in enumerate(places):
                for k, place in enumerate(own[first : chosen.stop]):
                    apart[k, text, place] = cotangents[text, place]
            yield batched_gradients(end, self.leaves, apart)

    def _of_text(
        self, text: int, steps: Sequence[int], found: Sequence[torch.Tensor], scales: torch.Tensor
    ) -> TextGradients:
        lengths = [own[text] for own in self.lengths]
        return TextGradients(
            steps,
            [part[: len(steps), text, :length] for part, length in zip(found, lengths, strict=True)],
            scales,
            torch.cat([leaf.detach()[text, :n] for leaf, n in zip(self.leaves, lengths, strict=True)]),
        )


def run_padded(
    model: Adapter,
    texts: Sequence[Unpadded],
    capabilities: Capabilities,
    *,
    around: Callable[[], AbstractContextManager[Any]] = nullcontext,
    replace_embeddings: Sequence[ReplaceEmbeddings] | None = None,
) -> PaddedRun:
    """Run *texts* of a language model in one batch; options are as in ``GradientGraph``, embeddings by text."""
    ids, mask, source, rows, places = pad(texts, model.pad_id)
    attention = capabilities.gradient_attention
    lengths = [[text.source for text in texts], [len(text.ids) - text.source for text in texts]]
    leaves = []
    with around(), one_product_backward(model.hf):
        if source:
            replace = in_rows(replace_embeddings, lengths[0], [0] * len(texts))
            leaf, context = run_encoder(
                model.hf, ids[:, :source], attention, replace_embeddings=replace, mask=mask[:, :source]
            )
            leaves.append(leaf)
            context["decoder_attention_mask"] = mask[:, source:]
        else:
            context = mask_options(model, mask, positions=capabilities.positions)
        segment = run_segment(
            model.hf,
            ids[:, source:],
            rows,
            attention=attention,
            replace_embeddings=in_rows(replace_embeddings, lengths[1], lengths[0]),
            context=context,
        )
    return PaddedRun(
        [*leaves, segment.leaf],
        lengths[-1 - len(leaves) :],
        segment.logits,
        places,
        segment.hidden,
        segment.head_input,
    )


def in_rows(
    replace: Sequence[ReplaceEmbeddings] | None, lengths: Sequence[int], starts: Sequence[int]
) -> Callable[[torch.Tensor], torch.Tensor] | None:
    """Return what replaces the embeddings ``[b, n, d]`` of all texts by what replaces those of each, or None."""
    if replace is None:
        return None

    def replaced(embeddings: torch.Tensor) -> torch.Tensor:
        whole = embeddings.clone()
        for row, (one, length, start) in enumerate(zip(replace, lengths, starts, strict=True)):
            whole[row, :length] = one(start, embeddings[row : row + 1, :length])[0].to(whole)
        return whole

    return replaced
