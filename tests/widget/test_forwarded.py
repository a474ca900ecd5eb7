"""A page whose model is in another process gets the very bytes that a local one gets, whatever it asks for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.fake import MESSAGES, FakeCorpus, random_explanation
from helpers.page import SCORES, SELECTION, Gate, Page
from helpers.served import GONE, Server, served
from helpers.tiny import build, byte_tokenizer

import attrwidget as aw
from attrwidget.page.content import content_of
from attrwidget.page.state import initial_state
from attrwidget.widget import ExplanationWidget
from attrwidget.widget.queries import _OPERATIONS

WHOLE = {"method": "attention", "layer": 1, "heads": [], "head_rule": "max"}
FIGURE = {"columns": 1, "theme": "dark", "caption": True}
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("scores", {**SELECTION, "steps": [1, 0]}),
    ("scores", {**SELECTION, "method": "integrated_gradients", "steps": [0]}),
    ("scores", {**WHOLE, "heads": [[0, 1], [2, 3]], "steps": [0]}),
    ("scores", {**SELECTION, "steps": [0], "foil": [70]}),
    ("column", {**SELECTION, "input": 2}),
    ("map", {**SELECTION, "method": "input_x_gradient"}),
    ("map", WHOLE),
    ("heads", {"steps": [0, 1], "input": None}),
    ("heads", {"steps": [0], "input": 3, "foil": [70]}),
    ("foil", {"step": 0, "text": "x"}),
    ("check", {"steps": [0], "inputs": [3, 4]}),
    ("lens", {"steps": [0], "top": 3, "ids": [70]}),
    ("glance", {"rows": 2, "cols": 3}),
    ("head_map", {"part": "all", "layer": 1, "head": 0, "rows": 3, "cols": 3}),
    ("query_key", {"step": 1, "input": 2, "layer": 0, "head": 1}),
    ("rests", {}),
    ("experts", {"inputs": [2, 3]}),
    ("expert_inputs", {"layer": 0, "expert": 1}),
    ("context", {"context": 0}),
    ("similar", next(one["request"]["args"] for one in MESSAGES["requests"] if one["request"]["op"] == "similar")),
    ("continue", {"step": 0, "foil": [70]}),
    ("back", {}),
    ("try", {"step": 0, "changes": [[3, 5, "cat"]]}),
    ("likely", {"start": 3, "end": 5}),
    ("edit", {"changes": [[3, 5, "cat"]]}),
    *(("figure", {"form": form, **FIGURE}) for form in ("pdf", "tex", "md", "csv")),
]  # fmt: skip


@pytest.fixture(scope="module")
def model() -> Any:
    return aw.load(build("mixtral"), byte_tokenizer())


def explain(model: Any) -> Any:
    documents = ["Ottawa is cold.", "Lima is dry."]
    ex = model.explain("Which is it?", documents=documents, output=" It is Ottawa. It is cold.")
    ex.reading.similar = FakeCorpus()
    return ex.reading


class Two:
    """One text, explained twice: here, and by a server."""

    def __init__(self, model: Any) -> None:
        self.here, self.there = explain(model), served(explain(model))
        self.pages = Page(self.here), Page(self.there)

    def answers(self, op: str, args: Any, request: str) -> tuple[Any, Any]:
        found = []
        for page in self.pages:  # one after the other: Matplotlib draws in one thread at a time
            page.send(op, args, request)
            found.append((page.answer(request), page.buffers[request]))
        return found[0], found[1]


@pytest.fixture(scope="module")
def two(model: Any) -> Two:
    return Two(model)


def test_every_operation_is_asked_for() -> None:
    assert {op for op, _ in ASKED} == set(_OPERATIONS)


@pytest.mark.parametrize(("op", "args"), ASKED, ids=[f"{i}-{op}" for i, (op, _) in enumerate(ASKED)])
def test_the_bytes_are_those_of_a_local_page(two: Two, op: str, args: dict[str, Any], request: Any) -> None:
    if op == "figure":
        args = {**args, "state": {**initial_state(two.here), "held": [0], "method": "saliency"}}
    here, there = two.answers(op, args, request.node.name)
    assert there == here
    assert here[0]["ok"], here
    if op in ("continue", "edit"):
        readings = [page.session.reading for page in two.pages]
        assert without_seconds(content_of(readings[1])) == without_seconds(content_of(readings[0]))
        assert readings[0].before is not None
        assert readings[1].before is not None


@pytest.mark.parametrize(
    ("op", "args"),
    [
        ("paint", {}),
        ("scores", SELECTION),
        ("scores", {**SCORES, "steps": [99]}),
        ("scores", {**SCORES, "steps": "0"}),
        ("scores", {**SCORES, "method": "salience"}),
        ("scores", {**WHOLE, "steps": [0], "heads": [[0, 9]]}),
        ("heads", {"steps": [0, 1], "input": None, "foil": [70]}),
        ("foil", {"step": 0, "text": ["x"]}),
        ("context", {"context": 7}),
        ("try", {"step": 0, "changes": [[0, 0, "a"]]}),
        ("edit", {"changes": []}),
        ("figure", {"form": "gif", **FIGURE, "state": {}}),
    ],
)
def test_refusals_are_the_sentences_of_a_local_page(
    two: Two, op: str, args: dict[str, Any], request: Any
) -> None:
    here, there = two.answers(op, args, request.node.name)
    assert there == here
    assert not here[0]["ok"]


def without_seconds(content: dict[str, Any]) -> dict[str, Any]:
    """Return *content* without what was measured, which differs each time."""
    methods = [{name: v for name, v in one.items() if name != "seconds"} for one in content["methods"]]
    measured = {"check_seconds": None, "lens": content["lens"]["layers"]}
    return {**content, **measured, "rests": content["rests"]["units"], "methods": methods}


def test_what_a_widget_begins_with_and_shows_is_that_of_a_local_one(model: Any) -> None:
    two = Two(model)
    widgets = [ExplanationWidget(reading) for reading in (two.here, two.there)]
    here, there = (without_seconds(widget.content) for widget in widgets)
    assert there == here
    for widget in widgets:
        widget.held = [1]
        widget.foil = "x"
        assert widget.foil["text"] == "x"
        widget.foil = widget.foil  # as a page sends it back
        widget.foil = None
        assert widget.prepare(20)
        widget._keep_on_show()
    shown = [dict(widget.on_show) for widget in widgets]
    given = shown[0].pop("heads")
    shown[1].pop("heads", None)
    assert shown[1] == shown[0]
    assert "saliency" not in given
    assert [widget._still() for widget in widgets][1] == widgets[0]._still()
    for widget in widgets:
        widget.close()


def test_a_request_that_is_cancelled_stops_the_work_there() -> None:
    gate, explanation = Gate(), four_steps()
    explanation.gate = gate
    page = Page(served(explanation))
    page.send("map", SELECTION, "m")
    gate.wait()
    page.session.receive({"v": 1, "op": "cancel", "id": "m"})
    assert page.answer("m")["error"] == "cancelled"
    gate.open.release(9)
    assert page.ask("scores", SCORES)[0]["rows"] == 1
    assert len(explanation.computed) < explanation.n_steps + 1


def test_a_row_goes_before_a_map_that_another_visitor_waits_for() -> None:
    gate, explanation = Gate(), four_steps()
    explanation.gate = gate
    server = Server()
    slow, quick = Page(server.explanation(explanation)), Page(server.explanation(explanation))
    slow.send("map", SELECTION, "m")
    gate.wait()
    quick.send("scores", {**SCORES, "steps": [2]}, "s")
    quick.until(lambda: any(m.get("op") == "progress" for m in quick.received))
    gate.open.release(9)
    assert quick.answer("s")["ok"]
    assert slow.answer("m")["ok"]
    assert [step for _, step in explanation.computed].index(2) == 1


def test_a_server_that_is_gone_is_a_sentence_and_the_next_gesture_works_when_it_is_back() -> None:
    server = Server()
    page = Page(server.explanation(four_steps()))
    page.ask("scores", SCORES, "a")
    server.gone = True
    assert page.error("scores", {**SCORES, "steps": [1]}) == GONE
    server.gone = False
    assert page.ask("scores", {**SCORES, "steps": [1]}, "b")[0]["rows"] == 1


def four_steps() -> Any:
    explanation = random_explanation(answer=4)
    explanation.steps["log_probability"] = np.log(explanation.steps["probability"])
    return explanation
