"""Contrast the steps of one trace with other outputs; see ``contrast.py``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from attrwidget.checks import check_step
from attrwidget.errors import AttrWidgetError
from attrwidget.methods.registry import all_methods, get
from attrwidget.methods.request.foils import foil_tokens
from attrwidget.methods.request.footnotes import note_on
from attrwidget.methods.request.make import make_request
from attrwidget.methods.request.normalize import normalize_rows
from attrwidget.results.contrast import Contrasts, Foil
from attrwidget.results.whole_words import WholeWords, compares_whole, whole_description
from attrwidget.text.tokens import token_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.request.cache import ScoreCache
    from attrwidget.methods.request.make import Request
    from attrwidget.progress import Progress


class LiveContrasts(Contrasts):
    """Score the steps of one trace against foils. The target function is ``contrast``; see ``Target``."""

    def __init__(self, trace: Trace, cache: ScoreCache) -> None:
        self._trace = trace
        self._cache = cache
        self._whole = WholeWords(trace, cache)

    def descriptions(self) -> dict[str, str]:
        """Return the footer text of each method that takes a foil, for its contrastive scores."""
        if self._trace.output_kind not in ("softmax", "sigmoid"):
            return {}
        return {
            method.name: method.describe("contrast")
            for method in all_methods()
            if method.target_function is not None and method.refusal(self._trace) is None
        }

    def whole_descriptions(self) -> dict[str, str]:
        """Return the footer text of each method that compares whole words."""
        if not self._trace.writes_text:
            return {}
        methods = [get(name) for name in self.descriptions()]
        return {method.name: whole_description(method) for method in methods if compares_whole(method)}

    def likeliest(self, step: int) -> list[int]:
        """Return the likeliest outputs of *step*, in the order of the column ``top`` of ``Explanation.steps``."""
        return [int(i) for i in self._trace.steps.top_ids[step]]

    def find(self, step: int, what: Any) -> Foil:
        """Return *what*, a text, an id or ids, as a foil of *step*.

        Raises:
            AttrWidgetError: The step or foil does not exist, the foil is what the model chose, or it has several
                tokens and the model writes no text.
        """
        trace = self._trace
        step = check_step(step, trace.n_steps)
        ids = self._outputs(step, what)
        if len(ids) > 1 and not trace.writes_text:
            raise AttrWidgetError(
                f"{what!r} has {len(ids)} tokens, and this model chooses a single one there: take a word of one token."
            )
        if ids == trace.outputs[step : step + len(ids)]:
            said = "".join(trace.output_text(step + k, token) for k, token in enumerate(ids)).strip()
            raise AttrWidgetError(f"“{said}” is what the model said there: take another to contrast it with.")
        return Foil(step, ids, self._text(step, ids))

    def find_one(self, step: int, what: Any) -> int:
        """Return the id of a foil of one token; raise AttrWidgetError if *what* has several."""
        foil = self.find(step, what)
        if len(foil.ids) > 1:
            raise AttrWidgetError(
                f"Heads are compared for a foil of one token, and {foil.text!r} has {len(foil.ids)}: take another word."
            )
        return foil.ids[0]

    def rows(self, method: str, foil: Foil, progress: Progress | None = None) -> NDArray[np.float32]:
        """Return what the screen shows of the foil's step: float32 ``[1, n_inputs]``, as ``Reading.rows`` does."""
        if len(foil.ids) > 1:
            whole = self._whole.rows(method, foil.step, foil.ids, progress)
            return normalize_rows(whole, get(method), "auto")
        request = self._request(method, foil)
        return normalize_rows(self._cache.rows(request, [foil.step], progress), request.method, "auto")

    def has_rows(self, method: str, foil: Foil) -> bool:
        """Return whether ``rows`` would answer at once."""
        if len(foil.ids) > 1:
            return self._whole.has_rows(method, foil.step, foil.ids)
        return self._cache.has(self._request(method, foil), [foil.step])

    def note(self, method: str, foil: Foil) -> str | None:
        """Return the footnote on the finished row, such as its completeness residual."""
        if len(foil.ids) > 1:
            return self._whole.note(foil.step, foil.ids)
        return note_on(self._request(method, foil), self._trace, self._cache, [foil.step])

    def _outputs(self, step: int, what: Any) -> tuple[int, ...]:
        trace = self._trace
        if isinstance(what, str):
            what = what.strip() and what
        if isinstance(what, Sequence) and not isinstance(what, str):
            if not what:
                raise AttrWidgetError("The foil has no token: give at least one.")
            if len(what) > 1:
                return tuple(token for one in what for token in foil_tokens(trace, step, one))
            what = what[0]
        named = trace.named(what if isinstance(what, str) else self._with(step, what))
        return tuple(foil_tokens(trace, step, what)) if named is None else (named[step],)

    def _text(self, step: int, ids: tuple[int, ...]) -> str:
        trace = self._trace
        if len(ids) == 1:
            return trace.output_text(step, ids[0])
        tokenizer, before = trace.model.tokenizer, trace.before(step)
        return "".join(token_text(tokenizer, token, [*before, *ids[:k]]) for k, token in enumerate(ids))

    def _with(self, step: int, foil: Any) -> list[Any]:
        return [foil if s == step else output for s, output in enumerate(self._trace.outputs)]

    def _request(self, method: str, foil: Foil) -> Request:
        # Only one step has a foil here, so the note about the others' foils is left out.
        request = make_request(self._trace, method, foil=self._with(foil.step, foil.ids[0]))
        return replace(request, foils=None)
