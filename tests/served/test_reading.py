"""The page of a served explanation, over HTTP: the local bytes, also after the server has forgotten the explanation."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from helpers.exported import export
from helpers.model_server import model_server
from helpers.page import SCORES, SELECTION, Page

import attrwidget as aw
from attrwidget.page.content import content_of
from attrwidget.results.live import LiveReading
from attrwidget.serve.limits import ServeLimits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROMPT = "The capital of Japan is"
TOKEN = PROMPT
CHANGES = {"changes": [[3, 4, "France"]]}


@pytest.fixture(scope="module")
def local() -> Any:
    return aw.load("demo")


@pytest.fixture(scope="module")
def address(local: Any) -> Iterator[str]:
    """A server that keeps one explanation."""
    with model_server(local, limits=ServeLimits(kept=1)) as found:
        yield found


def words(page: Page) -> list[str]:
    return [unit.text for unit in page.session.reading.tokens.units]


def test_answers_are_the_local_ones_and_do_not_depend_on_what_the_server_remembers(
    local: Any, address: str
) -> None:
    here, there = (Page(model.explain(PROMPT, max_new_tokens=3)) for model in (local, aw.connect(address)))
    other = aw.connect(address).explain("The capital of Italy is", max_new_tokens=2)
    row = ("scores", {**SCORES, "steps": [1, 0]})
    asked = [row, ("foil", {"step": 0, "text": " Paris"}), ("edit", CHANGES), row, ("map", SELECTION)]
    asked += [("continue", {"step": 0, "foil": [100]}), row, ("back", {}), ("back", {}), row]
    for number, (op, args) in enumerate(asked):
        other.scores("saliency")  # the server keeps this one alone now
        assert there.ask(op, args, number) == here.ask(op, args, number)
        assert words(there) == words(here)
        mine, theirs = (content_of(page.session.reading) for page in (there, here))
        assert mine.get("edits") == theirs.get("edits")
        assert mine.get("continued") == theirs.get("continued")


def test_an_edit_in_python_can_be_taken_back_in_its_page(local: Any, address: str) -> None:
    pages = [
        Page(model.explain(PROMPT, max_new_tokens=2).edit({"Japan": "France"}))
        for model in (local, aw.connect(address))
    ]
    for page in pages:
        page.ask("back", {})
    assert words(pages[1]) == words(pages[0])


def test_a_widget_of_a_served_explanation_holds_and_shows(local: Any, address: str) -> None:
    here, there = (model.explain(PROMPT, max_new_tokens=3).widget for model in (local, aw.connect(address)))
    for widget in (here, there):
        widget.held = [1]
        widget.foil = " Paris"
        assert widget.prepare(60)
    assert there.foil == here.foil
    assert there.held == [1]
    with pytest.raises(aw.AttrWidgetError, match="There is no step 9"):
        there.held = [9]


def test_files_begin_with_what_the_widget_shows(local: Any, address: str, tmp_path: Path) -> None:
    files = []
    for name, model in (("here", local), ("there", aw.connect(address))):
        ex = model.explain(PROMPT, max_new_tokens=3)
        ex.widget.method, ex.widget.held, ex.widget.view = "saliency", [1], "flow"
        figure = ex.figure(tmp_path / f"{name}.svg").read_text()
        _, page = export(ex, tmp_path / f"{name}.html", methods=["saliency"])
        files.append((figure, page["state"]))
    assert files[1] == files[0]
    assert files[1][1]["held"] == [1]


def test_the_log_of_a_server_has_no_text(
    local: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def rows(*_args: Any, **_options: Any) -> None:
        raise RuntimeError(PROMPT)

    with model_server(local) as address:
        page = Page(aw.connect(address).explain(PROMPT, max_new_tokens=2))
        with monkeypatch.context() as patch:
            patch.setattr(LiveReading, "rows", rows)
            assert "RuntimeError" in page.error("scores", SCORES)
    assert "RuntimeError at" in caplog.text
    assert PROMPT not in caplog.text


def test_a_page_without_the_token_gets_nothing(local: Any) -> None:
    with model_server(local, token=TOKEN) as address:
        page = Page(aw.connect(address, api_key=TOKEN).explain(PROMPT, max_new_tokens=2))
        page.ask("scores", SCORES)
        page.session.reading.server._server._token = TOKEN[1:]  # type: ignore[attr-defined]
        assert "The server asks for a token" in page.error("scores", {**SCORES, "steps": [1]})


def test_a_server_that_is_gone_is_a_sentence_and_what_comes_back_goes_on(local: Any) -> None:
    with model_server(local) as address:
        port = int(address.rsplit(":", 1)[1])
        page = Page(aw.connect(address).explain(PROMPT, max_new_tokens=2))
        first = page.ask("scores", SCORES)
    assert "does not answer" in page.error("scores", {**SCORES, "steps": [1]})
    with model_server(local, port=port):
        assert page.ask("scores", SCORES, "again") == first
        page.ask("scores", {**SCORES, "steps": [1]}, "new")


def test_a_request_that_takes_too_long_is_a_sentence(local: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def rows(*_args: Any, progress: Any, **_options: Any) -> None:
        while True:
            time.sleep(0.02)
            progress(0, 2)

    with model_server(local, limits=ServeLimits(seconds=0.3)) as address:
        page = Page(aw.connect(address).explain(PROMPT, max_new_tokens=1))
        with monkeypatch.context() as patch:
            patch.setattr(LiveReading, "rows", rows)
            assert "takes longer than the 0.3 s" in page.error("scores", SCORES)
        page.ask("scores", SCORES)


def test_a_page_that_gives_up_stops_the_work_there(local: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, goes_on, stopped = threading.Event(), threading.Event(), threading.Event()

    def rows(_self: Any, *_args: Any, progress: Any, **_options: Any) -> None:
        begun.set()
        try:
            while not goes_on.wait(0.02):
                progress(0, 2)
        except aw.Cancelled:
            stopped.set()
            raise

    with model_server(local) as address:
        page = Page(aw.connect(address).explain(PROMPT, max_new_tokens=2))
        with monkeypatch.context() as patch:
            patch.setattr(LiveReading, "rows", rows)
            page.send("map", SELECTION, "m")
            assert begun.wait(60)
            page.session.receive({"v": 1, "op": "cancel", "id": "m"})
            assert page.answer("m")["error"] == "cancelled"
            assert stopped.wait(60)
        page.ask("scores", SCORES)
