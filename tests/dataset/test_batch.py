"""Texts that are explained in one batch have the numbers that each has by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers import encoders, tiny, tiny_seq2seq

import attrwidget as aw
from attrwidget.dataset.batch import Text, explain_batch
from attrwidget.engine.perturb import Perturber
from attrwidget.kinds.encoder.perturb import EncoderPerturber
from attrwidget.methods.shared import together

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
    method = "leave_one_out_words" if name == "gpt2" else "leave_one_out"
    model, texts = load(name)
    found = explain_batch(model, texts, [method], {})
    assert len(runs) == 1, "one batch for all texts"
    padded = "deberta" not in name  # there a token that is masked attends to padding
    for text, reading in zip(texts, found, strict=True):
        assert not isinstance(reading, Exception)
        assert ("leave_one_out" in str([*reading.trace.partial_results])) == padded
        given = {} if text.output is None else {"output": text.output}
        alone = model.explain(text.prompt, **given)
        steps = ["probability", "log_probability", "entropy"]
        np.testing.assert_allclose(reading.steps[steps], alone.steps[steps], rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(
            reading.raw_rows(method), alone.reading.raw_rows(method), rtol=1e-5, atol=1e-5
        )
    assert len(runs) == 1


@pytest.mark.parametrize("name", ["gpt2", "t5", "bert ForSequenceClassification"])
def test_what_is_computed_together_is_not_run_again(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model, texts = load(name)
    found = explain_batch(model, texts, ["leave_one_out"], {})
    for kind in (Perturber, EncoderPerturber):
        monkeypatch.setattr(kind, "logits", lambda *_: pytest.fail("run again"))
        monkeypatch.setattr(kind, "unchanged", lambda *_: pytest.fail("run again"))
    for reading in found:
        assert not isinstance(reading, Exception)
        assert np.isfinite(reading.raw_rows("leave_one_out")).any()


def test_a_text_that_is_read_otherwise_beside_others_is_run_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model, texts = load("gpt2")
    alone = [model.explain(t.prompt, output=t.output).reading.raw_rows("leave_one_out") for t in texts]
    real = Perturber.together.__func__  # type: ignore[attr-defined]

    def spoilt(cls: Any, some: Any, groups: Any) -> Any:
        return [
            rows + (some[row].ids.shape[1] == 5) * rows.roll(1, -1)
            for row, rows in enumerate(real(cls, some, groups))
        ]

    monkeypatch.setattr(Perturber, "together", classmethod(spoilt))
    found = explain_batch(model, texts, ["leave_one_out"], {})
    for reading, truth in zip(found, alone, strict=True):
        assert not isinstance(reading, Exception)
        np.testing.assert_allclose(reading.raw_rows("leave_one_out"), truth, rtol=1e-5, atol=1e-5)


def test_texts_that_cannot_be_batched_are_run_by_themselves() -> None:
    model = aw.load(encoders.build("bart", "ForSequenceClassification"), encoders.word_tokenizer())
    texts = [Text(k, text, None) for k, text in enumerate(SENTENCES)]
    for text, reading in zip(texts, explain_batch(model, texts, ["leave_one_out"], {}), strict=True):
        assert not isinstance(reading, Exception)
        truth = model.explain(text.prompt).reading.raw_rows("leave_one_out")
        np.testing.assert_allclose(reading.raw_rows("leave_one_out"), truth, rtol=1e-5, atol=1e-5)


def test_more_texts_than_fit_are_several_batches(runs: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "texts_at_once", lambda *_: 7)
    model, texts = load("gpt2")
    found = explain_batch(model, texts, ["leave_one_out"], {})
    assert max(runs) == 7
    for text, reading in zip(texts, found, strict=True):
        assert not isinstance(reading, Exception)
        truth = model.explain(text.prompt, output=text.output).reading.raw_rows("leave_one_out")
        np.testing.assert_allclose(reading.raw_rows("leave_one_out"), truth, rtol=1e-5, atol=1e-5)


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
