"""Check and convert the arguments that the scores of live and saved explanations share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrwidget.errors import AttrWidgetError
from attrwidget.methods import HeadSelection
from attrwidget.methods.request.normalize import NORMALIZATIONS

if TYPE_CHECKING:
    from collections.abc import Sequence


def select(layer: int | None, head: int | Sequence[int] | None, rule: str) -> HeadSelection:
    """Return the selection of *head*, one or several of *layer*, or of all heads."""
    if head is None:
        return HeadSelection(layer, (), rule)
    if layer is None:
        raise AttrWidgetError(f"head={head!r} needs its layer: give layer= too.")
    heads = list(head) if isinstance(head, Iterable) and not isinstance(head, str) else [head]
    return HeadSelection(layer, tuple((layer, h) for h in heads), rule)


def select_heads(layer: int | None, heads: Sequence[tuple[int, int]], rule: str) -> HeadSelection:
    """Return the selection of a page's *layer* or *heads*, whose pairs may be lists."""
    return HeadSelection(
        layer, tuple(tuple(pair) if isinstance(pair, list) else pair for pair in heads), rule
    )


def check_normalization(how: str | None) -> None:
    """Raise AttrWidgetError unless *how* is a normalization of ``scores``."""
    if how not in NORMALIZATIONS:
        known = ", ".join(map(repr, NORMALIZATIONS))
        raise AttrWidgetError(f"There is no normalization {how!r}: take one of {known}.")


def require_source(n_source: int, model_name: str, argument: str) -> None:
    """Raise AttrWidgetError about *argument*, a name, unless the model is an encoder–decoder with a source."""
    if not n_source:
        raise AttrWidgetError(f"{model_name} has no encoder with a source of its own: leave out {argument}=.")
