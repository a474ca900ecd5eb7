"""Input × gradient says when the scale of an embedding changes nothing, and its scores are rounding errors."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import encoders
from helpers.tiny import build, byte_tokenizer

import attrwidget as aw


@pytest.mark.parametrize("name", ["deberta_v2", "modernbert", "bloom"])
def test_an_embedding_that_is_normalised_first(name: str) -> None:
    if name == "bloom":
        ex = aw.load(build(name), byte_tokenizer()).explain([1, 2, 3, 4, 5], max_new_tokens=2)
    else:
        model = encoders.build(name, "ForSequenceClassification")
        ex = aw.load(model, encoders.word_tokenizer()).explain("a b c d")
    scores = ex.scores("input_x_gradient")
    norms = ex.scores("input_x_gradient_l2", normalize=None, target_function="logit")
    # By Euler's theorem e · ∂s/∂e is 0 for a score that the scale of e does not change.
    assert np.nanmax(np.abs(scores)) < 1e-2 * np.nanmax(norms)
    assert scores.attrs["note"].startswith("About 0 by construction")
    assert ex.reading.methods()[-1].name == "input_x_gradient"


def test_an_embedding_that_is_not() -> None:
    ex = aw.load(build("llama"), byte_tokenizer()).explain([1, 2, 3, 4, 5], max_new_tokens=2)
    assert "note" not in ex.scores("input_x_gradient").attrs
    assert ex.reading.methods()[-1].name != "input_x_gradient"
