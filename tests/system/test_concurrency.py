"""Several threads may ask several explanations of one model at once, as message handlers do beside a running cell."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch
from helpers.close import assert_close
from helpers.tiny import build, byte_tokenizer, random_ids

import attrwidget as aw
from attrwidget.results.live import LiveReading

IDS = random_ids(60)
TEXTS = [(IDS[:10], IDS[10:34]), (IDS[30:37], IDS[37:60])]
METHODS = ("saliency", "input_x_gradient", "attention")


def explained(model: Any) -> list[aw.Explanation]:
    loaded = aw.load(model, byte_tokenizer())
    return [loaded.explain(prompt, output=output) for prompt, output in TEXTS]


@pytest.fixture
def model() -> Any:
    return build("llama").train()


@pytest.fixture
def truth() -> list[dict[str, Any]]:
    return [{m: ex.scores(m).to_numpy() for m in METHODS} for ex in explained(build("llama"))]


def test_two_explanations_of_one_model(model: Any, truth: list[dict[str, Any]]) -> None:
    explanations = explained(model)
    start = threading.Barrier(6)

    def ask(which: int, method: str) -> Any:
        start.wait()
        ex = explanations[which]
        return [ex.reading.rows(method, [step])[0] for step in reversed(range(ex.reading.n_steps))][::-1]

    with ThreadPoolExecutor(6) as pool:
        asked = {(w, m): pool.submit(ask, w, m) for w in range(2) for m in METHODS}
        for (which, method), future in asked.items():
            assert_close(future.result(), truth[which][method])
    assert all(m.training for m in model.modules())
    assert all(p.requires_grad for p in model.parameters())


def test_explaining_while_asking(model: Any, truth: list[dict[str, Any]]) -> None:
    first, _ = explained(model)
    with ThreadPoolExecutor(3) as pool:
        scores = pool.submit(first.scores, "saliency")
        again = pool.submit(explained, model)
        answer = pool.submit(aw.load(model, byte_tokenizer()).explain, IDS[:10], max_new_tokens=10)
        assert_close(scores.result(), truth[0]["saliency"])
        assert_close(again.result()[1].scores("saliency"), truth[1]["saliency"])
        assert answer.result().reading.n_steps == 10
    assert model.config._attn_implementation == "sdpa"


def test_the_users_own_training_beside_ours_is_not_disturbed(model: Any) -> None:
    """A cell may train the model while a widget asks: its losses and gradients are what they are alone."""
    (ex, _), tokens = explained(model), torch.tensor([IDS[:12]])

    def train() -> list[torch.Tensor]:
        model.zero_grad()
        loss = model(tokens, labels=tokens).loss
        loss.backward()
        return [loss.detach(), *(p.grad.clone() for p in model.parameters())]

    alone, done = train(), threading.Event()

    def ask() -> None:
        try:
            for _ in range(4):
                ex.trace.drop_graph()
                aw.Explanation(LiveReading(ex.trace)).scores("saliency")
                explained(model)
        finally:
            done.set()

    worker = threading.Thread(target=ask)
    worker.start()
    runs = 0
    while not done.is_set() or not runs:
        for ours, truth in zip(train(), alone, strict=True):
            torch.testing.assert_close(ours, truth)
        runs += 1
    worker.join()
    assert runs > 1


def test_a_message_thread_needs_no_grad_mode_of_its_caller(model: Any, truth: list[dict[str, Any]]) -> None:
    """Grad mode is a thread's own: a handler's thread may have any."""
    ex, _ = explained(model)

    def ask() -> Any:
        with torch.inference_mode():
            return ex.scores("saliency")

    with ThreadPoolExecutor(1) as pool:
        assert_close(pool.submit(ask).result(), truth[0]["saliency"])


def test_cancelling_one_leaves_the_other_running(model: Any, truth: list[dict[str, Any]]) -> None:
    first, second = explained(model)

    def cancel(done: int, _total: int) -> None:
        if done:
            raise aw.Cancelled

    with ThreadPoolExecutor(2) as pool:
        stopped = pool.submit(first.reading.rows, "saliency", range(first.reading.n_steps), progress=cancel)
        other = pool.submit(second.scores, "saliency")
        with pytest.raises(aw.Cancelled):
            stopped.result()
        assert_close(other.result(), truth[1]["saliency"])
    assert_close(first.scores("saliency"), truth[0]["saliency"])
