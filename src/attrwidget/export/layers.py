"""Record what each layer would have said, for an exported page, where that is small and quick."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.checks import LENS_WORDS
from attrwidget.errors import AttrWidgetError
from attrwidget.page.content import alternatives_of
from attrwidget.page.packing import lens_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading
    from attrwidget.results.lens import Lens

_BYTES = 300_000  # of the numbers in the page, at most
_SECONDS = 10.0  # that it may take to read the layers
_RIVALS = 4  # alternatives of each step that are followed through the layers, as in js/session/lens.ts
_COLUMNS = 2 + 2 * LENS_WORDS + _RIVALS
_MOST = 2**16 - 1
LEFT_OUT = "What each layer would have said is not in this file"


def lens_for_page(reading: Reading) -> Lens | str:
    """Return the lens whose readings a page can carry, or why there is none; empty where there is nothing to say."""
    lens, steps = reading.lens, range(reading.n_steps)
    if lens is None or not steps:
        return ""
    if lens.refusal is not None:
        return lens.refusal
    size = 4 * -(-2 * len(steps) * lens.n_layers * _COLUMNS // 3)
    if size > _BYTES:
        return f"{LEFT_OUT}: it would take {size / 1e6:.1f} MB."
    seconds = lens.seconds(steps)
    if seconds > _SECONDS and not lens.has(steps):
        return f"{LEFT_OUT}: reading it would take about {seconds:.0f} s."
    return lens


def record_layers(reading: Reading, lens: Lens, progress: Progress) -> dict[str, Any] | str:
    """Return what each layer would have said at each step, ``lens`` in docs/protocol.md, or why it cannot be read."""
    steps = range(reading.n_steps)
    try:
        words, table = lens_table(lens.read(steps, progress), LENS_WORDS, _rivals(reading, lens))
    except AttrWidgetError as error:
        return str(error)
    progress(len(steps), len(steps))
    top = (table.shape[2] - 2 - _RIVALS) // 2
    whole = np.isin(np.arange(table.shape[2]), [1, *range(2, 2 + 2 * top, 2)])  # the rank, and words
    numbers = np.minimum(np.rint(np.where(whole, table, table * _MOST)), _MOST).astype("u2")
    return {"layers": len(table[0]), "top": top, "rivals": _RIVALS, "words": words, "data": numbers}


def _rivals(reading: Reading, lens: Lens) -> NDArray[np.float64]:
    """Return the probabilities ``[steps, layers, rivals]`` of each step's likeliest alternatives; 0 without one."""
    rivals = np.zeros((reading.n_steps, lens.n_layers, _RIVALS))
    for step, others in enumerate(alternatives_of(reading)):
        ids = [number for *_, number in others[:_RIVALS] if number is not None]
        if ids:
            rivals[step, :, : len(ids)] = lens.rivals(step, ids)
    return rivals
