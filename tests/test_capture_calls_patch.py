"""The user's model is patched only while its calls are heard, for each capture and thread of its own."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from helpers.calls import LENGTHS, one, texts
from helpers.model_state import state
from helpers.tiny import PROMPT, build, byte_tokenizer, random_ids

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return byte_tokenizer()


@pytest.fixture(scope="module", params=["gpt2", "llama"])
def _model(request: Any) -> Any:
    return build(request.param, eos_token_id=7)


@pytest.fixture
def model(_model: Any) -> Iterator[Any]:
    before = state(_model)
    yield _model
    assert state(_model) == before


def test_after_an_exception(model: Any, tokenizer: Any) -> None:
    """Nothing stays patched, and what was captured before remains."""
    captured = aw.capture(model, tokenizer)
    with captured:
        model.generate(**one(), max_new_tokens=3)
    with pytest.raises(RuntimeError, match="enough"), captured:
        model.generate(**one(), max_new_tokens=3, logits_processor=[raising])
    assert [ex.reading.n_steps for ex in captured.explanations] == [3]
    with pytest.raises(TypeError), captured:
        model.generate(**one(), max_new_tokens=3, stopping_criteria=1)
    assert len(captured.explanations) == 1


def test_captures_nest(model: Any, tokenizer: Any) -> None:
    with aw.capture(model, tokenizer) as outer:
        model.generate(**one(), max_new_tokens=2)
        with aw.capture(model, tokenizer) as inner:
            model.generate(**one(), max_new_tokens=3)
        assert "generate" in vars(model)
        model.generate(**one(), max_new_tokens=4)
    assert [ex.reading.n_steps for ex in outer.explanations] == [2, 3, 4]
    assert [ex.reading.n_steps for ex in inner.explanations] == [3]


def test_captures_in_two_threads(model: Any, tokenizer: Any) -> None:
    both, found = threading.Barrier(2), {}

    def work(tokens: int) -> None:
        with aw.capture(model, tokenizer) as captured:
            both.wait()
            model.generate(**one(), max_new_tokens=tokens)
            both.wait()
        found[tokens] = [ex.reading.n_steps for ex in captured.explanations]

    threads = [threading.Thread(target=work, args=(tokens,)) for tokens in (3, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {3: [3], 5: [5]}


def test_a_generate_of_the_users_own_is_called_and_put_back(tokenizer: Any) -> None:
    model = build("gpt2")
    plain, calls = model.generate, []

    def own(*args: Any, **kwargs: Any) -> Any:
        calls.append(kwargs)
        return plain(*args, **kwargs)

    model.generate = own
    with aw.capture(model, tokenizer) as captured:
        model.generate(**one(), max_new_tokens=3)
    assert model.generate is own
    assert len(calls) == 1
    assert captured.explanations[0].reading.n_steps == 3


def test_a_loaded_model(model: Any, tokenizer: Any) -> None:
    """Its own explain generates too, and is no call of the user's."""
    loaded = aw.load(model, tokenizer)
    with aw.capture(loaded) as captured:
        ex = loaded.explain(random_ids(LENGTHS[0]), max_new_tokens=4)
        loaded.hf.generate(**one(), max_new_tokens=4)
        assert texts(captured) == [ex.tokens.ids]  # read while it is patched


def test_explaining_a_model_that_cannot_be_copied_is_no_call_of_the_users(tokenizer: Any) -> None:
    model = build("llama")
    model.lm_head.forward = model.lm_head.forward  # which cannot be copied
    loaded = aw.load(model, tokenizer)
    with aw.capture(loaded) as captured:
        loaded.explain(PROMPT, max_new_tokens=2)
        model.generate(**one(), max_new_tokens=3)
    assert [ex.reading.n_steps for ex in captured.explanations] == [3]


def raising(*_: Any) -> None:
    raise RuntimeError("enough")
