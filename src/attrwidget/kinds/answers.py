"""The answers to explain: generated, or given instead."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from attrwidget.checks import is_whole
from attrwidget.errors import AttrWidgetError
from attrwidget.progress import progress_bar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    Progress = Callable[[int, int], None]

_NEW_TOKENS = 20

Begun = TypeVar("Begun")


class Writing(Protocol[Begun]):
    """An adapter of a kind of model that writes answers."""

    def require_room(self, before: int, new: int) -> None:
        """Raise AttrWidgetError when *new* tokens after *before* others are more than the model can see."""

    def generate(
        self,
        beginnings: list[Begun],
        max_new_tokens: int,
        options: dict[str, Any],
        progress: Progress | None = None,
        /,
    ) -> list[list[int]]:
        """Return what the model generates after each of *beginnings*."""


def generated(
    adapter: Writing[Begun],
    beginnings: list[Begun],
    *,
    before: int,
    count: int | None,
    options: dict[str, Any],
    progress: Progress | None,
) -> list[list[int]]:
    """Return up to *count* tokens (20 for None) after each of *beginnings*, the longest of which has *before* tokens.

    *options* go to the model's ``generate``, and *progress* is called, or a bar drawn. Raises AttrWidgetError when
    *count* is no number to generate, or there is no room for so many.
    """
    count = _NEW_TOKENS if count is None else count
    if not is_whole(count):
        raise AttrWidgetError(f"max_new_tokens must be a whole number, not {count!r}.")
    if count < 1:
        raise AttrWidgetError(
            f"max_new_tokens is {count}, so nothing would be generated to explain: ask for 1 or more."
        )
    adapter.require_room(before, count)
    with contextlib.nullcontext(progress) if progress else progress_bar("Generating") as report:
        return adapter.generate(beginnings, int(count), options, report)


def require_nothing_generated(
    count: int | None, options: dict[str, Any], heeded: Collection[str] = ()
) -> None:
    """Raise AttrWidgetError for settings of generation, but for those *heeded*, where the output is given."""
    unused = [name for name in options if name not in heeded]
    if count is not None or unused:
        extra = "max_new_tokens" if count is not None else unused[0]
        raise AttrWidgetError(
            f"With output= nothing is generated, so {extra}= has no meaning: leave out one of the two."
        )


def each_output(output: Any, count: int, what: str, *, batch: bool) -> list[Any]:
    """Return the given output of each of *count* prompts, which errors call *what*."""
    wanted = list(output) if batch and isinstance(output, list | tuple) else [output] * count
    if len(wanted) != count:
        raise AttrWidgetError(
            f"There are {count} {what}s and {len(wanted)} outputs: give one output for each {what}."
        )
    return wanted
