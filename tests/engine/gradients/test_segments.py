"""A long prompt runs in pieces: the same numbers, however the text is cut."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.tiny import build, byte_tokenizer, plain_gradients, random_ids

import attrwidget as aw
from attrwidget.engine.gradients import segments as graph


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gpt2", "llama", "mistral", "gemma3", "gpt_oss"])
@pytest.mark.parametrize(("prompt", "pieces", "answer"), [(13, 5, 3), (13, 1, 1), (1, 4, 2), (7, 7, 40)])
def test_pieces_equal_plain_autograd(
    monkeypatch: pytest.MonkeyPatch, name: str, prompt: int, pieces: int, answer: int
) -> None:
    model, ids = build(name), random_ids(prompt + 6)
    ex = aw.load(model, byte_tokenizer()).explain(ids[:prompt], output=ids[prompt:])
    assert ex.trace.capabilities.segments
    monkeypatch.setattr(graph, "WHOLE", 0)
    monkeypatch.setattr(graph, "PROMPT_SEGMENT", pieces)
    monkeypatch.setattr(graph, "SEGMENT", answer)
    ex.trace.drop_graph()
    gradients, _ = plain_gradients(model, ids, prompt, "log_prob")
    truth = gradients.norm(dim=-1).numpy()
    alone = ex.reading.rows("saliency", [4])[0]
    ours = ex.scores("saliency", target_function="log_prob", normalize=None).fillna(0).to_numpy()
    np.testing.assert_allclose(ours, truth, rtol=2e-4, atol=2e-5 * truth.max())
    np.testing.assert_allclose(np.nan_to_num(alone), truth[4] / truth[4].sum(), rtol=2e-4, atol=2e-5)


def test_a_prompt_is_cut_into_even_pieces() -> None:
    ids = random_ids(2 * graph.PROMPT_SEGMENT + 3)
    ex = aw.load(build("gpt2", n_positions=1024), byte_tokenizer()).explain(ids[:-2], output=ids[-2:])
    ex.reading.rows("saliency", [0])
    assert ex.trace._graph is not None
    lengths = [segment.leaf.shape[1] for segment in ex.trace._graph._segments]
    assert len(lengths) == 3
    assert max(lengths) - min(lengths) <= 1
