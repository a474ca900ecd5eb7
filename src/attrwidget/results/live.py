"""The live reading: scores and attention of one trace, computed when they are first asked for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.checks import check_step
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import own_precision
from attrwidget.hf.generation import NEW_TOKENS
from attrwidget.methods import HeadSelection, all_methods, get
from attrwidget.methods.duration import seconds_of_method
from attrwidget.methods.order import in_order
from attrwidget.methods.request.cache import ScoreCache
from attrwidget.methods.request.foils import foil_tokens
from attrwidget.methods.request.make import default_function, make_request
from attrwidget.methods.shared.attention_weights import check_selection
from attrwidget.results.attention_parts import part_weights, parts_of
from attrwidget.results.base import MethodInfo
from attrwidget.results.computed import ComputedReading
from attrwidget.results.context.offered import LiveContexts
from attrwidget.results.live_changed_words import LiveChangedWords
from attrwidget.results.live_check import LiveChecks
from attrwidget.results.live_contrast import LiveContrasts
from attrwidget.results.live_experts import experts_of
from attrwidget.results.live_given import LiveGiven
from attrwidget.results.live_lens import LiveLens
from attrwidget.results.live_rests import LiveRests
from attrwidget.results.query_key import QueryKey, has_query_keys, read_query_key
from attrwidget.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.request.make import Request
    from attrwidget.progress import Progress
    from attrwidget.results.given import Given


class LiveReading(ComputedReading):
    """The numbers of one trace; what was computed is kept in ``cache``."""

    checks: LiveChecks
    contexts: LiveContexts
    contrasts: LiveContrasts
    changed_words: LiveChangedWords
    lens: LiveLens

    def __init__(self, trace: Trace) -> None:
        trace.drop_unreadable_attention()
        self.trace, self.cache = trace, ScoreCache(trace)
        self.contrasts, self.given = LiveContrasts(trace, self.cache), LiveGiven(trace)
        self.checks, self.changed_words = LiveChecks(trace, self), LiveChangedWords(trace)
        self.lens, self.experts = LiveLens(trace), experts_of(trace)
        self.rests = LiveRests(trace, self)
        self.tokens, self.sections = trace.tokens, list(trace.sections)
        self.first_step, self.n_steps, self.n_inputs = trace.first_step, trace.n_steps, trace.n_inputs
        self.n_layers, self.n_heads = trace.n_layers, trace.n_heads
        self.has_query_keys, self.parts = has_query_keys(trace), parts_of(trace)
        self.attention_note = trace.capabilities.attention_note
        self.contexts = LiveContexts(self)
        self.model_name, self.warnings = trace.model.name, _warnings(trace)
        self.answer_text, self.step_noun, self.places = trace.answer_text, trace.step_noun, trace.places

    @cached_property
    def steps(self) -> pd.DataFrame:
        """The model's readings of each generated token, one row each."""
        readings, text = self.trace.steps, self.trace.output_text
        top = [
            [(text(step, int(i)), float(p)) for i, p in zip(ids, values, strict=True)]
            for step, (ids, values) in enumerate(zip(readings.top_ids, readings.top_probability, strict=True))
        ]
        return Table(
            {
                "token": self.tokens.labels[self.first_step :],
                "probability": readings.probability,
                "log_probability": readings.log_probability,
                "entropy": readings.entropy,
                "rank": readings.rank,
                "top": top,
            }
        ).rename_axis("step")

    def request(
        self,
        method: str,
        target_function: str | None = None,
        *,
        foil: Any = None,
        selection: HeadSelection | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Request:
        """Return the request for rows of *method*; see ``make_request``."""
        return make_request(
            self.trace, method, target_function, foil=foil, selection=selection, options=options
        )

    def methods(self) -> list[MethodInfo]:
        """Return the methods that the model allows, the default one first."""
        offered = [method for method in all_methods() if method.refusal(self.trace) is None]
        found = [
            MethodInfo(
                method.name,
                method.title,
                method.signed,
                not method.signed,
                method.attention,
                method.describe(self.target_function_of(method.name)),
                self.trace.n_source if "source" in method.needs else None,
                method.question or None,
            )
            for method in in_order(self.trace, offered)
        ]
        return sorted(found, key=lambda method: self._misleads(method.name))

    def _misleads(self, method: str) -> bool:
        """Return whether scores that *method* has computed here did not converge, or are zero by construction."""
        return self.cache.has_figures(method) and self.warning(method, range(self.n_steps)) is not None

    def has_rows(self, method: str, steps: Sequence[int]) -> bool:
        """Return whether ``rows`` would answer at once."""
        return get(method).attention or super().has_rows(method, steps)

    def seconds(self, method: str, steps: Sequence[int]) -> float | None:
        """Return about how long ``rows`` takes; see ``Reading.seconds``."""
        return seconds_of_method(self.trace, get(method), steps)

    def instead(
        self, answer: Any, step: int, max_new_tokens: int, progress: Progress | None = None
    ) -> LiveReading:
        """Return the reading of another *answer* from *step* on, and of what is written after it."""
        step = check_step(step, self.n_steps)
        given = [answer] if isinstance(answer, str) or not isinstance(answer, Iterable) else list(answer)
        ids = [token for one in given for token in foil_tokens(self.trace, step, one)]
        if not ids:
            raise AttrWidgetError("The other answer is empty: give a text or at least one token id.")
        output = [*self.trace.outputs[:step], *ids]
        if max_new_tokens == 0:
            return LiveReading(self.trace.instead(output))
        return LiveReading(self.trace.continued(output, max_new_tokens, progress))

    def continued(self, step: int, ids: Sequence[int], progress: Progress | None = None) -> LiveReading:
        """Return the answer with *ids* in the place of *step*, and written on by the model."""
        output = [*self.trace.outputs[: check_step(step, self.n_steps)], *ids]
        count = max(self.n_steps - len(output), NEW_TOKENS)
        other = LiveReading(self.trace.continued(output, count, progress))
        other.before = self
        return other

    def edited(self, changes: Any, progress: Progress | None = None) -> LiveReading:
        """Return the text with *changes* made, and what the model answers then."""
        edits = self.changed_words.find(changes)
        other = LiveReading(self.trace.answered_anew(edits, progress))
        other.before = self
        other.edits = self.changed_words.shown(edits)
        return other

    @own_precision()
    def head_weights(self, steps: Sequence[int]) -> NDArray[np.float32]:
        """Return every head's attention at *steps*, float32 ``[len(steps), n_layers, n_heads, n_inputs]``."""
        self.check_steps(steps)
        reader = self.trace.attention
        check_selection(HeadSelection(), reader.n_layers, reader.n_heads)
        rows = [self.trace.position(s) for s in steps]
        # DeepSeek-V4's compressed keys stand after the inputs, in some layers.
        layers = [
            reader.weights(layer, None, rows)[:, :, : self.n_inputs].cpu().numpy()
            for layer in range(reader.n_layers)
        ]
        weights: NDArray[np.float32] = np.stack(layers).transpose(2, 0, 1, 3).copy()
        for weight, step in zip(weights, steps, strict=True):
            weight[:, :, self.trace.seen(step) :] = np.nan
        return weights

    def given_by_heads(
        self, steps: Sequence[int], *, foil: int | None = None, progress: Progress | None = None
    ) -> Given:
        """Return what each head gives to *steps*, in the mean; see ``Reading.given_by_heads``."""
        self.check_steps(steps)
        return self.given.of_steps(steps, foil, progress)

    def given_of_each(self, steps: Sequence[int]) -> Iterator[Given]:
        """Yield what each head gives to each of *steps*; see ``Reading.given_of_each``."""
        return self.given.of_each(steps)

    def given_seconds(self, steps: Sequence[int]) -> float:
        """Return about how long ``given_of_each`` takes where nothing else runs."""
        return self.given.seconds(steps)

    def has_given_by_heads(self, steps: Sequence[int], foil: int | None = None) -> bool:
        """Return whether ``given_by_heads`` would answer at once."""
        return self.given.has(steps, foil)

    @own_precision()
    def query_key(self, step: int, index: int, layer: int, head: int, part: str | None = None) -> QueryKey:
        """Return the query of *step* and the key of input *index* in a head; see ``read_query_key``."""
        return read_query_key(self.trace, step, index, layer, head, part)

    @own_precision()
    def part_weights(
        self, name: str, layer: int, heads: Sequence[int] | None, rows: Sequence[int]
    ) -> NDArray[np.float32]:
        """Return the weights of some *rows* of a part of the attention; see ``Reading.part_weights``."""
        return part_weights(self.trace, self.parts[name], layer, heads, rows)

    def target_function_of(self, method: str) -> str | None:
        """Return the default target function of *method*; None for attention."""
        known = get(method)
        return None if known.target_function is None else default_function(self.trace, known)

    @own_precision()
    def raw(
        self, request: Request, steps: Sequence[int], progress: Progress | None = None, *, bar: bool = False
    ) -> NDArray[np.floating]:
        """Return the raw rows of *request* at *steps*; *bar* draws a progress bar when none is given."""
        return super().raw(request, steps, progress, bar=bar)


def _warnings(trace: Trace) -> list[str]:
    """Return sentences about gradients and quantised weights, then the trace's own."""
    found = []
    if trace.capabilities.gradients_note is not None:
        found.append(f"{trace.capabilities.gradients_note}, so leave-one-out is shown first.")
    quantized = trace.model.quantized
    if quantized is not None:
        rounding = " Rounding to 8 bits goes by what else is in the text: alone, a step has other scores."
        found.append(
            f"The model is quantised ({quantized}) and explained as it is now: its scores are not compared with those "
            f"of full precision.{rounding if '8-bit' in quantized else ''}"
        )
    return [*found, *trace.warnings]
