"""The numbers of the bundled models are those of the plain models, on every release of Transformers that is checked.

``make compat`` runs this file on the lowest and the newest known release, and names it in TRANSFORMERS_VERSION.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
import torch
import transformers
from helpers.close import assert_close
from helpers.tiny_seq2seq import plain_seq2seq_gradients
from transformers import (
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoModelForSeq2SeqLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
)

import attrwidget as aw
from attrwidget import bundled

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS = 3
CLASSES = {
    "demo": AutoModelForCausalLM,
    "demo-translation": AutoModelForSeq2SeqLM,
    "demo-sentiment": AutoModelForSequenceClassification,
    "demo-masked": AutoModelForMaskedLM,
    "demo-sentiment-biased": AutoModelForSequenceClassification,
}
READERS = ["demo-sentiment", "demo-masked", "demo-sentiment-biased"]


@pytest.fixture(scope="module", autouse=True)
def _the_release_that_is_meant() -> None:
    assert transformers.__version__ == os.environ.get("TRANSFORMERS_VERSION", transformers.__version__)


@pytest.fixture(scope="module")
def explained() -> Callable[[str], aw.Explanation]:
    made: dict[str, aw.Explanation] = {}

    def get(name: str) -> aw.Explanation:
        if name not in made:
            options = {"max_new_tokens": STEPS} if name in ("demo", "demo-translation") else {}
            made[name] = aw.load(name).explain(bundled.find(name).examples[0], **options)
        return made[name]

    return get


def plain(name: str) -> Any:
    """Return the model as Transformers loads it, with eager attention, which returns its weights."""
    folder = bundled.folder_of(name)
    return CLASSES[name].from_pretrained(folder, attn_implementation="eager").eval()


def log_p(logits: torch.Tensor, ex: aw.Explanation) -> torch.Tensor:
    """Return the log-probability of each step's output, from logits ``[steps, outputs]``."""
    return logits.double().log_softmax(-1)[range(ex.trace.n_steps), list(ex.trace.outputs)]


def written(name: str, model: Any, ex: aw.Explanation, keep: torch.Tensor) -> torch.Tensor:
    """Return the plain logits ``[steps, vocabulary]`` of a generated text that sees the inputs in *keep*."""
    ids = torch.tensor([ex.trace.tokens.ids[:-1]])
    if name == "demo":
        positions = torch.arange(ids.shape[1])[None]
        logits = model(ids, attention_mask=keep[None].long(), position_ids=positions).logits
    else:
        source = ex.trace.n_source
        logits = model(
            ids[:, :source], attention_mask=keep[None, :source].long(), decoder_input_ids=ids[:, source:]
        ).logits
    return logits[0, -ex.trace.n_steps :]


def read(model: Any, ex: aw.Explanation, **options: Any) -> torch.Tensor:
    """Return the plain logits ``[steps, outputs]`` of a text that is read at once."""
    logits = model(**options).logits
    if logits.ndim == 2:
        return logits.expand(ex.trace.n_steps, -1)
    places = torch.tensor(ex.trace.tokens.ids[: ex.trace.n_inputs]) == ex.trace.model.tokenizer.mask_token_id
    return logits[0, places]


def gradients(name: str, ex: aw.Explanation) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the gradients ``[steps, inputs, d]`` of the log-probabilities by plain autograd, and the embeddings."""
    model = plain(name)
    ids = ex.trace.tokens.ids
    if name == "demo-translation":
        source, first = ids[: ex.trace.n_source], ids[ex.trace.n_source : ex.trace.first_step]
        return plain_seq2seq_gradients(model, source, first, ids[ex.trace.first_step :], "log_prob")
    embedded = model.get_input_embeddings()(torch.tensor([ids[: ex.trace.n_inputs]])).detach()
    rows = []
    for step in range(ex.trace.n_steps):
        leaf = embedded.clone().requires_grad_()
        if name == "demo":
            logits = model(inputs_embeds=leaf).logits[0, -ex.trace.n_steps :]
        else:
            logits = read(model, ex, inputs_embeds=leaf)
        rows.append(torch.autograd.grad(log_p(logits, ex)[step], leaf)[0][0])
    return torch.stack(rows), embedded[0]


@pytest.mark.parametrize("name", CLASSES)
def test_gradients_are_those_of_plain_autograd(name: str, explained: Callable[[str], aw.Explanation]) -> None:
    ex = explained(name)
    truth, embedded = gradients(name, ex)
    products = truth * embedded
    saliency = ex.scores("saliency", target_function="log_prob", normalize=None).to_numpy()
    product = ex.scores("input_x_gradient", target_function="log_prob", normalize=None).to_numpy()
    for step in range(ex.trace.n_steps):
        seen = ex.trace.seen(step)
        assert_close(saliency[step, :seen], truth[step, :seen].norm(dim=-1), 1e-4)
        assert_close(product[step, :seen], products[step, :seen].sum(-1), 1e-4, parts=products[step, :seen])


@pytest.mark.parametrize("name", CLASSES)
def test_recorded_attention_is_what_the_model_returns(
    name: str, explained: Callable[[str], aw.Explanation]
) -> None:
    ex, model = explained(name), plain(name)
    assert ex.trace.capabilities.attention == "recorded"
    ids = torch.tensor([ex.trace.tokens.ids[: ex.trace.n_inputs]])
    with torch.no_grad():
        if name == "demo-translation":
            source = ex.trace.n_source
            out = model(ids[:, :source], decoder_input_ids=ids[:, source:], output_attentions=True)
            parts = {
                "encoder": out.encoder_attentions,
                "decoder": out.decoder_attentions,
                "cross": out.cross_attentions,
            }
            readers = {part: (ex.trace.attention.part(part), truth) for part, truth in parts.items()}
        else:
            readers = {"": (ex.trace.attention, model(ids, output_attentions=True).attentions)}
    for reader, truth in readers.values():
        assert reader.n_layers == len(truth)
        for layer, weights in enumerate(truth):
            assert_close(reader.weights(layer, None, range(weights.shape[2])), weights[0], 1e-5)


@pytest.mark.parametrize("name", ["demo", "demo-translation"])
def test_leave_one_out_is_a_run_without_the_token(
    name: str, explained: Callable[[str], aw.Explanation]
) -> None:
    ex, model = explained(name), plain(name)
    scores = ex.scores("leave_one_out", target_function="log_prob", normalize=None).to_numpy()
    everything = torch.ones(ex.trace.n_inputs, dtype=torch.bool)
    with torch.no_grad():
        whole = log_p(written(name, model, ex, everything), ex)
        gone = range(1, ex.trace.n_source or ex.trace.first_step)
        truth = [whole - log_p(written(name, model, ex, without(ex, place)), ex) for place in gone]
    assert_close(scores[:, list(gone)].T, torch.stack(truth), 1e-4)


def without(ex: aw.Explanation, place: int) -> torch.Tensor:
    """Return which inputs remain, bool ``[inputs]``, when the one at *place* is left out."""
    return torch.arange(ex.trace.n_inputs) != place


@pytest.mark.parametrize("name", READERS)
def test_leave_one_out_of_a_text_that_is_read(name: str, explained: Callable[[str], aw.Explanation]) -> None:
    ex, model = explained(name), plain(name)
    scores = ex.scores("leave_one_out", target_function="log_prob", normalize=None).to_numpy()
    ids = torch.tensor([ex.trace.tokens.ids[: ex.trace.n_inputs]])
    with torch.no_grad():
        whole = log_p(read(model, ex, input_ids=ids), ex)
        gone = range(1, ex.trace.n_inputs - 1)
        masks = [without(ex, place)[None].long() for place in gone]
        truth = [whole - log_p(read(model, ex, input_ids=ids, attention_mask=mask), ex) for mask in masks]
    assert_close(scores[:, list(gone)].T, torch.stack(truth), 1e-4)


def test_the_logit_lens_is_the_head_over_each_layer(explained: Callable[[str], aw.Explanation]) -> None:
    ex, model = explained("demo"), plain("demo")
    lens = ex.logit_lens()
    with torch.no_grad():
        states = model(torch.tensor([ex.trace.tokens.ids[:-1]]), output_hidden_states=True).hidden_states[1:]
        assert len(lens) == len(states)
        for layer, state in enumerate(states):
            last = layer == len(states) - 1  # which Transformers returns after the last norm
            logits = model.lm_head(state if last else model.model.norm(state))[0, -STEPS:]
            truth = log_p(logits, ex).exp()
            assert_close([lens.loc[layer, (step, "chosen")] for step in range(STEPS)], truth, 1e-4)


def test_what_is_captured_is_what_is_explained(explained: Callable[[str], aw.Explanation]) -> None:
    ex, folder = explained("demo"), bundled.folder_of("demo")
    model, tokenizer = plain("demo"), AutoTokenizer.from_pretrained(folder)
    with aw.capture(model, tokenizer) as captured:
        model.generate(
            torch.tensor([ex.trace.tokens.ids[: ex.trace.first_step]]), max_new_tokens=STEPS, do_sample=False
        )
    (found,) = captured.explanations
    assert found.trace.tokens.ids == ex.trace.tokens.ids
    assert_close(found.scores("saliency"), ex.scores("saliency"), 1e-4)
    assert not any(hooks for module in model.modules() for hooks in (module._forward_hooks,))
