"""The gradient of a sum of scores, by one backward pass: against plain autograd, and against those of the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from helpers.close import assert_close
from helpers.encoder_cases import explained, ids_of, plain_logits
from helpers.tiny import build, byte_tokenizer, random_ids
from helpers.tiny_seq2seq import PAD, build_seq2seq, ending_tokenizer, words_of

import attrwidget as aw
from attrwidget.engine.gradients import batched, segments
from attrwidget.methods import TARGET_FUNCTIONS, Target
from attrwidget.methods.request.distribution import fisher_direction, reference_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PROMPT, STEPS = 20, 50
SPANS = [range(STEPS), range(3, 40), range(7, 8)]
FOILS = tuple(random_ids(STEPS, seed=5))


@pytest.fixture(scope="module", autouse=True)
def _several_segments() -> Iterator[None]:
    """Cut these short texts as long ones are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "WHOLE", 0)
        yield


def target_of(ex: aw.Explanation, function: str) -> Target:
    if function == "distribution":
        return Target(function, ex.trace.outputs, None, reference_of(ex.trace), differentiated=True)
    return Target(function, ex.trace.outputs, FOILS if function == "contrast" else None)


def plain_sum(logits: torch.Tensor, function: str, tokens: Sequence[int], steps: range) -> torch.Tensor:
    """Return the sum over *steps* of a target function of *logits* ``[n, vocabulary]``, written out."""
    rows, at = logits[list(steps)].double(), range(len(steps))
    p, chosen = rows.softmax(-1), [tokens[step] for step in steps]
    if function == "entropy":
        scores = -(p * p.log()).sum(-1)
    elif function == "distribution":
        scores = (fisher_direction(p.detach()) * rows).sum(-1)
    elif function == "contrast":
        scores = rows[at, chosen] - rows[at, [FOILS[step] for step in steps]]
    elif function == "logit":
        scores = rows[at, chosen]
    else:
        own = p[at, chosen]
        scores = {"probability": own, "log_prob": own.log(), "log_odds": (own / (1 - own)).log()}[function]
    return scores.sum()


def check(ex: aw.Explanation, function: str, steps: range, truth: Callable[[], torch.Tensor]) -> None:
    """Compare the gradient of the sum with the *truth*, by a graph of its own and by the one that rows are from."""
    plain, target = truth(), target_of(ex, function)
    ex.trace.drop_graph()
    for _ in range(2):
        gradient, scale, _ = ex.trace.gradient_of_sum(steps, target)
        ours = torch.zeros_like(plain)
        ours[: len(gradient)] = gradient * scale.to(gradient)
        assert_close(ours, plain, rtol=1e-4)
        ex.trace.graph()


@pytest.fixture(scope="module", params=["gpt2", "llama"])
def causal(request: Any) -> aw.Explanation:
    ids = random_ids(PROMPT + STEPS)
    return aw.load(build(request.param), byte_tokenizer()).explain(ids[:PROMPT], output=ids[PROMPT:])


@pytest.mark.parametrize("function", TARGET_FUNCTIONS)
@pytest.mark.parametrize("steps", SPANS, ids=str)
def test_plain_autograd_of_the_sum(causal: aw.Explanation, function: str, steps: range) -> None:
    model, ids = causal.trace.model.hf, causal.tokens.ids

    def truth() -> torch.Tensor:
        leaf = model.get_input_embeddings()(torch.tensor([ids[:-1]])).detach().requires_grad_()
        logits = model(inputs_embeds=leaf, use_cache=False).logits[0, PROMPT - 1 :]
        return torch.autograd.grad(plain_sum(logits, function, ids[PROMPT:], steps), leaf)[0][0]

    check(causal, function, steps, truth)


@pytest.mark.parametrize("name", ["bart", "t5"])
@pytest.mark.parametrize("function", ["log_prob", "logit", "contrast"])
def test_an_encoder_and_a_decoder(name: str, function: str) -> None:
    model, source, answer = build_seq2seq(name), words_of(11), words_of(30, seed=1)
    ex = aw.load(model, ending_tokenizer()).explain(source, output=answer)
    steps = range(2, 29)

    def truth() -> torch.Tensor:
        leaves: list[torch.Tensor] = []

        def keep(_module: Any, _args: Any, out: torch.Tensor) -> torch.Tensor:
            leaves.append(out.detach().requires_grad_())
            return leaves[-1]

        parts = (model.get_encoder(), model.get_decoder())
        tables = {id(part.get_input_embeddings()): part.get_input_embeddings() for part in parts}
        handles = [table.register_forward_hook(keep) for table in tables.values()]
        decoder = torch.tensor([[model.config.decoder_start_token_id, *answer[:-1]]])
        logits = model(input_ids=torch.tensor([source]), decoder_input_ids=decoder, use_cache=False).logits[0]
        for handle in handles:
            handle.remove()
        summed = plain_sum(logits, function, answer, steps)
        return torch.cat(torch.autograd.grad(summed, leaves), dim=1)[0]

    assert PAD not in answer
    check(ex, function, steps, truth)


@pytest.mark.parametrize("head", ["ForTokenClassification", "ForQuestionAnswering", "ForMaskedLM"])
def test_a_model_that_reads_a_whole_text(head: str) -> None:
    ex = explained("bert", head)
    steps = range(ex.reading.n_steps)

    def truth() -> torch.Tensor:
        leaf = ex.trace.model.own.get_input_embeddings()(ids_of(ex)).detach().requires_grad_()
        logits = plain_logits(ex, inputs_embeds=leaf)
        return torch.autograd.grad(plain_sum(logits, "log_prob", ex.trace.outputs, steps), leaf)[0][0]

    assert len(steps) > 1
    check(ex, "log_prob", steps, truth)


@pytest.mark.parametrize("budget", [None, 1])
def test_it_is_the_sum_of_the_steps_own(causal: aw.Explanation, budget: int | None) -> None:
    """With next to no memory too, where blocks are run again on the way back."""
    ids = causal.tokens.ids
    model = aw.load(causal.trace.model.hf, byte_tokenizer(), memory_budget=budget)
    trace = model.explain(ids[:PROMPT], output=ids[PROMPT:]).trace
    target, steps = Target("log_prob", trace.outputs), range(10, 45)
    gradient, scale, embeddings = trace.gradient_of_sum(steps, target)
    total = torch.zeros(trace.n_inputs, gradient.shape[-1])
    for chunk, gradients, scales, _ in trace.gradients(steps, target):
        for k in range(len(chunk)):
            total[: gradients.shape[1]] += gradients[k] * scales[k].float()
    assert_close(gradient * scale.float(), total[: len(gradient)], rtol=1e-5)
    assert_close(embeddings, trace.embeddings()[: len(embeddings)])


def test_it_takes_one_backward_pass(causal: aw.Explanation, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = causal.trace
    trace.drop_graph()
    graph, own = trace.graph(), torch.autograd.grad
    ends: list[int] = []

    def counted(outputs: Any, inputs: Any, *args: Any, **options: Any) -> Any:
        leaves = list(inputs) if isinstance(inputs, list | tuple) else [inputs]
        if any(leaf is segment.leaf for leaf in leaves for segment in graph._segments):
            ends.append(len(outputs))
        return own(outputs, inputs, *args, **options)

    monkeypatch.setattr(torch.autograd, "grad", counted)
    monkeypatch.setattr(batched, "batched_gradients", None)
    trace.gradient_of_sum(range(STEPS), Target("logit", trace.outputs))
    assert ends == [len(graph._segments)] == [4]  # from all at once


def test_a_certain_step_beside_an_uncertain_one_keeps_its_digits() -> None:
    model = build("llama", tie_word_embeddings=False)
    with torch.no_grad():
        model.get_output_embeddings().weight *= 40
    ex = aw.load(model, byte_tokenizer()).explain(random_ids(8), max_new_tokens=12, do_sample=False)
    certain = max(range(12), key=lambda step: ex.steps["probability"][step])
    target = Target("log_prob", ex.trace.outputs)
    alone, scale, _ = ex.trace.gradient_of_sum([certain], target)
    ((_, rows, scales, _),) = list(ex.trace.gradients([certain], target))
    assert scale == pytest.approx(float(scales[0]))
    assert_close(alone, rows[0])
