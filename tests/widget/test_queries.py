"""Messages between Python and the page, on planted numbers; the examples are those that the page's tests read."""

from __future__ import annotations

import logging
import queue
from typing import Any

import numpy as np
import pytest
from helpers.fake import MESSAGES, planted, random_explanation
from helpers.page import SCORES, SELECTION, Clock, Gate, Page
from helpers.waiting import PATIENCE
from hypothesis import given, settings
from hypothesis import strategies as st

import attrwidget as aw
from attrwidget.page.content import content_of
from attrwidget.widget.session import Session


def named(examples: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("example", examples, ids=[e["name"] for e in examples])


def test_content_is_the_example() -> None:
    assert content_of(planted()) == MESSAGES["content"]  # type: ignore[arg-type]


@named(MESSAGES["requests"])
def test_example_requests_get_the_example_answers(example: dict[str, Any]) -> None:
    page = Page(planted())
    page.session.receive(example["request"])
    request, wanted = example["request"]["id"], example["answer"]
    assert page.answer(request) == {"v": 1, "id": request, "ok": True, "meta": wanted["meta"]}
    (buffer,) = page.buffers[request]
    values = np.frombuffer(buffer, dtype={"float32": "<f4", "uint8": "u1"}[wanted["dtype"]])
    np.testing.assert_array_equal(values, np.array(wanted["values"], dtype=float))


def test_example_error_batch_progress_and_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong, cancelled = MESSAGES["errors"]
    page = Page(planted())
    page.session.receive(wrong["request"])
    assert page.answer("e-1") == wrong["answer"]
    page.session.receive(MESSAGES["batch"])
    assert page.answer("b-1")["ok"]
    assert page.answer("b-2")["ok"]

    gate = Gate()
    page = Page(explanation := planted())
    explanation.gate = gate
    page.session.receive(cancelled["request"])
    gate.wait()
    page.session.receive({**MESSAGES["cancel"], "id": "e-2"})
    gate.open.release(2)
    assert page.answer("e-2") == cancelled["answer"]

    page = Page(explanation := planted())
    explanation.gate = Clock(monkeypatch, 0.15)
    page.session.receive(MESSAGES["requests"][0]["request"])
    assert page.answer("a-1")["ok"]
    assert MESSAGES["progress"] in page.received


def test_rows_come_in_the_order_asked_for_and_nan_survives() -> None:
    explanation = random_explanation()
    meta, buffer = Page(explanation).ask("scores", {**SELECTION, "steps": [3, 0]})
    rows = np.frombuffer(buffer, "<f4").reshape(meta["rows"], meta["cols"])
    np.testing.assert_array_equal(rows, explanation.planted["saliency"][[3, 0]])
    assert np.isnan(rows[1]).any()


def test_layers_and_heads_matter_only_to_attention() -> None:
    chosen = {"layer": 1, "heads": [[0, 0]], "head_rule": "max"}
    explanation = planted()
    page = Page(explanation)
    _, plain = page.ask("scores", {**chosen, "method": "saliency", "steps": [1]}, "a")
    np.testing.assert_array_equal(np.frombuffer(plain, "<f4"), explanation.planted["saliency"][1])
    _, one = page.ask("scores", {**chosen, "method": "attention", "steps": [1]}, "b")
    np.testing.assert_array_equal(np.frombuffer(one, "<f4"), explanation.weights[1, 0, 0])


@pytest.mark.parametrize("signed", [False, True])
def test_a_large_map_is_pooled_and_keeps_peaks_within_half_a_step(signed: bool) -> None:
    explanation = random_explanation(prompt=2500, answer=3, layers=0)
    method = "input_x_gradient" if signed else "saliency"
    scores = explanation.planted[method]
    scores[1, 2001] = 50 * np.nanmin(scores) if signed else 9
    meta, buffer = Page(explanation).ask("map", {**SELECTION, "method": method})
    rows, cols, (pool_rows, pool_cols) = meta["rows"], meta["cols"], meta["pool"]
    assert (rows, pool_rows, pool_cols) == (3, 1, 3)
    assert cols == -(-2502 // 3) <= 1024
    assert len(buffer) == rows * cols
    q = np.frombuffer(buffer, "u1").reshape(rows, cols).astype(float)
    half = 127 if signed else 254
    values = np.where(q == 255, np.nan, meta["high"] * (q - 127 if signed else q) / half)
    for row in range(3):
        for col in range(cols):
            block = scores[row, 3 * col : 3 * col + 3]
            if np.isnan(block).all():
                assert np.isnan(values[row, col])
            else:
                peak = block[np.nanargmax(np.abs(block))]
                inside = np.clip(peak, -meta["high"], meta["high"])
                assert abs(values[row, col] - inside) <= meta["high"] / half / 2 + 1e-6
    assert meta["low"] == (-meta["high"] if signed else 0)
    assert meta["greatest"] == pytest.approx(np.nanmax(np.abs(scores)))
    beyond = np.abs(values[~np.isnan(values)]) >= meta["high"] * (1 - 1e-6)
    assert 0.005 < beyond.mean() < 0.02  # one peak would leave the others a few of the 255 values


def test_heads_are_shaded_by_the_mean_over_the_steps() -> None:
    explanation = random_explanation(answer=5)
    steps = [0, 2, 4]
    weights = np.nan_to_num(explanation.weights[steps]).astype(float)
    _, on_one = Page(explanation).ask("heads", {"steps": steps, "input": 7})
    wanted = (weights / weights.sum((1, 2, 3), keepdims=True)).mean(0)[:, :, 7]
    np.testing.assert_allclose(np.frombuffer(on_one, "<f4").reshape(2, 3), wanted / wanted.sum(), rtol=1e-5)
    _, whole = Page(explanation).ask("heads", {"steps": steps, "input": None})
    assert np.frombuffer(whole, "<f4").sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("op", "args", "sentence"),
    [
        (
            "paint",
            {},
            "There is no request 'paint': ask for scores, column, map, heads, foil, check, ",
        ),
        (None, {}, "There is no request 'None'"),
        ("scores", [], "needs its arguments as an object"),
        ("scores", SELECTION, "The request scores lacks steps."),
        ("scores", {**SCORES, "steps": []}, "No steps were asked for"),
        (
            "scores",
            {**SCORES, "steps": [4]},
            "There is no step 4: the answer's tokens are indexed from 0 to 3.",
        ),
        ("scores", {**SCORES, "steps": [-1]}, "There is no step -1"),
        ("scores", {**SCORES, "steps": [0.5]}, "A step is a whole number from 0 to 3, not 0.5."),
        ("scores", {**SCORES, "steps": [True]}, "A step is a whole number from 0 to 3, not True."),
        ("scores", {**SCORES, "steps": "0"}, "Steps are a list like [0, 1], not '0'."),
        ("scores", {**SCORES, "method": ["saliency"]}, "There is no method ['saliency']"),
        ("scores", {**SCORES, "method": "attention", "layer": 2}, "layers are indexed from 0 to 1"),
        ("scores", {**SCORES, "method": "attention", "heads": [[0, 3]]}, "heads are indexed from 0 to 2"),
        ("scores", {**SCORES, "method": "attention", "heads": [[2, 0]]}, "There is no layer 2"),
        ("scores", {**SCORES, "method": "attention", "heads": [[0]]}, "A head is a pair"),
        ("scores", {**SCORES, "method": "attention", "heads": [None]}, "A head is"),
        (
            "scores",
            {**SCORES, "head_rule": "mode"},
            "There is no head_rule 'mode': take one of mean, sum, max, median.",
        ),
        ("column", {**SELECTION, "input": 9}, "There is no input 9: inputs are indexed from 0 to 8."),
        ("column", {**SELECTION, "input": None}, "An input is a whole number from 0 to 8, not None."),
        ("heads", {"steps": [], "input": None}, "No steps"),
        ("heads", {"steps": [0], "input": 9}, "There is no input 9"),
        (
            "heads",
            {"steps": [0, 1], "input": None, "foil": [3]},
            "A foil belongs to one step: ask for that one, not for 2.",
        ),
        ("heads", {"steps": [0], "input": None, "foil": [3]}, "needs the model"),
        ("try", {"step": 0, "changes": [[1, 2, "x"]]}, "Changing a word needs the model"),
        ("edit", {"changes": [[1, "x"]]}, "Changes are [start, end, text] each, not [[1, 'x']]."),
        ("edit", {"changes": [[[], 2, "x"]]}, "A place is two whole numbers"),
    ],
)
def test_malformed_requests_get_a_sentence_and_no_work(op: Any, args: Any, sentence: str) -> None:
    explanation = random_explanation()
    assert sentence in Page(explanation).error(op, args)
    assert explanation.asked == []


def test_more_steps_than_fit_an_answer_are_refused_and_as_many_as_fit_are_not() -> None:
    explanation = random_explanation(prompt=10_000, answer=20, layers=0)
    page = Page(explanation)
    most = 131_072 // explanation.n_inputs
    assert most < 20
    assert f"ask for at most {most} at once" in page.error(
        "scores", {**SELECTION, "steps": list(range(most + 1))}
    )
    assert explanation.asked == []
    _, buffer = page.ask("scores", {**SELECTION, "steps": list(range(most))})
    assert len(buffer) <= 512 * 1024


def test_a_model_without_attention_says_so() -> None:
    page = Page(random_explanation(layers=0))
    assert page.error("heads", {"steps": [0], "input": None}) == "This model shows no attention."
    assert "take one of saliency, input_x_gradient" in page.error("scores", {**SCORES, "method": "attention"})


@pytest.mark.slow
def test_another_version_is_refused() -> None:
    page = Page(planted())
    page.session.receive({"v": 2, "id": "x", "op": "scores", "args": SCORES})
    assert "version 2 of the protocol" in page.answer("x")["error"]


def test_an_exception_in_the_work_is_told_and_the_next_request_is_answered() -> None:
    page = Page(explanation := planted())

    def fail(_step: int) -> None:
        raise RuntimeError("out of\nmemory")

    explanation.gate = fail
    assert page.error("scores", SCORES) == "Python failed with RuntimeError: out of memory"
    explanation.gate = lambda _: None
    assert page.ask("scores", SCORES)[0] == {"rows": 1, "cols": 3}


class _Records(logging.Handler):
    """Wait for what a worker's thread logs."""

    def __init__(self) -> None:
        super().__init__()
        self.records: queue.Queue[logging.LogRecord] = queue.Queue()

    def emit(self, record: logging.LogRecord) -> None:
        self.records.put(record)


def test_a_page_that_is_gone_does_not_stop_the_worker() -> None:
    def gone(_message: Any, _buffers: Any) -> None:
        raise OSError("closed")

    session = Session(planted(), gone)  # type: ignore[arg-type]
    logging.getLogger("attrwidget").addHandler(handler := _Records())
    try:
        for request in ("a", "b"):
            session.receive({"v": 1, "id": request, "op": "scores", "args": SCORES})
            assert "could not be sent" in handler.records.get(timeout=PATIENCE).getMessage()
    finally:
        logging.getLogger("attrwidget").removeHandler(handler)
    session.close()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
ARGUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "method": st.sampled_from(["saliency", "attention", "magic"]) | JSON,
        "layer": st.none() | st.integers(-1, 2) | JSON,
        "heads": st.lists(st.lists(st.integers(-1, 2), max_size=3), max_size=3) | JSON,
        "head_rule": st.sampled_from(["mean", "sum", "max", "min"]) | JSON,
        "steps": st.lists(st.integers(-1, 3), max_size=4) | JSON,
        "input": st.none() | st.integers(-1, 3) | JSON,
        "hide_special": st.booleans() | JSON,
        "hide_first": st.booleans() | JSON,
        "hide_target": st.booleans() | JSON,
    },
)
REQUEST = st.fixed_dictionaries(
    {},
    optional={
        "v": st.just(1) | JSON,
        "id": st.sampled_from(["x", 7]) | JSON,
        "op": st.sampled_from(["scores", "column", "map", "heads", "cancel", "batch"]) | JSON,
        "args": ARGUMENTS | JSON,
    },
)
MESSAGE = (
    REQUEST
    | JSON
    | st.fixed_dictionaries({"op": st.just("batch"), "requests": st.lists(REQUEST | JSON, max_size=3)})
)


@pytest.mark.slow
@settings(max_examples=150)
@given(MESSAGE)
def test_whatever_comes_is_answered_or_ignored(message: Any) -> None:
    page = Page(planted())
    page.session.receive(message)
    requests = [message] if isinstance(message, dict) else []
    if requests and message.get("op") == "batch" and isinstance(message.get("requests"), list):
        requests = [r for r in message["requests"] if isinstance(r, dict)]
    elif requests and message.get("op") == "cancel":
        requests = []
    ids = {
        r.get("id")
        for r in requests
        if isinstance(r.get("id"), str | int) and not isinstance(r.get("id"), bool)
    }
    for request in ids:
        answer = page.answer(request)
        assert answer["ok"] or (len(answer["error"]) > 10 and "Python failed" not in answer["error"])
    page.session.close()
    assert set(page.answers()) <= ids


def test_messages_without_an_id_are_ignored_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    page = Page(planted())
    for message in (
        None,
        3,
        {},
        {"v": 1, "op": "map"},
        {"op": "batch", "v": 1, "requests": [5]},
        {"op": "cancel"},
    ):
        page.session.receive(message)
    assert page.received == []
    assert sum(record.getMessage().startswith("ignored") for record in caplog.records) == 6


def test_joined_steps_are_one_row_the_sum_of_theirs() -> None:
    ex = aw.load("demo").explain("The capital of Japan is Tokyo and", max_new_tokens=4)
    joins = {one["name"] for one in content_of(ex.reading)["methods"] if one.get("joins")}
    assert {"gim", "input_x_gradient"} <= joins
    assert "saliency" not in joins
    assert not any(one.get("joins") for one in content_of(ex.reading, model=False)["methods"])
    asked = {**SELECTION, "method": "input_x_gradient"}
    page = Page(ex)
    meta, joined = page.ask("scores", {**asked, "steps": [0, 1, 2], "joined": True}, "a")
    assert not ex.reading.has_rows("input_x_gradient", [2]), "one row, and not those of the steps"
    _, single = page.ask("scores", {**asked, "steps": [0, 1, 2]}, "b")
    rows = np.frombuffer(single, "<f4").reshape(3, -1)
    np.testing.assert_allclose(np.frombuffer(joined, "<f4"), np.nansum(rows, axis=0), atol=1e-5)
    assert (meta["rows"], meta["notes"]) == (1, ["all 3 by one backward pass"])
    assert "a row of its own" in page.error("scores", {**SELECTION, "steps": [0, 1], "joined": True})
    assert "two or more" in page.error("scores", {**asked, "steps": [0, 2], "joined": True})
