"""The widget: traits that Python and the page share."""

from __future__ import annotations

import logging
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from attrwidget.errors import AttrWidgetError
from attrwidget.page.bundle import read_bundle, widget_script
from attrwidget.page.checks import VIEWS
from attrwidget.page.compared import other_of
from attrwidget.page.content import content_of
from attrwidget.page.packing import beside_rows, float_bytes
from attrwidget.page.state import SHARED, checked, initial_state, mend
from attrwidget.still.static_html import to_fallback_html
from attrwidget.widget.cells import shown_in_cell
from attrwidget.widget.internals import forget, hear_while_cells_run, remember
from attrwidget.widget.queries import read_query
from attrwidget.widget.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from attrwidget.results.base import Reading

logger = logging.getLogger(__name__)

_MOST_ON_SHOW = 16_384  # scores that travel in the state: 87 kB
_AT_ONCE = 0.3  # seconds that nobody waits for
_PATIENCE = 1.0  # seconds that a display waits for scores; the live view shows their progress


def _packed(values: bytes) -> str:
    return b64encode(values).decode("ascii")


class SelectionError(AttrWidgetError, traitlets.TraitError):
    """A trait was given a value that this explanation does not have."""


class _Checked(traitlets.Any):
    """A trait whose values are all checked, None included."""

    allow_none = False


class ExplanationWidget(anywidget.AnyWidget):
    """The widget of one explanation; made by ``Explanation.widget``.

    All traits but ``content`` and ``on_show`` can be set and observed. A value that does not exist raises
    SelectionError and changes nothing.

    Args:
        reading: What to show, such as ``Explanation.reading``.
        other: What to compare it with.
        other_method: The method by which that is shown first.
        **traits: Values that the widget begins with.

    Example:
        >>> ex.widget.held = [2]
        >>> ex.widget.observe(print, "held")
    """

    _esm = widget_script()

    content = traitlets.Dict(
        read_only=True, help="What is explained: tokens, steps, methods (docs/protocol.md)."
    ).tag(sync=True)
    on_show = traitlets.Dict(
        read_only=True, help="The scores on show, for a page without Python (docs/protocol.md)."
    ).tag(sync=True)
    other = traitlets.Dict(
        read_only=True, help="A second explanation that the first is compared with (docs/protocol.md)."
    ).tag(sync=True)
    held = _Checked(help="The steps held, ascending, such as [1, 2]; [] when none is.").tag(sync=True)
    foil = _Checked(
        help='What the held step might have been instead: None, a text or id, and then {"step", "ids", "text"}. Scores '
        "then explain why the step is what it is and not that. Holding anything else lets go of it."
    ).tag(sync=True)
    method = _Checked(help="The name of the method shown, one of reading.methods().").tag(sync=True)
    layer = _Checked(help="A whole layer, from 0, or None. Setting one lets go of heads.").tag(sync=True)
    heads = _Checked(
        help="Chosen (layer, head) pairs, from 0. [] means all heads of the layer, or of every layer. "
        "Setting some lets go of the layer."
    ).tag(sync=True)
    view = _Checked(help=f"The view shown: one of {VIEWS}.").tag(sync=True)
    options = _Checked(
        help='A dictionary; what is left out gets its default. "head_rule" ("mean", "sum", "max", "median"): how '
        'several heads become one; "span_rule" ("mean", "sum"): how several held steps become one; "intensity" '
        '(0.2 to 1); and, True or False, "hide_special", "hide_first", "hide_target" (of a translation, the target '
        'so far), "renormalize" (what hidden tokens had is given to the others), "through" (shares are passed on '
        'through the words of the answer), "show_whitespace", "scale_sink" (the colour scale reaches to a control or '
        "first token that holds over a quarter of the row); "
        '"arc_share" (0.1 to 1): how much of a row the arcs of the flow view make up; "units" ("token", "word", '
        '"sentence", "message"): what Text and Flow read together, "unit_rule" ("sum", "mean", "max"): how its tokens '
        'become one; "fold": sentences that hold little are folded; "search": a text that is marked wherever it '
        'occurs; "part", "enlarged": the attention that Heads shows, and the head of an encoder that is large; '
        '"compare" ("other", "methods", "pinned"), "second" (a method) and "difference": what Compare sets side by '
        'side; "pins": words that were held, each like {"method": "saliency", "held": [0]}.'
    ).tag(sync=True)

    def __init__(
        self,
        reading: Reading,
        *,
        other: Reading | None = None,
        other_method: str | None = None,
        **traits: Any,
    ) -> None:
        self.reading, self._other = reading, other
        self.set_trait("other", other_of(reading, other, other_method))
        self.set_trait("content", content_of(reading))
        super().__init__(_esm=read_bundle("widget.js"), **{**initial_state(reading), **traits})
        self._session = Session(reading, self.send, self._keep_on_show, self._show)
        self._second = None if other is None else Session(other, self.send, replaced=self._show_other)
        self.on_msg(self._receive)
        hear_while_cells_run(self)

    def prepare(self, seconds: float) -> bool:
        """Compute the scores of the steps held or, with none held, of those suggested.

        Args:
            seconds: How long to wait, at most; unfinished work goes on.

        Returns:
            Whether the scores are finished.
        """
        return self._session.prepare(self.method, self._explained(), seconds)

    def close(self) -> None:
        """Take the widget off the page and give up its work; in a notebook it is then a still picture."""
        if "_session" in vars(self):
            self._session.close()
            if self._second is not None:
                self._second.close()
        if self.comm is not None and self.layout is not None:
            self.layout.close()
        super().close()
        self.__dict__.pop("_repr_mimebundle_", None)  # ipywidgets hides it in a closed widget

    def _explained(self) -> list[int]:
        """Return the steps held or, with none held, those that a display begins with."""
        return list(self.held) or list(self.content["steps"]["suggested"])

    def let_go(self) -> None:
        """Live only as long as someone refers to it."""
        forget(self)

    def set_state(self, sync_data: Mapping[str, Any]) -> None:
        """Take a state from the page; values that do not exist are left out, and the page gets the valid ones."""
        ours = {
            name: value
            for name, value in sync_data.items()
            if name not in ("content", "on_show", "other", "_esm")
        }
        good, wrong = mend(self.reading, ours, self.options)
        super().set_state(good)
        if wrong:
            logger.warning("the page asked for what does not exist: %s", ", ".join(sorted(wrong)))
            self.send_state(wrong)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        if self.comm is None:
            return self._still(), {}
        remember(self)  # let go of before, and shown again
        shown_in_cell(self)
        bundle = super()._repr_mimebundle_(**options)
        return bundle and ({**bundle[0], **self._still()}, bundle[1])  # Colab needs the metadata

    def _still(self) -> dict[str, str]:
        """Return ``text/html`` and ``text/plain``, for pages without a kernel and for a closed widget."""
        reading, options = self.reading, self.options
        selection = {"layer": self.layer, "heads": self.heads, "head_rule": options["head_rule"]}
        steps = self._explained() if self.prepare(_PATIENCE) else []
        self._keep_on_show()
        try:
            html = to_fallback_html(reading, self.method, steps, span_rule=options["span_rule"], **selection)
        except Exception:  # the live view will show the error
            logger.exception("the scores for the still picture could not be read")
            html = to_fallback_html(reading, self.method, [])
        return {"text/html": html, "text/plain": repr(reading)}

    def _keep_on_show(self) -> None:
        """Put the scores of the steps explained into the state, once they are computed and unless they are many."""
        steps, method = self._explained(), self.reading.method(self.method)
        if self.foil is not None or not 0 < len(steps) * self.reading.n_inputs <= _MOST_ON_SHOW:
            return
        query: dict[str, Any] = {"method": method.name, "layer": None, "heads": [], "head_rule": "mean"}
        if method.attention:
            query |= {"layer": self.layer, "heads": self.heads, "head_rule": self.options["head_rule"]}
        known = {"query": query, "steps": steps}
        is_kept = known == {name: self.on_show.get(name) for name in known}
        if (is_kept and "heads" in self.on_show) or not self.reading.has_rows(method.name, steps):
            return
        heads = self._heads_on_show(steps)
        if is_kept and not heads:
            return
        rows = self.reading.rows(steps=steps, **query)
        beside = beside_rows(self.reading, method.name, steps)
        self.set_trait("on_show", {**known, "rows": _packed(float_bytes(rows)), **beside, **heads})

    def _heads_on_show(self, steps: list[int]) -> dict[str, Any]:
        """Return what heads give to *steps* as a page is answered, if that takes no time here."""
        reading = self.reading
        quick = reading.n_layers and (
            reading.has_given_by_heads(steps) or reading.given_seconds(steps) < _AT_ONCE
        )
        if not quick:
            return {}
        try:
            query = read_query(reading, "heads", {"steps": steps, "input": None})
            answer = query.answer(lambda *_: None)
        except AttrWidgetError:
            return {}
        return {"heads": {**answer.meta, "shares": _packed(answer.buffer)}}

    def renew(self) -> None:
        """Show what was added to the reading: a corpus to search."""
        self.set_trait("content", content_of(self.reading))

    def _show(self, reading: Reading) -> None:
        """Show another answer, with nothing held."""
        reading.similar = reading.similar or self.reading.similar
        self.reading = reading
        self.foil = None
        self.held = []
        self.options = {**self.options, "pins": []}
        self.set_trait("on_show", {})
        self.set_trait("content", content_of(reading))
        self._show_other(self._other)

    def _show_other(self, other: Reading | None) -> None:
        """Show another answer beside it, or the same one with its links to another answer."""
        self._other = other
        self.set_trait("other", other_of(self.reading, other, self.other.get("method")))

    def _receive(self, _widget: Any, message: Any, _buffers: Any) -> None:
        is_other = isinstance(message, dict) and message.get("of") == "other"
        session = self._second if is_other else self._session
        if session is not None:
            session.receive(message)

    @traitlets.validate(*SHARED)
    def _check(self, proposal: Any) -> Any:
        try:
            held = getattr(self, "held", None) or []  # no value yet while the traits are created
            return checked(self.reading, proposal["trait"].name, proposal["value"], held)
        except AttrWidgetError as error:
            raise SelectionError(str(error)) from None

    @traitlets.observe("held", "foil")
    def _held_or_foil(self, change: Any) -> None:
        """Keep the foil only while its step is held: alone, unless whole words are compared."""
        if self.foil is None:
            return
        step, whole = self.foil["step"], len(self.foil["ids"]) > 1
        if self.held[:1] != [step] or (len(self.held) > 1 and not whole):
            if change["name"] == "foil":
                self.held = [step]
            else:
                self.foil = None

    @traitlets.observe("layer", "heads")
    def _layer_or_heads(self, change: Any) -> None:
        """Let a chosen layer replace the heads, and chosen heads the layer."""
        if self.layer is not None and self.heads:
            if change["name"] == "heads":
                self.layer = None
            else:
                self.heads = []
