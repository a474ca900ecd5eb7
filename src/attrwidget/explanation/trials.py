"""Trials of an explanation: the model is run again with something masked, changed or answered otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from attrwidget.explanation.live import LivePresentation
from attrwidget.results.check import DRAWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from attrwidget.progress import Progress
    from attrwidget.results.check import Check
    from attrwidget.results.context.reliance import ContextReliance


class Trials(LivePresentation):
    """Runs of the model on a text or an answer that is changed."""

    def check(
        self,
        step: int | Sequence[int],
        method: str | None = None,
        *,
        k: int = 3,
        inputs: str | Sequence[int | str] | None = None,
        draws: int = DRAWS,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> Check:
        """Check whether the words that a method puts first matter to the model: mask them, and as many other inputs.

        Positions stay. Special tokens and the first token are never masked. Signed methods rank by value, the largest
        positive first, others by size. It *holds* where the probability falls further than in all draws.

        Args:
            step: The index of a step, or those of a word of several tokens, whose joint probability is compared.
            method: A name of ``methods()``; by default the first.
            k: How many words are masked, each with all its tokens; fewer in a short text, where as many others must be
                left.
            inputs: The inputs to mask, instead of a method's first *k* words: positions, or words that stand there
                once.
            draws: How many times as many other inputs are drawn at random.
            seed: The seed of the draws.
            progress: Called with ``(done, total)`` masked texts. An exception raised in it stops the work; what is
                finished is kept.

        Returns:
            The probabilities, and whether it holds; printed as one sentence.

        Raises:
            AttrWidgetError: The step, method or inputs do not exist, too few inputs are left to draw from, or the model
                ignores an attention mask or gives no probabilities.

        Example:
            >>> ex.check(0, "saliency")
            >>> ex.check(0, inputs=["America"])
        """
        checks = self.reading.checks
        given = checks.first_inputs(step, method, k) if inputs is None else inputs
        return checks.run(step, given, draws=draws, seed=seed, progress=progress)

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

    def instead(
        self,
        answer: str | int | Iterable[str | int],
        *,
        step: int = 0,
        max_new_tokens: int = 0,
        progress: Progress | None = None,
    ) -> Self:
        """Return the explanation of another *answer* to the same input; its ``steps`` show how likely that answer is.

        Args:
            answer: A text, a token id, or a list of ids.
            step: Where the other answer begins: what the model wrote before this step, from 0, stays.
            max_new_tokens: How many tokens the model writes after it, at most, as its ``generate`` does by default.
            progress: Called with ``(tokens done, tokens at most)``; an exception raised in it stops the work.

        Returns:
            An explanation whose steps are the tokens of *answer*.

        Raises:
            AttrWidgetError: The answer is empty or has ids that do not exist, or the model writes no answers.

        Example:
            >>> ex.instead(" Thomas Jefferson").steps
            >>> ex.instead(" Thomas", step=0, max_new_tokens=5)
        """
        return type(self)(self.reading.instead(answer, step, max_new_tokens, progress))

    def edit(
        self,
        changes: Mapping[int | str | tuple[int, int], str | int | None],
        *,
        progress: Progress | None = None,
    ) -> Self:
        """Return the explanation of the text with words changed, and of what the model answers then.

        A model that writes text writes as many tokens as before, or 20; what it had written before the last changed
        word stays. ``ex.tokens.labels`` shows the positions.

        Args:
            changes: For each input, by position, ``(start, end)`` or a word that stands there once: a text or a token
                id that takes its place, or None to delete it. A space goes before a text where one stands before what
                it replaces.
            progress: Called with ``(tokens done, tokens at most)``; an exception raised in it stops the work.

        Returns:
            An explanation, whose widget shows what was changed and can go back.

        Raises:
            AttrWidgetError: An input does not exist or is changed twice, or nothing is left of the text.

        Example:
            >>> ex = aw.load("demo").explain("The capital of Japan is")
            >>> ex.edit({"Japan": "France"})
        """
        return type(self)(self.reading.edited(changes, progress))
