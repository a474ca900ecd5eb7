"""A loaded extractive question-answering model: it finds the answer to a question in a context."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.checks import is_whole
from attrwidget.errors import AttrWidgetError
from attrwidget.kinds.encoder.adapter import QuestionAnswering
from attrwidget.kinds.encoder.model import EncoderModel
from attrwidget.kinds.encoder.outputs import SpanTrace
from attrwidget.kinds.encoder.sections import parts_of
from attrwidget.kinds.encoder.trace import first_run
from attrwidget.text.tokens import read_tokens

if TYPE_CHECKING:
    import torch

    from attrwidget.explanation import Explanation
    from attrwidget.kinds.encoder.inputs import Passage

_LONGEST = 30  # tokens of an answer


class QuestionAnsweringModel(EncoderModel[QuestionAnswering]):
    """An extractive question-answering model that can be explained; made by ``attrwidget.load``."""

    adapter = QuestionAnswering

    def explain(self, question: Any, context: Any = None, *, max_answer_tokens: int = _LONGEST) -> Any:
        """Return the Explanation of where the model finds the answer to *question* in *context*.

        Both are texts, or lists of texts, which give a list of Explanations. There are two steps: the first token of
        the answer and its last. The answer is the likeliest span inside the context of at most *max_answer_tokens*
        tokens; the probability of each of its ends is over the context and, where it stands for "no answer", the text's
        first token.

        Raises AttrWidgetError, in one sentence with what to do, for bad input, a missing context, and one longer than
        the model can see.
        """
        if context is None or not isinstance(question, str | list | tuple):
            raise AttrWidgetError(
                "A question is answered out of a context, both of them texts: explain('Who …?', context='…')."
            )
        if not is_whole(max_answer_tokens) or max_answer_tokens < 1:
            raise AttrWidgetError(
                f"max_answer_tokens must be a whole number of at least 1, not {max_answer_tokens!r}."
            )
        return self._each(question, context, lambda passage: self._explained(passage, int(max_answer_tokens)))

    def _called(self, text: dict[str, Any]) -> Explanation:
        """Return the Explanation of a question and its context that the model was called with, as token ids."""
        explanation: Explanation = self._each(
            text,
            None,
            lambda passage: self._explained(passage._replace(second=self._context(passage)), _LONGEST),
        )
        return explanation

    def _context(self, passage: Passage) -> range | None:
        """Return where the context stands: of the second type, or else after the last control token but one."""
        control = set(self.tokenizer.all_special_ids)
        borders = [at for at, token in enumerate(passage.ids) if token in control]
        inside = [at for at, kind in enumerate(passage.types or ()) if kind == 1 and at not in borders]
        if not inside and len(borders) > 2:
            inside = list(range(borders[-2] + 1, borders[-1]))
        return range(inside[0], inside[-1] + 1) if inside else None

    def _explained(self, passage: Passage, longest: int) -> SpanTrace:
        inside = passage.second
        if inside is None:
            raise AttrWidgetError("The context has no tokens: give some words in which the answer is found.")
        model = self._adapter
        text = self._text(passage, (0, 0), inside)
        first = passage.ids[0]
        if first in model.tokenizer.all_special_ids:
            text.allowed[0] = True
        logits, recorder = first_run(text, self._abilities)
        start, end = best_span(logits, inside, longest)
        tokens = read_tokens(model.tokenizer, passage.ids, len(passage.ids))
        units = [u.text for u in tokens.units if u.start <= end and u.end > start]
        answer = " ".join("".join(units).split())
        none = logits[:, 0].sum() > logits[0, start] + logits[1, end]
        parts, titles = parts_of(passage, "Question", "Context")
        return SpanTrace(
            replace(text, rows=(start, end)),
            self._abilities,
            (logits, recorder),
            outputs=[start, end],
            texts=[f" from {tokens.labels[start]}", f" to {tokens.labels[end]}"],
            ids=[passage.ids[start], passage.ids[end]],
            titles=[*titles, f"Answer: “{answer}”"],
            parts=parts,
            answer_text=answer,
            step_noun=("end", "ends"),
            warnings=["The model finds it likelier that the context has no answer."] if bool(none) else [],
        )


def best_span(logits: torch.Tensor, inside: range, longest: int) -> tuple[int, int]:
    """Return the first and last position in *inside* of the span whose *logits* ``[2, n]`` add up to most.

    It has *longest* tokens at most.
    """
    starts, ends = logits[:, inside.start : inside.stop].double().cpu().numpy()
    sums = starts[:, None] + ends[None]
    length = np.arange(len(ends))[None] - np.arange(len(starts))[:, None]
    sums[(length < 0) | (length >= longest)] = -np.inf
    start, end = np.unravel_index(int(sums.argmax()), sums.shape)
    return inside.start + int(start), inside.start + int(end)
