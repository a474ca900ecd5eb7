"""Token classifiers: a label for each token, and which of them are steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.encoder_cases import bert, logits_of

NAMES = {0: "O", 1: "B-PER", 2: "B-LOC"}


@pytest.fixture(scope="module")
def labelling() -> Any:
    return bert("ForTokenClassification", num_labels=3, id2label=NAMES, seed=4)


@pytest.mark.slow
def test_labels_of_tokens(labelling: Any) -> None:
    text = "john lives in paris and anna in london"
    ex = labelling.explain(text)
    labels = logits_of(labelling, text).logits[0].argmax(-1).tolist()
    words = ["[CLS]", *text.split(), "[SEP]"]
    named = [i for i in range(1, len(words) - 1) if labels[i]]
    assert named
    assert len(named) < len(words) - 2
    assert list(ex.steps["token"]) == [f"{words[i]}/{NAMES[labels[i]]}" for i in named]
    assert [ex.trace.position(s) for s in range(ex.reading.n_steps)] == named
    every = labelling.explain(text, all_tokens=True)
    assert list(every.steps["token"]) == [f"{words[i]}/{NAMES[labels[i]]}" for i in range(1, len(words) - 1)]
    rows = every.scores("input_x_gradient").to_numpy()[[i - 1 for i in named]]
    np.testing.assert_allclose(ex.scores("input_x_gradient"), rows, rtol=1e-4, atol=1e-6)


def test_without_a_name_all_tokens_are_listed() -> None:
    plain = bert("ForTokenClassification", num_labels=1, id2label={0: "O"})
    ex = plain.explain("john lives in paris")
    assert list(ex.steps["token"]) == ["john/O", "lives/O", "in/O", "paris/O"]
    assert ex.warnings == ["No token has a label other than O, so all tokens are listed."]
