"""Explain several texts at once: one batch writes their answers, others run their changed texts or take gradients."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from attrwidget.methods import get

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from attrwidget.methods.method import Together
    from attrwidget.methods.request.make import Request
    from attrwidget.results.live import LiveReading


class Text(NamedTuple):
    """A text of a data set: its id, and the output to explain, if one is given."""

    id: int
    prompt: str
    output: str | None


def explain_batch(
    model: Any, texts: Sequence[Text], methods: Sequence[str], options: Mapping[str, Any]
) -> list[LiveReading | Exception]:
    """Return the reading of each of *texts*, or why there is none.

    Rows of *methods* that can be computed for several texts together are; the others are when they are asked for.
    """
    found = _explained(model, texts, options)
    for name in methods:
        method = get(name)
        readings = [one for one in found if not isinstance(one, Exception)]
        readings = [one for one in readings if method.refusal(one.trace) is None]
        if method.together is not None and len(readings) > 1:
            with suppress(Exception):  # such as too little memory for all at once
                _compute_together(method.together, readings, [one.request(name) for one in readings])
    return found


def _compute_together(
    together: Together, readings: Sequence[LiveReading], requests: Sequence[Request]
) -> None:
    """Compute rows of *readings* together, and keep those of texts of which that can be done."""
    rows = together([one.trace for one in readings], requests)
    for one, request, chunks in zip(readings, requests, rows, strict=True):
        for chunk in chunks or ():
            one.cache.keep(request, chunk)


def _explained(
    model: Any, texts: Sequence[Text], options: Mapping[str, Any]
) -> list[LiveReading | Exception]:
    """Explain *texts* as one batch; if that fails, each half by itself, down to the text at fault."""
    outputs = [text.output for text in texts]
    given: dict[str, Any] = {} if outputs[0] is None else {"output": outputs}
    try:
        explanations = model.explain([text.prompt for text in texts], **given, **options)
        return [cast("LiveReading", explanation.reading) for explanation in explanations]
    except Exception as error:  # noqa: BLE001 - it is the text's, and the others outlive it
        if len(texts) == 1:
            return [error]
    half = len(texts) // 2
    return [*_explained(model, texts[:half], options), *_explained(model, texts[half:], options)]
