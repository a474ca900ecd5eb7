"""Texts that are explained in one batch have the numbers that each has by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers import encoders, tiny, tiny_seq2seq

import attrwidget as aw
from attrwidget.dataset.batch import Text, explain_batch
from attrwidget.engine.compared_runs import ComparedRuns
from attrwidget.engine.gradients import padded
from attrwidget.engine.gradients import together as gradients_together
from attrwidget.engine.gradients.batched import batched_gradients
from attrwidget.engine.gradients.padded import PaddedRun
from attrwidget.engine.perturb import Perturber
from attrwidget.kinds.encoder.perturb import EncoderPerturber
from attrwidget.methods.shared import removed_together

if TYPE_CHECKING:
    from attrwidget.results.live import LiveReading

# Positions given, counted from the mask, learnt, sinusoidal and relative, windows, ALiBi.
CAUSAL = ["gpt2", "mistral", "gemma2", "bloom", "opt"]
SEQ2SEQ = ["t5", "bart", "marian"]
PROMPTS = ["The first", "The first president of America is", "of", "naïve café was the first of"]
SENTENCES = ["the film", "the film was not good, a dull story.", "who wrote it?"]


def load(name: str) -> tuple[Any, list[Text]]:
    if name in SEQ2SEQ:
        model = aw.load(tiny_seq2seq.build_seq2seq(name), tiny_seq2seq.ending_tokenizer())
        outputs = ["George Washington was it.", "it", "was"]
        return model, [Text(k, tiny.PROMPT[: 9 * k + 4], output) for k, output in enumerate(outputs)]
    if name in CAUSAL:
        model = aw.load(tiny.build(name), tiny.byte_tokenizer())
        return model, [Text(k, text, tiny.ANSWER[: 4 * k + 4]) for k, text in enumerate(PROMPTS)]
    name, head = name.split()
    model = aw.load(encoders.build(name, head), encoders.word_tokenizer())
    mask = " [MASK]" if head == "ForMaskedLM" else ""
    return model, [Text(k, text + mask, None) for k, text in enumerate(SENTENCES)]


ENCODERS = [
    f"{name} ForSequenceClassification" for name in ("bert", "roberta", "gpt2", "deberta", "modernbert")
]
HEADS = ["bert ForMaskedLM", "bert ForTokenClassification", "roberta ForMaskedLM"]


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the texts of each batch of the model."""
    sizes: list[int] = []
    for kind in (Perturber, EncoderPerturber):
        real = kind.together.__func__  # type: ignore[attr-defined]

        def run(cls: Any, texts: Any, groups: Any, real: Any = real) -> Any:
            sizes.append(len(texts))
            return real(cls, texts, groups)

        monkeypatch.setattr(kind, "together", classmethod(run))
    return sizes


@pytest.mark.parametrize("name", [*CAUSAL, *SEQ2SEQ, *ENCODERS, *HEADS])
def test_batches_equal_single_texts(name: str, runs: list[int]) -> None:
    methods = ["leave_one_out_words" if name == "gpt2" else "leave_one_out", "saliency"]
    if name != "bloom" and "deberta" not in name:  # they do not compute attention through the interface
        methods.append("gim")
    model, texts = load(name)
    found = explain_batch(model, texts, methods, {})
    assert len(runs) == 1, "one batch for all texts"
    for text, reading in zip(texts, found, strict=True):
        assert not isinstance(reading, Exception)
        given = {} if text.output is None else {"output": text.output}
        alone = model.explain(text.prompt, **given)
        steps = ["probability", "log_probability", "entropy"]
        np.testing.assert_allclose(reading.steps[steps], alone.steps[steps], rtol=1e-5, atol=1e-5)
        for method in methods:
            # In DeBERTa, a token that is masked attends to padding.
            assert in_batch(reading, method) == ("deberta" not in name or method == "saliency")
            assert_same_rows(reading, alone.reading, method)
    assert len(runs) == 1


def in_batch(reading: LiveReading, method: str) -> bool:
    """Return whether the rows of *method* were computed with those of other texts."""
    return reading.cache.has(reading.request(method), range(reading.n_steps))


def assert_same_rows(reading: LiveReading, alone: LiveReading, method: str) -> None:
    """Compare rows to 1e-5 of the largest score of the text; a fall of a log-probability counts from 1."""
    truth = alone.raw_rows(method)
    largest = 1 if method.startswith("leave_one_out") else np.nanmax(np.abs(truth))
    np.testing.assert_allclose(reading.raw_rows(method), truth, rtol=1e-5, atol=1e-5 * largest)


@pytest.mark.parametrize("name", ["gpt2", "t5", "bert ForSequenceClassification"])
def test_what_is_computed_together_is_not_run_again(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model, texts = load(name)
    methods = ["leave_one_out", "input_x_gradient"]
    found = explain_batch(model, texts, methods, {})
    for kind in (Perturber, EncoderPerturber):
        monkeypatch.setattr(kind, "logits", lambda *_: pytest.fail("run again"))
        monkeypatch.setattr(kind, "unchanged", lambda *_: pytest.fail("run again"))
    monkeypatch.setattr(ComparedRuns, "graph", lambda *_: pytest.fail("run again"))
    for reading in found:
        assert not isinstance(reading, Exception)
        for method in methods:
            assert np.isfinite(reading.raw_rows(method)).any()
        kept = reading.cache.figure(reading.request("input_x_gradient"), "kept", [0])
        assert kept is not None
        assert 0 < kept[0] < 1


@pytest.mark.parametrize("name", ["gpt2", "t5", "bert ForSequenceClassification"])
def test_points_of_a_path_are_run_for_several_texts_at_once(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("attrwidget.methods.integrated_gradients._DOUBLED", (2, 4))
    monkeypatch.setattr("attrwidget.methods.integrated_gradients.CONVERGED", 0.05)  # some rows stop early
    model, texts = load(name)
    methods = ["integrated_gradients", "smoothgrad"]
    for text, reading in zip(texts, explain_batch(model, texts, methods, {}), strict=True):
        assert not isinstance(reading, Exception)
        alone = model.explain(text.prompt, **({} if text.output is None else {"output": text.output})).reading
        for method in methods:
            assert in_batch(reading, method)
            assert_same_rows(reading, alone, method)
        request = reading.request("integrated_gradients")
        for figure in ("points", "base", "change"):
            found, truth = (one.cache.figure(request, figure, range(one.n_steps)) for one in (reading, alone))
            np.testing.assert_allclose(found, truth, rtol=1e-5, atol=1e-5)


def test_a_text_that_is_read_otherwise_beside_others_is_run_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model, texts = load("gpt2")
    alone = [model.explain(t.prompt, output=t.output).reading for t in texts]
    real = Perturber.together.__func__  # type: ignore[attr-defined]

    def spoilt(cls: Any, some: Any, groups: Any) -> Any:
        return [
            rows + (some[row].ids.shape[1] == 5) * rows.roll(1, -1)
            for row, rows in enumerate(real(cls, some, groups))
        ]

    logits_of = PaddedRun.logits_of
    monkeypatch.setattr(Perturber, "together", classmethod(spoilt))
    monkeypatch.setattr(
        PaddedRun, "logits_of", lambda run, text: logits_of(run, text) * (1 + (run.lengths[0][text] == 16))
    )
    found = explain_batch(model, texts, ["leave_one_out", "saliency"], {})
    for reading, truth in zip(found, alone, strict=True):
        assert not isinstance(reading, Exception)
        assert in_batch(reading, "saliency") == (reading.n_inputs != 16)
        for method in ("leave_one_out", "saliency"):
            assert_same_rows(reading, truth, method)


def test_gradients_that_are_others_beside_other_texts_are_computed_by_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model, texts = load("gpt2")
    monkeypatch.setattr(
        padded, "batched_gradients", lambda *given: [1.001 * own for own in batched_gradients(*given)]
    )
    for text, reading in zip(texts, explain_batch(model, texts, ["saliency"], {}), strict=True):
        assert not isinstance(reading, Exception)
        assert not in_batch(reading, "saliency")
        assert_same_rows(reading, model.explain(text.prompt, output=text.output).reading, "saliency")


def test_texts_that_cannot_be_batched_are_run_by_themselves() -> None:
    model = aw.load(encoders.build("bart", "ForSequenceClassification"), encoders.word_tokenizer())
    texts = [Text(k, text, None) for k, text in enumerate(SENTENCES)]
    for text, reading in zip(texts, explain_batch(model, texts, ["leave_one_out"], {}), strict=True):
        assert not isinstance(reading, Exception)
        truth = model.explain(text.prompt).reading.raw_rows("leave_one_out")
        np.testing.assert_allclose(reading.raw_rows("leave_one_out"), truth, rtol=1e-5, atol=1e-5)


def test_more_texts_than_fit_are_several_batches(runs: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removed_together, "texts_at_once", lambda *_: 7)
    monkeypatch.setattr(gradients_together, "graphs_at_once", lambda *_: 2)
    monkeypatch.setattr(gradients_together, "steps_at_once", lambda *_: 3)
    model, texts = load("gpt2")
    found = explain_batch(model, texts, ["leave_one_out", "saliency"], {})
    assert max(runs) == 7
    for text, reading in zip(texts, found, strict=True):
        assert not isinstance(reading, Exception)
        truth = model.explain(text.prompt, output=text.output).reading
        for method in ("leave_one_out", "saliency"):
            assert in_batch(reading, method)
            assert_same_rows(reading, truth, method)


def test_a_bad_text_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_memory(*_: Any) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(EncoderPerturber, "together", out_of_memory)
    model = aw.load("demo-sentiment")
    texts = [Text(k, text, None) for k, text in enumerate(["good", "", "a film", "bad", ""])]
    found = explain_batch(model, texts, ["leave_one_out"], {})
    assert [isinstance(one, Exception) for one in found] == [False, True, False, False, True]
    assert "The text is empty" in str(found[1])
    # What fails together is computed text by text.
    assert not isinstance(found[0], Exception)
    assert np.isfinite(found[0].raw_rows("leave_one_out")).any()


def test_generated_answers_are_those_of_single_texts() -> None:
    model = aw.load("demo")
    prompts = ["The capital of Japan is", "The capital of France is Paris. The capital of Italy is"]
    found = explain_batch(
        model,
        [Text(k, text, None) for k, text in enumerate(prompts)],
        ["leave_one_out"],
        {"max_new_tokens": 5},
    )
    for prompt, reading in zip(prompts, found, strict=True):
        alone = model.explain(prompt, max_new_tokens=5).reading
        assert not isinstance(reading, Exception)
        assert reading.tokens.ids == alone.tokens.ids
        np.testing.assert_allclose(
            reading.raw_rows("leave_one_out"), alone.raw_rows("leave_one_out"), rtol=1e-5, atol=1e-5
        )
