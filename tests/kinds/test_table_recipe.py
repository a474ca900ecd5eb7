"""The recipe for a new kind of model: one file with adapter, trace and model, and one entry in the table of kinds.

The toy kind tells in which order two sentences stand, as BERT's next-sentence head does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers.encoders import word_tokenizer
from helpers.tiny import save
from transformers import BertConfig, BertForNextSentencePrediction

import attrwidget as aw
from attrwidget.kinds import table
from attrwidget.kinds.encoder.adapter import Encoder
from attrwidget.kinds.encoder.model import EncoderModel
from attrwidget.kinds.encoder.trace import EncoderTrace, first_run
from attrwidget.kinds.table import Form, Kind

if TYPE_CHECKING:
    from pathlib import Path

    import torch

    from attrwidget.kinds.encoder.adapter import OutputPositions
    from attrwidget.kinds.encoder.inputs import Passage

ANSWERS = ["follows", "does not follow"]


class NextSentence(Encoder):
    """1. The adapter: what the model is, and how its outputs are read."""

    task = "next-sentence-prediction"
    one_output = True

    def read(self, output: Any, at: OutputPositions) -> torch.Tensor:
        return output.logits[:, None].expand(-1, at.rows.shape[1], -1)


class NextSentenceTrace(EncoderTrace):
    """2. The trace: what an output is called."""

    def output_text(self, step: int, output: int) -> str:  # noqa: ARG002
        return ANSWERS[output]


class NextSentenceModel(EncoderModel):
    """3. The model: what is explained."""

    adapter = NextSentence

    def explain(self, text: Any, text_pair: Any) -> Any:
        return self._each(text, text_pair, self._trace)

    def _trace(self, passage: Passage) -> NextSentenceTrace:
        text = self._text(passage, (0, 0))
        run = first_run(text, self.capabilities)
        return NextSentenceTrace(
            text,
            self.capabilities,
            run,
            outputs=[0, 1],
            texts=[f" {answer}" for answer in ANSWERS],
            sections=passage.sections("First", "Second"),
            title="Order",
            step_noun=("answer", "answers"),
        )


# 4. The entry in the table.
NEXT_SENTENCE = Kind(
    task="next-sentence-prediction",
    words="a next-sentence model",
    auto_class="AutoModelForNextSentencePrediction",
    model_class=f"{__name__}:NextSentenceModel",
    class_endings=("ForNextSentencePrediction",),
    form=Form("First sentence", context=True),
)


@pytest.fixture
def hf() -> BertForNextSentencePrediction:
    config = BertConfig(
        vocab_size=len(word_tokenizer()),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
        pad_token_id=0,
    )
    return BertForNextSentencePrediction(config).eval()


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "KINDS", [*table.KINDS, NEXT_SENTENCE])


@pytest.mark.parametrize("named", [False, True])
def test_a_new_kind_is_found_loaded_and_explained(
    hf: BertForNextSentencePrediction, tmp_path: Path, *, named: bool
) -> None:
    model = aw.load(save(hf, tmp_path, word_tokenizer())) if named else aw.load(hf, word_tokenizer())
    assert isinstance(model, NextSentenceModel)
    assert table.kind_of(model.task).form.text == "First sentence"
    ex = model.explain("the film was good", "anna lives in paris")
    assert [section.title for section in ex.reading.sections] == ["First", "Second", "Order"]
    inputs = word_tokenizer()("the film was good", "anna lives in paris", return_tensors="pt")
    truth = hf(**inputs).logits.softmax(-1)[0].tolist()
    np.testing.assert_allclose(ex.steps["probability"], truth, rtol=1e-5)
    scores = ex.scores("saliency")
    assert scores.shape == (2, len(inputs["input_ids"][0]))
    assert np.isfinite(scores.to_numpy()).all()
    assert (scores.to_numpy() > 0).any()
    assert ex.attention(layer=0, head=0).to_numpy().sum() == pytest.approx(2)


def test_other_kinds_are_found_as_before(hf: BertForNextSentencePrediction) -> None:
    assert aw.load("demo-sentiment").task == "text-classification"
    assert aw.load(hf, word_tokenizer(), task="next-sentence-prediction").task == NEXT_SENTENCE.task
