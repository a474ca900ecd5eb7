"""Requests that change the text: try words, keep them, have the model write on, and go back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.checks import check_whole, short
from attrwidget.errors import AttrWidgetError
from attrwidget.page.checks import check_foil_ids
from attrwidget.page.packing import float_bytes
from attrwidget.results.base import CHANGES_NEED_MODEL
from attrwidget.widget.query import Answer, Query, contrasts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading
    from attrwidget.results.changed_words import ChangedWords


def write_on(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request to put a foil in its place and have the model write on."""
    foil = contrasts_of(reading).find(check_whole(args["step"], "A step"), check_foil_ids(args["foil"]))

    def answer(progress: Progress) -> Answer:
        return Answer({}, b"", reading.continued(foil.step, foil.ids, progress))

    return Query(0, answer)  # what was written would be lost if a cheaper request went first


def try_words(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request for what changed words do to a step."""
    words, changes = _changed_words(reading), _changes(args)
    edits = words.find(changes)

    def answer(_progress: Progress) -> Answer:
        found = words.tried(args["step"], edits)
        meta = {"words": [text for text, _, _ in found.words], "answer": found.answer}
        numbers = [found.nats, *(p for _, *both in found.words for p in both)]
        return Answer(meta, float_bytes(np.array(numbers, dtype=np.float32)))

    return Query(2, answer)


def likely_words(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request for words that are likely in a place."""
    words, place = _changed_words(reading), (args["start"], args["end"])
    return Query(1, lambda _: Answer({"words": words.likely(place)}, b""))


def edit(reading: Reading, args: Mapping[str, Any]) -> Query:
    """Check a request to change words and have the model answer anew."""
    changes = _changes(args)
    _changed_words(reading).find(changes)
    return Query(0, lambda progress: Answer({}, b"", reading.edited(changes, progress)))


def back(reading: Reading, _args: Mapping[str, Any]) -> Query:
    """Check a request to show the answer before."""
    if reading.before is None:
        raise AttrWidgetError("There is no answer before this one.")
    return Query(0, lambda _: Answer({}, b"", reading.before))


def _changed_words(reading: Reading) -> ChangedWords:
    if reading.changed_words is None:
        raise AttrWidgetError(CHANGES_NEED_MODEL)
    return reading.changed_words


def _changes(args: Mapping[str, Any]) -> dict[Any, Any]:
    """Return changed words by their places."""
    changes = args["changes"]
    if not isinstance(changes, list) or not all(isinstance(one, list) and len(one) == 3 for one in changes):
        raise AttrWidgetError(f"Changes are [start, end, text] each, not {short(changes)}.")
    try:
        return {(start, end): text for start, end, text in changes}
    except TypeError as error:
        raise AttrWidgetError(f"A place is two whole numbers, not {short(changes)}.") from error
