"""Methods of Inseq's on our ids: exact truth, Inseq's own results, and its defects kept away."""

from __future__ import annotations

import os
import tempfile
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.encoders import build as build_encoder
from helpers.encoders import word_tokenizer
from helpers.linear import bag_of
from helpers.model_state import state
from helpers.tiny import ANSWER, PROMPT, build, byte_tokenizer, random_ids, save
from helpers.tiny_seq2seq import SOURCE, build_seq2seq, ending_tokenizer

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what its own imports warn of
    inseq = pytest.importorskip("inseq")

FIRST, STEPS = 5, 2
IDS = random_ids(FIRST + STEPS)


def scores(ex: aw.Explanation, method: str, **options: Any) -> Any:
    return ex.scores(method, normalize=None, progress=lambda *_: None, **options).to_numpy()


@pytest.mark.parametrize("method", ["integrated_gradients", "gradient_shap", "deeplift", "occlusion"])
def test_a_linear_model_has_one_answer(method: str) -> None:
    """Against the token that stands for nothing, which is the padding token where none is unknown."""
    bag = bag_of(IDS, FIRST)
    model = bag.trace.model.hf
    embedded, weights = model.embed.weight.detach(), model.head.weight.detach()
    truth = ((embedded[IDS[:-1]] - embedded[0]) @ weights[IDS[FIRST:]].T).T.numpy()
    truth = np.abs(truth) if method == "occlusion" else truth
    truth[0, FIRST:] = np.nan
    tolerance = 1e-1 if method == "gradient_shap" else 1e-4  # which adds noise
    ours = scores(bag, f"inseq:{method}")
    np.testing.assert_allclose(ours, truth, rtol=0, atol=tolerance * np.nanmax(np.abs(truth)))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("method", ["integrated_gradients", "sequential_integrated_gradients", "occlusion"])
def test_equal_to_inseqs_own(method: str, tmp_path: Path) -> None:
    folder = save(build("llama"), tmp_path)
    out = inseq.load_model(folder, method).attribute(
        PROMPT, PROMPT + ANSWER, attributed_fn="logit", show_progress=False, attribution_args={}
    )[0]
    theirs = out if method == "occlusion" else out.aggregate("sum", normalize=False)
    ex = aw.load(folder).explain(PROMPT, output=ANSWER)
    assert [token.id for token in out.target] == ex.tokens.ids
    ours = scores(ex, f"inseq:{method}")
    np.testing.assert_allclose(ours, theirs.target_attributions.numpy()[:-1].T, rtol=0, atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gpt2", "marian", "t5"])
def test_integrated_gradients_equal_ours(name: str) -> None:
    """From the same baseline; Marian's decoder scales embeddings that Inseq has scaled already."""
    if name == "gpt2":
        ex = aw.load(build(name), byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])
        nothing, stays = 0, []
    else:
        ex = aw.load(build_seq2seq(name), ending_tokenizer()).explain(SOURCE, output=" George W")
        nothing = ex.trace.model.tokenizer.unk_token_id
        stays = [i for i in range(ex.reading.n_inputs) if ex.tokens.ids[i] == 1]
    trace = ex.trace
    unknown = trace.embed(torch.tensor([nothing])).expand_as(trace.embeddings()).clone()
    unknown[stays] = trace.embeddings()[stays]
    ours = scores(ex, "integrated_gradients", baseline=unknown, points=50)
    theirs = scores(ex, "inseq:integrated_gradients")
    np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-3 * np.nanmax(np.abs(ours)))


def test_ids_that_no_text_gives_stay_as_they_are() -> None:
    """Inseq decodes and tokenises again, and would explain three bytes in place of a broken one."""
    model, tokenizer = build("gpt2"), byte_tokenizer()
    ids = [40, 236, 41, 50, 236, 60]
    assert tokenizer(tokenizer.decode(ids))["input_ids"] != ids
    ex = aw.load(model, tokenizer).explain(ids[:4], output=ids[4:])
    table = model.get_input_embeddings().weight.detach()

    def logit(embedded: torch.Tensor) -> float:
        with torch.no_grad():
            return float(model(inputs_embeds=embedded[None]).logits[0, -1, ids[-1]])

    whole = table[ids[:-1]]
    for j in range(len(ids) - 1):
        changed = whole.clone()
        changed[j] = table[0]
        truth = abs(logit(whole) - logit(changed))
        assert scores(ex, "inseq:occlusion")[-1, j] == pytest.approx(truth, abs=1e-4)


@pytest.mark.slow
def test_the_users_objects_stay_as_they_were() -> None:
    model, tokenizer = build("llama"), byte_tokenizer()
    tokenizer.pad_token = None
    model.config.pad_token_id = None
    before, padding, side = state(model), tokenizer.pad_token, tokenizer.padding_side
    ex = aw.load(model, tokenizer).explain(IDS[:FIRST], output=IDS[FIRST:])
    for method in ("deeplift", "occlusion"):
        scores(ex, f"inseq:{method}")
    assert state(model) == before
    assert (tokenizer.pad_token, tokenizer.padding_side, model.config.pad_token_id) == (padding, side, None)


@pytest.mark.slow
def test_a_smaller_model_does_not_meet_anothers_neighbours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inseq keeps the neighbours of tokens in a file by the model's name, and objects have none."""
    places: list[str] = []
    original = os.path.join
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(os.path, "join", lambda *parts: places.append(original(*parts)) or places[-1])
    for words in (70, 60):
        ex = aw.load(build("gpt2", vocab_size=words), byte_tokenizer()).explain([3, 50], output=[20])
        assert np.isfinite(scores(ex, "inseq:discretized_integrated_gradients")[0, :2]).all()
    kept = [place for place in places if str(place).endswith("_50.pkl")]
    assert len(set(kept)) == 2
    assert all(place.startswith(str(tmp_path)) for place in kept)
    assert not list(tmp_path.iterdir())


def test_what_inseq_cannot_do() -> None:
    ex = aw.load(build_seq2seq("bart"), ending_tokenizer()).explain(SOURCE, output=" George W")
    with pytest.raises(aw.AttrWidgetError, match=r"Inseq: LIME does not work with .* take another method"):
        scores(ex, "inseq:lime")
    with pytest.raises(aw.AttrWidgetError, match="There is no method 'inseq:value_zeroing'"):
        scores(ex, "inseq:value_zeroing")


def test_a_run_that_says_something_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from inseq.models import HuggingfaceModel

    original = HuggingfaceModel.embed_ids
    monkeypatch.setattr(HuggingfaceModel, "embed_ids", lambda self, *a, **k: 2 * original(self, *a, **k))
    ex = aw.load(build("gpt2"), byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])
    with pytest.raises(aw.AttrWidgetError, match="gives other probabilities than its own"):
        scores(ex, "inseq:occlusion")


def test_models_that_generate_nothing() -> None:
    ex = aw.load(build_encoder("bert", "ForSequenceClassification"), word_tokenizer()).explain("the cat")
    assert not [info.name for info in ex.methods() if info.name.startswith("inseq:")]
    with pytest.raises(aw.AttrWidgetError, match="generates none"):
        scores(ex, "inseq:deeplift")
