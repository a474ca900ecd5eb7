"""An encoder–decoder explanation on the page, in an exported file, saved, and as Inseq's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from helpers.exported import unpacked
from helpers.html_page import Page as HtmlPage
from helpers.page import Page
from helpers.tiny_seq2seq import ANSWER, SOURCE, build_seq2seq, ending_tokenizer

import attrwidget as aw
from attrwidget.page.content import content_of

if TYPE_CHECKING:
    from pathlib import Path

SHARED = ("saliency", "cross_attention", "attention", "input_x_gradient")


@pytest.fixture(scope="module")
def ex() -> aw.Explanation:
    return aw.load(build_seq2seq("bart"), ending_tokenizer()).explain(SOURCE, output=ANSWER)


def test_what_the_page_is_told(ex: aw.Explanation) -> None:
    content = content_of(ex.reading)
    n = ex.trace.n_source
    assert [s["title"] for s in content["sections"]] == ["Source", "Target", "Answer"]
    assert content["sections"][1] == {"title": "Target", "start": n, "end": n + 1}
    assert (content["layers"], content["heads"]) == (2, 4)
    assert (content["source"], content["steps"]["first"]) == (n, n + 1)
    methods = {method["name"]: method for method in content["methods"]}
    assert [name for name in methods if name in SHARED] == list(SHARED)
    assert [*methods][:4] == ["saliency", "leave_one_out", "cross_attention", "attention"]
    assert methods["cross_attention"]["source"] == n
    assert methods["cross_attention"]["attention"]
    assert "source" not in methods["attention"]
    json.dumps(content, allow_nan=False)


def test_heads_are_picked_of_either_attention(ex: aw.Explanation) -> None:
    page, n = Page(ex), ex.trace.n_source
    asked = {"layer": None, "heads": [[1, 3], [0, 2]], "head_rule": "mean", "steps": [2]}
    rows = {}
    for name in ("attention", "cross_attention"):
        _, buffer = page.ask("scores", {"method": name, **asked}, name)
        rows[name] = np.frombuffer(buffer, dtype="<f4")
    page.session.close()
    cross = (ex.attention(1, 3, part="cross") + ex.attention(0, 2, part="cross")).to_numpy()[2] / 2
    np.testing.assert_allclose(rows["cross_attention"][:n], cross, atol=1e-6)
    assert np.isnan(rows["cross_attention"][n:]).all()
    np.testing.assert_allclose(rows["attention"][:n], cross / 2, atol=1e-6)
    assert np.nansum(rows["attention"]) == pytest.approx(1, abs=1e-5)


def test_heads_give_from_source_and_target(ex: aw.Explanation) -> None:
    page, n = Page(ex), ex.trace.n_source
    pairs = ex.heads(3, by_input=True).to_numpy()
    assert (pairs[:, :n].sum(), pairs[:, n:].sum()) > (0.05, 0.05)
    _, buffer = page.ask("heads", {"steps": [3], "input": n}, "target")
    np.testing.assert_allclose(np.frombuffer(buffer, dtype="<f4"), pairs[:, n] / pairs[:, n].sum(), rtol=1e-5)
    page.session.close()


def test_saved_and_opened(ex: aw.Explanation, tmp_path: Path) -> None:
    back = aw.open(ex.save(tmp_path / "ex", methods=SHARED))
    assert (
        back.reading.n_source
        == aw.open(ex.save(tmp_path / "less", methods=["saliency"])).reading.n_source
        == ex.reading.n_source
    )
    assert back.tokens == ex.tokens
    assert back.reading.sections == ex.reading.sections
    assert [info for info in ex.methods() if info.name in SHARED] == back.methods()
    for name in SHARED:
        np.testing.assert_allclose(back.reading.rows(name, [0, 3]), ex.reading.rows(name, [0, 3]), atol=1e-6)
        saved, live = ({**content_of(one.reading)["methods"][0], "seconds": 0} for one in (back, ex))
    assert saved == live
    for name in ("attention", "cross_attention"):
        picked = {"heads": [(1, 2)], "head_rule": "max"}
        np.testing.assert_allclose(
            back.reading.rows(name, [1], **picked), ex.reading.rows(name, [1], **picked), atol=1e-6
        )
    means = aw.open(ex.save(tmp_path / "means", methods=SHARED, heads="none"))
    for name in ("attention", "cross_attention"):
        np.testing.assert_allclose(means.reading.rows(name, [0, 3]), ex.reading.rows(name, [0, 3]), atol=1e-6)


def test_exported(ex: aw.Explanation, tmp_path: Path) -> None:
    text = ex.to_html(tmp_path / "page.html").read_text()
    data = unpacked(HtmlPage(text).scripts[0])
    for part in ("tokens", "sections", "layers", "heads", "inputs"):
        assert data["content"][part] == content_of(ex.reading)[part]
    names = [method["name"] for method in data["content"]["methods"]]
    assert [name for name in names if name in SHARED] == list(SHARED)
    assert data["attention"]["layers"] == 2
    assert set(data["scores"]) >= {"saliency", "input_x_gradient"}
    assert not set(data["scores"]) & {"attention", "cross_attention"}


@pytest.mark.filterwarnings("ignore")
def test_to_inseq_and_back(ex: aw.Explanation) -> None:
    pytest.importorskip("inseq")
    for name in ("saliency", "attention", "cross_attention"):
        out = ex.to_inseq(name)
        sequence = out[0]
        assert len(sequence.source) == ex.trace.n_source
        assert sequence.attr_pos_start == 1
        shown = sequence.aggregate()
        truth = ex.scores(name, normalize="inseq").to_numpy()
        np.testing.assert_allclose(
            shown.source_attributions.numpy().T, truth[:, : ex.trace.n_source], atol=1e-5
        )
        if name != "cross_attention":
            target = shown.target_attributions.numpy()[:-1].T
            np.testing.assert_allclose(target, truth[:, ex.trace.n_source :], atol=1e-5)
        back = aw.from_inseq(out, tokenizer=ex.trace.model.tokenizer)
        assert back.tokens == ex.tokens
        assert back.reading.sections == ex.reading.sections
        (info,) = back.methods()
        steps = range(ex.reading.n_steps)
        np.testing.assert_allclose(
            back.reading.rows(info.name, steps), ex.reading.rows(name, steps), atol=1e-5
        )
    heads = ex.to_inseq("attention")[0]
    np.testing.assert_allclose(heads.source_attributions.sum(0), 1, atol=1e-5)
    np.testing.assert_allclose(np.nansum(heads.target_attributions, axis=0), 1, atol=1e-5)
    np.testing.assert_allclose(
        aw.from_inseq(ex.to_inseq("attention")).reading.head_weights([1]),
        ex.reading.head_weights([1]),
        atol=1e-6,
    )


def test_printed(ex: aw.Explanation) -> None:
    text, shown = str(ex), float(ex.scores().iloc[0, 0])
    assert "president" in text
    assert f"{shown:.3f}".removeprefix("0") in text
    assert len(ex.to_pandas(["saliency"])) == int(ex.scores().notna().to_numpy().sum())
