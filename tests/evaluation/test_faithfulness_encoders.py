"""Faithfulness of models that read a whole text: by its classes, and by its masks."""

from __future__ import annotations

import pytest
import torch
from helpers.encoder_cases import MOODS, SENTENCE, bert

import attrwidget as aw


@pytest.mark.slow
def test_evaluation_of_classes_and_masks() -> None:
    for ex in (
        bert("ForSequenceClassification", num_labels=3, id2label=MOODS).explain(SENTENCE),
        bert("ForMaskedLM").explain("the [MASK] of france is paris ."),
    ):
        found = aw.evaluate(ex, ["leave_one_out", "attention", "saliency"], steps=[0])
        assert found.summary.notna().all(axis=None)
        whole = found.curves_of(0)["deletion", "leave_one_out"].iloc[0]
        assert whole == pytest.approx(ex.steps["log_probability"][0], rel=1e-4)
        words = [i for i, special in enumerate(ex.tokens.special[: ex.reading.n_inputs]) if not special]
        keep_mask = torch.ones(1, ex.reading.n_inputs, dtype=torch.long)
        keep_mask[0, words] = 0
        with torch.no_grad():
            logits = ex.trace.model.own(
                torch.tensor([ex.tokens.ids[: ex.reading.n_inputs]]), attention_mask=keep_mask
            ).logits
        rows = logits[0] if logits.ndim == 2 else logits[0, ex.trace.position(0)]
        gone = found.curves_of(0)["deletion", "leave_one_out"].iloc[-1]
        assert gone == pytest.approx(float(rows.log_softmax(-1)[ex.trace.outputs[0]]), rel=1e-4)
