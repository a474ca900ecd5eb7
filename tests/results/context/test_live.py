"""Context reliance: equal to Inseq's attribute-context, to a plain forward pass and to autograd."""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
import torch
from helpers.tiny import build, byte_tokenizer
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

import attrwidget as aw
from attrwidget import demo
from attrwidget.errors import AttrWidgetError, Cancelled
from attrwidget.results.context.sensitivity import MEASURES

if TYPE_CHECKING:
    from attrwidget.results.context.reliance import ContextReliance


class Case(NamedTuple):
    name: str
    context: str
    current: str
    answer: str
    between: str


CASES = {
    "causal": Case(
        "demo",
        "The capital of Japan is Tokyo.",
        "The capital of France is",
        " Paris. The capital of Italy is Rome.",
        " ",
    ),
    "translation": Case("demo-translation", "他学习历史。", "她喜欢猫。", "She likes cats.", ""),
}


@cache
def explained(kind: str) -> aw.Explanation:
    case = CASES[kind]
    return aw.load(case.name).explain(case.context + case.between + case.current, output=case.answer)


def inseq_says(kind: str, metric: str, function: str | None, instead: list[str], std: float = 0.5) -> Any:
    """Return what Inseq's own command finds; *instead* are the tokens that the model would have said without."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        inseq = pytest.importorskip("inseq")
        from inseq.commands.attribute_context.attribute_context import attribute_context_with_model
        from inseq.commands.attribute_context.attribute_context_args import AttributeContextArgs

        case = CASES[kind]
        auto = AutoModelForCausalLM if kind == "causal" else AutoModelForSeq2SeqLM
        hf = auto.from_pretrained(demo.path(case.name))
        tokenizer = AutoTokenizer.from_pretrained(demo.path(case.name))
        if tokenizer.bos_token is None:  # Inseq needs one, which is added to no text here
            tokenizer.bos_token, hf.config.bos_token_id = tokenizer.eos_token, tokenizer.eos_token_id
        model = inseq.load_model(hf, "saliency", tokenizer=tokenizer)
        if kind == "translation":  # Marian's decoder scales embeddings that Inseq has scaled already
            hf.get_decoder().embed_scale = 1.0
        args = AttributeContextArgs(
            model_name_or_path=case.name,
            input_context_text=case.context,
            input_current_text=case.current,
            input_template="{context}" + case.between + "{current}",
            output_current_text=case.answer.strip(),
            output_template="{current}",
            context_sensitivity_metric=metric,
            context_sensitivity_std_threshold=std,
            attribution_method="saliency",
            attributed_fn=function,
            contextless_output_next_tokens=instead,
            show_viz=False,
        )
        return attribute_context_with_model(args, model)


def ours(kind: str, **options: Any) -> ContextReliance:
    return explained(kind).context_reliance(CASES[kind].context, **{"std": 0.5, **options})


def log_p(ids: list[int], first: int, model: Any) -> torch.Tensor:
    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0, first - 1 : -1].double().log_softmax(-1)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("metric", MEASURES)
def test_the_measures_and_the_choice_are_inseqs(kind: str, metric: str) -> None:
    found, theirs = ours(kind, metric=metric), inseq_says(kind, metric, None, [])
    values = found.answer[metric].to_numpy()[: len(theirs.cti_scores)]  # Inseq leaves out a translation's end
    np.testing.assert_allclose(values, theirs.cti_scores, rtol=1e-5, atol=1e-5)
    if kind == "causal":
        assert list(found.scores.index) == [cue.cti_idx for cue in theirs.cci_scores]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("function", [None, "contrast_prob_diff", "contrast_logits_diff"])
def test_the_scores_of_the_context_are_inseqs(kind: str, function: str | None) -> None:
    """Of all tokens, each against what the model would have said without the context."""
    found = ours(kind, std=-9, target_function=function or "probability")
    trace = explained(kind).trace
    given: list[str] = []
    if function and kind == "translation":
        order = [cue.cti_idx for cue in inseq_says(kind, "kl_divergence", None, [], std=-9).cci_scores]
        given = [trace.output_text(step, int(found.answer.loc[step, "instead_id"])) for step in order]
    theirs = inseq_says(kind, "kl_divergence", function, given, std=-9)
    # We differentiate by the table's vectors, and Inseq by those that Marian's encoder makes of them.
    scale = trace.model.hf.config.d_model**0.5 if kind == "translation" else 1
    compared = 0
    for cue in theirs.cci_scores:
        # A causal model goes on from "is " instead of "is" at the first step, and an end is dropped: another contrast.
        instead = trace.model.tokenizer.convert_ids_to_tokens(
            int(found.answer.loc[cue.cti_idx, "instead_id"])
        )
        if function and cue.contrast_token != instead:
            continue
        row = found.scores.loc[cue.cti_idx].to_numpy() / scale
        np.testing.assert_allclose(row, cue.input_context_scores, rtol=1e-4, atol=1e-5)
        compared += 1
    assert compared >= len(theirs.cci_scores) - 2
    assert compared >= 4


@pytest.fixture(scope="module")
def plain() -> tuple[Any, list[int], list[int]]:
    """A tiny model, a prompt whose tokens 2 to 4 are the context, and an answer."""
    generator = torch.Generator().manual_seed(5)
    ids = torch.randint(4, 200, (14,), generator=generator).tolist()
    return build("gpt2"), ids[:8], ids[8:]


def test_it_compares_two_plain_runs(plain: Any) -> None:
    model, prompt, answer = plain
    found = (
        aw.load(model, byte_tokenizer())
        .explain(prompt, output=answer)
        .context_reliance((2, 5), metric="pcxmi")
    )
    short = prompt[:2] + prompt[5:]
    given = log_p(prompt + answer, len(prompt), model)
    without = log_p(short + answer, len(short), model)
    kl = (without.exp() * (without - given)).sum(-1)
    np.testing.assert_allclose(found.answer["kl_divergence"], kl, rtol=1e-4, atol=1e-9)
    at = torch.tensor(answer)[:, None]
    gain = (given - without).gather(-1, at)[:, 0] / np.log(2)
    np.testing.assert_allclose(found.answer["pcxmi"], gain, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(found.answer["probability"], given.gather(-1, at)[:, 0].exp(), rtol=1e-5)
    np.testing.assert_allclose(found.answer["without"], without.gather(-1, at)[:, 0].exp(), rtol=1e-5)
    assert list(found.answer["instead_id"]) == without.argmax(-1).tolist()
    limit = gain.mean() + gain.std()
    assert found.threshold == pytest.approx(float(limit), rel=1e-4)
    assert list(found.answer["selected"]) == [bool(abs(g) >= limit) for g in gain]
    assert found.context == (2, 3, 4)


@pytest.mark.parametrize(
    "function", ["contrast_prob_diff", "contrast_logits_diff", "kl_divergence", "probability"]
)
def test_the_scores_are_autograds(plain: Any, function: str) -> None:
    model, prompt, answer = plain
    found = (
        aw.load(model, byte_tokenizer())
        .explain(prompt, output=answer)
        .context_reliance((2, 5), std=-9, target_function=function)
    )
    short = prompt[:2] + prompt[5:]
    without = log_p(short + answer, len(short), model)
    for step, row in found.scores.iterrows():
        embedded = (
            model.get_input_embeddings()(torch.tensor([prompt + answer[:step]])).detach().requires_grad_()
        )
        logits = model(inputs_embeds=embedded).logits[0, -1].double()
        log_given = logits.log_softmax(-1)
        y, other = answer[step], int(without[step].argmax())
        value = {
            "contrast_prob_diff": log_given[y].exp() - log_given[other].exp(),
            "contrast_logits_diff": logits[y] - logits[other],
            "kl_divergence": (log_given.exp() * (log_given - without[step])).sum(),
            "probability": log_given[y].exp(),
        }[function]
        (gradient,) = torch.autograd.grad(value, embedded)
        np.testing.assert_allclose(row, gradient[0, 2:5].norm(dim=-1), rtol=1e-3, atol=1e-7)


def test_earlier_words_of_the_answer_may_be_the_context(plain: Any) -> None:
    model, prompt, answer = plain
    found = aw.load(model, byte_tokenizer()).explain(prompt, output=answer).context_reliance((8, 10))
    assert list(found.answer.index) == [2, 3, 4, 5]
    without = log_p(prompt + answer[2:], len(prompt), model).gather(-1, torch.tensor(answer[2:])[:, None])
    np.testing.assert_allclose(found.answer["without"], without[:, 0].exp(), rtol=1e-5)


def test_the_target_of_a_translation_may_be_the_context() -> None:
    found = explained("translation").context_reliance(
        (explained("translation").reading.first_step, explained("translation").reading.first_step + 1)
    )
    assert len(found.answer) == explained("translation").reading.n_steps - 1


def test_what_cannot_be_compared_is_said() -> None:
    ex, context = explained("causal"), CASES["causal"].context
    for given, sentence in (
        ({"metric": "kl"}, "There is no measure 'kl': take one of kl_divergence"),
        ({"target_function": "log_prob"}, "There is no target function of context reliance 'log_prob'"),
        ({"std": "1"}, "std is a number"),
        ({"topk": 0}, "topk is a whole number"),
        ({"method": "attention"}, "explains no score of our own"),
    ):
        with pytest.raises(AttrWidgetError, match=sentence):
            ex.context_reliance(context, **given)
    with pytest.raises(AttrWidgetError, match="writes no text"):
        aw.load("demo-sentiment").explain("a good film").context_reliance((0, 1))
    with pytest.raises(AttrWidgetError, match="Nothing would be left"):
        ex.context_reliance((0, ex.reading.first_step))


def test_it_can_be_stopped() -> None:
    def stop(_done: int, _total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        ours("causal", progress=stop)
