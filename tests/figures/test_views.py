"""Figures of the other views against the numbers that they are of: each is read back."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections import defaultdict
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from helpers.fake import FakeLens, planted, random_explanation
from PIL import Image

from attrwidget.errors import AttrWidgetError
from attrwidget.figures.figure import figure
from attrwidget.figures.look import Look
from attrwidget.figures.shown import chosen_state
from attrwidget.figures.views.arcs import top_mass
from attrwidget.still.sentences import chance, numeral

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.results.lens import StepLens

SVG = "{http://www.w3.org/2000/svg}"
ATTENTION: dict[str, Any] = {"method": "attention", "held": [2]}


class PlainLens(FakeLens):
    """The layers of ``fixtures/messages.json`` at every step, in letters that any font has."""

    def read(self, steps: Sequence[int], progress: Any = None) -> list[StepLens]:
        [one] = super().read([0], progress)
        words = [[word.encode("ascii", "replace").decode() for word in layer] for layer in one.words]
        return [replace(one, words=words)] * len(steps)


def drawn(reading: Any, view: str, state: dict[str, Any] | None = None, **options: Any) -> ET.Element:
    data = figure(reading, "svg", {"method": "saliency", **(state or {}), "view": view}, Look(**options))
    return ET.fromstring(data)  # noqa: S314 - our own


def words(root: ET.Element) -> str:
    return " ".join(text.text or "" for text in root.iter(f"{SVG}text"))


def table(root: ET.Element, size: str) -> list[list[str]]:
    """Return the texts of a size, line by line."""
    lines: dict[float, list[tuple[float, str]]] = defaultdict(list)
    for text in root.iter(f"{SVG}text"):
        if text.get("font-size") == size:
            lines[float(text.get("y", ""))].append((float(text.get("x", "")), text.text or ""))
    return [[word for _, word in sorted(lines[y])] for y in sorted(lines)]


def curves(root: ET.Element) -> list[tuple[float, float, ET.Element]]:
    """Return the arcs: where each begins, and how thick it is."""
    paths = [path for path in root.iter(f"{SVG}path") if "C" in path.get("d", "")]
    return [(float(p.get("d", "")[1:].split()[0]), float(p.get("stroke-width", "")), p) for p in paths]


def test_flow_has_an_arc_from_each_input_of_the_top_share_as_thick_as_its_score() -> None:
    reading = random_explanation(texts=[f" word{i}" for i in range(10)])
    root = drawn(reading, "flow", {"held": [2]}, columns=2)
    scores = reading.rows("saliency", [2])[0][:8]
    order = np.argsort(-scores)
    count = int(np.searchsorted(np.cumsum(scores[order]), 0.7)) + 1
    middles = {
        text.text: float(text.get("x", "")) + float(text.get("textLength", "")) / 2
        for text in root.iter(f"{SVG}text")
        if text.get("font-size") == "8"
    }
    found = curves(root)[::-1]  # the strongest lies on top
    assert [middles[f"word{i}"] for i in order[:count]] == pytest.approx([x for x, _, _ in found], abs=0.02)
    thick = [0.6 + 2 * scores[i] / scores.max() for i in order[:count]]
    assert [width for _, width, _ in found] == pytest.approx(thick, abs=0.006)
    assert sorted(chain(*table(root, "5"))) == sorted(numeral(scores[i]) for i in order[:count])
    assert f"arcs: {count} of 8 inputs, the top 70 %" in words(root)


def test_arcs_of_what_speaks_against_it_are_dashed() -> None:
    reading = random_explanation()
    root = drawn(reading, "flow", {"held": [2], "method": "input_x_gradient", "options": {"arc_share": 1.0}})
    scores = reading.rows("input_x_gradient", [2])[0][:8]
    assert len(curves(root)) == 8
    dashed = [path for _, _, path in curves(root) if path.get("stroke-dasharray")]
    assert len(dashed) == (scores < 0).sum()


def test_each_of_several_heads_has_a_hue_and_its_name() -> None:
    reading = random_explanation()
    root = drawn(reading, "flow", {**ATTENTION, "heads": [[0, 1], [1, 2]]})
    expected = [top_mass(reading.rows("attention", [2], heads=[head])[0], 0.7) for head in [(0, 1), (1, 2)]]
    # A sink is off the scale and has a dotted arc of its own.
    found = [path for _, _, path in curves(root) if not path.get("stroke-dasharray")]
    assert len({path.get("stroke") for path in found}) >= 2
    assert len(found) <= sum(map(len, expected))
    assert "L1 H2" in words(root)
    assert "L2 H3" in words(root)


def test_arcs_beyond_the_limit_are_left_out_in_words() -> None:
    count = 420
    even = random_explanation(count, 2, texts=[f" w{i}" for i in range(count + 2)], layers=0)
    even.planted["saliency"][:] = 1 / count
    root = drawn(even, "flow", {"held": [0]}, columns=2)
    assert len(curves(root)) == 200
    assert "arcs: the strongest 200 of the 295 that make up 70 %" in words(root)


def test_arcs_that_begin_in_the_template_are_counted_in_words() -> None:
    reading = random_explanation(texts=[f" word{i}" for i in range(10)])
    reading.sections[0] = reading.sections[0]._replace(body=(3, 8))
    root = drawn(reading, "flow", {"held": [2], "options": {"arc_share": 1.0}}, columns=2)
    assert len(curves(root)) == 5
    said = words(root)
    assert "arcs: 8 of 8 inputs, the top 100 %; 3 begin in tokens of the template, which is left out" in said


def test_the_matrix_prints_every_score_with_the_probabilities_below() -> None:
    reading = random_explanation(texts=[f" word{i}" for i in range(10)])
    root = drawn(reading, "matrix", columns=2)
    rows = reading.rows("saliency", range(4))
    *cells, chances = table(root, "5.5")
    assert cells == [[numeral(v) for v in rows[:, i] if not np.isnan(v)] for i in range(9)]
    assert chances == ["probability", *[chance(p) for p in reading.steps["probability"]]]
    names = list(chain(*table(root, "6.5")))
    assert names == [f"word{i}" for i in [6, 7, 8, 9, *range(9)]]


def test_the_matrix_by_sentence_has_those_of_the_answer_too() -> None:
    reading = random_explanation(
        texts=["One", " is.", " Two", " are.", " Why?", " It", " is.", " So", " are", " they."],
        prompt=5,
        answer=5,
    )
    root = drawn(reading, "matrix", {"options": {"units": "sentence", "unit_rule": "sum"}}, columns=2)
    rows = reading.rows("saliency", range(5))
    pairs = [(0, 1), (1, 2), (2, 4), (4, 5), (5, 7), (7, 9)]
    steps = [rows[0:2], rows[2:5]]
    sums = [[sum(np.nanmean(np.nan_to_num(part), axis=0)[a:b]) for part in steps] for a, b in pairs]
    *cells, _ = table(root, "5.5")
    assert cells == [[numeral(v) for v in row if v] for row in sums]
    assert "6 sentences (rows) of the answer's 2 (columns)" in words(root)


def test_the_cells_of_a_signed_matrix_have_two_hues_as_deep_as_the_scores() -> None:
    reading = random_explanation()
    root = drawn(reading, "matrix", {"method": "input_x_gradient"}, columns=2)
    rows = reading.rows("input_x_gradient", range(4))
    cells = [box for box in root.iter(f"{SVG}rect") if float(box.get("height", "0").rstrip("%")) == 9.9]
    values = [v for v in rows.T.ravel() if not np.isnan(v)]
    assert len(cells) == len(values)
    for box, value in zip(cells, values, strict=True):
        red, _, blue = bytes.fromhex(box.get("fill", "")[1:])
        assert (red > blue) == (value > 0)


def test_a_large_matrix_is_a_picture_of_the_largest_scores() -> None:
    reading = random_explanation(300, 60)
    reading.planted["saliency"][:] = np.where(np.isnan(reading.planted["saliency"]), np.nan, 0)
    reading.planted["saliency"][7, 11] = 1
    root = drawn(reading, "matrix", columns=2)
    [image] = root.iter(f"{SVG}image")
    with Image.open(io.BytesIO(base64.b64decode(image.get("href", "").split(",")[1]))) as made:
        pixels = np.asarray(made.convert("RGB"), dtype=int)
    assert pixels.shape == (359, 60, 3)
    tinted = np.argwhere(pixels.sum(axis=2) < 3 * 255)
    assert tinted.tolist() == [[11, 7]]


def test_pictures_of_heads_are_as_deep_as_their_weights() -> None:
    reading = random_explanation()
    root = drawn(reading, "heads", {"heads": [[0, 1], [1, 2]]})
    images = list(root.iter(f"{SVG}image"))
    assert len(images) == 6
    for k, image in enumerate(images):
        with Image.open(io.BytesIO(base64.b64decode(image.get("href", "").split(",")[1]))) as made:
            depth = 255 - np.asarray(made.convert("RGB"), dtype=int)[..., 0]
        weights = np.nan_to_num(reading.weights[:, k // 3, k % 3])
        assert depth.shape == weights.shape
        high = np.quantile(reading.weights[:, :, :, 1:][np.isfinite(reading.weights[:, :, :, 1:])], 0.99)
        assert depth / depth.max(initial=1) == pytest.approx(
            np.minimum(weights, high) / max(1e-9, np.minimum(weights, high).max()), abs=0.02
        )
    frames = [box for box in root.iter(f"{SVG}rect") if box.get("stroke-width") == "0.8"]
    assert len(frames) == 2


def test_one_head_is_enlarged_with_its_weights_in_each_form() -> None:
    reading = random_explanation()
    state = {"heads": [[1, 2]], "view": "heads", "method": "attention"}
    weights = reading.weights[:, 1, 2]
    high = np.nanmax(weights[:, 1:])
    cells = table(drawn(reading, "heads", state, columns=2), "5.5")
    assert cells == [[numeral(v, high=high) for v in row if not np.isnan(v)] for row in weights]
    rows = list(csv.DictReader(io.StringIO(figure(reading, "csv", state).decode())))
    assert len(rows) == np.isfinite(weights).sum()
    for row in rows:
        step, at = int(row["row"]) - reading.first_step, int(row["position"])
        assert np.float32(row["weight"]) == weights[step, at]
        assert (row["layer"], row["head"]) == ("1", "2")
    assert figure(reading, "md", state).decode().count("\n| w") == reading.n_steps


def test_the_table_of_layers_has_the_likeliest_word_of_each() -> None:
    reading = planted()
    root = drawn(reading, "layers", {"held": [0]})
    lens = reading.lens.read(range(reading.n_steps))
    said = words(root)
    for one in lens:
        for layer in one.words:
            assert layer[0].strip() in said
    rows = list(csv.DictReader(io.StringIO(figure(reading, "csv", {"view": "layers"}).decode())))
    assert len(rows) == reading.n_steps * reading.lens.n_layers
    for row in rows:
        one, layer = lens[int(row["step"])], int(row["layer"])
        assert float(row["probability"]) == one.probability[layer, 0]
        assert (float(row["chosen"]), int(row["rank"])) == (one.chosen[layer], one.rank[layer])


@pytest.mark.parametrize("form", ["pdf", "png"])
@pytest.mark.parametrize("view", ["flow", "matrix", "heads", "layers"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_view_is_drawn_in_every_form_and_theme(form: str, view: str, theme: str) -> None:
    reading = random_explanation()
    reading.lens = PlainLens()
    data = figure(reading, form, {"view": view}, Look(theme=theme))
    assert data.startswith(b"%PDF" if form == "pdf" else b"\x89PNG")


@pytest.mark.parametrize(
    ("view", "form", "sentence"),
    [
        (
            "flow",
            "tex",
            r"LaTeX holds no arcs: take \.svg, \.pdf or \.png, or view='text', which has the same",
        ),
        ("flow", "md", "Markdown holds no arcs"),
        ("heads", "csv", "CSV holds no pictures of all heads: .* layer= and head= for the table of one"),
        ("heads", "tex", "LaTeX holds no pictures of all heads"),
        ("layers", "tex", r"LaTeX holds no table of layers: .* or \.csv\. \\includegraphics sets the \.pdf"),
        ("matrix", "tex", r"LaTeX holds no matrix: take \.svg, \.pdf or \.png, or \.csv"),
        ("compare", "svg", "Compare has no figure of its own: write one of each explanation"),
        ("flwo", "svg", "There is no figure of 'flwo': take view= text, flow, matrix, heads, layers"),
    ],
)
def test_what_a_form_cannot_hold_is_said(view: str, form: str, sentence: str) -> None:
    with pytest.raises(AttrWidgetError, match=sentence):
        figure(planted(), form, {"view": view})


def test_csv_of_the_matrix_has_all_steps_and_of_flow_those_explained() -> None:
    reading = random_explanation()
    made = {view: figure(reading, "csv", {"view": view, "held": [1]}) for view in ("matrix", "flow")}
    tables = {view: csv.DictReader(io.StringIO(data.decode())) for view, data in made.items()}
    steps = {view: {row["step"] for row in rows} for view, rows in tables.items()}
    assert steps == {"matrix": {"0", "1", "2", "3"}, "flow": {"1"}}


def test_without_layers_or_attention_a_sentence_says_why() -> None:
    with pytest.raises(AttrWidgetError, match="needs the model"):
        figure(random_explanation(), "svg", {"view": "layers"})
    with pytest.raises(AttrWidgetError, match="shows no attention"):
        figure(random_explanation(layers=0), "svg", {"view": "heads"})
    none = {"view": None, "method": None, "steps": None, "layer": None, "head": None, "part": None}
    with pytest.raises(AttrWidgetError, match="no view 'flwo'"):
        chosen_state(planted(), {}, **{**none, "view": "flwo"})
    with pytest.raises(AttrWidgetError, match="Parts of the attention need the model"):
        chosen_state(planted(), {}, **{**none, "view": "heads", "part": "all"})


def test_long_names_and_right_to_left_ones_stay_inside() -> None:
    texts = ["שלום" * 3, " " + "x" * 90, *[f" w{i}" for i in range(8)]]
    for view in ("matrix", "heads"):
        root = drawn(random_explanation(texts=texts), view, {"heads": [[0, 0]]})
        for text in root.iter(f"{SVG}text"):
            if re.fullmatch(r"[xש-ת]+…?", text.text or "") and not text.get("transform"):
                right = float(text.get("x", ""))
                left = right - float(text.get("textLength", "")) if text.get("direction") else right
                assert left >= 2.9


def test_tables_in_markdown_have_an_end() -> None:
    wide = random_explanation(3, 25)
    with pytest.raises(AttrWidgetError, match=r"Markdown has room for 20 columns, not 25: take \.csv"):
        figure(wide, "md", {"view": "matrix"})
    text = figure(random_explanation(), "md", {"view": "matrix", "method": "saliency"}).decode()
    assert text.startswith("| input | w6 | w7 | w8 | w9 |")
