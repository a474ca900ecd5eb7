"""Compare explanations: ``compare``."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

from attrwidget.checks import short
from attrwidget.errors import AttrWidgetError
from attrwidget.evaluation.likeness import likeness, likeness_text
from attrwidget.explanations import Tabs, title_of
from attrwidget.presentation import Presentation

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading
    from attrwidget.widget import ExplanationWidget


@overload
def compare(
    one: Presentation, other: Presentation, *, methods: str | Sequence[str] | None = None
) -> Comparison: ...
@overload
def compare(
    one: Sequence[Presentation],
    other: Sequence[Presentation],
    *,
    methods: str | Sequence[str] | None = None,
) -> Comparisons: ...
def compare(
    one: Any, other: Any = None, *more: Any, methods: str | Sequence[str] | None = None
) -> Comparison | Comparisons:
    """Show two explanations side by side: of two models, two texts, or two methods.

    Words are linked by their characters, so that two tokenizers can cut them as they like: what is hovered or held in
    one text is so in the other.

    Args:
        one: An explanation, live or saved; or a list of them.
        other: Another one, or the same one to compare two methods; or a list of as many.
        *more: Nothing: two are compared at a time.
        methods: The method of both, or that of each; by default those that they show first. Of the same explanation,
            the second one is leave-one-out, or the next other one.

    Returns:
        What shows as the widget in a notebook, and has the numbers and the page; of two lists, a list of those, which
        shows as tabs.

    Raises:
        AttrWidgetError: Something given is no explanation, the lists differ in length, or a method does not exist.

    Example:
        >>> aw.compare(model.explain("I liked it"), model.explain("I hated it")).numbers()
        >>> aw.compare(model.explain(sentences), other.explain(sentences))
    """
    if more or other is None:
        raise AttrWidgetError(
            f"compare takes two explanations, or two lists of them, not {1 + (other is not None) + len(more)}."
        )
    several = [isinstance(given, list | tuple) for given in (one, other)]
    if all(several):
        return _each(one, other, methods)
    if any(several):
        raise AttrWidgetError("compare takes two explanations or two lists, not one of each.")
    for given in (one, other):
        if not isinstance(given, Presentation):
            raise AttrWidgetError(
                f"compare takes two explanations, such as those of model.explain, not {type(given).__name__}."
            )
    return Comparison(one.reading, other.reading, _methods(one.reading, other.reading, methods))


def _each(ones: Sequence[Any], others: Sequence[Any], methods: str | Sequence[str] | None) -> Comparisons:
    """Return the comparison of each pair."""
    if len(ones) != len(others):
        raise AttrWidgetError(
            f"The lists have {len(ones)} and {len(others)} explanations: give as many of each, in the same order."
        )
    if not ones:
        raise AttrWidgetError("The lists are empty: give at least one explanation of each.")
    found = Comparisons()
    for number, (one, other) in enumerate(zip(ones, others, strict=True), 1):
        try:
            found.append(compare(one, other, methods=methods))
        except AttrWidgetError as error:
            raise AttrWidgetError(f"Pair {number} of {len(ones)}: {_inside(error)}") from None
    return found


def _methods(one: Reading, other: Reading, methods: str | Sequence[str] | None) -> tuple[str, str]:
    """Return the names of the methods of both."""
    if methods is None:
        return _first_methods(one, other)
    if not isinstance(methods, str | Sequence):
        raise AttrWidgetError(f"methods= takes one name for both explanations, or two, not {short(methods)}.")
    names = [methods, methods] if isinstance(methods, str) else list(methods)
    if len(names) != 2:
        raise AttrWidgetError(
            f"methods= takes one name for both explanations, or two names, not {len(names)}."
        )
    found = []
    for reading, name, which in zip((one, other), names, ("first", "second"), strict=True):
        try:
            found.append(reading.method(name).name)
        except AttrWidgetError as error:
            text = str(error) if one is other else f"The {which} explanation: {_inside(error)}"
            raise AttrWidgetError(text) from None
    if one is other and found[0] == found[1]:
        raise AttrWidgetError(
            f"Both are one explanation by {found[0]!r}: give another explanation, or another method, as in "
            f"methods=[{found[0]!r}, …]."
        )
    return found[0], found[1]


def _first_methods(one: Reading, other: Reading) -> tuple[str, str]:
    """Return what both show first; of the same explanation, the reference for the second."""
    known = [[info.name for info in reading.methods()] for reading in (one, other)]
    for names, which in zip(known, ("first", "second"), strict=True):
        if not names:
            raise AttrWidgetError(f"The {which} explanation has no method, so there is nothing to compare.")
    first = known[0][0]
    if one is not other:
        return first, first if first in known[1] else known[1][0]
    others = [name for name in known[0] if name != first]
    if not others:
        raise AttrWidgetError(
            f"Both are one explanation, whose only method is {first!r}: give another explanation to compare."
        )
    return first, "leave_one_out" if "leave_one_out" in others else others[0]


def _inside(error: AttrWidgetError) -> str:
    """Return the sentence of *error* as it follows a colon."""
    text = str(error)
    return text if text.startswith(("AttrWidget", "SHAP", "LIME")) else text[:1].lower() + text[1:]


class Comparison:
    """Two explanations side by side; made by ``compare``.

    As the last line of a notebook cell it shows as the widget; ``print`` writes how alike they are.
    """

    def __init__(self, one: Reading, other: Reading, methods: tuple[str, str]) -> None:
        self._one, self._other, self._methods = one, other, methods
        self._lock = threading.Lock()
        self._widget: ExplanationWidget | None = None

    def __repr__(self) -> str:
        return f"Comparison({self._one!r}, {self._other!r})"

    def __str__(self) -> str:
        one, other = self._methods
        names = [
            f"{reading.model_name} by {reading.method(name).title}"
            for reading, name in zip((self._one, self._other), (one, other), strict=True)
        ]
        return "\n".join(
            [f"{names[0]}, beside {names[1]}:", *map(likeness_text, self.numbers().to_dict("records"))]
        )

    def numbers(self, progress: Progress | None = None) -> pd.DataFrame:
        """Return the agreement of both rankings of words, one row for each step of the first.

        Args:
            progress: Called with ``(done, total)`` for the scores of each explanation in turn.

        Returns:
            Columns: ``token`` and ``other``, the words explained; ``words``, how many are compared; ``kendall_tau``
            (tau-b); ``top_5``, how many of the five highest both have; ``parts_at``, the word of either five whose
            ranks differ most, with its ``rank`` and ``other_rank``, from 1. Two signed methods are compared by value,
            others by size; a word of several tokens has their sum, and special tokens are left out.

        Example:
            >>> aw.compare(ex, ex, methods=["saliency", "leave_one_out"]).numbers()["kendall_tau"]
        """
        return likeness(self._one, self._other, self._methods, progress)

    @property
    def widget(self) -> ExplanationWidget:
        """The widget of the first explanation with the second beside it; its traits are those of the first."""
        from attrwidget.widget import ExplanationWidget

        with self._lock:
            if self._widget is not None and getattr(self._widget.comm, "_closed", False):
                self._widget.close()
            if self._widget is None or self._widget.comm is None:
                one, other = self._methods
                beside = None if self._one is self._other else self._other
                self._widget = ExplanationWidget(
                    self._one, other=beside, other_method=other, **self._shown(one, other)
                )
            return self._widget

    def _shown(self, one: str, other: str) -> dict[str, Any]:
        """Return the traits that a page begins with."""
        return {"method": one, "view": "compare", "options": {"second": other}}

    def to_html(
        self,
        path: str | Path | None = None,
        *,
        methods: str | Sequence[str] | None = None,
        max_mb: float | None = None,
        title: str | None = None,
        progress: Progress | None = None,
    ) -> Path | str:
        """Write one offline HTML file that compares them, or return it; it opens with what the widget shows.

        Args:
            path: Where to write it; without one, the page is returned as a text.
            methods: Names of methods that both carry; by default those compared, and what ``ex.to_html`` carries.
            max_mb: The largest size in megabytes of each explanation; 10 by default.
            title: The heading; by default a question about the first answer.
            progress: Called with ``(done, total)``, of each explanation in turn.

        Returns:
            The path written, or the page.

        Raises:
            AttrWidgetError: The path cannot be written, or a method does not exist or does not fit.

        Example:
            >>> aw.compare(ex1, ex2).to_html("two.html")
        """
        from attrwidget.export.html import to_html
        from attrwidget.page.state import SHARED

        one, other = self._methods
        with self._lock:
            widget = self._widget
        shown = (
            self._shown(one, other) if widget is None else {name: getattr(widget, name) for name in SHARED}
        )
        if widget is not None:
            one, other = shown["method"], shown["options"]["second"] or other
        return to_html(
            self._one,
            path,
            methods=methods,
            max_mb=max_mb,
            title=title,
            shown=shown,
            other=None if self._one is self._other else self._other,
            other_method=other,
            progress=progress,
        )

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.widget._repr_mimebundle_(**options)


class Comparisons(Tabs[Comparison]):
    """A list of comparisons; as the last line of a notebook cell it shows a tab for each, up to 24."""

    _many = "comparisons"

    def _titles(self) -> list[str]:
        found = [title_of(one._one) for one in self]  # noqa: SLF001 - of this very file
        if len(set(found)) < len(found):  # one text by several methods
            found = [" · ".join(one._methods) for one in self]  # noqa: SLF001
        return found
