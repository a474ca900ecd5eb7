"""Explain the texts of several clients who wait in one batch: the model writes all their answers at once."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.hf.generation import generation_option
from attrwidget.kinds.table import CAUSAL
from attrwidget.progress import stoppable
from attrwidget.serve.allowed import check_explain
from attrwidget.serve.warned import recorded_warnings
from attrwidget.wire.plain import from_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.explanation import Explanation
    from attrwidget.kinds.model import Model
    from attrwidget.limits import Limits
    from attrwidget.serve.cache import Cache
    from attrwidget.wire.recipe import Recipe

_MOST = 8  # texts: the first of them is answered after the last
_CHARACTERS = 4000  # of all texts
_REMEMBERED = 200
_SECONDS = 1.0  # a model that takes longer explains one text at a time
_APART = 1.01  # how many times as likely as the next token each token of an answer is


class _TooSlowError(BaseException):
    """The batch takes too long. Work that tries one thing after another must not catch this."""


class Together:
    """Explains texts together where each comes out as it does by itself.

    A batch changes the last bits of what the model computes while it writes, and nothing else: each text is then read
    by itself. So an answer is kept only if every token of it is clearly the likeliest, which those bits cannot change.

    Args:
        model: The model.
        cache: Where the explanations are put.
        limits: The longest text, and the most tokens of an answer.
    """

    def __init__(self, model: Model, cache: Cache, limits: Limits) -> None:
        self._model, self._cache, self._limits = model, cache, limits
        self._alone: deque[str] = deque(maxlen=_REMEMBERED)  # texts that do not come out so
        self._helps = model.task == CAUSAL.task and _writes_alike(model)

    def explain(self, recipes: Sequence[Recipe]) -> None:
        """Explain the first of *recipes* together with others, for the cache; do nothing where none can go with it."""
        some = self._batch(recipes) if self._helps else []
        if len(some) < 2:
            return
        try:
            found, warned = self._explained(some)
        except AttrWidgetError:
            return  # a text cannot be explained: its client is told when its turn comes
        except (Exception, _TooSlowError):  # noqa: BLE001 - such as memory that does not suffice for several
            self._helps = False
            return
        self._helps = not warned
        for recipe, one in zip(some, found, strict=True) if self._helps else ():
            if _is_clear(one):
                self._cache.put(recipe, one)
            else:
                self._alone.append(recipe.digest)

    def _batch(self, recipes: Sequence[Recipe]) -> list[Recipe]:
        """Return the first of *recipes* and those that go with it; none if it is kept, or goes with no other."""
        first, size = recipes[0], 0
        some: dict[str, Recipe] = {}
        for recipe in recipes:
            alike = self._is_plain(recipe) and recipe.options == first.options
            size += len(recipe.input) if alike else 0
            if size > _CHARACTERS or len(some) == _MOST:
                break
            if alike and recipe.digest not in self._alone and self._cache.find(recipe) is None:
                some[recipe.digest] = recipe
        return list(some.values()) if first.digest in some else []

    def _is_plain(self, recipe: Recipe) -> bool:
        """Return whether *recipe* is of a text whose answer the model writes as it likes best."""
        plain = isinstance(recipe.input, str) and recipe.options.keys() <= {"max_new_tokens"}
        return plain and not recipe.then and recipe.model == self._model.name

    def _explained(self, recipes: Sequence[Recipe]) -> tuple[list[Explanation], list[str]]:
        texts, options = [str(recipe.input) for recipe in recipes], from_plain(recipes[0].options)
        end = time.monotonic() + _SECONDS

        def look(*_: Any) -> None:
            if time.monotonic() > end:
                raise _TooSlowError

        for text in texts:
            check_explain(self._model, text, options, self._limits)
        with self._limits.applied(), recorded_warnings() as warned, stoppable(look):
            found = self._model.explain(texts, **options, progress=look)
        return found, warned


def _writes_alike(model: Model) -> bool:
    """Return whether *model* computes precisely, and writes the likeliest tokens unless it is asked for others."""
    precise = model.hf.dtype.itemsize >= 4 and not hasattr(model.hf.config, "quantization_config")
    drawn = generation_option(model.hf, {}, "do_sample")
    return precise and not drawn and (generation_option(model.hf, {}, "num_beams") or 1) == 1


def _is_clear(explanation: Explanation) -> bool:
    """Return whether the model would write the answer by itself too: each token is clearly the likeliest."""
    trace = explanation.trace
    first, second = trace.steps.top_probability[:, 0], trace.steps.top_probability[:, 1:2].sum(1)
    clear = (trace.steps.rank == 1).all() and (first > _APART * second).all()
    return bool(clear) and not trace.written_otherwise
