"""Scores by unit against masks made by hand, and against the tokens' own scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from helpers.chats import CHATML, chat_tokenizer
from helpers.tiny import build, byte_tokenizer

import attrwidget as aw
from attrwidget.methods.request.targets import Target
from attrwidget.methods.shared.masked_coalitions import MaskedCoalitions

DOCUMENTS = ["Ottawa is cold.", "Lima is so very dry. Or wet."]
ANSWER = " It is Ottawa. It is cold, they say. 3."


@pytest.fixture(scope="module")
def ex() -> Any:
    model = aw.load(build("llama"), byte_tokenizer())
    return model.explain("Which is it?", documents=DOCUMENTS, output=ANSWER)


def log_probs(ex: Any, without: range | None) -> Any:
    """The log-probability of each step's token where no later position attends to some inputs."""
    ids = torch.tensor([ex.tokens.ids[:-1]])
    mask = torch.ones_like(ids)
    if without is not None:
        mask[0, list(without)] = 0
    places = torch.arange(ids.shape[1])[None]
    with torch.no_grad():
        logits = ex.trace.model.hf(ids, attention_mask=mask, position_ids=places, use_cache=False).logits[0]
    first = ex.reading.first_step
    rows = logits.double().log_softmax(-1)[first - 1 :]
    return rows[range(len(rows)), ex.tokens.ids[first:]].numpy()


def spans(ex: Any) -> list[range]:
    return [range(one.start, one.end) for one in ex.trace.context_spans["document"]]


def steps(ex: Any, table: Any) -> list[slice]:
    """The steps of each of the two sentences, by the letters that are written before each step."""
    assert len(table) == 2
    written = [ex.trace.model.tokenizer.decode(ex.trace.outputs[:step]) for step in range(ex.reading.n_steps)]
    second = next(step for step, text in enumerate(written) if text.rstrip().endswith("Ottawa."))
    return [slice(0, second), slice(second, None)]


def test_leaving_a_document_out_is_a_mask_over_it(ex: Any) -> None:
    raw = ex.by_unit("document", normalize=None)
    whole = log_probs(ex, None)
    falls = np.stack([whole - log_probs(ex, span) for span in spans(ex)], axis=1)
    expected = np.stack([falls[part].sum(0) for part in steps(ex, raw)])
    np.testing.assert_allclose(raw.to_numpy(), expected, atol=1e-5 * np.abs(expected).max())
    assert list(raw.index) == ["It is Ottawa.", "It is cold, they say. 3."]
    assert list(raw.columns) == ["[1] Ottawa is cold.", "[2] Lima is so very dry. Or wet."]
    shares = ex.by_unit()
    positive = np.maximum(expected, 0)
    total = positive.sum(1, keepdims=True)
    np.testing.assert_allclose(shares.to_numpy(), positive / np.where(total > 0, total, 1), atol=1e-5)
    assert raw.attrs["rule"] == "left out"


@pytest.mark.parametrize("rule", ["sum", "mean", "max"])
@pytest.mark.parametrize("method", ["saliency", "input_x_gradient", "attention"])
def test_scores_of_tokens_are_joined_by_the_rule(ex: Any, method: str, rule: str) -> None:
    rows = np.nan_to_num(ex.scores(method).to_numpy())
    table = ex.by_unit("document", method, rule=rule, normalize=None)
    join = {"sum": np.sum, "mean": np.mean, "max": lambda some: max(some, key=abs)}[rule]
    add = np.sum if method == "input_x_gradient" else np.mean
    for row, part in zip(table.to_numpy(), steps(ex, table), strict=True):
        by_hand = [add([join(step[span.start : span.stop]) for step in rows[part]]) for span in spans(ex)]
        np.testing.assert_allclose(row, by_hand, rtol=1e-5)
    assert table.attrs["rule"] == rule
    sizes = sorted(len(span) for span in spans(ex))
    assert f"{sizes[0]} to {sizes[1]}" in table.attrs["note"]


def test_shares_sum_to_one(ex: Any) -> None:
    for units in ("document", "sentence", "word", [DOCUMENTS[0], DOCUMENTS[1]]):
        shares = ex.by_unit(units, "saliency").to_numpy()
        np.testing.assert_allclose(shares.sum(1), 1, rtol=1e-6)


def test_messages_examples_and_classes() -> None:
    model = aw.load(build("llama", vocab_size=340), chat_tokenizer(CHATML))
    chat = [{"role": "user", "content": "Q: sea\nA: mer\nQ: dog\nA: chien\nQ: cat\nA:"}]
    ex = model.explain(chat, output="chat")
    assert [*ex.by_unit("message").columns] == ["user", "assistant"]
    assert [*ex.by_unit("example").columns] == ["example 1: Q: sea A: mer", "example 2: Q: dog A: chien"]
    turns = [
        {"role": role, "content": text}
        for text, role in zip(("sea", "mer", "dog", "chien", "cat"), ["user", "assistant"] * 3, strict=False)
    ]
    shots = model.explain(turns, output="chat")
    assert [*shots.by_unit("example").columns] == ["example 1: sea", "example 2: dog"]
    left_out = shots.scores("leave_one_out", units="example").notna().to_numpy().any(0)
    asked = shots.trace.messages[4].start
    assert not left_out[asked:].any()
    assert left_out[shots.trace.messages[0].start : asked].all()


def test_what_is_not_there_is_refused(ex: Any) -> None:
    for units, match in (
        ("tool", r"tools=\["),
        ("example", "no layout repeats"),
        ("page", "There are no units"),
    ):
        with pytest.raises(aw.AttrWidgetError, match=match):
            ex.by_unit(units)
    with pytest.raises(aw.AttrWidgetError, match="rule= is"):
        ex.by_unit(rule="median")
    with pytest.raises(aw.AttrWidgetError, match="normalize is"):
        ex.by_unit(normalize="step")
    with pytest.raises(aw.AttrWidgetError, match="There are no documents here"):
        aw.load("demo").explain("The capital of Japan is").by_unit()


def returned(work: Any) -> Any:
    """What a generator returns at its end."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            return done.value


def test_coalitions_of_deleted_documents_are_shorter_texts(ex: Any) -> None:
    first, ids = ex.reading.first_step, ex.tokens.ids
    keep = np.array([[True, False], [False, True], [False, False], [True, True]])
    target = Target("log_prob", ex.trace.outputs)
    pairs = [(span.start, span.stop) for span in spans(ex)]
    work = MaskedCoalitions(ex.trace, pairs, "delete").score_all(keep, target)
    for kept, scores in zip(keep, returned(work), strict=True):
        gone = {i for span, stays in zip(spans(ex), kept, strict=True) if not stays for i in span}
        gone -= {0}  # the first token always stays
        left = [token for i, token in enumerate(ids) if i not in gone]
        start = first - len(gone)
        with torch.no_grad():
            logits = ex.trace.model.hf(torch.tensor([left[:-1]]), use_cache=False).logits[0, start - 1 :]
        truth = logits.double().log_softmax(-1)[range(len(logits)), left[start:]]
        np.testing.assert_allclose(scores, truth.numpy(), atol=1e-5)
    with pytest.raises(aw.AttrWidgetError, match="change"):
        ex.by_unit("document", "span_regression", change="drop")


def test_a_document_that_the_answer_quotes_is_left_out_of_the_prompt_alone() -> None:
    model = aw.load(build("llama"), byte_tokenizer())
    lines = ["Ottawa is cold.", "Lima is dry."]
    ex = model.explain("\n".join(lines) + "\nWhich?", output=" Ottawa is cold. So it is.")
    end = ex.tokens.labels.index("⏎")
    np.testing.assert_array_equal(
        ex.by_unit(lines[:1], normalize=None).to_numpy(), ex.by_unit([(0, end)], normalize=None).to_numpy()
    )


def test_a_regression_of_sentences_is_that_of_their_log_probability(ex: Any) -> None:
    own = ex.by_unit("document", "span_regression", normalize=None, samples=8)
    said = ex.by_unit("document", "span_regression", normalize=None, samples=8, target_function="log_prob")
    odds = ex.by_unit("document", "span_regression", normalize=None, samples=8, target_function="log_odds")
    np.testing.assert_array_equal(own, said)
    assert own.attrs["target_function"] == "log_prob"
    assert not np.allclose(own, odds)
