"""The command line."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from helpers.tiny import build, byte_tokenizer, save

import attrwidget as aw
from attrwidget.apps import server
from attrwidget.apps.cli import main
from attrwidget.apps.served import Served
from attrwidget.serve.run import require_free

if TYPE_CHECKING:
    from pathlib import Path


PROMPT = "The first president of America is"


Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command line here; returns its exit code, output and errors."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["attrwidget", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        return int(end.value.code or 0), *capsys.readouterr()

    return run


@pytest.mark.slow
def test_explain_prints_the_table_and_writes_the_page(command: Command, tmp_path: Path) -> None:
    page = tmp_path / "why.html"
    code, out, _ = command("explain", PROMPT, "--new-tokens", "3", "--html", str(page))
    assert code == 0
    for word in ("president", "America", "George", "Washington"):
        assert word in out
    assert "attrwidget-data" in page.read_text(encoding="utf-8")


def test_the_command_says_which_version_it_is_and_which_methods_there_are(command: Command) -> None:
    assert command("--version") == (0, f"attrwidget {aw.__version__}\n", "")
    code, out, _ = command("methods")
    assert code == 0
    table = aw.list_methods()
    said = " ".join(out.split())
    assert set(table.index) <= set(out.splitlines())
    for fact in table[["title", "formula", "cost", "needs", "options", "source"]].to_numpy().ravel():
        assert " ".join(fact.split()) in said
    assert "'attrwidget methods' lists" in " ".join(command("explain", "--help")[1].replace("│", "").split())


@pytest.mark.slow
def test_a_model_trained_on_chats_answers_a_message(command: Command, tmp_path: Path) -> None:
    model = save(build("llama"), tmp_path, byte_tokenizer(chat=True))
    asked = ("explain", "Hi", "--model", model, "--new-tokens", "2", "--method", "attention")
    for arguments, chat in ((asked, True), ((*asked, "--chat"), True), ((*asked, "--no-chat"), False)):
        code, out, _ = command(*arguments)
        assert code == 0
        assert out.startswith("Answer: ") is chat
        assert ("⏎" in out) is chat  # the template writes it after a message
    code, _, error = command("explain", "Hi", "--chat")
    assert (code, error.strip()) == (2, "'demo' has no chat template: leave out --chat.")


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        ((), Served(memory=4000)),
        (("--chat",), Served(chat=True, memory=4000)),
        (
            ("--no-chat", "--models", "a/b", "--models", "c"),
            Served(chat=False, models=("a/b", "c"), memory=4000),
        ),
        (("--allow-hub",), Served(allow_hub=True, memory=4000)),
        (
            ("--max-characters", "300", "--max-new-tokens", "9", "--max-memory", "500"),
            Served(characters=300, new_tokens=9, memory=500),
        ),
    ],
)
def test_the_app_is_told_what_visitors_may_do(
    monkeypatch: pytest.MonkeyPatch, command: Command, arguments: tuple[str, ...], allowed: Served
) -> None:
    given = []
    monkeypatch.setattr(server, "run", lambda _, **options: given.append(options["allowed"]))
    command("app", *arguments)
    assert given == [allowed]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("explain", ""), "prompt"),
        (("explain", "The", "capital", "--method", "attention"), "in quotes"),
        (("explain", PROMPT, "--new-tokens", "0"), "0"),
        (("explain", PROMPT, "--method", "magic"), "magic"),
        (("explain", PROMPT, "--model", "no-such-folder/at-all"), "no-such-folder/at-all"),
        (("app", "--theme", "pink"), "pink"),
        (("app", "--max-new-tokens", "0"), "--max-new-tokens"),
        (("app", "--model-url", "http://localhost:1", "--allow-hub"), "leave out --models and --allow-hub"),
        (("app", "--model-url", "http://localhost:1"), "does not answer"),
        (("app", "magic"), "No app is called 'magic': take one of explore, compare, course"),
    ],
)
def test_a_mistake_is_one_sentence_and_code_2(
    command: Command, arguments: tuple[str, ...], says: str
) -> None:
    code, _, error = command(*arguments)
    assert code == 2
    assert says in error
    assert "Traceback" not in error


@pytest.mark.slow
def test_a_busy_port_is_a_sentence(command: Command) -> None:
    with socket.socket() as taken:
        taken.bind((server.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, _, error = command("app", "--port", str(port), "--no-browser")
    assert code == 2
    assert error.strip() == f"Port {port} is in use: choose another, or end what uses it."
    require_free(server.HOST, port)
