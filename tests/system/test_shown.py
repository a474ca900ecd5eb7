"""The widget and the offline page on the bundled model: their numbers are the explanation's."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.exported import decoded_attention, decoded_scores, export
from helpers.page import SELECTION, Page
from helpers.waiting import PATIENCE

import attrwidget as aw
from attrwidget.page.content import content_of
from attrwidget.still.console import to_text

PROMPT = "The first president of America is"


@pytest.fixture(scope="module")
def model() -> Any:
    return aw.load("demo")


@pytest.fixture
def explanation(model: Any) -> Any:
    return model.explain(PROMPT, max_new_tokens=4)


def floats(buffer: bytes, meta: dict[str, Any]) -> np.ndarray:
    return np.frombuffer(buffer, "<f4").reshape(meta["rows"], -1)


def test_messages_give_the_explanations_numbers(explanation: Any) -> None:
    page = Page(explanation)
    steps = list(range(explanation.reading.n_steps))
    borrowed = ("captum:lime", "inseq:lime")  # one of each tool
    for method in explanation.methods():
        if ":" in method.name and method.name not in borrowed:
            continue
        selection = {**SELECTION, "method": method.name}
        meta, buffer = page.ask("scores", {**selection, "steps": steps}, f"scores {method.name}")
        np.testing.assert_array_equal(floats(buffer, meta), explanation.scores(method.name).to_numpy())
        meta, buffer = page.ask("column", {**selection, "input": 4}, f"column {method.name}")
        np.testing.assert_array_equal(floats(buffer, meta)[:, 0], explanation.scores(method.name).iloc[:, 4])
        meta, buffer = page.ask("map", selection, f"map {method.name}")
        assert (meta["signed"], meta["high"]) == (
            method.signed,
            np.nanmax(np.abs(explanation.scores(method.name).to_numpy())),
        )
    head = {"method": "attention", "layer": None, "heads": [[1, 2]], "head_rule": "mean"}
    meta, buffer = page.ask("scores", {**head, "steps": steps}, "head")
    np.testing.assert_array_equal(floats(buffer, meta), explanation.attention(layer=1, head=2).to_numpy())
    table = explanation.heads(1)
    meta, buffer = page.ask("heads", {"steps": [1], "input": None}, "heads")
    np.testing.assert_array_equal(floats(buffer, meta), table.to_numpy())
    assert dict(meta["sinks"]) == pytest.approx(table.attrs["sinks"], rel=1e-3)
    best = table.stack().nlargest(3)
    assert [(layer, head) for layer, head, *_ in meta["top"]] == list(best.index)
    meta, buffer = page.ask("heads", {"steps": [1], "input": 4}, "pair")
    pair = explanation.heads(1, by_input=True).iloc[:, 4].to_numpy()
    np.testing.assert_allclose(floats(buffer, meta).ravel(), pair / pair.sum(), rtol=1e-5)
    page.session.close()


def test_a_foil_gives_the_numbers_of_a_contrast(explanation: Any) -> None:
    page = Page(explanation)
    content = content_of(explanation.reading)
    text, _, number = content["steps"]["alternatives"][1][0]
    assert "attention" not in content["contrast"]
    for method in ("saliency", "input_x_gradient", "leave_one_out", "integrated_gradients"):
        assert "foil" in content["contrast"][method]
        expected = explanation.scores(method, foil=text.strip()).to_numpy()[[1]]
        args = {**SELECTION, "method": method, "steps": [1], "foil": [number]}
        shown = floats(page.ask("scores", args, method)[1], {"rows": 1})
        np.testing.assert_allclose(shown, expected, rtol=1e-4, atol=1e-6)
        plain = page.ask("scores", {**args, "foil": None}, f"plain {method}")[1]
        assert not np.allclose(floats(plain, {"rows": 1}), expected, rtol=1e-3, equal_nan=True)
    found, _ = page.ask("foil", {"step": 1, "text": text.strip()}, "word")
    assert found == {"step": 1, "ids": [number], "text": text}
    assert "no use for a foil" in page.error(
        "scores", {**SELECTION, "method": "attention", "steps": [1], "foil": [number]}
    )
    assert "belongs to one step" in page.error("scores", {**SELECTION, "steps": [0, 1], "foil": [number]})
    assert "is what the model said there" in page.error(
        "foil", {"step": 1, "text": explanation.tokens.labels[7]}
    )
    assert "does not exist" in page.error("scores", {**SELECTION, "steps": [1], "foil": [10**9]})
    assert "empty text" in page.error("foil", {"step": 1, "text": " "})
    assert "There is no step 99" in page.error("foil", {"step": 99, "text": "x"})
    page.session.close()


def test_a_page_carries_what_is_usual_or_there_already(tmp_path: Path) -> None:
    explanation = aw.load("demo").explain("The capital of Japan is", max_new_tokens=2)
    usual = {"leave_one_out", "gim", "saliency", "input_x_gradient", "attention"}
    _, data = export(explanation, tmp_path / "why.html")
    assert {m["name"] for m in data["content"]["methods"]} == usual
    explanation.scores("rollout")
    _, data = export(explanation, tmp_path / "why.html")
    assert {m["name"] for m in data["content"]["methods"]} == {*usual, "rollout"}


def test_a_page_opens_as_the_widget_stands(tmp_path: Path) -> None:
    explanation = aw.load("demo").explain("The capital of Japan is", max_new_tokens=2)
    widget = explanation.widget
    widget.held, widget.method, widget.heads, widget.view = [1], "attention", [(2, 1)], "matrix"
    _, data = export(explanation, tmp_path / "why.html")
    state = data["state"]
    assert (state["held"], state["method"], state["view"]) == ([1], "attention", "matrix")
    assert [tuple(head) for head in state["heads"]] == [(2, 1)]
    _, data = export(explanation, tmp_path / "why.html", methods=["saliency"])
    assert (data["state"]["method"], data["state"]["heads"]) == ("saliency", [])


def test_a_closed_widget_is_replaced() -> None:
    explanation = aw.load("demo").explain("The capital of Japan is", max_new_tokens=1)
    first = explanation.widget
    assert explanation.widget is first
    first.close()
    assert explanation.widget is not first


def test_a_widget_that_the_host_closed_is_replaced(explanation: Any) -> None:
    old = explanation.widget
    old.comm.close()  # as marimo does
    assert explanation.widget is not old
    assert explanation.widget is explanation.widget
    assert old.comm is None


def test_a_page_carries_the_explanations_numbers(explanation: Any, tmp_path: Path) -> None:
    methods = [m for m in explanation.methods() if ":" not in m.name or m.name.startswith("lime:")]
    _, data = export(explanation, tmp_path / "why.html", methods=[m.name for m in methods])
    for method in methods:
        if not method.attention:
            shown = explanation.scores(method.name).to_numpy()
            np.testing.assert_array_equal(decoded_scores(data, method.name), shown)
    truth = explanation.reading.head_weights(range(explanation.reading.n_steps))
    bound = np.nanmax(truth, axis=-1, keepdims=True) / (2**16 - 1) / 2
    error = np.nan_to_num(np.abs(decoded_attention(data) - truth), nan=0)
    assert (error <= bound * 1.001).all()


def test_two_widgets_on_one_model_work_at_once(model: Any) -> None:
    explanations = [model.explain(p, max_new_tokens=3) for p in (PROMPT, "The capital of Japan is")]
    expected = [e.scores("saliency").to_numpy() for e in explanations]
    fresh = [model.explain(p, max_new_tokens=3) for p in (PROMPT, "The capital of Japan is")]
    pages = [Page(e) for e in fresh]
    for page in pages:
        page.send("map", {**SELECTION, "method": "input_x_gradient"}, "map")
        page.send("scores", {**SELECTION, "steps": [0, 1, 2]}, "scores")
    done = threading.Thread(target=lambda: fresh[0].scores("saliency"), daemon=True)
    done.start()
    for page, truth in zip(pages, expected, strict=True):
        assert page.answer("map")["ok"]
        meta = page.answer("scores")["meta"]
        np.testing.assert_allclose(floats(page.buffers["scores"][0], meta), truth, rtol=1e-4, atol=1e-7)
        page.session.close()
    done.join(PATIENCE)
    assert not done.is_alive()


def test_the_notebook_gets_the_widget_and_the_terminal_the_table(explanation: Any) -> None:
    data, _ = explanation._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == explanation.widget.model_id
    assert data["text/plain"] == repr(explanation)
    assert "America" in data["text/html"]
    table = str(explanation)
    assert table == to_text(explanation.reading)
    america = next(line for line in table.splitlines() if line.split()[0] == "America")
    assert [float(n.replace("−", "-").replace("≈0", "0")) for n in america.split()[1:]] == pytest.approx(
        explanation.scores(explanation.methods()[0].name).iloc[:, 4].tolist(), rel=5e-3, abs=6e-4
    )


def test_the_interpreter_ends_well_while_torch_is_at_work() -> None:
    """A daemon thread that is stopped inside torch takes the process down: "terminate called …", exit code 134."""
    script = f"""
import sys, time
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
import attrwidget as aw
from helpers.tiny import build, byte_tokenizer, random_ids
from attrwidget.widget.session import Session
ex = aw.load(build("gpt2"), byte_tokenizer()).explain(random_ids(100), output=random_ids(120, seed=1))
Session(ex.reading, lambda *_: None).receive({{"v": 1, "id": "q", "op": "map", "args": {SELECTION!r}}})
time.sleep(0.05)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    said = [
        line for line in re.split(r"[\r\n]+", done.stderr) if line.strip() and "Trying the model" not in line
    ]
    assert (done.returncode, said) == (0, [])
