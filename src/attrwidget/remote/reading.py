"""The reading of a text by a model behind an API: rows are computed by requests when they are asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn, cast

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.methods.method import HeadSelection
from attrwidget.methods.registry import get, is_registered
from attrwidget.methods.request.cache import ScoreCache
from attrwidget.methods.request.make import Request, key_of, options_of
from attrwidget.remote.methods import METHODS, requests_of
from attrwidget.remote.target import RemoteTarget
from attrwidget.results.base import MethodInfo
from attrwidget.results.computed import ComputedReading
from attrwidget.tables import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from attrwidget.engine.trace import Trace
    from attrwidget.methods.request.targets import Target
    from attrwidget.remote.trace import RemoteTrace

_ROUNDING = 1e-6  # of a probability that is given twice
_NO_ATTENTION = "{} is behind a server, which shows no attention."


class RemoteReading(ComputedReading):
    """The numbers of one text; what a server was asked is kept.

    Args:
        trace: The text with its answer.
        warnings: Sentences about the numbers.
    """

    shown_as = "RemoteExplanation"

    def __init__(self, trace: RemoteTrace, warnings: Sequence[str] = ()) -> None:
        self.remote, self.trace = trace, cast("Trace", trace)
        self.cache = ScoreCache(self.trace)
        self.tokens, self.sections = trace.tokens, list(trace.sections)
        self.first_step, self.n_steps, self.n_inputs = trace.first_step, trace.n_steps, trace.n_inputs
        self.n_layers, self.n_heads = 0, 0
        self.model_name, self.warnings = trace.model.name, list(warnings)
        self.attention_note = _NO_ATTENTION.format(self.model_name)

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
                "rank": [_rank(p, likely) for p, likely in zip(np.exp(log_probs), top, strict=True)],
                "top": [list(likely) for likely in top],
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
        known = METHODS[self.method(method).name]
        if foil is not None:
            self.refuse("foil=")
        if selection is not None and (selection.layer is not None or selection.heads):
            self.refuse("layer=")
        chosen = options_of(known, options)
        target = cast("Target", RemoteTarget(target_function or str(known.target_function)))
        return Request(known, target, HeadSelection(), chosen, None, key_of(known, target, chosen))

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
        tokens = f"about {len(self.tokens):,} tokens each"
        return f"{request.method.title}: up to {count:,} requests of {tokens}", "request"

    def seconds(self, method: str, steps: Sequence[int]) -> float | None:
        """Return about how long ``rows`` takes, by how long the server took so far."""
        known, server = METHODS[self.method(method).name], self.remote.server
        count = requests_of(self.trace, known.name, known.options, steps)
        return server.seconds * -(-count // server.parallel)

    def head_weights(self, steps: Sequence[int]) -> NDArray[np.float32]:
        """Raise AttrWidgetError: there is no attention."""
        self.check_steps(steps)
        raise AttrWidgetError(self.attention_note or "")

    def target_function_of(self, method: str) -> str | None:
        """Return the default target function of *method*."""
        return METHODS[self.method(method).name].target_function


def _rank(p: float, likely: Sequence[tuple[str, float]]) -> float:
    """Return the rank of a token with the probability *p*, if it is among the *likely* ones."""
    same = [abs(other - p) <= _ROUNDING * p for _, other in likely]
    return same.index(True) + 1.0 if True in same else np.nan
