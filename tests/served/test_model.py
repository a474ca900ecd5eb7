"""A served model explains as the local one does, whatever its kind, and goes on after its server was away."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from helpers.model_server import model_server

import attrwidget as aw
from attrwidget import demo

KINDS = {
    "demo-masked": (("The [MASK] of Japan is Tokyo.",), {}),
    "demo-sentiment": (("a very good film",), {}),
    "demo-translation": (("the dog sleeps",), {"max_new_tokens": 3}),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_served(name: str) -> None:
    args, options = KINDS[name]
    local = aw.load(name)
    args = tuple(text.replace("[MASK]", local.tokenizer.mask_token or "") for text in args)
    here = local.explain(*args, **options)
    with model_server(local) as address:
        model = aw.connect(address)
        served = model.explain(*args, **options)
        assert (model.name, model.task, model.is_chat_model) == (local.name, local.task, False)
        assert served.scores().equals(here.scores())
        assert served.attention(0, 0).equals(here.attention(0, 0))
        assert served.reading.step_noun == here.reading.step_noun


def test_clients_do_not_see_where_a_model_lies() -> None:
    folder = str(demo.path("demo"))
    with model_server(aw.load(folder)) as address:
        model = aw.connect(address)
        ex = model.explain("The capital of Japan is", max_new_tokens=1)
        assert model.name == demo.path("demo").name
        assert folder not in str((model, ex.widget.content, ex.to_html()))


def test_a_text_is_given_once() -> None:
    with model_server(aw.load("demo-sentiment")) as address:
        served = aw.connect(address)
        with pytest.raises(TypeError, match="multiple values for argument 'text_pair'"):
            served.explain("good", "bad", text_pair="dull")


def test_several_texts_give_a_list() -> None:
    local = aw.load("demo")
    prompts, outputs = ["The capital of Japan is", "The capital of Peru is"], [" Tokyo", " Lima"]
    with model_server(local) as address:
        served = aw.connect(address).explain(prompts, output=outputs)
    wanted = local.explain(prompts, output=outputs)
    assert [ex.tokens for ex in served] == [ex.tokens for ex in wanted]


def test_token_ids_and_arrays_are_sent() -> None:
    local = aw.load("demo")
    ids = local.tokenizer("The capital of Japan is")["input_ids"]
    with model_server(local) as address:
        model = aw.connect(address)
        for given in (ids, np.array(ids), local.tokenizer("The capital of Japan is", return_tensors="np")):
            found = model.explain(given, max_new_tokens=1)
            found = found[0] if isinstance(found, list) else found
            assert found.tokens.ids[: len(ids)] == ids


@pytest.mark.parametrize("name", ["hf", "tokenizer", "capabilities"])
def test_what_is_on_the_server_is_refused(name: str) -> None:
    with model_server(aw.load("demo")) as address:
        model = aw.connect(address)
        ex = model.explain("The capital of Japan is", output=" Tokyo")
        with pytest.raises(aw.AttrWidgetError, match=r"on the server at 127\.0\.0\.1"):
            getattr(model, name)
        with pytest.raises(aw.AttrWidgetError, match="needs the model in this process"):
            _ = ex.trace
        with pytest.raises(aw.AttrWidgetError, match="texts, numbers, lists and mappings"):
            model.explain("Hello", tools=[len])
        with pytest.raises(aw.AttrWidgetError, match="finite"):
            ex.scores("smoothgrad", noise=float("nan"))
        with pytest.raises(TypeError, match="argument"):
            ex.scores("saliency", "gim")


def test_a_server_that_comes_back_goes_on() -> None:
    local = aw.load("demo")
    with model_server(local) as address:
        ex = (
            aw.connect(address).explain("The capital of Japan is", max_new_tokens=2).edit({"Japan": "France"})
        )
        wanted = ex.scores("saliency")
    for ask, then in (
        (lambda: ex.scores("saliency"), "works once it is back"),
        (lambda: aw.connect(address), "start it"),
    ):
        with pytest.raises(aw.AttrWidgetError, match=f"does not answer .nothing listens there.*{then}"):
            ask()
    assert len(ex.steps) == len(wanted)
    with model_server(local, port=urlsplit(address).port):
        assert ex.scores("saliency").equals(wanted)
    other = model_server(aw.load("demo-sentiment"), port=urlsplit(address).port)
    with other, pytest.raises(aw.AttrWidgetError, match="This server has 'demo-sentiment'"):
        ex.scores("saliency")


def test_an_answer_that_is_cut_off_is_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        from attrwidget.wire.transport import ServedServer

        server = ServedServer(f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=0.5)
        with pytest.raises(aw.AttrWidgetError, match=r"gave no answer within 0\.5 s"):
            server.get("/v1/health")


def test_addresses_are_looked_at() -> None:
    from attrwidget.wire.transport import ServedServer

    for address, words in [
        ("localhost:8900", "http://"),
        ("http://me:secret@localhost", "api_key="),
        ("http://", "http"),
        ("http://localhost:port", "no address of a server"),
        ("http://localhost:99999", "no address of a server"),
        ("http://[::1", "no address of a server"),
        ("http://local host", "no address of a server"),
        ("http://localhost/é", "no address of a server"),
    ]:
        with pytest.raises(aw.AttrWidgetError, match=words) as found:
            ServedServer(address)
        assert "secret" not in str(found.value)
    for token in ("", "secret\n", "secret→"):
        with pytest.raises(aw.AttrWidgetError, match="The token of a server is empty") as found:
            ServedServer("http://localhost:8900", token)
        assert "secret" not in str(found.value)


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (502, b"<html>", r"does not answer \(status 502\)"),
        (503, b"Service Unavailable", r"does not answer \(status 503\)"),
        (404, b"<html>", "Give model="),
        (200, b'{"attrwidget": "0.0", "name": "demo"}', "no attrwidget server, or of another version"),
    ],
)
def test_another_server_is_a_sentence_and_learns_no_token(
    status: int, body: bytes, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str | None]] = []

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers.get("Authorization")))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    monkeypatch.setenv("ATTRWIDGET_TOKEN", "secret")
    monkeypatch.delenv("OPENAI_MODEL", raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(aw.AttrWidgetError, match=sentence):
            aw.connect(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
    assert asked[0] == ("/v1/health", None)
