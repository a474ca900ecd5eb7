"""Contrast with a foil and entropy against plain autograd and Inseq; foils in every form, and what is refused."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.tiny import ANSWER, PROMPT, build, byte_tokenizer, random_ids
from helpers.tiny_seq2seq import SOURCE, build_seq2seq, ending_tokenizer

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST, STEPS = 9, 6
IDS = random_ids(FIRST + STEPS)
FOILS = random_ids(STEPS, seed=5)


@pytest.fixture(scope="module")
def model() -> Any:
    return build("llama")


@pytest.fixture(scope="module")
def ex(model: Any) -> aw.Explanation:
    return aw.load(model, byte_tokenizer()).explain(IDS[:FIRST], output=IDS[FIRST:])


def signed(model: Any, score: Callable[[Any, int], Any]) -> np.ndarray[Any, Any]:
    """Input × gradient of ``score(logits, step)``, by one forward and backward on each prefix."""
    embedded = model.get_input_embeddings()(torch.tensor([IDS[:-1]])).detach()
    rows = np.full((STEPS, len(IDS) - 1), np.nan)
    for step in range(STEPS):
        leaf = embedded[:, : FIRST + step].clone().requires_grad_()
        logits = model(inputs_embeds=leaf, use_cache=False).logits[0, -1].double()
        (gradient,) = torch.autograd.grad(score(logits, step), leaf)
        rows[step, : FIRST + step] = (gradient[0] * leaf[0]).sum(-1).detach()
    return rows


def close(ours: Any, truth: Any) -> None:
    np.testing.assert_allclose(ours, truth, rtol=1e-3, atol=1e-5 * np.nanmax(np.abs(truth)))


def test_contrast_with_a_foil_for_each_step(ex: aw.Explanation, model: Any) -> None:
    truth = signed(model, lambda logits, s: logits[IDS[FIRST + s]] - logits[FOILS[s]])
    ours = ex.scores("input_x_gradient", foil=FOILS)
    close(ours, truth)
    close(ex.scores("input_x_gradient", target_function="contrast", foil=FOILS), truth)
    assert ours.attrs["target_function"] == "contrast"
    assert len(ours.attrs["foil"]) == STEPS


def test_contrast_with_one_foil_for_all(ex: aw.Explanation, model: Any) -> None:
    close(
        ex.scores("input_x_gradient", foil=FOILS[0]),
        signed(model, lambda logits, s: logits[IDS[FIRST + s]] - logits[FOILS[0]]),
    )


def test_entropy(ex: aw.Explanation, model: Any) -> None:
    def entropy(logits: torch.Tensor, _step: int) -> torch.Tensor:
        return torch.distributions.Categorical(logits=logits).entropy()

    close(ex.scores("input_x_gradient", target_function="entropy"), signed(model, entropy))


def test_entropy_with_tokens_that_are_ruled_out() -> None:
    from attrwidget.methods import Target

    logits = torch.randn(2, 5, dtype=torch.float64)
    logits[:, 3] = -torch.inf
    kept = torch.distributions.Categorical(logits=logits[:, [0, 1, 2, 4]]).entropy()
    leaf = logits.requires_grad_()
    entropy = Target("entropy", (0, 0))(leaf, [0, 1])
    torch.testing.assert_close(entropy, kept)
    (gradient,) = torch.autograd.grad(entropy.sum(), leaf)
    assert torch.isfinite(gradient).all()


def test_a_foil_that_was_said_scores_nothing(ex: aw.Explanation) -> None:
    scores = ex.scores("input_x_gradient", foil=IDS[FIRST + 2])
    assert (scores.iloc[2, : FIRST + 2] == 0).all()
    assert (scores.iloc[1, : FIRST + 1] != 0).any()
    assert "At step 2 the foil is what was chosen" in scores.attrs["note"]


def text_explained() -> tuple[aw.Explanation, Any]:
    tokenizer = byte_tokenizer()
    return aw.load(build("gpt2"), tokenizer).explain(PROMPT, output=ANSWER), tokenizer


def test_a_text_is_the_token_it_starts_with() -> None:
    ex, tokenizer = text_explained()
    said = tokenizer(" George")["input_ids"]
    assert ex.tokens.ids[ex.reading.first_step : ex.reading.first_step + len(said)] == said
    spaced, bare = ex.scores("saliency", foil=" Bob"), ex.scores("saliency", foil="Bob")
    by_id = ex.scores("saliency", foil=[*tokenizer(" Bob")["input_ids"][:1]] * ex.reading.n_steps)
    np.testing.assert_array_equal(spaced.iloc[0], by_id.iloc[0])
    np.testing.assert_array_equal(bare.iloc[0], by_id.iloc[0])  # the chosen token begins with a space


def test_a_longer_foil_stays_beside_the_answer_until_they_part(model: Any) -> None:
    tokenizer = byte_tokenizer()
    said, foil = (tokenizer(text)["input_ids"] for text in ("abxabd", "abX"))
    assert said[:2] == said[3:5] == foil[:2]
    ex = aw.load(model, tokenizer).explain(IDS[:FIRST], output=said)
    ours = ex.scores("input_x_gradient", foil="abX")
    assert ours.attrs["foil"] == list("abXabX")
    assert "3 tokens" in ours.attrs["note"]
    assert (ours.iloc[[0, 1], :FIRST] == 0).all(axis=None)
    by_id = ex.scores("input_x_gradient", foil=foil[2])
    np.testing.assert_allclose(ours.iloc[[2, 5]], by_id.iloc[[2, 5]], rtol=1e-5, atol=1e-6)


@pytest.mark.slow
def test_a_whole_other_answer() -> None:
    ex, tokenizer = text_explained()
    other = ex.instead(" Bob Dylan")
    ids = tokenizer(" Bob Dylan")["input_ids"]
    assert other.tokens.ids == [*ex.tokens.ids[: ex.reading.first_step], *ids]
    with torch.no_grad():
        logits = ex.trace.model.own(torch.tensor([other.tokens.ids])).logits[0].double().log_softmax(-1)
    truth = [float(logits[ex.reading.first_step - 1 + s, token]) for s, token in enumerate(ids)]
    np.testing.assert_allclose(other.steps["log_probability"], truth, rtol=1e-4)
    total, said = sum(truth), ex.steps["log_probability"].sum()
    note = ex.scores("saliency", foil=" Bob Dylan").attrs["note"]
    assert f"the whole foil has log-probability {total:.3g}, and the answer given {said:.3g}" in note
    assert ex.instead(ids).tokens.ids == other.tokens.ids
    source = aw.load(build_seq2seq("t5"), ending_tokenizer())
    translated = source.explain(SOURCE, output=[9, 8, 7])
    np.testing.assert_allclose(
        translated.instead([5, 6]).steps["log_probability"],
        source.explain(SOURCE, output=[5, 6]).steps["log_probability"],
    )
    for wrong in (10**6, "", [], [0.5]):
        with pytest.raises(aw.AttrWidgetError):
            ex.instead(wrong)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"foil": ""}, "empty text"),
        ({"foil": 10**6}, "ids go from 0 to 329"),
        ({"foil": -1}, "ids go from 0 to 329"),
        ({"foil": 2.5}, "foil must be"),
        ({"foil": [1, 2]}, "2 foils and 6 steps"),
        ({"foil": IDS[FIRST:]}, "nothing to contrast"),
        ({"foil": 3, "target_function": "logit"}, "leave out one of the two"),
        ({"target_function": "contrast"}, "give foil="),
        ({"target_function": "loss"}, "no target function 'loss'"),
        ({"method": "attention", "foil": 3}, "foil= has no meaning"),
        ({"method": "attention", "target_function": "logit"}, "target_function= has no meaning"),
        ({"temperature": 3}, "no option temperature="),
    ],
)
def test_what_cannot_be_asked(ex: aw.Explanation, options: dict[str, Any], says: str) -> None:
    with pytest.raises(aw.AttrWidgetError, match=says) as raised:
        ex.scores(**options)
    assert "\n" not in str(raised.value)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["gpt2", "llama"])
def test_equal_to_inseqs_contrast(folder: Callable[[str], str], name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        inseq = pytest.importorskip("inseq")
    ex = aw.load(folder(name)).explain(PROMPT, output=ANSWER)
    foil = " Washington George. was He"
    foils = byte_tokenizer()(PROMPT + foil)["input_ids"][ex.reading.first_step :]
    assert len(foils) == ex.reading.n_steps
    out = inseq.load_model(folder(name), "saliency").attribute(
        PROMPT,
        PROMPT + ANSWER,
        attributed_fn="contrast_logits_diff",
        contrast_targets=PROMPT + foil,
        show_progress=False,
    )[0]
    theirs = out.aggregate().target_attributions.numpy()[:-1].T
    ours = ex.scores("saliency", foil=foils, normalize="inseq").to_numpy()
    differs = np.array(foils) != np.array(ex.tokens.ids[ex.reading.first_step :])
    assert differs.any()
    np.testing.assert_allclose(ours[differs], theirs[differs], rtol=0, atol=1e-5)
