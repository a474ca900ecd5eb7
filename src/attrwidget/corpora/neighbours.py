"""Find the vectors nearest to a query: exactly in a small corpus, by a graph kept on disk in a large one.

The library is USearch: it searches a file that is mapped into memory without a copy, exactly with all cores or by a
graph (HNSW), and has wheels for every system without an OpenMP of its own, which clashes with PyTorch's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.corpora.store import HEADS, STATES
from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from attrwidget.corpora.store import Store

    Floats = NDArray[np.float32]

EXACT = 200_000  # tokens up to which every one is compared
_CANDIDATES = 8  # of the graph for each neighbour wanted, compared exactly afterwards


class Neighbours:
    """Searches the vectors of a corpus by their cosine with a query."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._graphs: dict[int, Any] = {}

    def by_state(self, layer: int, query: Floats, k: int) -> tuple[NDArray[np.int64], Floats]:
        """Return the *k* tokens nearest to *query* ``[d]`` of length 1, and their cosines, the nearest first."""
        vectors = self._store.vectors(STATES, layer)
        if len(vectors) <= EXACT:
            return _exact(vectors, query, k)
        found = self._graph(layer, vectors).search(query, max(_CANDIDATES * k, 256))
        near = np.sort(np.asarray(found.keys, dtype=np.int64))
        inside, cosines = _exact(np.asarray(vectors[near]), query, k)
        return near[inside], cosines

    def by_heads(
        self, layer: int, heads: Sequence[int], query: Floats, k: int
    ) -> tuple[NDArray[np.int64], Floats]:
        """Return the *k* tokens nearest to *query*, and the mean cosine of the outputs of *heads*.

        *query* ``[all heads · d]`` has length 1 in each head. A choice of heads has no graph: all are compared.
        """
        chosen = np.zeros((self._store.about.n_heads, 1), np.float32)
        chosen[list(heads)] = 1
        masked = (query.reshape(len(chosen), -1) * chosen).reshape(-1)
        found, cosines = _exact(self._store.vectors(HEADS, layer), masked, k)
        return found, np.asarray(cosines / len(heads), np.float32)

    def _graph(self, layer: int, vectors: Floats) -> Any:
        """Return the graph of a layer, which is finished first where tokens are missing, and kept."""
        if layer not in self._graphs:
            path = self._store.index_path(layer)
            graph = _usearch().Index(ndim=vectors.shape[1], metric="ip", dtype="f16")
            if path.exists():
                graph.load(str(path))
            if len(graph) < len(vectors):
                graph.add(np.arange(len(graph), len(vectors)), vectors[len(graph) :])
                graph.save(str(path))
            self._graphs[layer] = graph
        return self._graphs[layer]


def _exact(vectors: Floats, query: Floats, k: int) -> tuple[NDArray[np.int64], Floats]:
    """Return the indices and inner products of the *k* of *vectors* that have the largest with *query*."""
    k = min(k, len(vectors))
    if not k:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    found = _usearch().search(vectors, np.ascontiguousarray(query), k, "ip", exact=True)
    near = np.asarray(found.keys, dtype=np.int64)
    return near, np.asarray(1 - found.distances, dtype=np.float32)


def _usearch() -> Any:
    try:
        from usearch import index
    except ImportError:
        raise AttrWidgetError(
            "A corpus is searched by the library usearch, which is not installed: pip install 'attrwidget[corpus]'."
        ) from None
    return index
