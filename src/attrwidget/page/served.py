"""The served reading: the numbers of an explanation whose model is in another process, which answers its page."""

from __future__ import annotations

import json
import math
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Protocol, cast

import numpy as np

from attrwidget.checks import check_step
from attrwidget.errors import AttrWidgetError
from attrwidget.page.packing import rows_at_once
from attrwidget.results.base import Reading
from attrwidget.results.contrast import Foil

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.base import MethodInfo
    from attrwidget.results.contrast import Contrasts
    from attrwidget.results.texts import Texts

_MOST_KEPT = 2000  # rows of scores
_NOT_HERE = "{} is read where the model is: on the server."


class Reply(NamedTuple):
    """The answer to a request of a page: fields, one buffer, and the reading to show from now on, if it is another."""

    meta: dict[str, Any]
    buffer: bytes
    reading: ServedReading | None = None


class Server(Protocol):
    """What answers the page of one explanation."""

    def content(self) -> dict[str, Any]:
        """Return what the page needs first, as ``content_of`` makes it where the model is."""

    def ask(self, op: str, args: Mapping[str, Any], progress: Progress | None = None) -> Reply:
        """Return the answer to a request.

        Args:
            op: The operation; docs/protocol.md lists them.
            args: Its arguments.
            progress: Called with ``(done, total)`` several times a second, even while the request waits. An exception
                raised in it gives the request up.

        Raises:
            AttrWidgetError: The server refuses the request, or gives no answer.
        """


@dataclass(frozen=True)
class _Row:
    scores: NDArray[np.float32]
    note: str | None
    sums: tuple[float, float] | None


class ServedReading(Reading):
    """The reading of an explanation that a server holds; what it answered is kept.

    Args:
        texts: Tokens, sections and steps.
        methods: What ``methods`` returns there.
        shape: How many layers have attention weights, and how many heads each has.
        server: What answers the page's requests.
    """

    def __init__(
        self, texts: Texts, methods: Sequence[MethodInfo], shape: tuple[int, int], server: Server
    ) -> None:
        self.tokens, self.sections, self._steps = texts.tokens, list(texts.sections), texts.steps
        self.first_step, self.n_steps, self.n_inputs = texts.first_step, len(texts.steps), texts.inputs
        self.model_name, self.warnings, self.answer_text = (
            texts.model_name,
            list(texts.warnings),
            texts.answer_text,
        )
        self.step_noun, self.places, self.attention_note = (
            texts.step_noun,
            tuple(texts.places),
            texts.attention_note,
        )
        self.n_layers, self.n_heads = shape
        self._methods, self._server = list(methods), server
        self.contrasts = cast("Contrasts", _Foils(self))
        self._rows: dict[str, _Row] = {}
        self._heads: dict[tuple[int, ...], Reply] = {}
        self._lock = threading.Lock()

    @cached_property
    def content(self) -> dict[str, Any]:
        """What the page needs first, as ``content_of`` makes it where the model is."""
        return self._server.content()

    @property
    def steps(self) -> pd.DataFrame:
        """The model's readings of each step, one row each."""
        return self._steps

    def methods(self) -> list[MethodInfo]:
        """Return the methods that the model allows, the default one first."""
        return self._methods

    def answer(self, op: str, args: Mapping[str, Any], progress: Progress | None = None) -> Reply:
        """Return the answer to a request of the page; see ``Server.ask``."""
        known = self._heads.get(_all_heads(op, args))
        if known is not None:
            return known
        reply = self._server.ask(op, args, progress)
        if reply.reading is not None:
            reply.reading.before = self
        self._keep(op, args, reply)
        return reply

    def rows(
        self,
        method: str,
        steps: Sequence[int],
        *,
        layer: int | None = None,
        heads: Sequence[tuple[int, int]] = (),
        head_rule: str = "mean",
        progress: Progress | None = None,
    ) -> NDArray[np.float32]:
        """Return what the screen shows of *steps*; see ``Reading.rows``."""
        self.check_steps(steps)
        selection = {
            "method": self.method(method).name,
            "layer": layer,
            "heads": [list(pair) for pair in heads],
            "head_rule": head_rule,
        }
        missing = [step for step in dict.fromkeys(steps) if _key(selection, step) not in self._rows]
        most = rows_at_once(self.n_inputs)
        found = {step: self._rows[_key(selection, step)].scores for step in steps if step not in missing}
        for start in range(0, len(missing), most):
            part = [int(step) for step in missing[start : start + most]]
            reply = self.answer("scores", {**selection, "steps": part}, progress)
            found |= dict(zip(part, _table(reply), strict=True))
        return np.stack([found[step] for step in steps]) if len(steps) else np.empty((0, self.n_inputs), "f4")

    def has_rows(self, method: str, steps: Sequence[int]) -> bool:
        """Return whether the rows were sent before."""
        name = self.method(method).name
        return all(self._row(name, step) is not None for step in steps)

    def seconds(self, method: str, steps: Sequence[int]) -> float | None:  # noqa: ARG002
        """Return about how long the rows of the word explained first take there."""
        name = self.method(method).name
        return next(
            (entry.get("seconds") for entry in self.content["methods"] if entry["name"] == name), None
        )

    def note(self, method: str, steps: Sequence[int]) -> str | None:
        """Return the footnote on *method*'s row of one step, if it was sent."""
        row = self._row(method, steps[0]) if len(steps) == 1 else None
        return None if row is None else row.note

    def sums(self, method: str, step: int) -> tuple[float, float] | None:
        """Return what *method*'s row of *step* adds up from and to, if it was sent."""
        row = self._row(method, step)
        return None if row is None else row.sums

    def has_given_by_heads(self, steps: Sequence[int], foil: int | None = None) -> bool:
        """Return whether what heads give to *steps* was sent before."""
        return foil is None and tuple(steps) in self._heads

    def given_seconds(self, steps: Sequence[int]) -> float:  # noqa: ARG002
        """Return infinity: nothing is asked for that no page asks for."""
        return math.inf

    def head_weights(self, steps: Sequence[int]) -> NoReturn:  # noqa: ARG002
        """Raise AttrWidgetError: the weights of all heads stay on the server."""
        raise AttrWidgetError(_NOT_HERE.format("The attention of all heads"))

    def raw_rows(self, method: str, progress: Progress | None = None) -> NoReturn:  # noqa: ARG002
        """Raise AttrWidgetError: rows before their normalisation stay on the server."""
        raise AttrWidgetError(_NOT_HERE.format(f"{self.method(method).title} before its normalisation"))

    def target_function_of(self, method: str) -> None:  # noqa: ARG002
        """Return None: it is not sent."""
        return

    def _row(self, method: str, step: int) -> _Row | None:
        return self._rows.get(_key({"method": method, "layer": None, "heads": [], "head_rule": "mean"}, step))

    def _keep(self, op: str, args: Mapping[str, Any], reply: Reply) -> None:
        """Keep rows of scores, and what all heads give."""
        if steps := _all_heads(op, args):
            self._heads = {steps: reply}
        if op != "scores" or args.get("foil") is not None:
            return
        rows, none = _table(reply), [None] * len(args["steps"])
        notes, sums = reply.meta.get("notes", none), reply.meta.get("sums", none)
        for step, values, note, pair in zip(args["steps"], rows, notes, sums, strict=True):
            both = None if pair is None else (float(pair[0]), float(pair[1]))
            with self._lock:
                self._rows[_key(args, step)] = _Row(values, note, both)
                if len(self._rows) > _MOST_KEPT:
                    del self._rows[next(iter(self._rows))]


class _Foils:
    """Foils: those that the page offers or has found, and others by asking."""

    def __init__(self, reading: ServedReading) -> None:
        self._reading = reading
        self._found: dict[tuple[int, tuple[int, ...]], str] = {}

    def find(self, step: int, what: Any) -> Foil:
        """Return *what*, a text, an id or ids, as a foil of *step*; see ``Contrasts.find``."""
        step = check_step(step, self._reading.n_steps)
        ids = () if isinstance(what, str) else tuple(what) if isinstance(what, list | tuple) else (what,)
        text = self._found.get((step, ids)) or self._offered(step, ids)
        if text is not None:
            return Foil(step, ids, text)
        found = self._reading.answer("foil", {"step": step, "text": list(ids) or what}).meta
        foil = Foil(found["step"], tuple(found["ids"]), found["text"])
        self._found[step, foil.ids] = foil.text
        return foil

    def _offered(self, step: int, ids: tuple[Any, ...]) -> str | None:
        """Return the text of one of the likeliest outputs of *step*."""
        likely = self._reading.content["steps"]["alternatives"][step]
        return next((text for text, _, number in likely if ids == (number,) and number is not None), None)


def _all_heads(op: str, args: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the steps of a request for what all heads give from all inputs; none of another."""
    if op != "heads" or args.get("input") is not None or args.get("foil") is not None:
        return ()
    steps = args.get("steps")
    return tuple(steps) if isinstance(steps, list) and all(isinstance(s, int) for s in steps) else ()


def _key(selection: Mapping[str, Any], step: int) -> str:
    """Return the name of a row; of methods without heads, a page sends no layer and no heads."""
    return json.dumps([selection[name] for name in ("method", "layer", "heads", "head_rule")] + [int(step)])


def _table(reply: Reply) -> NDArray[np.float32]:
    values = np.frombuffer(reply.buffer, dtype="<f4")
    return values.reshape(reply.meta["rows"], reply.meta["cols"])
