"""Numbers of encoder–decoder models equal those of Inseq 0.7.1, source and target together or the source alone."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.close import assert_close
from helpers.tiny import save
from helpers.tiny_seq2seq import ANSWER, SEQ2SEQ, SOURCE, build_seq2seq, ending_tokenizer

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Callable

    Columns = Callable[..., np.ndarray[Any, Any]]

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what its own imports warn of
    inseq = pytest.importorskip("inseq")

METHODS = ("saliency", "input_x_gradient", "attention")
# Their decoders scale embeddings given to them, which Inseq has scaled already.
SCALED_TWICE = ("marian", "pegasus")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module", params=SEQ2SEQ)
def pair(request: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[aw.Explanation, Columns]:
    """Give our explanation, and Inseq's table [steps, inputs] of a method, without the row of the last token."""
    place = save(build_seq2seq(request.param), tmp_path_factory.mktemp(request.param), ending_tokenizer())

    def columns(method: str, *, target: bool, normalize: bool = True, **options: Any) -> np.ndarray[Any, Any]:
        model = inseq.load_model(place, method)
        if request.param in SCALED_TWICE:
            model.model.get_decoder().embed_scale = 1.0
        out = model.attribute(SOURCE, ANSWER, attribute_target=target, show_progress=False, **options)[0]
        shown = out.aggregate(normalize=normalize) if normalize else out.aggregate("sum", normalize=False)
        parts = [shown.source_attributions.numpy()]
        if target:
            assert np.isnan(shown.target_attributions[-1]).all()
            parts.append(shown.target_attributions.numpy()[:-1])
        return np.concatenate(parts).T

    return aw.load(place).explain(SOURCE, output=ANSWER), columns


@pytest.mark.parametrize("target", [True, False], ids=["together", "source alone"])
@pytest.mark.parametrize("method", METHODS)
def test_equal_to_inseqs_table(pair: tuple[aw.Explanation, Columns], method: str, target: bool) -> None:
    ex, columns = pair
    theirs = columns(method, target=target)
    ours = ex.scores(method, normalize="inseq", source_only=not target).to_numpy()
    if not target:
        assert np.isnan(ours[:, theirs.shape[1] :]).all()
        ours = ours[:, : theirs.shape[1]]
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)
    np.testing.assert_allclose(np.nansum(ours, axis=1), 1, atol=1e-5)


def test_the_end_of_the_text_is_explained_as_by_inseq(pair: tuple[aw.Explanation, Columns]) -> None:
    ex, columns = pair
    assert ex.tokens.labels[-1] == "</s>"
    assert len(columns("attention", target=True)) == ex.reading.n_steps


def test_for_the_logit_and_signed(pair: tuple[aw.Explanation, Columns]) -> None:
    ex, columns = pair
    theirs = columns("saliency", target=True, attributed_fn="logit")
    ours = ex.scores(normalize="inseq", target_function="logit").to_numpy()
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)
    theirs = columns("input_x_gradient", target=True, normalize=False)
    ours = ex.scores("input_x_gradient", target_function="probability").to_numpy()
    assert np.nanmin(ours) < 0 < np.nanmax(ours)
    # The products that a score adds up may nearly cancel; their norm is a lower bound of what is rounded.
    norms = ex.scores("input_x_gradient_l2", target_function="probability", normalize=None).to_numpy()
    assert_close(ours, theirs, parts=np.nan_to_num(norms)[..., None])


@pytest.mark.parametrize("name", SCALED_TWICE)
def test_embeddings_scaled_outside_their_module_are_scaled_once(name: str, tmp_path: Any) -> None:
    """Inseq itself runs another model than the user's: its probabilities are not the model's own, and ours are."""
    model = build_seq2seq(name)
    place = save(model, tmp_path, ending_tokenizer())
    ex = aw.load(place).explain(SOURCE, output=ANSWER)
    n, ids = ex.trace.n_source, torch.tensor([ex.tokens.ids])
    with torch.no_grad():
        logits = model(input_ids=ids[:, :n], decoder_input_ids=ids[:, n:-1]).logits[0].double()
    truth = logits.softmax(-1)[range(ex.reading.n_steps), list(ex.trace.outputs)].numpy()
    np.testing.assert_allclose(ex.steps["probability"], truth, rtol=1e-5)
    out = inseq.load_model(place, "saliency").attribute(
        SOURCE, ANSWER, step_scores=["probability"], show_progress=False
    )[0]
    assert np.abs(out.step_scores["probability"].numpy() / truth - 1).max() > 0.1
