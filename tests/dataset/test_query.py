"""Questions to the index of a folder are answered as a plain loop over its texts answers them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.tables import fabricated

import attrwidget as aw
from attrwidget.dataset.query import Query


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    draw = np.random.default_rng(0)
    words = ["not", "good", "bad", "Not", "film"]
    found = []
    for _ in range(50):
        text = [str(word) for word in draw.choice(words, 6)]
        answer = str(draw.choice(["POSITIVE", "NEGATIVE"]))
        shares = [float(np.float32(share)) for share in draw.uniform(-1, 1, 6)]
        found.append(
            {"prompt": " ".join(text), "answer": answer, "words": text, "shares": shares, "label": "POSITIVE"}
        )
    return found


@pytest.fixture(scope="module")
def collection(rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> aw.Collection:
    return fabricated(tmp_path_factory.mktemp("folder") / "scores", rows)


def test_search(collection: aw.Collection, rows: list[dict[str, Any]]) -> None:
    found = collection.search("not", min_share=0.3)
    expected = {}
    for k, row in enumerate(rows):
        shares = [share for word, share in zip(row["words"], row["shares"], strict=True) if word == "not"]
        largest = max(shares, key=abs, default=0)
        if abs(largest) >= 0.3:
            expected[k] = largest
    assert dict(zip(found["id"], found["share"], strict=True)) == pytest.approx(expected)
    assert found["share"].abs().is_monotonic_decreasing
    assert collection.search("no").empty


def test_filters_are_joined(collection: aw.Collection, rows: list[dict[str, Any]]) -> None:
    query = Query(text="FILM GOOD", answer="NEGATIVE", right=False)
    expected = [
        k
        for k, row in enumerate(rows)
        if "film good" in row["prompt"].lower() and row["answer"] == "NEGATIVE"
    ]
    ids, shares = query.rows(collection.index)
    assert (list(ids), shares) == (expected, None)
    assert expected
    with_word, _ = Query(text="film", word="bad", min_share=0.5).rows(collection.index)
    assert sorted(with_word) == [
        k
        for k, row in enumerate(rows)
        if "film" in row["prompt"]
        and any(
            word == "bad" and abs(share) >= 0.5
            for word, share in zip(row["words"], row["shares"], strict=True)
        )
    ]


def test_words_by_class(collection: aw.Collection, rows: list[dict[str, Any]]) -> None:
    plain = pd.DataFrame(
        [(r["answer"], w, s) for r in rows for w, s in zip(r["words"], r["shares"], strict=True)],
        columns=["class", "word", "share"],
    )
    truth = plain.groupby(["class", "word"])["share"].agg(["count", "mean"])
    found = collection.words(by="class").set_index(["class", "word"])
    assert len(found) == len(truth)
    for key, (count, mean) in truth.iterrows():
        assert found.loc[key, "count"] == count
        assert found.loc[key, "share"] == pytest.approx(mean, abs=1e-5)
    with pytest.raises(aw.AttrWidgetError, match="by= is 'class', 'answer' or None, not 'label'"):
        collection.words(by="label")


def test_the_index_is_kept_beside_a_finished_folder(collection: aw.Collection) -> None:
    folder = collection._folder
    _ = collection.index
    kept = {path.name for path in (folder / "index").iterdir()}
    assert kept == {"texts.arrow", "words.arrow"}
    before = aw.open(folder).words()
    (folder / "index/words.arrow").write_bytes(b"damaged")
    assert aw.open(folder).words().equals(before)
    first = min((folder / "shards").iterdir())
    data = first.read_bytes()
    first.unlink()
    try:
        partly = aw.open(folder)
        assert len(partly.table()) == len(partly) < len(collection)
    finally:
        first.write_bytes(data)
