"""How an explanation is shown, exported and saved: what live and saved explanations have in common."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from attrwidget.results.base import BaseExplanation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from attrwidget.widget import ExplanationWidget


class Presentation(BaseExplanation):
    """A reading that can be shown as the widget, printed, exported and saved."""

    def __init__(self) -> None:
        super().__init__()
        self._widget_lock = threading.Lock()
        self._widget: ExplanationWidget | None = None

    @property
    def widget(self) -> ExplanationWidget:
        """The widget of this explanation: the same one however often it is displayed, until it is closed."""
        from attrwidget.widget import ExplanationWidget

        with self._widget_lock:
            if self._widget is not None and getattr(self._widget.comm, "_closed", False):
                self._widget.close()  # the host has, as marimo does when the cell that showed it first runs again
            if self._widget is None or self._widget.comm is None:
                self._widget = ExplanationWidget(self)
            return self._widget

    def shown_state(self) -> dict[str, Any] | None:
        """Return what the widget shows now, by trait (``held``, ``method``, …); None before there is a widget."""
        from attrwidget.page.state import SHARED

        with self._widget_lock:
            return None if self._widget is None else {name: getattr(self._widget, name) for name in SHARED}

    def to_html(self, path: str | Path, **options: Any) -> Path:
        """Write one offline HTML file with the same views; see ``attrwidget.export.html.to_html``."""
        from attrwidget.export.html import to_html

        return to_html(self, path, shown=self.shown_state(), **options)

    def save(self, path: str | Path, **options: Any) -> Path:
        """Write one file that ``attrwidget.open`` reads without the model; see ``attrwidget.formats.write.save``."""
        from attrwidget.formats.write.save import save

        return save(self, path, **options)

    def to_pandas(self, methods: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the scores as one long table; see ``attrwidget.formats.write.to_pandas``."""
        from attrwidget.formats.write.to_pandas import to_pandas

        return to_pandas(self, methods)

    def to_inseq(self, method: str | None = None) -> Any:
        """Return the scores as Inseq's ``FeatureAttributionOutput``; see ``attrwidget.formats.write.to_inseq``."""
        from attrwidget.formats.write.to_inseq import to_inseq

        return to_inseq(self, method)

    def to_shap(self, method: str = "shap") -> Any:
        """Return the scores as a ``shap.Explanation``; see ``attrwidget.formats.write.to_shap``."""
        from attrwidget.formats.write.to_shap import to_shap

        return to_shap(self, method)

    def __repr__(self) -> str:
        text = "".join(unit.text for unit in self.tokens.units)
        text = text if len(text) <= 60 else text[:57] + "…"
        return f"{type(self).__name__}({text!r}, model={self.model_name!r}, {self.n_steps} steps)"

    def __str__(self) -> str:
        from attrwidget.still.console import to_text

        return to_text(self)

    def __rich__(self) -> Any:
        from attrwidget.still.console import table

        return table(self)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.widget._repr_mimebundle_(**options)
