"""Figures of the bundled models against ``ex.scores`` and ``ex.attention``."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest

import attrwidget as aw
from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from pathlib import Path

    from attrwidget.explanation import Explanation


@pytest.fixture(scope="module")
def answer() -> Explanation:
    return aw.load("demo").explain("The first president of America is", max_new_tokens=3)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def translation() -> Explanation:
    return aw.load("demo-translation").explain("the old cat sees a small dog")  # type: ignore[no-any-return]


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def test_the_matrix_is_that_of_scores(answer: Explanation, tmp_path: Path) -> None:
    rows = rows_of(answer.figure(tmp_path / "m.csv", view="matrix", method="input_x_gradient"))
    scores = answer.scores("input_x_gradient").to_numpy()
    assert len(rows) == np.isfinite(scores).sum()
    for row in rows:
        assert np.float32(row["score"]) == np.float32(scores[int(row["step"]), int(row["position"])])


@pytest.mark.parametrize("part", ["answer", "all"])
def test_a_head_is_that_of_attention(answer: Explanation, part: str, tmp_path: Path) -> None:
    path = answer.figure(tmp_path / "h.csv", view="heads", layer=2, head=1, part=part)
    weights = answer.attention(2, 1, **({"part": "all"} if part == "all" else {})).to_numpy()
    first = answer.reading.first_step if part == "answer" else 0
    rows = rows_of(path)
    assert len(rows) == np.isfinite(weights).sum()
    for row in rows:
        expected = weights[int(row["row"]) - first, int(row["position"])]
        assert float(row["weight"]) == pytest.approx(expected, abs=1e-6)


def test_a_head_of_the_encoder_is_enlarged_without_holding_one(
    translation: Explanation, tmp_path: Path
) -> None:
    path = translation.figure(tmp_path / "e.csv", view="heads", layer=1, head=0, part="encoder")
    weights = translation.attention(1, 0, part="encoder").to_numpy()
    found = np.array([float(row["weight"]) for row in rows_of(path)]).reshape(weights.shape)
    np.testing.assert_allclose(found, weights, atol=1e-6)
    with pytest.raises(AttrWidgetError, match="Of the encoder one head is enlarged"):
        translation.figure(tmp_path / "e.svg", view="heads", layer=1, part="encoder")
    with pytest.raises(AttrWidgetError, match="layer"):
        translation.figure(tmp_path / "e.svg", view="heads", layer=99, head=0, part="encoder")


def test_what_the_widget_shows_is_what_is_drawn(translation: Explanation, tmp_path: Path) -> None:
    widget = translation.widget
    widget.view, widget.options = "heads", {"part": "encoder", "enlarged": [0, 1]}
    shown = translation.figure(tmp_path / "a.csv").read_bytes()
    assert shown == translation.figure(tmp_path / "b.csv", layer=0, head=1).read_bytes()
    widget.options = {"part": "encoder"}
    with pytest.raises(AttrWidgetError, match="CSV holds no pictures of all heads"):
        translation.figure(tmp_path / "c.csv")
    widget.view = "text"


def test_the_table_of_layers_is_the_logit_lens(answer: Explanation, tmp_path: Path) -> None:
    rows = rows_of(answer.figure(tmp_path / "l.csv", view="layers"))
    lens = answer.logit_lens()
    for row in rows:
        step, layer = int(row["step"]), int(row["layer"])
        assert float(row["probability"]) == lens[step, "probability"].iloc[layer]
        assert float(row["chosen"]) == lens[step, "chosen"].iloc[layer]
