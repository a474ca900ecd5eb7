"""Requests for words of a corpus that the model treats like the one explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.checks import check_input, check_list, check_step, is_whole, short
from attrwidget.errors import AttrWidgetError
from attrwidget.page.packing import float_bytes
from attrwidget.widget.query import Answer, Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading

_MOST = 50  # matches in one answer


def similar(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request for words of the corpus like one of the text."""
    contexts, k = reading.similar, args["k"]
    if contexts is None:
        raise AttrWidgetError("There is no corpus to search: give one by ex.with_corpus(corpus).")
    if not is_whole(k) or not 1 <= k <= _MOST:
        raise AttrWidgetError(f"k is a whole number of matches from 1 to {_MOST}, not {short(k)}.")
    step = None if args["step"] is None else check_step(args["step"], reading.n_steps)
    token = None if args["token"] is None else check_input(args["token"], reading.n_inputs)
    heads = None if args["heads"] is None else check_list(args["heads"], "Heads", "[0, 3]")
    if step is None and token is None:
        raise AttrWidgetError("Name the word to search for: a step, or a token.")

    def answer(progress: Progress) -> Answer:
        found = contexts.find(
            reading, step=step, token=token, layer=args["layer"], heads=heads, k=int(k), progress=progress
        )
        return Answer(found.meta, float_bytes(found.numbers))

    # Each match's text is run again for its attention; what explains the word goes first.
    return Query(2 * int(k), answer)
