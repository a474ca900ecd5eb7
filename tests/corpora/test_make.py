"""A corpus is kept in a folder, goes on where it stopped, and refuses what is not its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from corpora.conftest import TEXTS

import attrwidget as aw
from attrwidget.corpora import make
from attrwidget.corpora.store import HEADS, STATES


class StoppedError(Exception):
    """Raised in a progress callback."""


def stop_after(count: int) -> Any:
    def report(done: int, _total: int) -> None:
        if done == count:
            raise StoppedError

    return report


def test_every_token_of_a_text_is_kept_but_the_special_ones(masked: Any) -> None:
    corpus = aw.corpus(TEXTS, masked, layers=1)
    assert corpus.texts == TEXTS
    assert (corpus.layers, corpus.n_heads, len(corpus)) == ([1], 4, 6)
    ids = masked.tokenizer(TEXTS[0])["input_ids"]
    with torch.no_grad():
        own = masked.hf.bert(torch.tensor([ids]), output_hidden_states=True).hidden_states[2][0, 1:-1]
    kept = corpus._store.vectors(STATES, 1)[: len(ids) - 2]
    np.testing.assert_allclose(kept, own / own.norm(dim=-1, keepdim=True), atol=1e-6)


def test_progress_is_told(masked: Any) -> None:
    seen: list[tuple[int, int]] = []
    aw.corpus(TEXTS, masked, layers=0, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(n, 6) for n in range(1, 7)]


def test_an_interrupted_folder_goes_on_and_ends_as_one_made_at_once(masked: Any, tmp_path: Path) -> None:
    folder = tmp_path / "half"
    with pytest.raises(StoppedError):
        aw.corpus(TEXTS, masked, to=folder, progress=stop_after(2))
    assert json.loads((folder / "corpus.json").read_text())["texts"] == 2
    with (folder / "states-01.f32").open("ab") as file:
        file.write(b"a crash in the middle of a write")
    seen: list[int] = []
    resumed = aw.corpus(TEXTS, masked, to=folder, progress=lambda done, _: seen.append(done))
    assert seen == [3, 4, 5, 6]
    whole = aw.corpus(TEXTS, masked)
    for kind in (STATES, HEADS):
        for layer in (0, 1, 2):
            np.testing.assert_array_equal(
                resumed._store.vectors(kind, layer), whole._store.vectors(kind, layer)
            )
    assert resumed.texts == whole.texts
    np.testing.assert_array_equal(resumed._store.places, whole._store.places)


def test_a_write_that_fails_midway_shifts_nothing(
    masked: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, real, calls = tmp_path / "full", Path.open, iter(range(100))

    class Full:
        """A file on a disk that is full after a few bytes."""

        def __init__(self, file: Any) -> None:
            self._file = file

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_: object) -> None:
            self._file.close()

        def __getattr__(self, name: str) -> Any:
            return getattr(self._file, name)

        def write(self, data: bytes) -> int:
            self._file.write(data[:7])
            raise OSError(28, "No space left on device")

    def fails_once(path: Path, mode: str = "r", *given: Any, **options: Any) -> Any:
        file = real(path, mode, *given, **options)
        writes = path.suffix == ".f32" and mode in ("ab", "r+b")
        return Full(file) if writes and next(calls) == 8 else file

    monkeypatch.setattr(make, "_SAVED_EVERY", -1.0)
    monkeypatch.setattr(Path, "open", fails_once)
    with pytest.raises(aw.AttrWidgetError, match=r"Cannot write .*No space left on device"):
        aw.corpus(TEXTS, masked, to=folder)
    monkeypatch.undo()
    assert 0 < json.loads((folder / "corpus.json").read_text())["texts"] < len(TEXTS)
    resumed, whole = aw.corpus(TEXTS, masked, to=folder), aw.corpus(TEXTS, masked)
    for kind in (STATES, HEADS):
        for layer in whole.layers:
            kept = resumed._store.vectors(kind, layer)
            np.testing.assert_array_equal(kept, whole._store.vectors(kind, layer))
    (folder / "heads-01.f32").write_bytes(b"cut short")
    with pytest.raises(aw.AttrWidgetError, match="is damaged"):
        aw.corpus(None, masked, to=folder)


def test_a_finished_folder_opens_and_grows(masked: Any, tmp_path: Path) -> None:
    aw.corpus(TEXTS[:3], masked, to=tmp_path / "c")
    assert aw.corpus(model=masked, to=tmp_path / "c").texts == TEXTS[:3]
    assert aw.corpus(TEXTS, masked, to=tmp_path / "c").texts == TEXTS


def test_a_folder_of_another_model_or_version_or_of_other_texts_is_refused(
    masked: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "c"
    aw.corpus(TEXTS[:2], masked, layers=[0, 2], to=folder)
    other: Any = aw.load("demo")
    with pytest.raises(aw.AttrWidgetError, match="read by 'demo-masked', not by 'demo'"):
        aw.corpus(TEXTS, other, to=folder)
    with pytest.raises(aw.AttrWidgetError, match="holds the layers 0, 2, and 1 were asked for"):
        aw.corpus(TEXTS, masked, layers=1, to=folder)
    with pytest.raises(aw.AttrWidgetError, match="holds another text at 1"):
        aw.corpus([TEXTS[0], "Another one."], masked, to=folder)
    with pytest.raises(aw.AttrWidgetError, match="holds 2 texts, and 1 were given"):
        aw.corpus(TEXTS[:1], masked, to=folder)
    about = json.loads((folder / "corpus.json").read_text())
    (folder / "corpus.json").write_text(json.dumps(about | {"format": 99}))
    with pytest.raises(aw.AttrWidgetError, match="format 99, and this version of attrwidget reads format 1"):
        aw.corpus(TEXTS, masked, to=folder)
    (folder / "corpus.json").write_text("{")
    with pytest.raises(aw.AttrWidgetError, match="is damaged"):
        aw.corpus(TEXTS, masked, to=folder)


def test_changed_weights_are_another_model(tmp_path: Path) -> None:
    model: Any = aw.load("demo-masked")
    aw.corpus(TEXTS[:1], model, to=tmp_path / "c")
    with torch.no_grad():
        model.hf.bert.encoder.layer[1].attention.output.dense.weight += 0.1
    with pytest.raises(aw.AttrWidgetError, match="before its weights changed"):
        aw.corpus(TEXTS, model, to=tmp_path / "c")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"texts": []}, "The list of texts is empty"),
        ({"texts": ["One.", " "]}, "A text of the corpus is empty"),
        ({"texts": "One."}, "Texts are a list of texts"),
        ({"texts": None}, "No texts were given"),
        ({"texts": ["One."], "layers": 3}, "There is no layer 3"),
        ({"texts": ["One."], "layers": []}, "layers= is empty"),
        ({"texts": ["word " * 300]}, "but demo-masked sees at most 256"),
        ({"texts": ["One."], "model": "demo"}, "read by a model that aw.load returned, not by 'demo'"),
    ],
)
def test_what_cannot_be_read_is_named(masked: Any, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(aw.AttrWidgetError, match=sentence):
        aw.corpus(**{"model": masked} | given)


def test_another_folder_is_left_alone(masked: Any, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(aw.AttrWidgetError, match="is no corpus, and not an empty folder"):
        aw.corpus(TEXTS, masked, to=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
