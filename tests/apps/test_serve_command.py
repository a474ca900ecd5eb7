"""The command ``attrwidget serve``: who may reach it, and what it hands on."""

from __future__ import annotations

import socket
import sys
from typing import Any

import pytest

from attrwidget.apps.cli import main
from attrwidget.serve import run as module
from attrwidget.serve.run import is_local


def command(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["attrwidget", "serve", *arguments])
    monkeypatch.delenv("ATTRWIDGET_TOKEN", raising=False)
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "example.org", ""])  # noqa: S104
def test_others_need_a_token(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], host: str
) -> None:
    assert command(monkeypatch, "demo", "--host", host) == 2
    assert "needs a token" in capsys.readouterr().err


def test_what_is_asked_for_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr("uvicorn.run", lambda app, **options: given.update(options, app=app))
    address = ("--host", "0.0.0.0", "--port", "9000", "--token", "a long token")  # noqa: S104
    assert command(monkeypatch, "demo", *address, "--max-kept", "3") == 0
    assert (given["host"], given["port"], given["access_log"]) == ("0.0.0.0", 9000, False)  # noqa: S104
    assert given["app"].title == "attrwidget"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.0.1", "::1"])
def test_this_machine_needs_none(host: str) -> None:
    assert is_local(host)


def test_what_cannot_be_served_is_found_before_the_model_is_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("attrwidget.load", lambda *_, **__: pytest.fail("loaded"))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        for arguments, sentence in (
            (("--port", port), f"Port {port} is in use"),
            (("--host", "no such host", "--token", "x"), "'no such host' is no address of this machine"),
            (("--host", "192.0.2.1", "--token", "x"), "'192.0.2.1' is no address of this machine"),
            (("--host", "0.0.0.0", "--token", ""), "ATTRWIDGET_TOKEN, is empty"),  # noqa: S104
        ):
            assert command(monkeypatch, "demo", *arguments) == 2
            assert sentence in capsys.readouterr().err


def test_what_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None if name == "uvicorn" else name)
    assert command(monkeypatch, "demo") == 2
    assert "attrwidget[serve]" in capsys.readouterr().err
