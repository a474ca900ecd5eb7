"""Nothing is computed before it is asked for, and nothing twice."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
from helpers.tiny import build, byte_tokenizer, random_ids

import attrwidget as aw
from attrwidget.engine.gradients import batched as graph

FIRST, STEPS = 10, 40


class Counter:
    """Counts forward passes, and backward passes through the body with how many steps each takes."""

    def __init__(self, model: Any, monkeypatch: Any) -> None:
        self.forwards, self.backwards = 0, []
        forward, backward = type(model).forward, graph.batched_gradients

        @functools.wraps(forward)
        def counted_forward(*args: Any, **options: Any) -> Any:
            self.forwards += 1
            return forward(*args, **options)

        def counted_backward(output: Any, leaves: Any, cotangents: Any) -> Any:
            self.backwards.append(len(cotangents))
            return backward(output, leaves, cotangents)

        monkeypatch.setattr(type(model), "forward", counted_forward)
        monkeypatch.setattr(graph, "batched_gradients", counted_backward)


@pytest.fixture
def model() -> Any:
    return build("gpt2")


@pytest.fixture
def ex(model: Any) -> aw.Explanation:
    ids = random_ids(FIRST + STEPS)
    return aw.load(model, byte_tokenizer()).explain(ids[:FIRST], output=ids[FIRST:])


@pytest.fixture
def count(model: Any, ex: aw.Explanation, monkeypatch: Any) -> Counter:
    assert ex.reading.n_steps == STEPS
    return Counter(model, monkeypatch)


def test_explaining_is_one_forward_pass(model: Any, monkeypatch: Any) -> None:
    loaded, ids = aw.load(model, byte_tokenizer()), random_ids(30)
    loaded.explain(ids[:5], output=ids[5:])  # what the model allows is found out once
    count = Counter(model, monkeypatch)
    ex = loaded.explain(ids[:6], output=ids[6:])
    assert (count.forwards, count.backwards) == (1, [])
    assert ex.reading.n_layers
    assert not ex.steps.empty
    ex.attention(1, 1)
    ex.attention(targets="all")
    ex.reading.head_weights(range(ex.reading.n_steps))
    ex.reading.rows("attention", [0], heads=[(0, 0)])
    assert (count.forwards, count.backwards) == (1, [])


@pytest.mark.parametrize("step", [0, 5, STEPS - 1])
def test_one_step_is_one_backward_pass(ex: aw.Explanation, count: Counter, step: int) -> None:
    assert not ex.reading.has_rows("saliency", [step])
    ex.reading.rows("saliency", [step])
    assert count.backwards == [1]
    assert ex.reading.has_rows("saliency", [step])
    ex.reading.rows("saliency", [step])
    assert count.backwards == [1]


def test_a_short_text_is_run_with_gradients_once(ex: aw.Explanation, count: Counter) -> None:
    ex.reading.rows("saliency", range(STEPS))
    assert count.forwards == 1
    ex.reading.rows("input_x_gradient", [0])
    assert count.forwards == 1
    ex.trace.drop_graph()
    ex.reading.rows("input_x_gradient", [1])
    assert count.forwards == 2


def test_the_first_step_of_a_long_one_runs_the_prompt_alone(
    ex: aw.Explanation, count: Counter, monkeypatch: Any
) -> None:
    monkeypatch.setattr("attrwidget.engine.gradients.segments.WHOLE", 0)
    ex.trace.drop_graph()
    ex.reading.rows("saliency", [0])
    assert count.forwards == 1
    ex.reading.rows("saliency", [1])
    assert count.forwards == 2


def test_all_steps_are_batched(ex: aw.Explanation, count: Counter) -> None:
    ex.scores("saliency")
    assert sum(count.backwards) == STEPS
    assert max(count.backwards) > 1
    before = len(count.backwards)
    ex.scores("saliency", normalize=None)
    ex.scores("saliency", normalize="step")
    assert ex.reading.has_rows("saliency", range(STEPS))
    assert len(count.backwards) == before


def test_only_missing_steps_are_computed(ex: aw.Explanation, count: Counter) -> None:
    ex.reading.rows("saliency", [3, 20, 3])
    assert sum(count.backwards) == 2
    rows = ex.reading.rows("saliency", range(STEPS))
    assert sum(count.backwards) == STEPS
    np.testing.assert_array_equal(rows, ex.scores("saliency"))


def test_rows_come_in_the_order_asked(ex: aw.Explanation) -> None:
    picked = [30, 2, 17, 2]
    for method in ("saliency", "input_x_gradient", "attention"):
        np.testing.assert_allclose(
            ex.reading.rows(method, picked), ex.scores(method).to_numpy()[picked], rtol=1e-5
        )


@pytest.mark.parametrize("kind", [KeyboardInterrupt, aw.Cancelled])
def test_stopping_keeps_what_is_finished(ex: aw.Explanation, count: Counter, kind: Any) -> None:
    seen: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        seen.append((done, total))
        if done >= 20:
            raise kind

    with pytest.raises(kind):
        ex.reading.rows("saliency", range(STEPS), progress=stop)
    done = seen[-1][0]
    assert seen[0] == (0, STEPS)
    assert 20 <= done < STEPS
    assert (
        [ex.reading.has_rows("saliency", [s]) for s in range(STEPS)].count(True)
        == done
        == sum(count.backwards)
    )
    rows = ex.reading.rows("saliency", range(STEPS))
    assert sum(count.backwards) == STEPS
    truth = aw.load(ex.trace.model.hf, byte_tokenizer()).explain(
        ex.tokens.ids[:FIRST], output=ex.tokens.ids[FIRST:]
    )
    np.testing.assert_allclose(rows, truth.scores("saliency"), rtol=1e-5, atol=1e-8)


def test_progress_ends_at_the_total(ex: aw.Explanation) -> None:
    seen: list[tuple[int, int]] = []
    ex.scores("saliency", progress=lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, STEPS)
    assert seen[-1] == (STEPS, STEPS)
    assert seen == sorted(seen)
    ex.scores("saliency", progress=lambda *_: pytest.fail("nothing was left to do"))


def test_a_dropped_graph_grows_again(ex: aw.Explanation) -> None:
    first = ex.reading.rows("saliency", [4])
    ex.trace.drop_graph()
    signed = ex.reading.rows("input_x_gradient", [4])
    assert np.isfinite(signed[0, : FIRST + 4]).all()
    np.testing.assert_array_equal(ex.reading.rows("saliency", [4]), first)


def test_old_explanations_give_up_their_graphs_and_still_answer(model: Any) -> None:
    loaded, ids = aw.load(model, byte_tokenizer()), random_ids(20)
    several = [loaded.explain(ids[k : k + 6], output=ids[k + 6 : k + 10]) for k in range(4)]
    rows = [ex.reading.rows("saliency", [0]) for ex in several]
    assert [ex.trace._graph is not None for ex in several] == [False, False, True, True]
    for k, ex in enumerate(several):
        again = loaded.explain(ids[k : k + 6], output=ids[k + 6 : k + 10])
        np.testing.assert_allclose(ex.scores("saliency"), again.scores("saliency"), rtol=1e-5)
        np.testing.assert_array_equal(ex.reading.rows("saliency", [0]), rows[k])
