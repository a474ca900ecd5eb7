"""Texts of several clients are explained in one batch, and each comes out as it does by itself."""

from __future__ import annotations

import asyncio
import threading
from functools import wraps
from typing import Any

import numpy as np
import pytest

import attrwidget as aw
from attrwidget.limits import Limits
from attrwidget.serve.cache import Cache
from attrwidget.serve.queue import Queue
from attrwidget.serve.together import Together
from attrwidget.wire.recipe import Recipe

TEXTS = ["The capital of Japan is", "The first president of America is", "Anna gave the book to"]
SHORT = {"max_new_tokens": 3}


@pytest.fixture(scope="module")
def model() -> Any:
    return aw.load("demo")


@pytest.fixture
def calls(model: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return what the model is asked to explain, as it is asked."""
    found: list[Any] = []
    explain = model.explain

    @wraps(explain)
    def noted(text: Any, **options: Any) -> Any:
        found.append(text)
        return explain(text, **options)

    monkeypatch.setattr(model, "explain", noted)
    return found


def recipes(*texts: Any, **options: Any) -> list[Recipe]:
    return [Recipe("demo", text, {**SHORT, **options}) for text in texts]


def together(model: Any, some: list[Recipe], characters: int = 500) -> list[Any]:
    cache = Cache(32)
    Together(model, cache, Limits(characters, 8)).explain(some)
    return [cache.find(recipe) for recipe in some]


def test_each_comes_out_as_by_itself(model: Any, calls: list[Any]) -> None:
    found = together(model, recipes(*TEXTS))
    assert calls == [TEXTS]
    for text, ex in zip(TEXTS, found, strict=True):
        alone = model.explain(text, **SHORT)
        assert ex.trace.outputs == alone.trace.outputs
        assert ex.warnings == alone.warnings
        np.testing.assert_array_equal(ex.scores().to_numpy(), alone.scores().to_numpy())


def test_the_first_goes_alone_unless_others_ask_the_same_way(model: Any, calls: list[Any]) -> None:
    one, other = TEXTS[:2]
    assert together(model, recipes(one)) == [None]
    assert together(model, [*recipes(one), *recipes(other, max_new_tokens=2)]) == [None, None]
    assert together(model, recipes(one, other, do_sample=True)) == [None, None]
    assert together(model, recipes(one, [5, 6])) == [None, None]
    assert not calls


def test_a_text_that_cannot_be_explained_leaves_the_others_to_themselves(model: Any) -> None:
    assert together(model, recipes(*TEXTS, "")) == [None] * 4
    assert together(model, recipes(*TEXTS), characters=10) == [None] * 3


def test_an_answer_that_may_come_of_the_batch_is_not_kept(
    model: Any, calls: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("attrwidget.serve.together._APART", 1e9)
    cache = Cache(32)
    several = Together(model, cache, Limits(500, 8))
    for _ in range(2):
        several.explain(recipes(*TEXTS[:2]))
    assert len(cache) == 0
    assert len(calls) == 1  # it is not tried again


def test_a_model_that_is_slow_explains_one_text_at_a_time(
    model: Any, calls: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("attrwidget.serve.together._SECONDS", 0)
    cache = Cache(32)
    several = Together(model, cache, Limits(500, 8))
    for _ in range(2):
        several.explain(recipes(*TEXTS))
    assert len(cache) == 0
    assert len(calls) == 1


def test_what_waits_is_prepared_with_the_first() -> None:
    prepared: list[list[str]] = []
    begun, go = threading.Event(), threading.Event()

    def held(_progress: Any) -> None:
        begun.set()
        assert go.wait(20)

    async def main() -> None:
        queue = Queue(100, 50, 20, lambda found: prepared.append([one.input for one in found]))
        first = asyncio.create_task(queue.run("first", held))
        await asyncio.to_thread(begun.wait, 20)
        others = [asyncio.create_task(queue.run(one.input, lambda _: None, one)) for one in recipes(*TEXTS)]
        await asyncio.sleep(0)
        go.set()
        await asyncio.gather(first, *others)

    asyncio.run(main())
    assert prepared == [TEXTS, TEXTS[1:], TEXTS[2:]]
