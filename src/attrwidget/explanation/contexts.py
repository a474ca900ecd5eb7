"""What a context changed in an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.explanation.live import LivePresentation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.progress import Progress
    from attrwidget.results.context.reliance import ContextReliance


class Contexts(LivePresentation):
    """Comparisons of a text with and without a part of it."""

    def context_reliance(
        self,
        context: str | tuple[int, int] | Sequence[tuple[int, int]],
        *,
        metric: str = "kl_divergence",
        std: float = 1.0,
        topk: int | None = None,
        method: str = "saliency",
        target_function: str = "contrast_prob_diff",
        progress: Progress | None = None,
    ) -> ContextReliance:
        """Return what a context changed in the answer, and which of its tokens did it: PECoRe.

        The model is run with the context and without it, each time with the answer as it is. The tokens whose
        predictions differ most are selected; each is attributed, with the context, against what the model would have
        said without it. Source: Sarti et al. 2024, "Quantifying the Plausibility of Context Reliance in Neural Machine
        Translation" (arXiv:2310.01188); numbers and names are those of Inseq's ``attribute-context``.

        Args:
            context: ``(start, end)`` of tokens, or several such pairs; a text that stands in the prompt; the role of
                earlier messages of a chat, such as ``"system"``; ``"document"`` or ``"tool"``, those given with the
                question; or ``"thinking"``, the thoughts of the answer.
            metric: How a token's two predictions are compared: ``"kl_divergence"`` (in nats, of the prediction without
                the context from that with it), ``"contrast_prob_diff"``, ``"contrast_logits_diff"`` (without less
                with), ``"contrast_prob"``, ``"contrast_logits"`` (with), ``"pcxmi"`` (bits) or ``"in_context_pvi"``
                (nats).
            std: λ: a token is selected whose measure is, in size, at least the mean plus λ standard deviations.
            topk: How many tokens are selected at most, the strongest; by default all of them.
            method: The method that attributes the selected tokens, such as ``"saliency"`` or ``"leave_one_out"``.
            target_function: What it attributes: ``"contrast_prob_diff"`` or ``"contrast_logits_diff"`` (less that of
                what the model would have said without the context), ``"kl_divergence"`` or ``"probability"``.
            progress: Called with ``(done, total)``. An exception raised in it stops the work.

        Returns:
            A table by token of the answer, and one of the context's tokens for each selected token; printed as
            sentences.

        Raises:
            AttrWidgetError: The context is not found, or is the whole prompt; the model writes no text; or something
                named does not exist.

        Example:
            >>> ex = aw.load("demo").explain("The capital of Japan is Tokyo. The capital of France is")
            >>> ex.context_reliance("The capital of Japan is Tokyo.")
        """
        from attrwidget.results.context.live import measure

        return measure(
            self.reading,
            context,
            metric=metric,
            std=std,
            topk=topk,
            method=method,
            target_function=target_function,
            progress=progress,
        )
