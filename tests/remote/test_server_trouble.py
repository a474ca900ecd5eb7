"""Servers that answer badly: each trouble is a sentence, and what was answered is kept."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers.chat_server import KEY

import attrwidget as aw
from attrwidget.servers.at_once import at_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers.completions_server import Completions

openai = pytest.importorskip("openai")

PROMPT, ANSWER = "The first president of America is", " George Washington."


def connected(address: str, **options: Any) -> aw.RemoteModel:
    """Return the model of a client that repeats nothing by itself."""
    client = openai.OpenAI(base_url=address, api_key=KEY, max_retries=0, timeout=5)
    return aw.connect(client, "demo", **options)


def with_values(choice: dict[str, Any], change: Callable[[float], Any], at: int = -2) -> None:
    values = choice["logprobs"]["token_logprobs"]
    values[at] = change(values[at])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: with_values(c, lambda _: float("nan")), "no log-probability of ' Washington' in a text"),
        (lambda c: with_values(c, lambda _: None), "no log-probability of ' Washington' in a text"),
        (lambda c: with_values(c, lambda _: "-1"), "no log-probability of ' Washington' in a text"),
        (lambda c: with_values(c, np.exp), "a probability above 1"),
        (lambda c: c["logprobs"]["token_logprobs"].pop(), "gives no log-probabilities"),
        (lambda c: c["logprobs"].update(tokens="abc"), "gives no log-probabilities"),
        (lambda c: c["logprobs"].update(tokens=[{}], token_logprobs=[0]), "gives no log-probabilities"),
        (lambda c: c.update(logprobs=["?"]), "gives no log-probabilities"),
        (lambda c: c["logprobs"].update(top_logprobs=[[1, 2]] * 9, text_offset="no"), None),
    ],
)
def test_wrong_numbers_are_sentences(
    served: Completions, address: str, change: Callable[[dict[str, Any]], Any], words: str | None
) -> None:
    served.change = lambda _number, choice: change(choice)
    if words is None:
        assert connected(address).explain(PROMPT, output=ANSWER).reading.n_steps == 3
        return
    with pytest.raises(aw.AttrWidgetError, match=words):
        connected(address).explain(PROMPT, output=ANSWER)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ((429, {"error": {"message": "slow down"}}), "wait, or give connect a smaller parallel="),
        ((502, "<html><h1>Bad gateway</h1></html>"), "status 502"),
        ((307, {"detail": "elsewhere"}), "cannot be reached"),  # to where it is already, again and again
        ((200, "[" * 3000), "sent no answer that can be read|without a choice"),
        ((200, {"choices": {"0": 1}}), "without a choice"),
    ],
)
def test_trouble_midway_is_a_sentence_and_loses_nothing(
    served: Completions, address: str, trouble: tuple[int, Any], words: str
) -> None:
    ex = connected(address, parallel=2).explain(PROMPT, output=ANSWER)
    served.trouble = lambda number: trouble if number >= 5 else None
    with pytest.raises(aw.AttrWidgetError, match=words) as caught:
        ex.scores()
    assert KEY not in str(caught.value)
    served.trouble = lambda _: None
    answered = {request["prompt"] for request in served.requests[:5]}
    asked = len(served.requests)
    assert np.isfinite(ex.scores().to_numpy()[0, : ex.reading.first_step]).all()
    assert not answered & {request["prompt"] for request in served.requests[asked:]}


def test_texts_that_are_under_way_are_not_asked_for_again(served: Completions, address: str) -> None:
    ex = connected(address, parallel=4).explain(PROMPT, output=ANSWER)
    served.slow, asked = 0.05, len(served.requests)
    rows = ex.reading.remote.changed.batch([(3,), (3,), (3,), (4,)], lambda changed: changed.log_probs)
    assert len(served.requests) == asked + 2
    np.testing.assert_array_equal(rows[0], rows[2])


def test_answers_in_other_tokens_are_told_of(served: Completions, address: str) -> None:
    def split(number: int, choice: dict[str, Any]) -> None:
        """Split a token of the answer in two, of which the second is certain."""
        if number == 3:
            found = choice["logprobs"]
            at = found["tokens"].index(" George")
            found["tokens"][at : at + 1] = [" Ge", "orge"]
            found["token_logprobs"].insert(at + 1, 0.0)
            found["top_logprobs"].insert(at + 1, None)
            found["text_offset"].insert(at + 1, 0)

    plain = connected(address, parallel=1).explain(PROMPT, output=ANSWER).scores(normalize=None)
    served.requests.clear()
    served.change = split
    scores = connected(address, parallel=1).explain(PROMPT, output=ANSWER).scores(normalize=None)
    np.testing.assert_allclose(scores, plain, atol=1e-6)
    assert "1 changed text had the answer in other tokens" in scores.attrs["note"]


@pytest.mark.parametrize("stopped", [KeyboardInterrupt, RuntimeError])
def test_what_is_stopped_asks_no_more_and_keeps_what_was_answered(
    served: Completions, address: str, stopped: type[BaseException]
) -> None:
    ex = connected(address, parallel=3).explain(PROMPT, output=ANSWER)
    served.slow = 0.05

    def stop(done: int, _total: int) -> None:
        if done:
            raise stopped

    with pytest.raises(stopped):
        ex.scores("span_regression", progress=stop)
    time.sleep(0.2)  # those that were under way end
    asked = len(served.requests)
    time.sleep(0.2)
    assert len(served.requests) == asked < 2 + 10
    ex.scores("span_regression")
    prompts = [request["prompt"] for request in served.requests[2:]]
    assert len(prompts) == len(set(prompts))


def test_what_is_stopped_is_not_repeated_either(served: Completions, address: str) -> None:
    """The client repeats a refused request four times, unless nobody waits for it any more."""
    model = aw.connect(address, "demo", parallel=2)
    served.trouble = lambda _: (429, {"error": {"message": "slow down"}})
    served.slow = 0.1

    def stop() -> None:
        time.sleep(0.02)
        raise KeyboardInterrupt

    with (
        pytest.raises(KeyboardInterrupt),
        at_once([stop, lambda: model.explain(PROMPT, output=ANSWER)], 2) as answers,
    ):
        list(answers)
    time.sleep(0.5)
    assert len(served.requests) == 1


def test_the_widget_stops_asking_when_it_is_told_to(served: Completions, address: str) -> None:
    ex = connected(address, parallel=2).explain(PROMPT, output=ANSWER)
    served.slow = 0.05
    begun = len(served.requests)
    messages = iter([False, False, True])

    def progress(_done: int, _total: int) -> None:
        if next(messages, True):
            raise aw.AttrWidgetError("cancelled")

    with pytest.raises(aw.AttrWidgetError, match="cancelled"):
        ex.reading.contrasts.rows("leave_one_out", ex.reading.contrasts.find(0, " John"), progress)
    time.sleep(0.2)
    asked = len(served.requests)
    time.sleep(0.15)
    assert len(served.requests) == asked < begun + 12
