"""Servers that are slow, broken, rate-limited or stream unasked end in an answer or a sentence; keys stay hidden."""

from __future__ import annotations

import itertools
import logging
import pickle
import signal
import threading
import time
import traceback
from dataclasses import dataclass, field
from typing import Any

import pytest
from helpers.chat_server import KEY, Planted, Served, serving

import attrwidget as aw

openai = pytest.importorskip("openai")

TEXT = "The fine old film"
HONEST = Planted("fine", "fine")


def asked(served: Served, **options: Any) -> aw.SelfExplanation:
    with serving(served) as address:
        client = openai.OpenAI(
            base_url=address, api_key=KEY, timeout=options.pop("timeout", 20), max_retries=1
        )
        return aw.self_explain(
            client, TEXT, model="planted", claims="importances", samples=1, draws=3, **options
        )


def refused(served: Served, **options: Any) -> str:
    with pytest.raises(aw.AttrWidgetError) as caught:
        asked(served, **options)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return str(caught.value)


def test_a_rate_limit_is_waited_for() -> None:
    served = Served(
        HONEST, trouble=lambda n: (429, {"error": {"message": "slow down"}}) if n % 2 == 0 else None
    )
    assert asked(served).claims[0].mark == "held"


@dataclass
class Watched(Served):
    """A server that counts how many requests are under way, and refuses more than *allowed* with status 429."""

    allowed: int = 100
    now: int = 0
    highest: int = 0
    refused: int = 0
    lock: Any = field(default_factory=threading.Lock)

    def reply(self, asked: dict[str, Any]) -> tuple[int, Any]:
        with self.lock:
            self.now += 1
            self.highest = max(self.highest, self.now)
            full = self.now > self.allowed
            self.refused += full
        time.sleep(0.05)
        found = (429, {"error": {"message": "one at a time"}}) if full else super().reply(asked)
        with self.lock:
            self.now -= 1
        return found


@pytest.mark.parametrize("log_probs", [True, False], ids=["log-probabilities", "counted"])
def test_no_more_requests_overlap_than_allowed_and_the_result_is_the_same(*, log_probs: bool) -> None:
    found = []
    for parallel in (1, 3):
        served = Watched(HONEST, log_probs=log_probs)
        with serving(served) as address:
            found.append(aw.self_explain(address, TEXT, model="planted", draws=2, parallel=parallel))
        assert served.highest == parallel
    one, three = found
    assert one.table().equals(three.table())
    assert one.answers.equals(three.answers)
    assert one.decisions.equals(three.decisions)


def test_samples_and_trials_overlap() -> None:
    meeting = threading.Barrier(2)  # nobody passes it alone

    def meet(messages: list[dict[str, str]]) -> str:
        if len(served.requests) > 2:  # the first two are about the whole text
            meeting.wait(timeout=20)
        return HONEST(messages)

    served = Served(meet, log_probs=False)
    with serving(served) as address:
        aw.self_explain(address, TEXT, model="m", claims="importances", samples=2, draws=1, parallel=2)
    assert len(served.requests) == 2 + 4 + 2


def test_samples_keep_their_order() -> None:
    class Late(Served):
        def reply(self, asked: dict[str, Any]) -> tuple[int, Any]:
            status, body = super().reply(asked)
            if len(asked["messages"]) > 1:
                time.sleep(0.1 * (2 - asked["seed"]))
                body["choices"][0]["message"]["content"] = f"sample {asked['seed']}"
            return status, body

    with serving(Late(HONEST)) as address:
        result = aw.self_explain(address, TEXT, model="planted", claims="importances")
    assert result.answers["answer"].tolist() == ["sample 0", "sample 1", "sample 2"]


def test_a_server_that_answers_one_at_a_time_is_asked_so_once_it_says_it() -> None:
    served = Watched(HONEST, allowed=1)
    with serving(served) as address, openai.OpenAI(base_url=address, api_key=KEY, max_retries=0) as client:
        result = aw.self_explain(client, TEXT, model="planted", claims="importances", samples=4)
    assert result.claims[0].mark == "held"
    assert 0 < served.refused <= 3  # the four that were under way, but for the one that was first


@pytest.mark.parametrize("stop", ["progress", "Ctrl-C"])
def test_it_stops_at_once(stop: str) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in a shell's background ignores it
    main, number = threading.get_ident(), itertools.count()

    def answer(messages: list[dict[str, str]]) -> str:
        time.sleep(0.05)
        # The second comes where the first was lost: Python drops an exception in a destructor.
        if next(number) in {6, 12} and stop == "Ctrl-C":
            signal.pthread_kill(main, signal.SIGINT)
        return HONEST(messages)

    def progress(done: int, total: int) -> None:  # noqa: ARG001
        if stop == "progress" and done == 2:
            raise aw.Cancelled

    served = Served(answer, log_probs=False)
    with serving(served) as address, openai.OpenAI(base_url=address, api_key=KEY) as client:
        with pytest.raises((aw.Cancelled, KeyboardInterrupt)):
            aw.self_explain(client, TEXT, model="m", samples=50, draws=3, parallel=2, progress=progress)
        time.sleep(0.3)
        after = len(served.requests)
        assert after < 20  # of about 170
        time.sleep(0.2)
        assert len(served.requests) == after


def test_a_rate_limit_without_end_is_a_sentence() -> None:
    sentence = refused(Served(HONEST, trouble=lambda _: (429, {"error": {"message": "slow down"}})))
    assert sentence == (
        "The server of 'planted' refused with status 429 (slow down): wait, or ask for fewer samples."
    )


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ((500, {"error": {"message": "it burns"}}), "refused with status 500 (it burns): try again"),
        ((401, {"error": {"message": f"Bad key {KEY}"}}), "(Bad key [key]): check the key in OPENAI_API_KEY"),
        ((403, f"<h1>Bearer {KEY}</h1>"), "check the key"),
        ((404, {"detail": "Not Found"}), "check the name of the model and the base address"),
        ((200, "<html>Welcome</html>"), "answered with a page, not with a chat"),
        ((200, '{"choices": [{"mess'), "sent no answer that can be read"),
        ((200, {"choices": None}), "without a choice"),
        ((200, {"choices": []}), "without a choice"),
        ((200, {"hello": 1}), "without a choice"),
    ],
)
def test_broken_answers_are_sentences(trouble: tuple[int, Any], words: str) -> None:
    sentence = refused(Served(HONEST, trouble=lambda _: trouble))
    assert words in sentence
    assert KEY not in sentence


@pytest.mark.parametrize(
    "choice",
    [
        {"message": {"content": None}},
        {"message": {"content": 7}},
        {"message": None},
        {"message": {"content": None, "refusal": "I will not."}},
        {"message": {"content": "?"}, "logprobs": {"content": [{"token": " "}, {"token": 3}]}},
        {
            "message": {"content": "?"},
            "logprobs": {"content": [{"token": "a", "top_logprobs": [{"token": "a", "logprob": "x"}]}]},
        },
    ],
)
def test_answers_without_a_label_are_a_sentence(choice: dict[str, Any]) -> None:
    sentence = refused(Served(HONEST, trouble=lambda _: (200, {"choices": [choice]})))
    assert "answers neither positive nor negative" in sentence


def test_a_slow_server_is_a_sentence() -> None:
    assert "did not answer about 'planted' in time" in refused(Served(HONEST, slow=0.4), timeout=0.1)


def test_a_server_that_is_not_there_is_a_sentence() -> None:
    with serving(Served(HONEST)) as address:
        pass
    client = openai.OpenAI(base_url=address, api_key=KEY, max_retries=0)
    with pytest.raises(aw.AttrWidgetError, match="cannot be reached: check its base address"):
        aw.self_explain(client, TEXT, model="planted")


def test_a_stream_that_was_not_asked_for_is_read() -> None:
    served = Served(HONEST, streams=True)
    assert asked(served).claims[0].mark == "held"
    assert not any(request["stream"] for request in served.requests)


@pytest.mark.parametrize("option", ["seed", "max_tokens", "logprobs", "temperature"])
def test_an_option_that_a_server_does_not_know_is_left_out(option: str) -> None:
    served = Served(HONEST, refuses=(option,))
    result = asked(served)
    assert result.claims[0].mark == "held"
    assert sum(option in request for request in served.requests) == 1
    if option == "max_tokens":
        assert served.requests[-1]["max_completion_tokens"] > 0
    assert (result.decisions["counted"].max() > 0) == (option == "logprobs")


def test_it_decides_first_and_every_sample_has_its_own_seed() -> None:
    served = Served(HONEST)
    with serving(served) as address:
        aw.self_explain(address, TEXT, model="planted", claims="importances", samples=3, seed=5)
    assert len(served.requests[0]["messages"]) == 1
    explained = [request for request in served.requests if len(request["messages"]) == 3]
    assert sorted(request["seed"] for request in explained) == [5, 6, 7]
    assert explained[0]["messages"][1] == {"role": "assistant", "content": "positive"}


def test_the_environment_says_where_who_and_how(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Served(HONEST)) as address:
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        monkeypatch.setenv("OPENAI_MODEL", "from-outside")
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        result = aw.self_explain(None, TEXT, claims="change", samples=1)
    assert result.model_name == "from-outside"


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(aw.AttrWidgetError, match="No server is known"):
        aw.self_explain(None, TEXT, model="m")
    with pytest.raises(aw.AttrWidgetError, match="Give model="):
        aw.self_explain("http://localhost:1/v1", TEXT)
    with pytest.raises(aw.AttrWidgetError, match="begins with http"):
        aw.self_explain("localhost:8000", TEXT, model="m")
    with pytest.raises(aw.AttrWidgetError, match="not AsyncOpenAI"):
        aw.self_explain(openai.AsyncOpenAI(api_key="x"), TEXT, model="m")


def test_without_the_client_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "openai", None)
    with pytest.raises(aw.AttrWidgetError, match=r"pip install 'attrwidget\[chat\]'"):
        aw.self_explain("http://localhost:1/v1", TEXT, model="m")


def test_no_key_reaches_a_log_a_file_what_is_shown_or_an_error(
    caplog: pytest.LogCaptureFixture, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    def parrot(messages: list[dict[str, str]]) -> str:
        return "positive" if len(messages) == 1 else f"For: 2, as {KEY} says"

    with serving(Served(parrot, log_probs=False)) as address:
        result = aw.self_explain(address, TEXT, model="parrot", draws=2)
    result.save(tmp_path / "said.attrwidget")
    result.to_html(tmp_path / "said.html")
    result.answers.to_csv(tmp_path / "said.csv")
    shown = [repr(result), result._repr_html_(), str(vars(result)), repr(result.claims), caplog.text]
    written = [path.read_bytes().decode("latin-1") for path in tmp_path.iterdir()]
    assert not [text for text in (*shown, *written) if KEY in text]
    assert KEY.encode() not in pickle.dumps((result.answers, result.claims))

    wrong = Served(parrot, trouble=lambda _: (401, {"error": {"message": f"No such key: {KEY}"}}))
    with serving(wrong) as address, pytest.raises(aw.AttrWidgetError) as caught:
        aw.self_explain(address, TEXT, model="parrot")
    assert KEY not in "".join(traceback.format_exception(caught.value)) + caplog.text
    with serving(wrong) as address, pytest.raises(aw.AttrWidgetError, match="holds a password") as caught:
        aw.self_explain(address.replace("//", "//me:secret-word@"), TEXT, model="parrot")
    assert "secret-word" not in str(caught.value) + caplog.text
