"""Every text architecture of Transformers answers each call as the plain model does, or says in a sentence why not.

`make test` tries every third architecture that is quick to run, with one head; `make zoo` (ATTRWIDGET_ZOO=all) tries
all with all heads.
"""

from __future__ import annotations

import copy
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers import zoo

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ALL = os.environ.get("ATTRWIDGET_ZOO") == "all"
COUNT = 44  # tokens; the trials of a model have 20 at most


def _cases() -> list[tuple[str, str]]:
    """Return the architectures with their heads: all, or the first head of every third."""
    every = list(zoo.cases())
    if ALL:
        return every
    first: dict[str, tuple[str, str]] = {}
    for case in every:
        if case[0] not in zoo.SLOW | zoo.SKIPPED.keys():
            first.setdefault(case[0], case)
    return list(first.values())[::3]


def answer(call: Callable[[], Any], *, never: str | None = None) -> Any:
    """Return what *call* returns, or None if it says in one sentence why not; any other error fails the test.

    The sentence may not hold the words *never*.
    """
    try:
        return call()
    except aw.AttrWidgetError as error:
        sentence = str(error)
        assert sentence.endswith("."), sentence
        assert "\n" not in sentence
        assert never is None or never not in sentence, sentence
        assert len(sentence) < 500, sentence
        return None


@pytest.mark.parametrize(("kind", "head"), _cases())
@pytest.mark.filterwarnings("ignore")
def test_answers_or_says_why_not(kind: str, head: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    if reason := zoo.SKIPPED.get(kind, zoo.SKIPPED.get(f"{kind} {head}")):
        pytest.skip(reason)
    model = zoo.build_zoo(kind, head)
    plain = copy.deepcopy(model)
    wrongly_made = "failed when it ran"  # a tiny model that does not run at all
    ex = answer(
        lambda: zoo.explain_zoo(aw.load(model, zoo.tokenizer_of(head)), head, COUNT), never=wrongly_made
    )
    if ex is None:
        return
    readings_are_the_models(plain, ex, head)
    alone = head != "ForQuestionAnswering" and not plain.config.is_encoder_decoder
    if alone and ex.reading.n_layers:
        attention_is_the_models(plain, ex)
    for call in calls(ex, head):
        answer(call)
    if ALL:
        ex.to_html(tmp_path / "page.html")
    ex.save(tmp_path / "file.safetensors")


def calls(ex: aw.Explanation, head: str) -> list[Callable[[], Any]]:
    """Return the calls that an explanation has, each of which may be refused in a sentence."""
    brief = [
        lambda: ex.attention(0, 0, targets="all"),
        lambda: ex.scores("leave_one_out_deleted"),
        ex.blocks,
        ex.logit_lens,
    ]
    names = [method.name for method in ex.methods() if ":" not in method.name]
    own = [name for name in names if not name.startswith(("captum", "inseq", "shap", "lime"))]
    parts = ("cross", "decoder", "encoder") if head == "ForSeq2SeqLM" else ()
    brief += [lambda part=part: ex.attention(0, 0, part=part) for part in parts]
    if not ALL:
        return brief
    every = [lambda name=name: ex.scores(name, **FEW.get(name, {})) for name in own]
    return [
        *brief,
        *every,
        lambda: ex.reading.head_weights([0]),
        lambda: aw.evaluate(ex, everything=True, points=2, steps=[0]),
    ]


FEW: dict[str, dict[str, Any]] = {"integrated_gradients": {"points": 3}, "smoothgrad": {"samples": 2}}


def readings_are_the_models(plain: Any, ex: aw.Explanation, head: str) -> None:
    """Compare log-probabilities with the plain model's, and the last step's saliency with automatic differentiation."""
    logits, leaves = zoo.plain_logits(plain, ex, head)
    log_p = logits.double().log_softmax(-1)
    chosen = log_p[range(ex.reading.n_steps), list(ex.trace.outputs)]
    np.testing.assert_allclose(ex.steps["log_probability"], chosen.detach(), atol=1e-3)
    norms = answer(lambda: ex.scores("saliency", normalize=None))
    if norms is None:
        return
    truth = leaves.gradients(chosen[-1]).norm(dim=-1).numpy()
    ours = norms.to_numpy()[-1]
    ours = ours[~np.isnan(ours)]
    np.testing.assert_allclose(ours, truth[: len(ours)], atol=2e-3 * truth.max())


def attention_is_the_models(plain: Any, ex: aw.Explanation) -> None:
    """Compare every head's weights with those that the plain model returns, if it returns any."""
    truth = zoo.plain_attention(plain, ex)
    n = ex.reading.n_inputs
    if not truth:
        return
    longer = (
        ex.trace.model.own.config.model_type == "deepseek_v4"
    )  # compressed keys stand after the text's own
    assert all(layer.shape[1] == n and (layer.shape[2] == n or longer) for layer in truth)
    truth = [layer[:, :, :n] for layer in truth]
    assert (ex.reading.n_layers, ex.reading.n_heads) == (len(truth), len(truth[0]))
    for layer, weights in enumerate(truth):
        ours = [
            ex.attention(layer, head, targets="all").fillna(0).to_numpy()
            for head in range(ex.reading.n_heads)
        ]
        spread = -float(
            weights[weights > 0].min().log()
        )  # sharp attention, from larger logits, is rounded more
        np.testing.assert_allclose(ours, weights.numpy(), atol=1e-4 * max(1.0, spread / 10))
