"""Make explanations by their recipes, and answer calls of them: all that touches the model."""

from __future__ import annotations

import inspect
import tempfile
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from attrwidget.checks import check_choice, short
from attrwidget.errors import AttrWidgetError
from attrwidget.explanation import Explanation
from attrwidget.formats.write.save import texts_of
from attrwidget.page.checks import DEFAULT_OPTIONS
from attrwidget.page.content import content_of
from attrwidget.page.state import SHARED, initial_state, mend
from attrwidget.serve.allowed import check_explain, check_given
from attrwidget.serve.together import Together
from attrwidget.serve.warned import recorded_warnings
from attrwidget.text.prompt import is_batch
from attrwidget.widget.queries import read_query
from attrwidget.wire.calls import BY_HISTORY, CALLS, FILES, NOT_SENT
from attrwidget.wire.plain import from_plain
from attrwidget.wire.recipe import PAGE_STEPS, STEPS
from attrwidget.wire.values import Encoder

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from numpy.typing import NDArray

    from attrwidget.kinds.model import Model
    from attrwidget.limits import Limits
    from attrwidget.progress import Progress
    from attrwidget.results.live import LiveReading
    from attrwidget.serve.cache import Cache
    from attrwidget.wire.recipe import Recipe

    Answer = tuple[dict[str, Any], dict[str, NDArray[Any]]]

_OPERATIONS = {name: op for op, name in PAGE_STEPS.items()}
_FIGURES = (".svg", ".pdf", ".png", ".tex", ".md", ".csv")


class Maker:
    """Answers by the model.

    Args:
        model: The model.
        cache: Keeps explanations.
        limits: The longest text, with all that goes with it, and the most tokens of an answer.

    Attributes:
        cache: See above.
        limits: See above.
        together: Explains the texts of several recipes at once, for the cache.
    """

    def __init__(self, model: Model, cache: Cache, limits: Limits) -> None:
        self._model, self.cache, self.limits = model, cache, limits
        self.together = Together(model, cache, limits)

    def explanation(self, recipe: Recipe, progress: Progress) -> Explanation:
        """Return the explanation of *recipe*, made again if it is not kept."""
        if recipe.model != self._model.name:
            raise AttrWidgetError(
                f"This server has {self._model.name!r}, and the explanation is of {short(recipe.model)}: connect again."
            )
        return self.cache.get(recipe, lambda: self._made(recipe, progress))

    def content(self, recipe: Recipe, progress: Progress) -> Answer:
        """Return what the page of an explanation needs first."""
        with self.limits.applied():
            return {"content": content_of(self.explanation(recipe, progress).reading)}, {}

    def explain(self, recipe: Recipe, progress: Progress) -> Answer:
        """Return what a client needs to know of an explanation."""
        with self.limits.applied(), recorded_warnings() as warned:
            found = self.explanation(recipe, progress)
            content = content_of(found.reading)
        document, arrays = texts_of(found.reading)
        document |= {"methods": [], "warnings": list(found.warnings)}
        encode = Encoder()
        answer = {
            "document": document,
            "content": content,
            "methods": encode(found.methods()),
            "layers": found.reading.n_layers,
            "heads": found.reading.n_heads,
            "warned": list(dict.fromkeys(warned)),
        }
        return answer, arrays

    def call(
        self,
        recipe: Recipe,
        name: str,
        arguments: Any,
        progress: Progress,
        *,
        at_hand: Sequence[str] = (),
        shown: Any = None,
    ) -> Answer:
        """Return the result of a call.

        Args:
            recipe: How its explanation is made.
            name: A name of ``wire.calls``.
            arguments: Its arguments by name, as JSON.
            progress: Called with ``(done, total)``.
            at_hand: The methods whose scores the client has asked for.
            shown: What the client's widget shows, which a file begins with.
        """
        method, given = read_call(name, arguments)
        encode = Encoder()
        with self.limits.applied(), recorded_warnings() as warned:
            found = self.explanation(recipe, progress)
            if name in BY_HISTORY:
                found = _as_known(found, at_hand)
            if name in FILES and isinstance(shown, dict):
                found = _Shown(found.reading, shown)
            result = encode(_called(found, name, method, given, progress))
        return {"result": result, "warned": list(dict.fromkeys(warned))}, encode.arrays

    def _made(self, recipe: Recipe, progress: Progress) -> Explanation:
        if recipe.then:
            name, arguments = recipe.then[-1]
            before = self.explanation(replace(recipe, then=recipe.then[:-1]), progress)
            if name in _OPERATIONS:
                query = read_query(before.reading, _OPERATIONS[name], arguments)
                return Explanation(cast("LiveReading", query.answer(progress).reading))
            method, given = read_call(name, arguments)
            made: Explanation = method(before, **given, progress=progress)
            return made
        text, options = from_plain(recipe.input), from_plain(recipe.options)
        if is_batch(text):
            raise AttrWidgetError("A recipe is of one text: give several as so many recipes.")
        check_explain(self._model, text, options, self.limits)
        if _takes_progress(self._model.explain):
            options["progress"] = progress
        return _drawn_by(recipe.seed, lambda: self._model.explain(text, **options))


class _Shown(Explanation):
    """An explanation whose widget is in another process."""

    def __init__(self, reading: LiveReading, sent: dict[str, Any]) -> None:
        super().__init__(reading)
        sent = {name: value for name, value in sent.items() if name in SHARED}
        self._state = initial_state(reading) | mend(reading, sent, DEFAULT_OPTIONS)[0]

    def _shown_state(self) -> dict[str, Any]:
        return self._state


def read_call(name: Any, arguments: Any) -> tuple[Callable[..., Any], dict[str, Any]]:
    """Return the method that a client names, and its arguments.

    Raises:
        AttrWidgetError: There is no such call, or it has no such arguments.
    """
    check_choice(name, "call", (*CALLS, *FILES, *STEPS))
    if not isinstance(arguments, dict):
        raise AttrWidgetError("The arguments of a call are named.")
    method = getattr(Explanation, name)
    given = {key: from_plain(value) for key, value in arguments.items()}
    parameters = dict(inspect.signature(method).parameters)
    sent = {key: value for key, value in given.items() if key != "suffix" or name != "figure"}
    for key in NOT_SENT:
        if key in sent:
            raise AttrWidgetError(f"{name}() is served without {key}=.")
    free = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    unknown = [
        key for key in sent if key not in parameters or parameters[key].kind is inspect.Parameter.VAR_KEYWORD
    ]
    if unknown and not free:
        raise AttrWidgetError(f"{name}() takes no {short(unknown[0])}.")
    check_given(sent)
    missing = [
        key
        for key, p in parameters.items()
        if key not in NOT_SENT and p.default is p.empty and p.kind is not p.VAR_KEYWORD and key not in sent
    ]
    if missing:
        raise AttrWidgetError(f"{name}() needs {missing[0]}=.")
    return method, given


def _called(
    explanation: Explanation,
    name: str,
    method: Callable[..., Any],
    given: dict[str, Any],
    progress: Progress,
) -> Any:
    if _takes_progress(method):
        given = {**given, "progress": progress}
    if name not in ("save", "figure"):
        return method(explanation, **given)
    suffix = (
        check_choice(given.pop("suffix", None), "form of a figure", _FIGURES)
        if name == "figure"
        else ".attrwidget"
    )
    with tempfile.TemporaryDirectory(prefix="attrwidget-") as folder:
        return Path(method(explanation, Path(folder, f"why{suffix}"), **given)).read_bytes()


def _takes_progress(method: Callable[..., Any]) -> bool:
    return "progress" in inspect.signature(method).parameters


def _drawn_by(seed: int, make: Callable[[], Explanation]) -> Explanation:
    """Return what *make* returns, with the random numbers of *seed*: made again, an answer is the same."""
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return make()


def _as_known(explanation: Explanation, at_hand: Collection[str]) -> Explanation:
    """Return *explanation* as it is to one client, who asked for the scores of the methods *at_hand*."""
    reading = copy(explanation.reading)
    reading.cache = reading.cache.only({*at_hand, *(info.name for info in reading.methods()[:1])})
    return Explanation(reading)
