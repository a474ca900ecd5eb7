"""The numbers equal those of Inseq 0.7.1, and Captum's, for models loaded from a folder."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.tiny import ANSWER, PROMPT

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Callable

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what its own imports warn of
    inseq = pytest.importorskip("inseq")

METHODS = ("saliency", "input_x_gradient", "attention")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module", params=["gpt2", "llama"])
def pair(request: Any, folder: Callable[[str], str]) -> tuple[aw.Explanation, str]:
    replace_embeddings = folder(request.param)
    return aw.load(replace_embeddings).explain(PROMPT, output=ANSWER), replace_embeddings


def columns(
    replace_embeddings: str, method: str, *, aggregator: Any = None, **options: Any
) -> np.ndarray[Any, Any]:
    """Return Inseq's table, transposed to [steps, inputs]; the row of the last token, which feeds nothing, left out."""
    model = inseq.load_model(replace_embeddings, method)
    out = model.attribute(PROMPT, PROMPT + ANSWER, show_progress=False, **options)[0]
    shown = out.aggregate() if aggregator is None else out.aggregate(aggregator, normalize=False)
    table = shown.target_attributions.numpy()
    assert np.isnan(table[-1]).all()
    return table[:-1].T


@pytest.mark.parametrize("method", METHODS)
def test_equal_to_inseqs_table(pair: tuple[aw.Explanation, str], method: str) -> None:
    ex, replace_embeddings = pair
    theirs, ours = columns(replace_embeddings, method), ex.scores(method, normalize="inseq").to_numpy()
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)
    np.testing.assert_allclose(np.nansum(ours, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("function", ["logit", "probability"])
@pytest.mark.parametrize("method", ["saliency", "input_x_gradient"])
def test_equal_for_either_target_function(
    pair: tuple[aw.Explanation, str], method: str, function: str
) -> None:
    ex, replace_embeddings = pair
    theirs = columns(replace_embeddings, method, attributed_fn=function)
    ours = ex.scores(method, normalize="inseq", target_function=function).to_numpy()
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


def test_signed_input_x_gradient_is_inseqs_sum_over_dimensions(pair: tuple[aw.Explanation, str]) -> None:
    ex, replace_embeddings = pair
    theirs = columns(replace_embeddings, "input_x_gradient", aggregator="sum")
    ours = ex.scores("input_x_gradient", target_function="probability").to_numpy()
    assert np.nanmin(ours) < 0 < np.nanmax(ours)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5 * np.nanmax(np.abs(theirs)))


def test_one_head_is_inseqs_slice(pair: tuple[aw.Explanation, str]) -> None:
    ex, replace_embeddings = pair
    model = inseq.load_model(replace_embeddings, "attention")
    theirs = model.attribute(PROMPT, PROMPT + ANSWER, show_progress=False)[0].target_attributions.numpy()
    for layer, head in ((0, 0), (2, 3)):
        ours = ex.attention(layer, head).to_numpy()
        np.testing.assert_allclose(ours, theirs[:-1, :, layer, head].T, rtol=0, atol=1e-6)


def test_probability_reads_as_inseqs_step_score(pair: tuple[aw.Explanation, str]) -> None:
    ex, replace_embeddings = pair
    out = inseq.load_model(replace_embeddings, "saliency").attribute(
        PROMPT, PROMPT + ANSWER, step_scores=["probability", "entropy"], show_progress=False
    )[0]
    np.testing.assert_allclose(ex.steps["probability"], out.step_scores["probability"].numpy(), atol=1e-6)
    np.testing.assert_allclose(ex.steps["entropy"], out.step_scores["entropy"].numpy(), atol=1e-5)


@pytest.mark.parametrize("step", [0, 3])
def test_equal_to_captum(pair: tuple[aw.Explanation, str], step: int) -> None:
    from captum.attr import InputXGradient, LayerGradientXActivation, Saliency

    ex, replace_embeddings = pair
    model = aw.load(replace_embeddings).hf
    ids = ex.tokens.ids[: ex.reading.first_step + step]
    target = ex.tokens.ids[ex.reading.first_step + step]
    tokens = torch.tensor([ids])
    embedded = model.get_input_embeddings()(tokens)

    def of_embeddings(inputs: torch.Tensor) -> torch.Tensor:
        return model(inputs_embeds=inputs, use_cache=False).logits[:, -1]

    def of_ids(inputs: torch.Tensor) -> torch.Tensor:
        return model(input_ids=inputs, use_cache=False).logits[:, -1]

    slope = Saliency(of_embeddings).attribute(embedded, target=target)[0].norm(dim=-1)
    product = InputXGradient(of_embeddings).attribute(embedded, target=target)[0].sum(-1)
    at_layer = LayerGradientXActivation(of_ids, model.get_input_embeddings(), multiply_by_inputs=True)
    for parameter in model.get_input_embeddings().parameters():
        parameter.requires_grad = True
    activation = at_layer.attribute(tokens, target=target)[0].sum(-1)

    saliency = ex.scores("saliency", target_function="logit", normalize=None).to_numpy()[step, : len(ids)]
    signed = ex.scores("input_x_gradient").to_numpy()[step, : len(ids)]
    np.testing.assert_allclose(saliency, slope.detach(), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(signed, product.detach(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(signed, activation.detach(), rtol=1e-4, atol=1e-5)
