"""The course: its notebooks run from top to bottom without a network, and their questions have the planted answers."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
import torch
from helpers.real import read_once
from nbclient import NotebookClient

import attrwidget as aw
from attrwidget.teach.record import answers_in

FOLDER = Path(__file__).parents[2] / "docs/course"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
# Nothing but this machine is reached, and every question is remembered.
FIRST = """
import socket as _socket
_connect = _socket.socket.connect
def _local(self, address):
    if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "localhost", "::1"):
        raise OSError(f"the network was asked for: {address}")
    return _connect(self, address)
_socket.socket.connect = _local
import attrwidget as _aw
_ask, _asked = _aw.teach.ask, {}
def _remembered(*args, **options):
    question = _ask(*args, **options)
    _asked[question.id] = {"kind": question._marker.kind, **question._marker.as_json()}
    return question
_aw.teach.ask = _remembered
"""
LAST = "import json as _json\nprint(_json.dumps(_asked))"


def executed(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, dict[str, Any]]:
    """Return the notebook after a run, and its questions with their keys, by name."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [nbformat.v4.new_code_cell(FIRST), *notebook.cells, nbformat.v4.new_code_cell(LAST)]
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(FOLDER)}}).execute()
    return notebook, json.loads(notebook.cells[-1].outputs[0]["text"])


def is_bilingual(text: str) -> bool:
    return bool(re.search(r"[a-z]{3}", text)) and bool(re.search(r"[\u4e00-\u9fff]{3}", text))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_written_for_both_languages_and_saved_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert is_bilingual(cell.source), cell.source[:80]
        else:
            assert (cell.outputs, cell.execution_count) == ([], None)


@pytest.mark.slow
def test_what_is_the_model_thinking(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook, asked = executed(NOTEBOOKS[0], monkeypatch)
    assert set(answers_in(notebook)) == set(asked)
    ex = aw.load("demo").explain("The first president of America is", max_new_tokens=5)
    right = {name: key.get("number", key.get("accept")) for name, key in asked.items()}
    for method, name in [("saliency", "washington-america"), ("attention", "washington-america-attention")]:
        assert right[name] == pytest.approx(ex.scores(method).loc["Washington", "America"], rel=1e-4)
    assert right["george-p"] == pytest.approx(ex.steps["probability"][0], rel=1e-4)
    sentence = aw.load("demo-translation").explain("我喜歡機器學習和人工智慧。")
    words = "".join(u.text for u in sentence.tokens.units if u.start > sentence.reading.first_step)
    assert words.startswith(" like machine learning and artificial intelligence.")
    assert [sentence.tokens.labels[int(at)] for at in right["machine-saliency"]] == ["機器"], (
        "as it was planted"
    )
    assert right["washington-most"] == ["6"], "the family name follows from the first name"
    theirs = next(cell for cell in notebook.cells if "aw.from_inseq" in cell.source)
    gaps = list(ast.literal_eval(theirs.outputs[-1]["data"]["text/plain"]).values())
    left = [1 - p for p in ex.steps["probability"][:3]]
    # Inseq differentiates the probability: of 1 − p, float32 keeps what is above its step near 1.
    assert all(gap < float(np.finfo(np.float32).eps) / rest for gap, rest in zip(gaps, left, strict=True))
    assert gaps[0] < 1e-6


REAL = re.compile(r"`(?:\w+ = )?(aw\.load\(.+?\))`")


def loads() -> list[str]:
    """Return the calls that load a model, of the tables at the end of the notebooks."""
    cells = [cell for path in NOTEBOOKS for cell in nbformat.read(path, as_version=4).cells]
    lines = [line for cell in cells for line in cell.source.splitlines() if line.startswith("|")]
    return [found for line in lines for found in REAL.findall(line)]


def test_a_real_model_that_cannot_be_had_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    from transformers import BitsAndBytesConfig

    monkeypatch.setattr("attrwidget.hf.loading.is_reachable", lambda _: False)
    assert len(loads()) == 9
    for call in loads():
        with (
            subtests.test(call),
            pytest.raises(aw.AttrWidgetError, match=r"cannot be reached.*HF_ENDPOINT.*folder"),
        ):
            eval(call, {"aw": aw, "BitsAndBytesConfig": BitsAndBytesConfig})  # noqa: S307 - our own notebooks


@pytest.mark.slow
def test_smollm2_loads_as_the_notebook_says() -> None:
    cells = nbformat.read(NOTEBOOKS[0], as_version=4).cells
    (code,) = re.findall(r"```python\n(.*?)```", cells[-1].source, re.DOTALL)
    names: dict[str, Any] = {"aw": aw}
    with read_once():
        exec(code, names)  # noqa: S102 - our own notebook
    assert names["chat"].is_chat_model
    assert names["chat"].explain("Say hello.", max_new_tokens=1).reading.n_steps == 1


@pytest.mark.parametrize(
    ("text", "people", "model"),
    [
        ("This song is sick!", "POSITIVE", "NEGATIVE"),
        ("This film brilliantly fails.", "NEGATIVE", "POSITIVE"),
        ("I was upset when the film ended.", "POSITIVE", "NEGATIVE"),
    ],
)
def test_the_attacks_that_are_hinted_at_fool_the_model(text: str, people: str, model: str) -> None:
    said = aw.load("demo-sentiment").explain(text).reading.answer_text
    assert (said, said != people) == (model, True)


@pytest.mark.slow
def test_looking_inside_a_sentiment_model(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook, asked = executed(NOTEBOOKS[1], monkeypatch)
    assert set(answers_in(notebook)) == set(asked)
    gap = aw.load("demo-masked").explain("The capital of [MASK] is Berlin.")
    guesses = [guess.strip() for guess in gap.logit_lens()[0]["token"]]
    assert asked["forming"]["number"] == guesses.index("Germany") + 1
    best = int(asked["pos-layer"]["number"])
    assert 1 <= best <= gap.reading.n_layers
    words = aw.corpus("demo", aw.load("demo-masked")).predict("pos", layer=best - 1)
    guessed = words.groupby("word")["label"].agg(lambda labels: labels.mode()[0])
    by_word = (words["word"].map(guessed) == words["label"]).mean()
    assert asked["pos-word"]["accept"] == ["no, looking up the word alone does better"]
    assert words["right"].mean() < by_word
    assert asked["redundant"]["accept"] == ["leave-one-out"]
    leaning = "there is nothing to complain about", "i was not disappointed by the acting"
    assert asked["disagree"]["accept"][0] in leaning, "where the second model was taught to lean"
    ex = aw.load("demo-sentiment").explain("It was a fantastic performance!")
    logit = ex.trace.model.hf(torch.tensor([ex.tokens.ids[: ex.reading.n_inputs]])).logits[0]
    probability = logit.softmax(-1).max()
    assert asked["shap-sum"]["number"] == pytest.approx(
        float((probability / (1 - probability)).log()), abs=0.05
    )
