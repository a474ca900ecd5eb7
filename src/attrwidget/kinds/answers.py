"""Get the answers of models that generate: generated, or given by the user."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from attrwidget.checks import is_whole
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.generation import NEW_TOKENS
from attrwidget.progress import progress_bar

if TYPE_CHECKING:
    from collections.abc import Collection

    from transformers import PreTrainedModel

    from attrwidget.hf.generation import Written
    from attrwidget.progress import Progress

P = TypeVar("P")  # what generation starts from: token ids, or a source and the decoder's start


class Generator(Protocol[P]):
    """The adapter of a kind of model that generates text."""

    def require_room(self, before: int, new: int) -> None:
        """Raise AttrWidgetError when *before* tokens and *new* more do not fit in the model's context."""

    def generate(
        self,
        prompts: list[P],
        max_new_tokens: int,
        options: dict[str, Any],
        progress: Progress | None = None,
        /,
    ) -> list[Written]:
        """Return what is generated after each of *prompts*."""


def generate_answers(
    adapter: Generator[P],
    prompts: list[P],
    *,
    before: int,
    count: int | None,
    options: dict[str, Any],
    progress: Progress | None,
) -> list[Written]:
    """Generate an answer to each of *prompts*.

    Args:
        adapter: The model.
        prompts: What generation starts from.
        before: The number of tokens before the answer in the longest of *prompts*.
        count: How many tokens to generate at most; 20 for None.
        options: Options of the model's ``generate``.
        progress: Called with ``(tokens done, tokens at most)``; None draws a bar when it takes long.

    Raises:
        AttrWidgetError: *count* is not a positive whole number, or does not fit in the model's context.
    """
    count = NEW_TOKENS if count is None else count
    if not is_whole(count):
        raise AttrWidgetError(f"max_new_tokens must be a whole number, not {count!r}.")
    if count < 1:
        raise AttrWidgetError(
            f"max_new_tokens is {count}, so nothing would be generated to explain: ask for 1 or more."
        )
    adapter.require_room(before, count)
    with contextlib.nullcontext(progress) if progress else progress_bar("Generating", "token") as report:
        return adapter.generate(prompts, int(count), options, report)


def require_nothing_generated(
    count: int | None, options: dict[str, Any], heeded: Collection[str] = ()
) -> None:
    """Raise AttrWidgetError when an output is given together with generation options other than those *heeded*."""
    unused = [name for name in options if name not in heeded]
    if count is not None or unused:
        extra = "max_new_tokens" if count is not None else unused[0]
        raise AttrWidgetError(
            f"With output= nothing is generated, so {extra}= has no meaning: leave out one of the two."
        )


def each_output(output: Any, count: int, what: str, *, batch: bool) -> list[Any]:
    """Return the output given for each of *count* prompts; *what* names a prompt in errors."""
    wanted = list(output) if batch and isinstance(output, list | tuple) else [output] * count
    if len(wanted) != count:
        raise AttrWidgetError(
            f"There are {count} {what}s and {len(wanted)} outputs: give one output for each {what}."
        )
    return wanted


def require_output_layer(hf: PreTrainedModel, name: str, auto_class: str) -> None:
    """Raise AttrWidgetError for a model without an LM head."""
    if hf.get_output_embeddings() is None:
        raise AttrWidgetError(
            f"{name!r} has no output layer that predicts tokens: load it with {auto_class}, not AutoModel."
        )
