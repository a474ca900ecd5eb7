"""A server that anybody may ask: whatever comes is answered by a sentence, and nobody holds the others."""

from __future__ import annotations

import asyncio
import http.client
import json
import logging
import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from helpers.model_server import model_server

import attrwidget as aw
from attrwidget.serve import patience, requests
from attrwidget.serve.limits import ServeLimits
from attrwidget.serve.make import Maker
from attrwidget.serve.queue import Queue

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "a token of the tests"  # noqa: S105
HERE = Path(__file__).with_name("attacked.svg")
RECIPE = {"model": "demo", "input": "The capital of Japan is", "options": {"max_new_tokens": 2}}
LIMITS = ServeLimits(characters=500, new_tokens=8, body=20_000, kept=2)


@pytest.fixture(scope="module")
def model() -> Any:
    return aw.load("demo")


@pytest.fixture(scope="module")
def address(model: Any) -> Iterator[str]:
    with model_server(model, token=TOKEN, limits=LIMITS) as found:
        yield found


def send(
    address: str, path: str, body: Any, token: str | None = TOKEN, verb: str = "POST"
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        connection.request(verb, path, data, {} if token is None else {"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def refused(address: str, path: str, body: Any, **options: Any) -> tuple[int, str]:
    """Return the status and the sentence of a refusal; there is nothing else in it."""
    status, data = send(address, path, body, **options)
    found = json.loads(data)
    assert 400 <= status < 500, found
    assert list(found) == ["error"]
    assert "Traceback" not in found["error"]
    assert "src/attrwidget" not in found["error"]
    return status, found["error"]


def works(address: str) -> None:
    status, _ = send(address, "/v1/explain", {"recipe": RECIPE})
    assert status == 200


@pytest.mark.parametrize("token", [None, "", "another", TOKEN[:-1], TOKEN + "x", "é"])
@pytest.mark.parametrize("path", ["/v1/model", "/v1/explain", "/v1/call"])
def test_without_the_token_nothing_is_told(address: str, path: str, token: str | None) -> None:
    token = None if token is None else token.encode().decode("latin-1")
    verb = "GET" if path == "/v1/model" else "POST"
    status, sentence = refused(address, path, {"recipe": RECIPE}, token=token, verb=verb)
    assert (status, "token" in sentence) == (401, True)
    assert TOKEN not in sentence


def test_the_client_sends_its_token(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(aw.AttrWidgetError, match="asks for a token"):
        aw.connect(address)
    assert aw.connect(address, api_key=TOKEN).explain("The capital of Japan is", max_new_tokens=1)
    monkeypatch.setenv("ATTRWIDGET_TOKEN", TOKEN)
    assert aw.connect(address).name == "demo"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[1]",
        b"null",
        b'{"recipe": NaN}',
        b'{"recipe": 1e999}',
        b'{"recipe": ' + b"[" * 9000 + b"]" * 9000 + b"}",
        b'{"recipe": ' + b"9" * 5000 + b"}",
        {},
        {"recipe": None},
        {"recipe": []},
        {"recipe": {"input": "a"}},
        {"recipe": {**RECIPE, "model": "another"}},
        {"recipe": {**RECIPE, "model": ["demo"]}},
        {"recipe": {**RECIPE, "path": "/etc/passwd"}},
        {"recipe": {**RECIPE, "seed": -1}},
        {"recipe": {**RECIPE, "seed": True}},
        {"recipe": {**RECIPE, "then": [["scores", {}]]}},
        {"recipe": {**RECIPE, "then": [["__init__", {}]]}},
        {"recipe": {**RECIPE, "then": [["edit", {"changes": {"$map": [[[1], 2]]}}]]}},
        {"recipe": {**RECIPE, "then": [["edit", {"changes": 5}]]}},
        {"recipe": {**RECIPE, "then": [["edit", {}]]}},
        {"recipe": {**RECIPE, "then": [["edit", {"changes": {"Japan": "x" * 600}}]]}},
        {"recipe": {**RECIPE, "then": [["instead", {"answer": "x", "max_new_tokens": 99}]] * 101}},
        {"recipe": {**RECIPE, "input": None}},
        {"recipe": {**RECIPE, "input": 5}},
        {"recipe": {**RECIPE, "input": {"input_ids": [1, 2]}, "options": {"output": {}}}},
        {"recipe": {**RECIPE, "input": ["one text", "another"]}},
        {"recipe": {**RECIPE, "input": [10**9]}},
        {"recipe": {**RECIPE, "input": "x" * 501}},
        {"recipe": {**RECIPE, "input": {"$bytes": "x"}}},
        {"recipe": {**RECIPE, "input": [{"role": "user"}]}},
        {"recipe": {**RECIPE, "options": []}},
        {"recipe": {**RECIPE, "options": {"max_new_tokens": 9}}},
        {"recipe": {**RECIPE, "options": {"max_new_tokens": "many"}}},
        {"recipe": {**RECIPE, "options": {"max_new_tokens": 2**70}}},
        {"recipe": {**RECIPE, "options": {"output": 5}}},
        {"recipe": {**RECIPE, "options": {"documents": "not a list", "output": " a"}}},
        {"recipe": {**RECIPE, "options": {"num_beams": 1000}}},
        {"recipe": {**RECIPE, "options": {"temperature": "hot", "do_sample": True}}},
        {"recipe": {**RECIPE, "options": {"prompt": "another"}}},
        {"recipe": {**RECIPE, "options": {"self": 1}}},
        {"recipe": {**RECIPE, "options": {"\ud800": 1}}},
        {"recipe": {**RECIPE, "options": {"progress": 1}}},
        {"recipe": {**RECIPE, "options": {"custom_generate": "someone/code", "trust_remote_code": True}}},
        {"recipe": {**RECIPE, "options": {"chat_template": "{{ 1 }}"}}},
    ],
    ids=lambda body: (body if isinstance(body, bytes) else json.dumps(body).encode())[:70].decode("latin-1"),
)
def test_what_is_no_recipe_is_a_sentence(address: str, body: Any) -> None:
    refused(address, "/v1/explain", body)
    works(address)


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        (None, {}),
        (["scores"], {}),
        ("__init__", {}),
        ("__class__", {}),
        ("_refuse", {}),
        ("reading", {}),
        ("trace", {}),
        ("widget", {}),
        ("with_corpus", {"corpus": 1}),
        ("scores", None),
        ("scores", [1]),
        ("scores", {"method": 5}),
        ("scores", {"method": "__import__"}),
        ("scores", {"progress": 1}),
        ("scores", {"self": 1}),
        ("scores", {"options": {}}),
        ("scores", {"method": "lime", "samples": 10**9}),
        ("scores", {"method": "integrated_gradients", "points": 10**9}),
        ("scores", {"units": [[0, 1]] * 5000}),
        ("check", {}),
        ("check", {"step": 0, "draws": 10**9}),
        ("check", {"step": "first"}),
        ("heads", {"step": 1e300}),
        ("to_html", {"path": str(HERE)}),
        ("save", {"path": str(HERE)}),
        ("save", {"methods": "/etc/passwd"}),
        ("save", {"max_mb": 10**6}),
        ("figure", {}),
        ("figure", {"suffix": f"/../../../../../..{HERE}"}),
        ("figure", {"suffix": ".svg", "path": str(HERE)}),
        ("figure", {"suffix": ".svg", "font": "/etc/passwd"}),
        ("figure", {"suffix": ".png", "scale": 10**6}),
    ],
)
def test_what_is_no_call_is_a_sentence(address: str, call: Any, arguments: Any) -> None:
    refused(address, "/v1/call", {"recipe": RECIPE, "call": call, "arguments": arguments})
    assert not HERE.exists()
    works(address)


@pytest.mark.parametrize(
    ("call", "more"),
    [
        ("summary", {"at_hand": 5}),
        ("summary", {"at_hand": [["saliency"]]}),
        ("to_html", {"shown": {"method": 5, "held": "all", "view": ["/etc/passwd"]}}),
        ("figure", {"shown": {"method": {"a": 1}, "held": [10**9], "view": "nothing"}}),
        ("save", {"shown": {"method": ["x"]}}),
    ],
)
def test_what_a_client_says_that_it_shows_is_not_trusted(
    address: str, call: str, more: dict[str, Any]
) -> None:
    arguments = {"suffix": ".svg"} if call == "figure" else {}
    status, data = send(address, "/v1/call", {"recipe": RECIPE, "call": call, "arguments": arguments, **more})
    assert status < 500, data
    assert b"passwd" not in data
    works(address)


def test_waiting_for_others_is_no_work_of_a_page(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Queue.run

    async def late(queue: Queue, *given: Any) -> Any:
        await asyncio.sleep(2.5)
        return await real(queue, *given)

    monkeypatch.setattr(Queue, "run", late)
    args = {"method": "attention", "steps": [0], "layer": None, "heads": [], "head_rule": "mean"}
    with model_server(model, limits=ServeLimits(seconds=2)) as found:
        _, data = send(found, "/v1/page", {"recipe": RECIPE, "op": "scores", "args": args}, token=None)
    assert b'"ok":true' in data
    assert b'"ok":false' not in data


@pytest.mark.parametrize("op", ["cancel", "nothing", None, ["scores"]])
def test_what_is_no_request_of_a_page_is_answered_at_once(address: str, op: Any) -> None:
    _, data = send(address, "/v1/page", {"recipe": RECIPE, "op": op, "args": {}})
    assert b'"ok":false,"error":"' in data


def test_a_body_that_is_too_large_is_not_read(address: str) -> None:
    status, sentence = refused(address, "/v1/explain", b" " * 1_000_000)
    assert (status, "20,000 bytes" in sentence) == (413, True)


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/openapi.json", "/v1/explain/x", "/v1/recipes", "/../etc/passwd"]
)
def test_there_is_nothing_else_to_read(address: str, path: str) -> None:
    status, data = send(address, path, b"", verb="GET")
    assert status in (404, 405)
    assert b"Japan" not in data


def test_a_mistake_of_the_server_tells_and_logs_no_text(
    address: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: Any) -> None:
        raise KeyError("what somebody wrote")

    monkeypatch.setattr(Maker, "explanation", fails)
    with caplog.at_level(logging.DEBUG):
        status, data = send(address, "/v1/explain", {"recipe": RECIPE})
    assert status == 500
    assert "KeyError" in caplog.text
    assert b"somebody" not in data
    assert "somebody" not in caplog.text
    assert "Japan" not in caplog.text


def test_clients_that_dawdle_are_cut_off_and_hold_nobody(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SECONDS", 0.5)
    monkeypatch.setattr(requests, "_BODY_SECONDS", 0.5)
    with model_server(model) as address:
        where = (urlsplit(address).hostname, urlsplit(address).port)
        heads = [socket.create_connection(where) for _ in range(20)]
        bodies = [socket.create_connection(where) for _ in range(20)]
        for one in heads:
            one.sendall(b"POST /v1/explain HTTP/1.1\r\nHost: x\r\n")
        for one in bodies:
            one.sendall(b"POST /v1/explain HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        begin = time.monotonic()
        works(address)
        assert time.monotonic() - begin < 10
        for one in heads:
            one.settimeout(20)
            assert one.recv(1000) == b""
        for one in bodies:
            one.settimeout(20)
            assert b"408" in one.recv(1000)
        for one in (*heads, *bodies):
            one.close()


def test_work_of_a_client_that_left_stops(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = threading.Event(), threading.Event()

    def endless(_self: Any, _recipe: Any, progress: Any) -> None:
        begun.set()
        try:
            while True:
                progress(0, 1)
                time.sleep(0.01)
        finally:
            ended.set()

    def give_up(_done: int, _total: int) -> None:
        if begun.is_set():
            raise aw.Cancelled

    with model_server(model) as address:
        served = aw.connect(address)
        with monkeypatch.context() as patched:
            patched.setattr(Maker, "explain", endless)
            with pytest.raises(aw.Cancelled):
                served.explain("The capital of Japan is", progress=give_up)
        assert ended.wait(20)
        works(address)


def test_a_client_that_counts_is_told_how_far_its_work_is(
    address: str, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = aw.connect(address, api_key=TOKEN).explain("The capital of Japan is", max_new_tokens=2)
    told: list[tuple[int, int]] = []
    go = threading.Event()

    def slow(self: Any, step: int, *, progress: Any) -> None:  # noqa: ARG001
        progress(3, 7)
        assert go.wait(20)
        raise aw.AttrWidgetError("Enough.")

    def watch(done: int, total: int) -> None:
        told.append((done, total))
        if done == 3:
            go.set()

    with monkeypatch.context() as patched:
        patched.setattr("attrwidget.explanation.Explanation.check", slow)
        with pytest.raises(aw.AttrWidgetError, match=r"^Enough\.$"):
            served.check(0, progress=watch)
    assert set(told) == {(0, 1), (3, 7)} or set(told) == {(3, 7)}
    here = model.explain("The capital of Japan is", max_new_tokens=2)
    assert served.scores("saliency", progress=watch).equals(here.scores("saliency"))
    with pytest.raises(aw.AttrWidgetError, match="no step 9"):
        served.check(9, progress=watch)


def test_what_is_no_longer_kept_is_made_again(address: str) -> None:
    served = aw.connect(address, api_key=TOKEN)
    first = served.explain("The capital of Japan is", max_new_tokens=2).edit({"Japan": "France"})
    wanted = first.scores("saliency")
    for country in ("Spain", "Italy", "Chile"):
        served.explain(f"The capital of {country} is", max_new_tokens=2)
    assert first.scores("saliency").equals(wanted)


def test_an_answer_drawn_at_random_is_drawn_again(address: str) -> None:
    served = aw.connect(address, api_key=TOKEN)
    drawn = [
        served.explain("The capital of", max_new_tokens=8, do_sample=True, temperature=3.0) for _ in range(4)
    ]
    assert len({tuple(ex.tokens.ids) for ex in drawn}) > 1
    for ex in drawn:  # two are kept
        assert list(ex.scores("saliency").index) == list(ex.steps["token"])
