"""Context reliance: equal to Inseq's attribute-context, to a plain forward pass and to autograd."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.tiny import build, byte_tokenizer
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

import attrwidget as aw
from attrwidget import demo
from attrwidget.errors import AttrWidgetError
from attrwidget.results.context.live import measure
from attrwidget.results.context.sensitivity import MEASURES

if TYPE_CHECKING:
    from attrwidget.results.context.reliance import ContextReliance

CONTEXT, CURRENT, ANSWER = "The capital of Japan is Tokyo.", "The capital of France is", "Paris."
SOURCE_CONTEXT, SOURCE, TARGET = "The cat is expensive.", "The dog is small.", "Le chien est petit."


def inseq_says(
    name: str, texts: tuple[str, str, str], metric: str, function: str | None, instead: list[str]
) -> Any:
    """Return what Inseq's own command finds; *instead* are the tokens that the model would have said without."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        inseq = pytest.importorskip("inseq")
        from inseq.commands.attribute_context.attribute_context import attribute_context_with_model
        from inseq.commands.attribute_context.attribute_context_args import AttributeContextArgs

        kind = AutoModelForSeq2SeqLM if "translation" in name else AutoModelForCausalLM
        hf, tokenizer = (
            kind.from_pretrained(demo.path(name)),
            AutoTokenizer.from_pretrained(demo.path(name)),
        )
        if tokenizer.bos_token is None:  # Inseq needs one, which is added to no text here
            tokenizer.bos_token, hf.config.bos_token_id = tokenizer.eos_token, tokenizer.eos_token_id
        context, current, answer = texts
        args = AttributeContextArgs(
            model_name_or_path=name,
            input_context_text=context,
            input_current_text=current,
            output_current_text=answer,
            output_template="{current}",
            context_sensitivity_metric=metric,
            context_sensitivity_std_threshold=0.5,
            attribution_method="saliency",
            attributed_fn=function,
            contextless_output_next_tokens=instead,
            show_viz=False,
        )
        return attribute_context_with_model(args, inseq.load_model(hf, "saliency", tokenizer=tokenizer))


@pytest.fixture(scope="module")
def cases() -> dict[str, aw.Explanation]:
    causal = aw.load("demo").explain(f"{CONTEXT} {CURRENT}", output=f" {ANSWER}")
    translated = aw.load("demo-translation").explain(f"{SOURCE_CONTEXT} {SOURCE}", output=TARGET)
    return {"demo": causal, "demo-translation": translated}


def ours(ex: aw.Explanation, context: Any, **options: Any) -> ContextReliance:
    return measure(ex.reading, context, std=0.5, **options)


TEXTS = {"demo": (CONTEXT, CURRENT, ANSWER), "demo-translation": (SOURCE_CONTEXT, SOURCE, TARGET)}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("metric", MEASURES)
def test_the_measures_and_the_choice_are_inseqs(
    cases: dict[str, aw.Explanation], name: str, metric: str
) -> None:
    found = ours(cases[name], TEXTS[name][0], metric=metric)
    count = int(found.answer["selected"].sum())
    theirs = inseq_says(name, TEXTS[name], metric, None, [])
    values = found.answer[metric].to_numpy()[: len(theirs.cti_scores)]  # Inseq leaves out the end of a translation
    np.testing.assert_allclose(values, theirs.cti_scores, rtol=1e-5, atol=1e-5)
    if name == "demo":
        assert list(found.scores.index) == [cue.cti_idx for cue in theirs.cci_scores]
        assert count == len(theirs.cci_scores)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("function", [None, "contrast_prob_diff", "contrast_logits_diff"])
def test_the_scores_of_the_context_are_inseqs(
    cases: dict[str, aw.Explanation], name: str, function: str | None
) -> None:
    ex = cases[name]
    found = measure(
        ex.reading, TEXTS[name][0], std=-9, target_function=function or "probability"
    )  # every token, so that all are compared
    theirs_alone = inseq_says(name, TEXTS[name], "kl_divergence", None, [])
    asked = [cue.cti_idx for cue in theirs_alone.cci_scores]
    tokenizer = ex.trace.model.tokenizer
    words = [str(found.answer.loc[step, "instead"]) for step in asked]
    spaced = [word if tokenizer.convert_tokens_to_ids(word) == tokenizer.unk_token_id else word for word in words]
    theirs = inseq_says(name, TEXTS[name], "kl_divergence", function, spaced if function else [])
    assert theirs.cci_scores
    for cue in theirs.cci_scores:
        row = found.scores.loc[cue.cti_idx].to_numpy()
        np.testing.assert_allclose(row, cue.input_context_scores, rtol=1e-4, atol=1e-5)
