"""A model behind a server has the scores of the same model here; whatever the server does wrong is a sentence."""

from __future__ import annotations

import logging
import traceback
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers.chat_server import KEY, serving
from helpers.completions_server import Completions

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Callable

openai = pytest.importorskip("openai")

PROMPT = "The first president of America is"


def answer_of(ex: aw.RemoteExplanation) -> str:
    units = ex.tokens.units
    return "".join(unit.text for unit in units if unit.start >= ex.reading.first_step)


def deleted_here(local: Any, ex: aw.RemoteExplanation, monkeypatch: pytest.MonkeyPatch) -> aw.Explanation:
    """Return the same text by the model itself, in which every method deletes inputs instead of masking them."""
    here = local.explain(PROMPT, output=answer_of(ex))
    original = here.trace.perturber
    monkeypatch.setattr(here.trace, "perturber", lambda _change, **options: original("delete", **options))
    return here


def without_echo(choice: dict[str, Any]) -> None:
    """Leave out the prompt, as servers do that do not know the option."""
    for name in ("tokens", "token_logprobs", "top_logprobs", "text_offset"):
        choice["logprobs"][name] = choice["logprobs"][name][-1:]
    choice["text"] = choice["logprobs"]["tokens"][0]


def prompt_words(ex: aw.Explanation) -> list[tuple[int, int]]:
    """Return the spans of the words of the prompt, which are single tokens."""
    return [(i, i + 1) for i in range(1, ex.reading.first_step)]


@pytest.mark.parametrize("by_offset", [False, True], ids=["names", "offsets"])
@pytest.mark.parametrize("begins", ["", "<s>"])
def test_it_reads_what_the_model_reads(local: Any, *, by_offset: bool, begins: str) -> None:
    if begins and by_offset:
        pytest.skip("offsets that count a control token are not those of the text")
    with serving(Completions(local, by_offset=by_offset, begins=begins)) as address:
        ex = aw.connect(address, "demo").explain(PROMPT, max_new_tokens=4)
    here = local.explain(PROMPT, output=answer_of(ex))
    shift = bool(begins)
    assert ex.tokens.labels[shift:] == here.tokens.labels
    assert ex.tokens.special[:shift] == [True] * shift
    assert ex.warnings == []
    np.testing.assert_allclose(ex.steps["probability"], here.steps["probability"], atol=1e-5)
    assert ex.steps["rank"].tolist() == here.steps["rank"].tolist()
    assert ex.steps["top"][0][0][0] == here.steps["top"][0][0][0]


def test_leave_one_out_is_that_of_the_model_itself(
    local: Any, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ex = aw.connect(address, "demo").explain(PROMPT, max_new_tokens=4)
    here = deleted_here(local, ex, monkeypatch)
    for options in ({}, {"target_function": "probability"}, {"units": [(1, 3), "America"]}):
        found = ex.scores("leave_one_out", **options)
        wanted = here.scores("leave_one_out_deleted", **{"units": "word", **options})
        np.testing.assert_allclose(found, wanted, atol=1e-4)
        assert list(found.columns) == list(wanted.columns)


@pytest.mark.parametrize(
    ("method", "options"),
    [("span_regression", {}), ("lime", {"samples": 100}), ("shap", {"evaluations": 100})],
)
def test_masks_of_many_words_give_what_the_model_itself_gives(
    local: Any, address: str, monkeypatch: pytest.MonkeyPatch, method: str, options: dict[str, Any]
) -> None:
    pytest.importorskip(method) if method in ("lime", "shap") else None
    ex = aw.connect(address, "demo").explain(PROMPT, max_new_tokens=3)
    here = deleted_here(local, ex, monkeypatch)
    options = {"target_function": "log_prob", **options}
    found = ex.scores(method, **options)
    wanted = here.scores(method, units=prompt_words(here), **options)
    np.testing.assert_allclose(found, wanted, atol=1e-4)
    assert np.isfinite(found.to_numpy()[:, 1 : ex.reading.first_step]).all()


def test_nothing_is_asked_twice(served: Completions, address: str) -> None:
    model = aw.connect(address, "demo")
    ex = model.explain(PROMPT, max_new_tokens=3)
    assert model.requests == len(served.requests) == 3  # written, and read twice
    ex.scores("leave_one_out")
    ex.scores("leave_one_out", target_function="probability")
    ex.scores("leave_one_out", units="token")
    assert len({request["prompt"] for request in served.requests[1:]}) == len(served.requests) - 2
    assert model.requests == len(served.requests)


def test_what_it_will_cost_is_said_before(
    address: str, monkeypatch: pytest.MonkeyPatch, served: Completions
) -> None:
    said: list[str] = []

    def bar(title: str, unit: str) -> Any:
        from contextlib import nullcontext

        said.append(f"{title} ({unit}) after {len(served.requests)}")
        return nullcontext(lambda _done, _total: None)

    monkeypatch.setattr("attrwidget.results.computed.progress_bar", bar)
    ex = aw.connect(address, "demo").explain(PROMPT, output=" Washington.")
    ex.scores("leave_one_out")
    words = ex.reading.n_inputs
    assert said == [
        f"Leave one out: up to {words} requests of about {words + 1} tokens each (request) after 2"
    ]
    assert len(served.requests) == 2 + words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda choice: choice["logprobs"].update(token_logprobs=None), "gives no log-probabilities"),
        (lambda choice: choice.update(logprobs=None), "gives no log-probabilities"),
        (
            lambda choice: choice["logprobs"].update(
                token_logprobs=[None] * len(choice["logprobs"]["tokens"])
            ),
            "gives no log-probabilities",
        ),
        (lambda choice: choice.update(text=""), None),
        (without_echo, "does not repeat the prompt"),
        (
            lambda choice: choice["logprobs"].update(
                tokens=["?"] * len(choice["logprobs"]["tokens"]), text_offset=None
            ),
            "do not make the text again",
        ),
    ],
)
def test_answers_that_cannot_be_read_are_sentences(
    served: Completions, address: str, change: Callable[[dict[str, Any]], None], words: str | None
) -> None:
    served.change = lambda _number, choice: change(choice)
    if words is None:
        with pytest.raises(aw.AttrWidgetError, match="wrote nothing"):
            aw.connect(address, "demo").explain(PROMPT)
        return
    with pytest.raises(aw.AttrWidgetError, match=words) as caught:
        aw.connect(address, "demo").explain(PROMPT, output=" Washington")
    assert "demo" in str(caught.value)


def test_a_server_that_gives_other_values_the_second_time_is_warned_of(
    served: Completions, address: str
) -> None:
    def stale(number: int, choice: dict[str, Any]) -> None:
        if number == 2:
            choice["logprobs"]["token_logprobs"][-2] -= 0.25

    served.change = stale
    ex = aw.connect(address, "demo").explain(PROMPT, max_new_tokens=2)
    (warning,) = ex.warnings
    assert "differ by 0.25: scores of that size are noise" in warning


def test_log_probabilities_that_are_shifted_by_a_token_are_refused(served: Completions, address: str) -> None:
    def shift(_number: int, choice: dict[str, Any]) -> None:
        """Give each token what belongs to the next, as llama-cpp-python does without a beginning token."""
        for name in ("token_logprobs", "top_logprobs"):
            values = choice["logprobs"][name]
            choice["logprobs"][name] = [None, *values[2:], values[-1]]
        choice["logprobs"]["token_logprobs"] = [
            None if not top else min(-9.0, *top.values()) for top in choice["logprobs"]["top_logprobs"]
        ]

    served.change = shift
    with pytest.raises(aw.AttrWidgetError, match="are not those of the tokens: it wrote 'George'"):
        aw.connect(address, "demo").explain(PROMPT, max_new_tokens=3)


def test_a_server_that_fails_midway_loses_nothing(served: Completions, address: str) -> None:
    model = aw.connect(openai.OpenAI(base_url=address, api_key=KEY, max_retries=0), "demo", parallel=1)
    ex = model.explain(PROMPT, output=" Washington.")
    served.trouble = lambda number: (500, {"error": {"message": "it burns"}}) if number >= 5 else None
    with pytest.raises(aw.AttrWidgetError, match=r"status 500 \(it burns\): try again"):
        ex.scores("leave_one_out")
    before = {request["prompt"] for request in served.requests[:5]}
    served.trouble = lambda _: None
    asked = len(served.requests)
    assert np.isfinite(ex.scores("leave_one_out").to_numpy()[0, : ex.reading.first_step]).all()
    assert not before & {request["prompt"] for request in served.requests[asked:]}


def test_a_rate_limit_is_waited_for(served: Completions, address: str) -> None:
    served.trouble = lambda number: (429, {"error": {"message": "slow down"}}) if number % 3 == 1 else None
    ex = aw.connect(address, "demo").explain(PROMPT, output=" Washington.")
    assert np.isfinite(ex.scores("leave_one_out").to_numpy()[0, : ex.reading.first_step]).all()


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ((401, {"error": {"message": f"Bad key {KEY}"}}), "check the key"),
        ((404, {"detail": "Not Found"}), "check the name of the model and the base address"),
        ((400, {"error": {"message": "echo is not supported"}}), "echo is not supported"),
        ((200, '{"choices": [{"te'), "sent no answer that can be read"),
        ((200, "<html>Welcome</html>"), "without a choice"),
        ((200, {"choices": []}), "without a choice"),
    ],
)
def test_broken_answers_are_sentences(
    served: Completions, address: str, trouble: tuple[int, Any], words: str
) -> None:
    served.trouble = lambda _: trouble
    with pytest.raises(aw.AttrWidgetError, match=words) as caught:
        aw.connect(address, "demo", api_key=KEY).explain(PROMPT)
    assert KEY not in str(caught.value)


def test_a_slow_server_is_a_sentence(served: Completions, address: str) -> None:
    served.slow = 0.6
    client = openai.OpenAI(base_url=address, api_key=KEY, timeout=0.1, max_retries=0)
    with pytest.raises(aw.AttrWidgetError, match="did not answer about 'demo' in time"):
        aw.connect(client, "demo").explain(PROMPT)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda ex: ex.scores("saliency"), "Saliency needs the model itself"),
        (lambda ex: ex.scores("gim"), "GIM needs the model itself"),
        (lambda ex: ex.scores("leave_on_out"), "did you mean 'leave_one_out'"),
        (lambda ex: ex.scores(foil=7), "token id means nothing"),
        (lambda ex: ex.context_reliance("first"), r"context_reliance\(\) needs the model itself"),
        (lambda ex: ex.scores(target_function="logit"), "'logit' needs the model itself"),
        (lambda ex: ex.scores(layer=1), "layer= needs the model itself"),
        (lambda ex: ex.scores(keep=0.5), "Leave one out has no option keep="),
        (lambda ex: ex.attention(), "shows no attention"),
        (lambda ex: ex.instead(7), "token id means nothing"),
        (lambda ex: ex.edit({1: 7}), "changed into a text or None, not into 7"),
        (lambda ex: ex.trace, "trace needs the model itself"),
    ],
)
def test_what_needs_the_model_itself_is_refused(
    address: str, call: Callable[[aw.RemoteExplanation], Any], words: str
) -> None:
    ex = aw.connect(address, "demo").explain(PROMPT, output=" Washington")
    with pytest.raises(aw.AttrWidgetError, match=words):
        call(ex)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda model: model.explain(""), "is a text, not ''"),
        (lambda model: model.explain(7), "is a text, not 7"),
        (lambda model: model.explain(PROMPT, output=" a", max_new_tokens=2), "leave out max_new_tokens="),
        (lambda model: model.explain(PROMPT, max_new_tokens=0), "above 0, not 0"),
    ],
)
def test_bad_arguments_cost_nothing(address: str, call: Callable[[Any], Any], words: str) -> None:
    model = aw.connect(address, "demo")
    with pytest.raises(aw.AttrWidgetError, match=words):
        call(model)
    assert model.requests == 0


def test_bad_servers_are_sentences() -> None:
    for make, words in (
        (partial(aw.connect, "localhost:8000", "m"), "begins with http"),
        (partial(aw.connect, "http://localhost:port/v1", "m"), "no address of a server"),
        (
            partial(aw.connect, "http://localhost:1/v1", "m", api_key="a\n"),
            "The key of a server is empty, ends",
        ),
        (
            partial(aw.connect, "http://localhost:1/v1", "m", timeout=0),
            "timeout= is a number of seconds above 0",
        ),
        (partial(aw.connect, 7, "m"), "not int"),
        (partial(aw.connect, "http://localhost:1/v1", "m", parallel=0), "above 0, not 0"),
        (partial(aw.connect, openai.AsyncOpenAI(api_key="x"), "m"), "not AsyncOpenAI"),
        (partial(aw.connect, openai.OpenAI(api_key="x"), "m", api_key="y"), "leave out api_key="),
    ):
        with pytest.raises(aw.AttrWidgetError, match=words):
            make()


def test_no_key_reaches_a_log_a_file_what_is_shown_or_an_error(
    served: Completions, address: str, caplog: pytest.LogCaptureFixture, tmp_path: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    model = aw.connect(address, "demo", api_key=KEY)
    ex = model.explain(PROMPT, output=" Washington.")
    ex.scores()
    ex.save(tmp_path / "why.attrwidget")
    ex.to_html(tmp_path / "why.html")
    shown = [repr(model), repr(ex), str(ex), repr(ex.widget.get_state()), repr(vars(model))]
    written = [path.read_bytes().decode("latin-1") for path in tmp_path.iterdir()]
    served.trouble = lambda _: (401, {"error": {"message": f"No such key: {KEY}"}})
    with pytest.raises(aw.AttrWidgetError) as caught:
        model.explain("Another")
    assert caught.value.__context__ is None
    told = "".join(traceback.format_exception(caught.value))
    for text in (*shown, *written, told, caplog.text):
        assert KEY not in text
    with pytest.raises(aw.AttrWidgetError, match="holds a password") as caught:
        aw.connect(address.replace("//", "//me:secret-word@"), "demo")
    assert "secret-word" not in str(caught.value) + caplog.text


def test_a_saved_one_has_the_same_scores(address: str, tmp_path: Any) -> None:
    ex = aw.connect(address, "demo").explain(PROMPT, output=" Washington.")
    again = aw.open(ex.save(tmp_path / "why"))
    np.testing.assert_allclose(again.scores("leave_one_out"), ex.scores("leave_one_out"), rtol=1e-6)


def test_the_widget_shows_it(address: str) -> None:
    ex = aw.connect(address, "demo").explain(PROMPT, output=" Washington.")
    widget = ex.widget
    assert widget.prepare(20)
    assert widget.method == "leave_one_out"
    assert [method["name"] for method in widget.content["methods"]][:2] == [
        "leave_one_out",
        "span_regression",
    ]
    assert widget.content["layers"] == 0
