"""A saved explanation gives what the live one gave, without its model."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from helpers.exported import export
from helpers.refused import refused
from helpers.tiny import PROMPT

import attrwidget as aw
from attrwidget.page.content import content_of
from attrwidget.widget.queries import read_query

if TYPE_CHECKING:
    from collections.abc import Callable

OUTPUT = " George Washington. He was 東"
NAMES = ["saliency", "input_x_gradient", "input_x_gradient_l2", "attention"]
EVERY = {"method": "attention", "layer": None, "heads": [], "head_rule": "mean"}


@pytest.fixture(scope="module")
def live(folder: Callable[[str], str]) -> aw.Explanation:
    return aw.load(folder("gpt2")).explain(PROMPT, output=OUTPUT)


@pytest.fixture(scope="module")
def longer(folder: Callable[[str], str]) -> aw.Explanation:
    return aw.load(folder("gpt2")).explain(PROMPT, output=OUTPUT * 8)


@pytest.fixture(scope="module")
def path(live: aw.Explanation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return live.save(tmp_path_factory.mktemp("saved") / "why.attrwidget", methods=NAMES)


@pytest.fixture(scope="module")
def saved(path: Path) -> aw.SavedExplanation:
    return aw.open(path)


def test_tokens_and_steps_come_back(live: aw.Explanation, saved: aw.SavedExplanation) -> None:
    assert saved.tokens == live.tokens
    assert (saved.reading.first_step, saved.reading.n_steps, saved.reading.n_inputs) == (
        live.reading.first_step,
        live.reading.n_steps,
        live.reading.n_inputs,
    )
    assert (saved.reading.n_layers, saved.reading.n_heads, saved.reading.attention_note) == (
        live.reading.n_layers,
        live.reading.n_heads,
        None,
    )
    assert saved.reading.sections == live.reading.sections
    assert saved.model_name == Path(live.model_name).name
    assert saved.warnings == live.warnings
    pd.testing.assert_frame_equal(saved.steps, live.steps)


@pytest.mark.parametrize("name", NAMES)
def test_scores_come_back(live: aw.Explanation, saved: aw.SavedExplanation, name: str) -> None:
    every = range(live.reading.n_steps)
    exact = 1e-7 if name == "attention" else 0  # the sum over heads has another order
    np.testing.assert_allclose(saved.reading.raw_rows(name), live.reading.raw_rows(name), rtol=0, atol=exact)
    np.testing.assert_allclose(
        saved.reading.rows(name, every), live.reading.rows(name, every), rtol=0, atol=exact
    )
    np.testing.assert_array_equal(saved.reading.rows(name, [2, 0]), saved.reading.rows(name, every)[[2, 0]])
    for normalize in ("auto", "step", "inseq", None):
        theirs, ours = live.scores(name, normalize=normalize), saved.scores(name, normalize=normalize)
        pd.testing.assert_frame_equal(ours, theirs, rtol=1e-6, atol=1e-7)
    assert saved.reading.target_function_of(name) == live.reading.target_function_of(name)
    assert saved.reading.has_rows(name, every)


def test_every_head_comes_back(live: aw.Explanation, saved: aw.SavedExplanation) -> None:
    every = range(live.reading.n_steps)
    np.testing.assert_array_equal(saved.reading.head_weights(every), live.reading.head_weights(every))
    for chosen in ({}, {"layer": 1}, {"layer": 2, "head": 3}, {"layer": 0, "head": [1, 2]}):
        for rule in ("mean", "sum", "max"):
            pd.testing.assert_frame_equal(
                saved.attention(**chosen, head_rule=rule), live.attention(**chosen, head_rule=rule), atol=1e-6
            )
    pairs = [(0, 1), (2, 3), (0, 1)]
    rows = [ex.reading.rows("attention", [4], heads=pairs, head_rule="sum") for ex in (live, saved)]
    np.testing.assert_allclose(*rows, atol=1e-6)


def test_saliency_of_probability_is_had_from_that_of_its_logarithm(
    live: aw.Explanation, saved: aw.SavedExplanation
) -> None:
    theirs = live.scores("saliency", target_function="probability", normalize=None)
    ours = saved.scores("saliency", target_function="probability", normalize=None)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)


def test_it_shows_like_the_live_one(live: aw.Explanation, saved: aw.SavedExplanation, tmp_path: Path) -> None:
    apart: dict[str, Any] = {
        "model": "",
        "methods": [],
        "contrast": {},
        "contrast_whole": {},
        "check_seconds": None,
    }
    shown, expected = content_of(saved.reading), content_of(live.reading)
    for of_the_model in ("editing", "lens", "query_keys", "parts"):
        assert of_the_model not in shown
        expected.pop(of_the_model)
    for others in expected["steps"]["alternatives"]:
        others[:] = [[text, p, None] for text, p, _ in others]
    assert {**shown, **apart} == {**expected, **apart}
    assert shown["contrast"] == {}
    offered = {info.name: info for info in live.methods()}
    assert saved.methods() == [offered[name] for name in NAMES]
    assert str(aw.open(live.save(tmp_path / "usual"))) == str(live)
    pages = [export(ex, tmp_path / "page.html", methods=NAMES[:3])[1] for ex in (live, saved)]
    for layers in (pages[0], pages[0]["content"]):
        del layers["lens"]
    assert pages[0] == pages[1]
    pd.testing.assert_frame_equal(saved.to_pandas(NAMES[:3]), live.to_pandas(NAMES[:3]))
    assert saved.widget is saved.widget
    assert saved._repr_mimebundle_()[0]["text/plain"].startswith("SavedExplanation('The first president")


@pytest.mark.parametrize(
    ("op", "args"),
    [
        ("scores", {**EVERY, "method": "input_x_gradient", "steps": [0, 3]}),
        ("column", {**EVERY, "method": "saliency", "input": 2}),
        ("map", {**EVERY, "method": "saliency"}),
    ],
)
def test_the_page_gets_the_same_answers(
    live: aw.Explanation, saved: aw.SavedExplanation, op: str, args: dict[str, Any]
) -> None:
    ours, theirs = (read_query(ex.reading, op, args).answer(lambda *_: None) for ex in (saved, live))
    assert ours == theirs
    assert read_query(saved.reading, op, args).cost == 0


@pytest.mark.slow
def test_notes_on_the_numbers_are_kept(live: aw.Explanation, tmp_path: Path) -> None:
    name = "integrated_gradients"
    back = aw.open(live.save(tmp_path / "x", methods=name))
    every = list(range(live.reading.n_steps))
    assert "completeness residual" in (back.reading.note(name, every) or "")
    for steps in (every, [0], [3]):
        assert back.reading.note(name, steps) == live.reading.note(name, steps)
    assert back.reading.sums(name, 3) == live.reading.sums(name, 3) is not None
    pd.testing.assert_frame_equal(back.scores(), live.scores(name))
    assert back.scores().attrs["note"] == live.scores(name).attrs["note"]


def test_saved_again_it_is_the_same(saved: aw.SavedExplanation, tmp_path: Path) -> None:
    again = aw.open(saved.save(tmp_path / "again"))
    assert (again.tokens, again.reading.sections, again.methods()) == (
        saved.tokens,
        saved.reading.sections,
        saved.methods(),
    )
    pd.testing.assert_frame_equal(again.steps, saved.steps)
    for name in NAMES:
        np.testing.assert_array_equal(again.reading.raw_rows(name), saved.reading.raw_rows(name))


def test_what_was_not_recorded_is_named(live: aw.Explanation, saved: aw.SavedExplanation) -> None:
    refused(lambda: saved.scores("leave_one_out"), "'leave_one_out'", "saliency", "attention")
    refused(lambda: saved.reading.rows("none", [0]), "'none'")
    refused(lambda: saved.attention(targets="all"), "'all'")
    refused(lambda: saved.attention(layer=9), "layer 9")
    refused(lambda: saved.scores("attention", layer=0, head=7), "head 7")
    refused(lambda: saved.scores("saliency", layer=0), "no layers and heads")
    refused(lambda: saved.attention(head=1), "layer=")
    refused(lambda: saved.attention(head_rule="min"), "median")
    refused(
        lambda: saved.scores("input_x_gradient", target_function="probability"), "'logit'", "'probability'"
    )
    refused(lambda: saved.scores("attention", target_function="logit"), "Attention")
    refused(lambda: saved.scores("saliency", normalize="sum"), "'sum'")
    refused(lambda: saved.reading.rows("saliency", [live.reading.n_steps]), str(live.reading.n_steps))
    refused(lambda: saved.to_pandas(["none"]), "'none'")
    refused(lambda: saved.scores("saliency", foil=" Thomas"), "foil=", "saliency")
    refused(lambda: saved.scores("saliency", steps=3), "steps=")
    refused(saved.logit_lens, "logit_lens()", "saliency")


@pytest.mark.slow
def test_without_room_for_heads_their_mean_is_kept(longer: aw.Explanation, tmp_path: Path) -> None:
    live = longer
    whole = live.save(tmp_path / "whole", methods=NAMES, heads="float32").stat().st_size
    rounded = live.save(tmp_path / "half", methods=NAMES, heads="float16").stat().st_size
    assert rounded < whole
    every = range(live.reading.n_steps)
    half = aw.open(tmp_path / "half")
    np.testing.assert_allclose(half.reading.head_weights(every), live.reading.head_weights(every), atol=5e-4)
    with pytest.warns(UserWarning, match="rounded to float16"):
        written = live.save(tmp_path / "auto", methods=NAMES, max_mb=(rounded + whole) / 2e6)
    assert written.stat().st_size == pytest.approx(rounded, abs=200)
    assert aw.open(tmp_path / "auto").warnings[-1].startswith("Attention is rounded to float16")
    smaller = live.save(tmp_path / "mean", methods=NAMES, heads="none")
    mean = aw.open(smaller)
    np.testing.assert_allclose(mean.attention(), live.attention(), atol=1e-6)
    assert (mean.reading.n_layers, content_of(mean.reading)["layers"]) == (0, 0)
    assert mean.methods()[-1].description.endswith("mean of all 12 heads")
    refused(lambda: mean.attention(layer=1), "without single attention heads", "saliency")
    refused(lambda: mean.reading.head_weights([0]), "without single attention heads")


def test_a_file_is_never_larger_than_asked_for(longer: aw.Explanation, tmp_path: Path) -> None:
    live = longer
    needed = refused(lambda: live.save(tmp_path / "x", max_mb=0.001), "max_mb=0.001 is too small")
    least = float(needed.split("give max_mb=")[1].split()[0])
    with pytest.warns(UserWarning, match="Single attention heads"):
        written = live.save(tmp_path / "x", max_mb=least)
    assert written.stat().st_size <= least * 1e6
    for wrong in (0, -1, True, "5"):
        refused(lambda wrong=wrong: live.save(tmp_path / "x", max_mb=wrong), repr(wrong))


def test_what_is_saved_unless_asked_for(live: aw.Explanation, tmp_path: Path) -> None:
    some = aw.open(live.save(tmp_path / "some"))
    assert {info.name for info in some.methods()} >= set(NAMES)
    one = aw.open(live.save(tmp_path / "one", methods="saliency"))
    assert [info.name for info in one.methods()] == ["saliency"]
    assert one.reading.n_layers == 0
    refused(lambda: live.save(tmp_path / "x", methods=["sal"]), "'sal'", "saliency")
    refused(lambda: live.save(tmp_path / "x", methods=[]), "methods=")
    refused(lambda: live.save(tmp_path / "x", heads="int8"), "'int8'")


def test_progress_is_told_and_can_stop(live: aw.Explanation, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    live.save(tmp_path / "x", methods=NAMES, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (live.reading.n_steps * len(NAMES),) * 2
    assert [done for done, _ in told] == sorted(done for done, _ in told)

    def stop(done: int, _total: int) -> None:
        if done > live.reading.n_steps:
            raise aw.Cancelled

    with pytest.raises(aw.Cancelled):
        live.save(tmp_path / "y", progress=stop)
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


def test_a_failed_write_leaves_the_old_file(
    live: aw.Explanation, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "why"
    shutil.copy(path, target)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    refused(lambda: live.save(target), "No space left on device")
    assert target.read_bytes() == path.read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["why"]


@pytest.mark.slow
def test_opening_needs_neither_torch_nor_transformers(path: Path, tmp_path: Path) -> None:
    code = """
import json, sys
import attrwidget as aw
ex = aw.open(sys.argv[1])
ex.to_html(sys.argv[2])
ex.widget.content
said = [str(ex), ex.scores().shape, ex.attention(layer=1, head=2).shape, len(ex.to_pandas())]
heavy = {"torch", "transformers", "inseq", "captum", "shap", "lime", "pickle5"} & set(sys.modules)
print(json.dumps([sorted(heavy), said]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), str(tmp_path / "why.html")],
        capture_output=True,
        text=True,
        check=True,
    )
    heavy, said = json.loads(done.stdout.splitlines()[-1])
    assert heavy == []
    assert said[0].startswith("Saliency: saliency of log-probability, L2 norm")
    assert said[1] == said[2] == [9, 14]
    assert (tmp_path / "why.html").stat().st_size > 10_000


def test_a_page_and_a_file_are_written_where_every_method_fails(
    folder: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_options: Any) -> Any:
        raise aw.AttrWidgetError("It reads no changed text.")

    ex = aw.load(folder("gpt2")).explain(PROMPT, output=OUTPUT)
    ex.trace.capabilities = replace(ex.trace.capabilities, attention=None)
    monkeypatch.setattr(type(ex.reading), "raw", fail)
    kept = aw.open(ex.save(tmp_path / "why.attrwidget"))
    assert kept.tokens.labels == ex.tokens.labels
    assert kept.scores().isna().all(axis=None)
    assert any("not in the saved file: It reads no changed text." in warning for warning in kept.warnings)
    _, page = export(ex, tmp_path / "why.html")
    assert any("left out: It reads no changed text." in sentence for sentence in page["left_out"])
    with pytest.raises(aw.AttrWidgetError, match="reads no changed"):
        ex.save(tmp_path / "other.attrwidget", methods="saliency")
