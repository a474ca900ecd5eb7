"""A data set is explained once, whatever is killed meanwhile, and its texts are what ``explain`` makes of each."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import psutil
import pytest
from helpers.datasets import in_this_process

import attrwidget as aw
from attrwidget.dataset.manifest import Manifest, as_json, claim

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = [
    f"The film was {word}." for word in ("good", "bad", "not good", "great", "terrible", "very good", "dull")
]
# As many workers each time: their number of threads, and so the last bit of a sum, goes by it.
HOW: dict[str, Any] = {"methods": ["gim", "leave_one_out"], "shard_size": 2, "workers": 2}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "scores"
    aw.explain_dataset("demo-sentiment", [*TEXTS, ""], to=folder, **HOW)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "shards").glob("*.parquet"))}


def test_each_text_is_what_explain_makes_of_it(whole: Path) -> None:
    collection, model = aw.open(whole), aw.load("demo-sentiment")
    assert (len(collection), collection.finished) == (len(TEXTS) + 1, True)
    for k, text in enumerate(TEXTS):
        live = model.explain(text)
        for method in HOW["methods"]:
            np.testing.assert_allclose(
                collection[k].scores(method), live.scores(method), rtol=1e-5, atol=1e-6
            )
        assert collection.table()["answer"][k] == live.reading.answer_text


def test_a_text_that_fails_is_a_row_with_its_sentence(whole: Path) -> None:
    collection = aw.open(whole)
    assert list(collection.failed()["id"]) == [len(TEXTS)]
    with pytest.raises(
        aw.AttrWidgetError, match=f"Text {len(TEXTS)} could not be explained: The text is empty"
    ):
        collection[len(TEXTS)]
    assert len(list(collection)) == len(TEXTS)


def test_it_goes_on_and_refuses_another_run(whole: Path, tmp_path: Path) -> None:
    before = files(whole)
    first = min((whole / "shards").glob("*.parquet"))
    first.unlink()
    partly = aw.open(whole)
    assert (len(partly), partly.finished) == (len(TEXTS) - 1, False)
    with pytest.raises(aw.AttrWidgetError, match="Text 0 is not explained yet"):
        partly[0]
    first.write_bytes(b"PAR1")
    for read in (lambda: aw.open(whole)[0], lambda: list(aw.open(whole))):
        with pytest.raises(aw.AttrWidgetError, match=r"000000.parquet is damaged .*: remove it"):
            read()
    first.unlink()
    counts: list[tuple[int, int]] = []
    aw.explain_dataset(
        "demo-sentiment", [*TEXTS, ""], to=whole, **HOW, progress=lambda *done: counts.append(done)
    )
    assert counts == [(6, 8), (8, 8)]
    assert files(whole) == before
    with pytest.raises(
        aw.AttrWidgetError, match=r"made otherwise \(methods: \['gim', 'leave_one_out'\] there"
    ):
        aw.explain_dataset("demo-sentiment", [*TEXTS, ""], to=whole, methods="gim", shard_size=2)
    with pytest.raises(aw.AttrWidgetError, match=r"made otherwise \(count: 8 there, 1 now\)"):
        aw.explain_dataset("demo-sentiment", TEXTS[:1], to=whole, **HOW)
    given = Manifest("m", {}, ["gim"], {"stop_strings": as_json(("x",), "stop_strings=")}, 2, 1, 1, "d", {})
    assert [claim(tmp_path / "again", given), claim(tmp_path / "again", given)] == [True, False]
    manifest = tmp_path / "again" / "manifest.json"
    for written, sentence in (('{"format": 2}', "by a newer attrwidget"), ("{", "is damaged")):
        manifest.write_text(written)
        with pytest.raises(aw.AttrWidgetError, match=sentence):
            aw.open(manifest.parent)
    (tmp_path / "mine").write_text("text")
    with pytest.raises(aw.AttrWidgetError, match="holds something else"):
        aw.explain_dataset("demo-sentiment", TEXTS, to=tmp_path)


@pytest.mark.slow
def test_killed_workers_and_drivers_leave_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    folder, draw = tmp_path / "killed", np.random.default_rng(0)
    script = (
        "import sys, attrwidget as aw\n"
        f"aw.explain_dataset('demo-sentiment', {[*TEXTS, '']!r}, to={str(folder)!r}, **{HOW!r})\n"
    )
    killed: list[int] = []
    while len(killed) < 3:
        driver = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL)
        workers: list[psutil.Process] = []
        while driver.poll() is None and len(killed) < 3:
            time.sleep(draw.uniform(2, 6))
            with suppress(psutil.NoSuchProcess, ProcessLookupError):
                workers = psutil.Process(driver.pid).children() or workers
                victim = int(draw.choice([driver.pid, *(worker.pid for worker in workers)]))
                os.kill(victim, signal.SIGKILL)
                killed.append(victim)
                if victim == driver.pid:
                    driver.wait(60)
        finished = driver.poll() == 0
        driver.kill()
        driver.wait(60)
        _, alive = psutil.wait_procs(workers, timeout=60)
        assert not alive, "workers outlive their driver"
        if finished:
            break
    aw.explain_dataset("demo-sentiment", [*TEXTS, ""], to=folder, **HOW)
    assert killed
    assert files(folder) == files(whole)
    assert list(aw.open(folder).table()["id"]) == list(range(len(TEXTS) + 1))


def test_a_model_that_cannot_be_loaded_is_its_own_sentence(tmp_path: Path) -> None:
    with pytest.raises(aw.AttrWidgetError, match="No model 'no-such-model'"):
        aw.explain_dataset("no-such-model", TEXTS, to=tmp_path / "scores")
    with (
        in_this_process(),
        pytest.raises(
            aw.AttrWidgetError, match=r"explain\(\) of demo-sentiment got .*'max_new_tokens'.*leave it out"
        ),
    ):
        aw.explain_dataset("demo-sentiment", TEXTS, to=tmp_path / "scores", max_new_tokens=3)
    with pytest.raises(aw.AttrWidgetError, match=r"A worker failed \(TypeError: .*'nope'\)"):
        aw.explain_dataset("demo-sentiment", TEXTS, to=tmp_path / "scores", load={"nope": 1})
    # Nothing was finished, so that the folder is free for the right arguments.
    assert not (tmp_path / "scores").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"workers": 0}, "workers is a whole number from 1, not 0"),
        ({"methods": "salience"}, "There is no method 'salience'"),
        ({"methods": []}, "methods= is empty"),
        ({"engine": "rays"}, "engine is one of 'local', 'ray', not 'rays'"),
        ({"batch_size": 0}, "batch_size is a whole number from 1, not 0"),
        ({"methods": None}, "Methods are a list"),
        ({"load": {"dtype": np.float32}}, "load= is written into the folder, so it is made of texts"),
        ({"top_p": float("nan")}, "top_p= is written into the folder"),
        ({"load": ["dtype"]}, "load= is a dictionary"),
    ],
)
def test_mistakes_are_found_before_any_work(options: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(aw.AttrWidgetError, match=sentence):
        aw.explain_dataset("demo-sentiment", TEXTS, to=tmp_path / "scores", **options)
    assert not (tmp_path / "scores").exists()


def test_a_model_that_is_loaded_already_is_refused(tmp_path: Path) -> None:
    loaded: Any = aw.load("demo-sentiment")
    with pytest.raises(aw.AttrWidgetError, match="by the name or folder of a model"):
        aw.explain_dataset(loaded, TEXTS, to=tmp_path / "scores")


def test_words_by_class_and_search(whole: Path) -> None:
    collection = aw.open(whole)
    words = collection.words(by="answer").set_index(["answer", "word"])
    # The planted truth of the bundled model: these words decide.
    assert words.loc["POSITIVE", "share"].idxmax() in {"good", "great"}
    assert words.loc[("NEGATIVE", "terrible"), "share"] > words.loc[("NEGATIVE", "film"), "share"]
    found = collection.search("good", min_share=0.05)
    assert set(found["id"]) <= {0, 2, 5}
    assert (found["share"].abs() >= 0.05).all()
    assert collection.search("absent").empty
    for word, least in (("", 0), (5, 0), ("good", 2), ("good", float("nan"))):
        with pytest.raises(
            aw.AttrWidgetError, match=r"A word to search for|min_share is a number from 0 to 1"
        ):
            collection.search(word, min_share=least)  # type: ignore[arg-type]
    expected = [text for text in TEXTS if "film" in text]
    assert sorted(collection.search("film")["prompt"]) == sorted(expected)


def test_outputs_of_a_table_are_explained(tmp_path: Path) -> None:
    table = pd.DataFrame({"question": ["The capital of Japan is"], "answer": [" Kyoto."]})
    table.to_parquet(tmp_path / "data.parquet")
    with in_this_process():
        collection = aw.explain_dataset(
            "demo", tmp_path / "data.parquet", prompt="question", output="answer", to=tmp_path / "scores"
        )
    live = aw.load("demo").explain("The capital of Japan is", output=" Kyoto.")
    assert collection.table()["answer"][0] == "Kyoto."
    assert collection.table()["probability"][0] == pytest.approx(
        np.exp(live.steps["log_probability"].sum()), rel=1e-4
    )
    np.testing.assert_allclose(
        collection[0].scores("leave_one_out"), live.scores("leave_one_out"), rtol=1e-5, atol=1e-5
    )
