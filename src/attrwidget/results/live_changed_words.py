"""Change words of the text of one trace; see ``changed_words.py``."""

from __future__ import annotations

from itertools import pairwise
from math import exp
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.checks import check_step, is_whole, short
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import own_precision
from attrwidget.limits import require_short
from attrwidget.methods.request.foils import tokens_in_place_of
from attrwidget.results.changed_words import (
    RIVALS,
    ChangedWords,
    Tried,
    offered,
    require_changes,
    require_once,
    span_of,
)
from attrwidget.text.edits import Edit, Edits
from attrwidget.text.prompt import require_characters
from attrwidget.text.tokens import token_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from attrwidget.engine.trace import Trace


class LiveChangedWords(ChangedWords):
    """Changes of the words of one trace."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace

    @property
    def mask(self) -> str | None:
        """The text of the token that a masked language model fills in; None of other models."""
        return self._trace.model.tokenizer.mask_token if self._trace.task == "fill-mask" else None

    def find(self, changes: Any) -> Edits:
        """Return *changes* as edits; see ``ChangedWords.find``."""
        edits = sorted(self._edit(where, what) for where, what in require_changes(changes).items())
        for one, after in pairwise(edits):
            require_once(after.start, one.end)
        self._require_short(edits, changes.values())
        return Edits(edits)

    def _require_short(self, edits: Sequence[Edit], texts: Iterable[Any]) -> None:
        """Refuse a text that the changes make longer than an app allows."""
        grown = sum(len(text) for text in texts if isinstance(text, str)) - sum(
            map(len, map(self._text, edits))
        )
        trace = self._trace
        inputs = trace.first_step if trace.writes_text else trace.n_inputs
        if grown > 0:
            require_short(grown + sum(len(unit.text) for unit in trace.tokens.units if unit.end <= inputs))

    def _edit(self, where: Any, what: Any) -> Edit:
        trace = self._trace
        start, end = self._span(where)
        if end > trace.n_inputs or start < trace.first_step < end or start < trace.n_source < end:
            raise AttrWidgetError(
                f"Inputs {start} to {end - 1} are not of one part of the text: change each part by itself."
            )
        if what is None or what == "":
            return Edit(start, end)
        if is_whole(what):
            last = trace.model.vocabulary - 1
            if not 0 <= what <= last:
                raise AttrWidgetError(
                    f"Token id {what} does not exist: this model's ids go from 0 to {last}."
                )
            return Edit(start, end, (int(what),))
        if not isinstance(what, str):
            raise AttrWidgetError(
                f"A word is changed into a text, a token id or None, not into {short(what)}."
            )
        require_characters(what)
        ids = trace.tokens.ids
        before = ids[trace.n_source if start >= trace.n_source else 0 : start]
        return Edit(start, end, tuple(tokens_in_place_of(ids[start], what, trace.model.tokenizer, before)))

    def _span(self, where: Any) -> tuple[int, int]:
        return span_of(where, self._trace.tokens, self._trace.n_inputs)

    def shown(self, edits: Edits) -> tuple[tuple[int, int, str], ...]:
        """Return, for each of *edits*, where its new tokens stand in the edited text, and the old ones' text."""
        return tuple(
            (edits.moved(edit.start), edits.moved(edit.start) + len(edit.ids), self._text(edit))
            for edit in edits
        )

    def _text(self, edit: Edit) -> str:
        ids, tokenizer = self._trace.tokens.ids, self._trace.model.tokenizer
        return "".join(token_text(tokenizer, ids[k], ids[:k]) for k in range(edit.start, edit.end))

    @own_precision()
    def tried(self, step: Any, edits: Edits) -> Tried:
        """Return what *edits* do to *step*; see ``ChangedWords.tried``."""
        trace, step = self._trace, check_step(step, self._trace.n_steps)
        if trace.output_kind in ("number", "none"):
            raise AttrWidgetError(f"{trace.model.name} gives no probabilities to compare.")
        if edits.end > trace.seen(step):
            raise AttrWidgetError("This word is not an input of the word explained: change an earlier one.")
        after = trace.edited(edits, step)
        there, output = trace.same_step(step, edits, after)
        said = trace.outputs[step]
        rivals = (
            trace.output_kind == "softmax" and output == said
        )  # ends of an answer are numbered by their places
        leading = [int(i) for i in after.steps.top_ids[there] if i != said][:RIVALS] if rivals else []
        before, later = _log_p(trace, step, [said, *leading]), _log_p(after, there, [output, *leading])
        words = tuple(
            (trace.output_text(step, i), exp(p), exp(q))
            for i, p, q in zip([said, *leading], before, later, strict=True)
        )
        return Tried(words, later[0] - before[0], None if trace.writes_text else after.answer_text)

    @own_precision()
    def likely(self, where: Any) -> list[str]:
        """Return a few words that the model finds likely in a place, the likeliest first; none if it has no such."""
        trace, tokenizer = self._trace, self._trace.model.tokenizer
        edit = Edit(*self._span(where))
        ids = trace.tokens.ids
        before = ids[: edit.start]
        spaced = token_text(tokenizer, ids[edit.start], before)[:1] == " "
        old = f"{' ' * spaced}{self._text(edit).strip()}"
        return offered((token_text(tokenizer, token, before) for token in trace.likely(edit)), old)


def _log_p(trace: Trace, step: int, outputs: list[int]) -> list[float]:
    """Return the log-probabilities of *outputs* at *step*."""
    logits = trace.logits_again(step).double()
    alone = trace.output_kind == "sigmoid"
    read = torch.nn.functional.logsigmoid(logits) if alone else logits.log_softmax(-1)
    return [float(read[output]) for output in outputs]
