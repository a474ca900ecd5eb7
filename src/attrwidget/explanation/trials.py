"""Trials of an explanation: the model is run again with something masked, changed or answered otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from attrwidget.explanation.live import ComputedPresentation
from attrwidget.results.check import DRAWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from attrwidget.progress import Progress
    from attrwidget.results.check import Check


class Trials(ComputedPresentation):
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
