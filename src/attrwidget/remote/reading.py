"""The reading of a text by a model behind an API: rows are computed by requests when they are asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn, cast

import numpy as np

from attrwidget.checks import check_step, check_whole
from attrwidget.errors import AttrWidgetError
from attrwidget.methods.method import HeadSelection
from attrwidget.methods.registry import get, is_registered
from attrwidget.methods.request.cache import ScoreCache
from attrwidget.methods.request.make import Request, key_of, options_of
from attrwidget.remote.changed_words import RemoteChangedWords
from attrwidget.remote.check import RemoteChecks
from attrwidget.remote.contrast import RemoteContrasts, find_foils, in_place_of
from attrwidget.remote.methods import METHODS, requests_of
from attrwidget.remote.read_text import NEW_TOKENS, read_text
from attrwidget.remote.rests import RemoteRests
from attrwidget.remote.target import RemoteTarget
from attrwidget.results.base import MethodInfo
from attrwidget.results.computed import ComputedReading
from attrwidget.tables import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.method import Method
    from attrwidget.methods.request.targets import Target
    from attrwidget.progress import Progress
    from attrwidget.remote.prompt import Prompt
    from attrwidget.remote.trace import RemoteTrace

_ROUNDING = 1e-6  # nats, of a log-probability that is given twice
_NO_ATTENTION = "{} is behind a server, which shows no attention."


class RemoteReading(ComputedReading):
    """The numbers of one text; what a server was asked is kept.

    Args:
        trace: The text with its answer.
        warnings: Sentences about the numbers.
    """

    shown_as = "RemoteExplanation"
    contrasts: RemoteContrasts
    checks: RemoteChecks
    changed_words: RemoteChangedWords

    def __init__(self, trace: RemoteTrace, warnings: Sequence[str] = ()) -> None:
        self.remote, self.trace = trace, cast("Trace", trace)
        self.cache = ScoreCache(self.trace)
        self.tokens, self.sections = trace.tokens, list(trace.sections)
        self.first_step, self.n_steps, self.n_inputs = trace.first_step, trace.n_steps, trace.n_inputs
        self.n_layers, self.n_heads = 0, 0
        self.model_name, self.warnings = trace.model.name, list(warnings)
        self.attention_note = _NO_ATTENTION.format(self.model_name)
        self.contrasts, self.checks = RemoteContrasts(trace, self), RemoteChecks(trace, self)
        self.changed_words, self.rests = RemoteChangedWords(trace), RemoteRests(trace, self)

    @cached_property
    def steps(self) -> pd.DataFrame:
        """The model's readings of each step: ``entropy`` and low ranks are not known."""
        at = slice(self.first_step, None)
        log_probs, top = self.remote.echo.log_probs[at], self.remote.echo.top[at]
        return Table(
            {
                "token": self.tokens.labels[at],
                "probability": np.exp(log_probs),
                "log_probability": log_probs,
                "entropy": np.full(self.n_steps, np.nan),
                "rank": [_rank(value, likely) for value, likely in zip(log_probs, top, strict=True)],
                "top": [[(text, float(np.exp(value))) for text, value in likely] for likely in top],
            }
        ).rename_axis("step")

    def methods(self) -> list[MethodInfo]:
        """Return the methods that need no more than a server, the default one first."""
        return [
            MethodInfo(
                method.name,
                method.title,
                method.signed,
                not method.signed,
                attention=False,
                description=method.describe(method.target_function),
                question=method.question or None,
            )
            for method in METHODS.values()
            if method.refusal(self.trace) is None
        ]

    def method(self, name: Any) -> MethodInfo:
        """Return the method called *name*; raise AttrWidgetError for one that needs the model itself."""
        if isinstance(name, str) and name not in METHODS and is_registered(name):
            self.refuse(get(name).title)
        if isinstance(name, str) and name in METHODS:
            refusal = METHODS[name].refusal(self.trace)
            if refusal is not None:
                raise AttrWidgetError(refusal)
        return super().method(name)

    def request(
        self,
        method: str,
        target_function: str | None = None,
        *,
        foil: Any = None,
        selection: HeadSelection | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Request:
        """Return the request for rows of *method*.

        Raises:
            AttrWidgetError: It needs the model itself, or an option does not exist.
        """
        known = self.definition(method)
        if selection is not None and (selection.layer is not None or selection.heads):
            self.refuse("layer=")
        chosen = options_of(known, options)
        others, foils = None, None
        if foil is not None:
            if target_function not in (None, "contrast"):
                raise AttrWidgetError(
                    f"A foil is for the target function 'contrast', not {target_function!r}: leave out one of the two."
                )
            others, foils = find_foils(self.remote, foil)
            target_function = "contrast"
        target = cast("Target", RemoteTarget(target_function or str(known.target_function), others))
        return Request(known, target, HeadSelection(), chosen, foils, key_of(known, target, chosen))

    def definition(self, method: str | None) -> Method:
        """Return *method* as it is computed here; by default leave-one-out."""
        return METHODS["leave_one_out" if method is None else self.method(method).name]

    def instead(
        self, answer: Any, step: int, max_new_tokens: int, progress: Progress | None = None
    ) -> RemoteReading:
        """Return the reading of another *answer* from *step* on, and of what is written after it."""
        step = check_step(step, self.n_steps)
        if check_whole(max_new_tokens, "max_new_tokens") < 0:
            raise AttrWidgetError(f"max_new_tokens= is a whole number from 0, not {max_new_tokens}.")
        begun = self._answer_until(step) + in_place_of(self.remote, step, answer)
        return self._read(self.remote.prompt, begun, max_new_tokens, progress)

    def continued(self, step: int, ids: Sequence[int], progress: Progress | None = None) -> RemoteReading:
        """Return the answer with the text numbered *ids* in the place of *step*, and written on by the model."""
        begun = self._answer_until(check_step(step, self.n_steps)) + self.contrasts.text(ids[0])
        other = self._read(self.remote.prompt, begun, max(self.n_steps - step - 1, NEW_TOKENS), progress)
        other.before = self
        return other

    def edited(self, changes: Any, progress: Progress | None = None) -> RemoteReading:
        """Return the text with *changes* made, and what the model answers then."""
        edits, trace, words = self.changed_words.find(changes), self.remote, self.changed_words
        places = [(trace.place(one.start), trace.place(one.end), one.text) for one in edits]
        prompt = trace.prompt.replaced([one for one in places if one[1] <= len(trace.prompt.text)])
        if not prompt.text:
            raise AttrWidgetError("Nothing would be left of the prompt: leave at least one word.")
        end = max(edits[-1].end, self.first_step)
        begun = words.applied(edits, end)[len(prompt.text) :]
        count = max(self.n_steps - (end - self.first_step), NEW_TOKENS)
        other = self._read(prompt, begun, count, progress)
        other.before, other.edits = self, _shown(trace, other.remote, places)
        return other

    def _answer_until(self, step: int) -> str:
        trace = self.remote
        return trace.text(0, trace.first_step + step)[len(trace.prompt.text) :]

    def _read(self, prompt: Prompt, begun: str, count: int, progress: Progress | None) -> RemoteReading:
        report = progress or (lambda _done, _total: None)
        report(0, 1)
        found = RemoteReading(*read_text(self.remote.server, prompt, begun, count))
        report(1, 1)
        return found

    def refuse(self, what: str) -> NoReturn:
        """Raise AttrWidgetError: *what* needs the model itself."""
        offered = ", ".join(method.name for method in self.methods())
        raise AttrWidgetError(
            f"{what} needs the model itself, and {self.model_name} is behind a server, which gives log-probabilities "
            f"alone: take one of {offered}, or load its weights with aw.load."
        )

    def bar_of(self, request: Request, steps: Sequence[int]) -> tuple[str, str]:
        """Return a title with how many requests it takes at most, and what is counted."""
        count = requests_of(self.trace, request.method.name, request.options, steps)
        count *= 1 + sum(map(bool, request.target.foils or ()))
        tokens = f"about {len(self.tokens):,} tokens each"
        return f"{request.method.title}: up to {count:,} requests of {tokens}", "request"

    def seconds(self, method: str, steps: Sequence[int]) -> float | None:
        """Return about how long ``rows`` takes, by how long the server took so far."""
        known, server = METHODS[self.method(method).name], self.remote.server
        count = requests_of(self.trace, known.name, known.options, steps)
        return server.seconds_of(count)

    def head_weights(self, steps: Sequence[int]) -> NDArray[np.float32]:
        """Raise AttrWidgetError: there is no attention."""
        self.check_steps(steps)
        raise AttrWidgetError(self.attention_note or "")

    def target_function_of(self, method: str) -> str | None:
        """Return the default target function of *method*."""
        return METHODS[self.method(method).name].target_function


def _rank(log_prob: float, likely: Sequence[tuple[str, float]]) -> float:
    """Return the rank of a token with this log-probability, if it is among the *likely* ones."""
    same = [abs(other - log_prob) <= _ROUNDING for _, other in likely]
    return same.index(True) + 1.0 if True in same else np.nan


def _shown(
    before: RemoteTrace, after: RemoteTrace, places: Sequence[tuple[int, int, str]]
) -> tuple[tuple[int, int, str], ...]:
    """Return, for each stretch of characters that was changed, its tokens *after*, and the text *before*."""
    found, shift = [], 0
    for start, end, text in places:
        first = after.token_at(start + shift)
        last = after.token_at(start + shift + len(text) - 1) + 1 if text else first
        found.append((first, last, before.echo.text[start:end]))
        shift += len(text) - (end - start)
    return tuple(found)
