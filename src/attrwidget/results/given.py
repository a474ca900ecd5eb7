"""What each head gives to a step: shares of all heads, the inputs that they read, and the sink that is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from attrwidget.text.sections import Section
    from attrwidget.text.tokens import Tokens

# How a head's part is read, the best first; docs/protocol.md has the words.
READINGS = ("gradient", "values", "attention")
_SINK = 0.25  # of all that the heads give


class TopHead(NamedTuple):
    """A head, its share of what all heads give, and the one or two inputs that it reads most."""

    layer: int
    head: int
    share: float
    inputs: list[int]


@dataclass(frozen=True)
class Given:
    """What each head gives to a step, or to several steps in the mean.

    Attributes:
        reading: ``"gradient"``: attention × value · gradient at the output projection; ``"values"``: attention × norm
            of the value; ``"attention"``: attention alone.
        heads: Each head's share of what all heads give from inputs other than sinks, float32 ``[layers, heads]``.
        pairs: Each head's and input's share of all magnitudes, sinks too, float32 ``[layers, heads, inputs]``.
        sinks: The inputs that are left out of ``heads``, with their share of all.
    """

    reading: str
    heads: NDArray[np.float32]
    pairs: NDArray[np.float32]
    sinks: dict[int, float]

    def of_input(self, index: int) -> NDArray[np.float32]:
        """Return each head's share of what all heads give from input *index*, float32 ``[layers, heads]``."""
        return _shares(self.pairs[:, :, index])

    def top(self, count: int = 3, index: int | None = None) -> list[TopHead]:
        """Return the heads that give most, of all inputs or of input *index*."""
        shares = self.heads if index is None else self.of_input(index)
        order = np.argsort(-shares, axis=None, kind="stable")[:count]
        found = []
        for layer, head in zip(*np.unravel_index(order, shares.shape), strict=True):
            read = self._read_most(layer, head) if index is None else [index]
            found.append(TopHead(int(layer), int(head), float(shares[layer, head]), [int(i) for i in read]))
        return [one for one in found if one.share > 0]

    def _read_most(self, layer: int, head: int) -> list[int]:
        row = self.pairs[layer, head].copy()
        row[list(self.sinks)] = 0
        first, *rest = np.argsort(-row, kind="stable")[:2].tolist()
        return [first, *(i for i in rest if row[i] >= row[first] / 2)]


def read_given(
    products: NDArray[np.floating], reading: str, tokens: Tokens, sections: Sequence[Section]
) -> Given:
    """Return what heads give, by their *products* with each input ``[layers, heads, inputs]``, NaN for later inputs.

    A sink is a control token, or the first of the text or of a side of it, that holds more than a quarter of all. Signs
    are left out: the normalisation after the heads can turn them.
    """
    products = np.nan_to_num(products.astype(np.float64))
    pairs = _shares(np.abs(products))
    first = {0, *(section.start for section in sections if section.title == "Target")}
    held = pairs.sum(axis=(0, 1), dtype=np.float64)
    sinks = {i: float(s) for i, s in enumerate(held) if s > _SINK and (i in first or tokens.special[i])}
    products[:, :, list(sinks)] = 0
    return Given(reading, _shares(np.abs(products.sum(axis=2))), pairs, sinks)


def mean_of(steps: Iterable[Given]) -> Given:
    """Return the mean of what heads give to several steps, at least one; a sink is what is one in the mean too."""
    iterator = iter(steps)
    first = next(iterator)
    count, sinks = 1, set(first.sinks)
    heads, pairs = first.heads.astype(np.float64), first.pairs.astype(np.float64)
    for one in iterator:
        count += 1
        sinks |= set(one.sinks)
        heads += one.heads
        pairs += one.pairs
    if count == 1:
        return first
    shares = {i: float(pairs[:, :, i].sum() / count) for i in sorted(sinks)}
    kept = {i: share for i, share in shares.items() if share > _SINK}
    return Given(first.reading, (heads / count).astype(np.float32), (pairs / count).astype(np.float32), kept)


def _shares(values: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return *values* divided by their sum; all 0 where that is 0."""
    total = float(values.sum(dtype=np.float64))
    return (values / (total if total > 0 else 1.0)).astype(np.float32)
