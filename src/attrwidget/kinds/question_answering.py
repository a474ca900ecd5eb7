"""Extractive question-answering models, which find the answer to a question in a context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast, overload

import numpy as np
import torch

from attrwidget.checks import is_index, is_whole
from attrwidget.errors import AttrWidgetError
from attrwidget.kinds.encoder.adapter import Encoder
from attrwidget.kinds.encoder.model import EncoderModel
from attrwidget.kinds.encoder.trace import EncoderTrace, first_run
from attrwidget.kinds.table import QUESTION_ANSWERING
from attrwidget.text.tokens import control_ids, read_tokens

if TYPE_CHECKING:
    from attrwidget.explanation import Explanation
    from attrwidget.kinds.encoder.adapter import OutputPositions
    from attrwidget.kinds.encoder.inputs import Passage

_MAX_ANSWER_TOKENS = 30


class QuestionAnswering(Encoder):
    """The adapter of an extractive question-answering model."""

    task = QUESTION_ANSWERING.task
    sees_own_token = True
    two_ends = True
    decodes = True

    def _missing(self) -> str | None:
        return None if self.has_class_of_kind else "which finds no answers in texts"

    def read(self, output: Any, at: OutputPositions) -> torch.Tensor:
        """Return two rows, the logits of the first and of the last token of the answer; -inf where none is allowed."""
        both = torch.stack([output.start_logits, output.end_logits], 1)
        blank = both.new_full((*both.shape[:2], len(at.allowed)), -torch.inf)
        placed = blank.scatter(2, at.tokens[:, None].expand_as(both), both)
        return placed.masked_fill(~at.allowed, -torch.inf)


class SpanTrace(EncoderTrace):
    """The trace of the two ends of an answer: an output is a position in the text."""

    model: QuestionAnswering

    def output_text(self, step: int, output: int) -> str:
        """Return the token at *output*, and which end of the answer it is: ``" start at Rome"``, ``" end at Rome"``."""
        return _end_text(step, self.tokens.labels[output])

    def named(self, what: Any) -> tuple[int, ...]:
        """Return the first and last position of *what*: words of the context, or two positions."""
        if isinstance(what, str):
            return self._find(what)
        if isinstance(what, Sequence) and len(what) == 2 and all(self._is_allowed(at) for at in what):
            return int(what[0]), int(what[1])
        raise AttrWidgetError(
            "foil must be words of the context, or the positions of another answer's first and last token, not "
            f"{what!r}."
        )

    def _is_allowed(self, at: Any) -> bool:
        return is_index(at, self.n_inputs) and bool(self._text.allowed[at])

    def _find(self, words: str) -> tuple[int, int]:
        places = [i for i in range(self.n_inputs) if self._is_allowed(i)]
        decode = self.model.tokenizer.decode
        wanted = words.strip().casefold()
        for length in range(1, len(places) + 1):
            for start in range(len(places) - length + 1):
                span = places[start : start + length]
                if str(decode([self.tokens.ids[i] for i in span])).strip().casefold() == wanted:
                    return span[0], span[-1]
        raise AttrWidgetError(
            f"The foil {words!r} is not in the context, so it could be no answer: take words of it."
        )


class QuestionAnsweringModel(EncoderModel):
    """An extractive question-answering model that can be explained; made by ``attrwidget.load``."""

    adapter = QuestionAnswering
    _adapter: QuestionAnswering

    @overload  # type: ignore[override]  # reads no chat
    def explain(
        self, question: str, context: str, *, max_answer_tokens: int = _MAX_ANSWER_TOKENS
    ) -> Explanation: ...
    @overload
    def explain(
        self,
        question: list[str] | tuple[str, ...],
        context: str | Sequence[str],
        *,
        max_answer_tokens: int = _MAX_ANSWER_TOKENS,
    ) -> list[Explanation]: ...
    def explain(
        self,
        question: str | Sequence[str],
        context: str | Sequence[str] | None = None,
        *,
        max_answer_tokens: int = _MAX_ANSWER_TOKENS,
    ) -> Explanation | list[Explanation]:
        """Explain where the model finds the answer to a question in a context.

        There are two steps: the first token of the answer and its last. The answer is the likeliest span inside the
        context. The probability of each end is over the context and, where the text's first token stands for "no
        answer", over that token too.

        Args:
            question: A question; a list of them gives a list of Explanations.
            context: The text in which the answer stands; for several questions, one for each or one for all.
            max_answer_tokens: The greatest number of tokens of an answer.

        Returns:
            The Explanation, or a list of them.

        Raises:
            AttrWidgetError: There is no context, the input is empty, or is longer than the model can see.

        Example:
            >>> model = aw.load("deepset/roberta-base-squad2")
            >>> model.explain("Who wrote it?", "Anna wrote the story in Paris.")
        """
        if context is None or not isinstance(question, str | list | tuple):
            raise AttrWidgetError(
                "A question is answered out of a context, both of them texts: explain('Who …?', context='…')."
            )
        if not is_whole(max_answer_tokens) or max_answer_tokens < 1:
            raise AttrWidgetError(
                f"max_answer_tokens must be a whole number of at least 1, not {max_answer_tokens!r}."
            )
        return self._each(question, context, lambda passage: self._trace(passage, int(max_answer_tokens)))

    def _explain_inputs(self, inputs: dict[str, Any]) -> Explanation:
        return cast("Explanation", self._each(inputs, None, self._trace_of_ids))

    def _trace_of_ids(self, passage: Passage) -> SpanTrace:
        return self._trace(passage._replace(second=self._context(passage)), _MAX_ANSWER_TOKENS)

    def _context(self, passage: Passage) -> range | None:
        """Return the range of the context: tokens of type 1, or else those before the last special token."""
        special = control_ids(self.tokenizer)
        borders = [at for at, token in enumerate(passage.ids) if token in special]
        inside = [at for at, kind in enumerate(passage.types or ()) if kind == 1 and at not in borders]
        if not inside and len(borders) > 2:
            inside = list(range(borders[-2] + 1, borders[-1]))
        return range(inside[0], inside[-1] + 1) if inside else None

    def _trace(self, passage: Passage, longest: int) -> SpanTrace:
        inside = passage.second
        if inside is None:
            raise AttrWidgetError("The context has no tokens: give some words in which the answer is found.")
        model = self._adapter
        text = self._text(passage, (0, 0), inside)
        if passage.ids[0] in control_ids(model.tokenizer):
            text.allowed[0] = True
        logits, recorder = first_run(text, self.capabilities)
        start, end = best_span(logits, inside, longest)
        tokens = read_tokens(model.tokenizer, passage.ids, len(passage.ids))
        units = [u.text for u in tokens.units if u.start <= end and u.end > start]
        answer = " ".join("".join(units).split())
        none = logits[:, 0].sum() > logits[0, start] + logits[1, end]
        return SpanTrace(
            replace(text, rows=(start, end)),
            self.capabilities,
            (logits, recorder),
            outputs=[start, end],
            texts=[_end_text(step, tokens.labels[at]) for step, at in enumerate((start, end))],
            ids=[passage.ids[start], passage.ids[end]],
            sections=passage.sections("Question", "Context"),
            title=f"Answer: “{answer}”",
            answer_text=answer,
            step_noun=("boundary", "boundaries"),
            warnings=["The model finds it likelier that the context has no answer."] if bool(none) else [],
        )


def _end_text(step: int, label: str) -> str:
    return f" {('start at', 'end at')[step]} {label}"


def best_span(logits: torch.Tensor, inside: range, longest: int) -> tuple[int, int]:
    """Return the first and last position of the span with the greatest sum of its two logits.

    Args:
        logits: The logits ``[2, n]`` of the first and the last token.
        inside: The positions in which the span must lie.
        longest: The greatest number of tokens of the span.
    """
    starts, ends = logits[:, inside.start : inside.stop].double().cpu().numpy()
    sums = starts[:, None] + ends[None]
    length = np.arange(len(ends))[None] - np.arange(len(starts))[:, None]
    sums[(length < 0) | (length >= longest)] = -np.inf
    start, end = np.unravel_index(int(sums.argmax()), sums.shape)
    return inside.start + int(start), inside.start + int(end)
