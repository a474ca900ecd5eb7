"""The common part of live and saved explanations: show, export and save a reading."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, overload

from attrwidget.readings import Readings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading
    from attrwidget.widget import ExplanationWidget


class Presentation(Readings):
    """An explanation: its numbers as tables, its widget, and its files.

    Attributes:
        reading: The numbers as the widget and the exporters read them; see ``attrwidget.results.base.Reading``.
    """

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self._widget_lock = threading.Lock()
        self._widget: ExplanationWidget | None = None

    @property
    def widget(self) -> ExplanationWidget:
        """The widget, the same one at every display until it is closed.

        Example:
            >>> ex.widget.method = "attention"
        """
        from attrwidget.widget import ExplanationWidget

        with self._widget_lock:
            if self._widget is not None and getattr(self._widget.comm, "_closed", False):
                self._widget.close()  # marimo closes the comm when the cell that showed it first runs again
            if self._widget is None or self._widget.comm is None:
                self._widget = ExplanationWidget(self.reading)
            return self._widget

    @overload
    def to_html(
        self,
        path: str | Path,
        *,
        methods: str | Sequence[str] | None = None,
        everything: bool = False,
        max_mb: float | None = None,
        title: str | None = None,
        progress: Progress | None = None,
    ) -> Path: ...
    @overload
    def to_html(
        self,
        path: None = None,
        *,
        methods: str | Sequence[str] | None = None,
        everything: bool = False,
        max_mb: float | None = None,
        title: str | None = None,
        progress: Progress | None = None,
    ) -> str: ...
    def to_html(
        self,
        path: str | Path | None = None,
        *,
        methods: str | Sequence[str] | None = None,
        everything: bool = False,
        max_mb: float | None = None,
        title: str | None = None,
        progress: Progress | None = None,
    ) -> Path | str:
        """Write one offline HTML file with the same views, or return it.

        What takes longer than a second is named beforehand, with how long it takes. Ctrl-C stops it; what is finished
        is kept, and the next call goes on from there.

        Args:
            path: Where to write it; without one, the page is returned as a text.
            methods: Names of methods to carry; by default the one shown, those computed already, and leave one out,
                GIM, saliency, input × gradient and attention, as far as they take under a minute together.
            everything: Carry all methods that need no other library.
            max_mb: The largest size in megabytes; 10 by default. To fit, attention is stored with less precision, then
                as the mean of all heads, and then methods are left out; the page names what it does not carry.
            title: The heading; by default a question about the answer.
            progress: Called with ``(done, total)`` instead of a sentence and a bar; an exception raised in it stops,
                and nothing is written.

        Returns:
            The path written, or the page.

        Raises:
            AttrWidgetError: The path cannot be written, or a method does not exist or does not fit.

        Example:
            >>> ex.to_html("why.html", methods=["saliency", "attention"])
        """
        from attrwidget.export.html import to_html

        return to_html(
            self.reading,
            path,
            methods=methods,
            everything=everything,
            max_mb=max_mb,
            title=title,
            shown=self._shown_state(),
            progress=progress,
        )

    def figure(
        self,
        path: str | Path,
        *,
        view: str | None = None,
        method: str | None = None,
        steps: int | Sequence[int] | None = None,
        layer: int | None = None,
        head: int | Sequence[int] | None = None,
        part: str | None = None,
        columns: int = 1,
        theme: str = "light",
        caption: bool = True,
        scale: float = 3,
        font: str | None = None,
        progress: Progress | None = None,
    ) -> Path:
        """Write a figure for a paper: what the widget shows, or its numbers as a table.

        Args:
            path: Where to write it. Its ending is the form: ``.svg`` (text stays text), ``.pdf``, ``.png``, ``.tex``
                (to read into a paper, or to compile), ``.md`` or ``.csv``.
            view: ``"text"``, ``"flow"``, ``"matrix"``, ``"heads"`` or ``"layers"``; by default the one that the widget
                shows, at first the text. What a form cannot hold of a view is said.
            method: A name of ``methods()``; by default the one that the widget shows, at first the first one.
            steps: The step to explain, or several; by default those held in the widget, or the word shown at first.
            layer: For attention: a layer from 0.
            head: For attention: a head of *layer* from 0, or several; the view ``"heads"`` enlarges one.
            part: For the view ``"heads"``: which attention, such as ``"all"`` or ``"encoder"``; see ``attention``.
            columns: 1 for the width of a column, 3.25 inches, or 2 for that of the page, 6.75 inches.
            theme: ``"light"`` or ``"dark"``.
            caption: Write the scale, the token with its probability, the method and the model below.
            scale: Of ``.png``: 3 for 288 dots an inch, 2 for 192.
            font: The name of a font; by default DejaVu Sans. What it lacks is taken from others.
            progress: Called with ``(done, total)``; an exception raised in it stops, and nothing is written.

        Returns:
            The path written.

        Raises:
            AttrWidgetError: The path cannot be written, something named does not exist, no font has a character of the
                text, or LaTeX would have to write from right to left.

        Example:
            >>> ex.figure("why.pdf", method="saliency", steps=0)
        """
        from attrwidget.figures.figure import write_figure
        from attrwidget.figures.look import Look
        from attrwidget.figures.shown import chosen_state

        chosen = chosen_state(
            self.reading,
            self._shown_state() or {},
            view=view,
            method=method,
            steps=steps,
            layer=layer,
            head=head,
            part=part,
        )
        look = Look(columns, theme, caption, scale, font)
        return write_figure(self.reading, path, chosen, look, progress)

    def save(
        self,
        path: str | Path,
        *,
        methods: str | Sequence[str] | None = None,
        everything: bool = False,
        heads: str = "auto",
        max_mb: float = 50.0,
        progress: Progress | None = None,
    ) -> Path:
        """Write one file that ``attrwidget.open`` reads without the model.

        What takes longer than a second is named beforehand, with how long it takes. Ctrl-C stops it; what is finished
        is kept, and the next call goes on from there.

        Args:
            path: Where to write it.
            methods: Names of methods to carry; by default the one shown, those computed already, and leave one out,
                GIM, saliency, input × gradient and attention, as far as they take under a minute together.
            everything: Carry all methods that need no other library.
            heads: Attention of all heads as ``"float32"``, ``"float16"`` or ``"none"``, which keeps their mean;
                ``"auto"`` takes the first that keeps the file under *max_mb*, and warns of what it left out.
            max_mb: The largest size in megabytes.
            progress: Called with ``(done, total)`` instead of a sentence and a bar; an exception raised in it stops,
                and nothing is written.

        Returns:
            The path written.

        Raises:
            AttrWidgetError: The path cannot be written, or a method does not exist or does not fit.

        Example:
            >>> aw.open(ex.save("why.attrwidget")).scores()
        """
        from attrwidget.formats.write.save import save

        return save(
            self.reading,
            path,
            methods=methods,
            shown=(self._shown_state() or {}).get("method"),
            everything=everything,
            heads=heads,
            max_mb=max_mb,
            also=self._also_saved(),
            progress=progress,
        )

    def to_pandas(self, methods: str | Sequence[str] | None = None) -> pd.DataFrame:
        """Return the scores of *methods* as one long table, a row for each score.

        Args:
            methods: Names of ``methods()``; by default the first.

        Returns:
            Columns ``method``, ``step``, ``token``, ``position``, ``input`` and ``score``.

        Raises:
            AttrWidgetError: A method does not exist.

        Example:
            >>> ex.to_pandas(["saliency", "attention"])
        """
        from attrwidget.formats.write.to_pandas import to_pandas

        return to_pandas(self.reading, methods)

    def to_inseq(self, method: str | None = None) -> Any:
        """Return the scores of *method* as Inseq's ``FeatureAttributionOutput``.

        Args:
            method: A name of ``methods()``; by default the first.

        Returns:
            An output of one sequence.

        Raises:
            AttrWidgetError: The method does not exist, or Inseq is not installed.

        Example:
            >>> ex.to_inseq("saliency").show()
        """
        from attrwidget.formats.write.to_inseq import to_inseq

        return to_inseq(self.reading, method)

    def to_shap(self, method: str = "shap") -> Any:
        """Return the scores of *method* as a ``shap.Explanation``.

        Args:
            method: A method whose rows add up from a base value, such as ``"shap"`` or ``"integrated_gradients"``.

        Returns:
            An explanation with an output for each step.

        Raises:
            AttrWidgetError: The method does not exist or has no base value, or SHAP is not installed.

        Example:
            >>> shap.plots.waterfall(ex.to_shap()[:, 0])
        """
        from attrwidget.formats.write.to_shap import to_shap

        return to_shap(self.reading, self.scores(method, normalize=None))

    def _also_saved(self) -> dict[str, Any]:
        """Return what a file holds beside the reading, as JSON."""
        return {}

    def _shown_state(self) -> dict[str, Any] | None:
        """Return what the widget shows now, by trait (``held``, ``method``, …); None before there is a widget."""
        from attrwidget.page.state import SHARED

        with self._widget_lock:
            return None if self._widget is None else {name: getattr(self._widget, name) for name in SHARED}

    def _renew_widget(self) -> None:
        """Let the widget, if there is one, show what was added to the reading."""
        with self._widget_lock:
            if self._widget is not None and self._widget.reading is self.reading:
                self._widget.renew()

    def __repr__(self) -> str:
        return repr(self.reading)

    def __str__(self) -> str:
        from attrwidget.still.console import to_text

        return to_text(self.reading)

    def __rich__(self) -> Any:
        from attrwidget.still.console import table

        return table(self.reading)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.widget._repr_mimebundle_(**options)


def held_steps(explanation: Presentation) -> list[int]:
    """Return the steps held in the widget; none before there is a widget."""
    return list((explanation._shown_state() or {}).get("held", []))  # noqa: SLF001 - of this very file
