"""Neighbours are those of brute force in NumPy: all in a small corpus, and most by the graph of a large one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from attrwidget.corpora import neighbours
from attrwidget.corpora.neighbours import Neighbours
from attrwidget.corpora.store import HEADS, STATES

if TYPE_CHECKING:
    from attrwidget.corpora.corpus import Corpus

K = 20


def brute_force(vectors: Any, query: Any) -> tuple[Any, Any]:
    """Return all rows by their cosine with *query*, in float64, the largest first."""
    vectors, query = np.asarray(vectors, np.float64), np.asarray(query, np.float64)
    cosines = vectors @ query / np.linalg.norm(vectors, axis=-1) / np.linalg.norm(query)
    order = np.argsort(-cosines, kind="stable")
    return order, cosines


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_a_small_corpus_is_searched_exactly(demo: Corpus, layer: int) -> None:
    vectors = demo._store.vectors(STATES, layer)
    for row in range(0, len(vectors), 97):
        found, cosines = Neighbours(demo._store).by_state(layer, vectors[row], K)
        order, truth = brute_force(vectors, vectors[row])
        np.testing.assert_allclose(cosines, truth[order[:K]], atol=1e-5)
        # Equal states, such as those of equal beginnings, may stand in any order.
        assert truth[found].min() >= truth[order[K - 1]] - 1e-6
        assert len(set(found)) == K


def test_heads_are_compared_by_the_mean_cosine_of_their_outputs(demo: Corpus) -> None:
    vectors = np.asarray(demo._store.vectors(HEADS, 1))
    by_head = vectors.reshape(len(vectors), 4, -1)
    for row in range(0, len(vectors), 397):
        found, cosines = Neighbours(demo._store).by_heads(1, [0, 3], vectors[row], K)
        each = [brute_force(by_head[:, head], by_head[row, head])[1] for head in (0, 3)]
        truth = np.mean(each, axis=0)
        np.testing.assert_allclose(cosines, np.sort(truth)[::-1][:K], atol=1e-5)
        np.testing.assert_allclose(cosines, truth[found], atol=1e-5)


def test_a_large_corpus_is_searched_by_a_graph_that_finds_nearly_all(
    demo: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "EXACT", 100)
    recalls = []
    for layer in demo.layers:
        vectors = demo._store.vectors(STATES, layer)
        search = Neighbours(demo._store)
        for row in range(0, len(vectors), 53):
            found, cosines = search.by_state(layer, vectors[row], K)
            order, truth = brute_force(vectors, vectors[row])
            least = truth[order[K - 1]] - 1e-6
            recalls.append(float(np.mean(truth[found] >= least)))
            np.testing.assert_allclose(cosines, truth[found], atol=1e-5)
        assert demo._store.index_path(layer).exists()
    assert np.mean(recalls) > 0.97


def test_a_graph_grows_with_its_corpus(demo: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "EXACT", 100)
    search = Neighbours(demo._store)
    vectors = np.asarray(demo._store.vectors(STATES, 0))
    demo._store.index_path(0).unlink(missing_ok=True)
    assert len(search._graph(0, vectors[:200])) == 200
    assert len(Neighbours(demo._store)._graph(0, vectors)) == len(vectors)
    demo._store.index_path(0).unlink()
