"""Question answering: the start and the end of an answer in its context."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from helpers.encoder_cases import bert, logits_of

import attrwidget as aw
from attrwidget.kinds.question_answering import best_span

QUESTION, CONTEXT = "who lives in paris ?", "john lives in london . anna lives in paris ."


@pytest.fixture(scope="module")
def answering() -> Any:
    return bert("ForQuestionAnswering")


def test_an_answer_has_a_start_and_an_end(answering: Any) -> None:
    ex = answering.explain(QUESTION, CONTEXT)
    out = logits_of(answering, QUESTION, CONTEXT)
    start, end = ex.trace.outputs
    context = ex.reading.sections[1]
    inside = range(context.start, context.end - 1)
    spans = {
        (s, e): float(out.start_logits[0, s] + out.end_logits[0, e]) for s in inside for e in inside if e >= s
    }
    assert (start, end) == max(spans, key=lambda span: spans[span])
    allowed = [0, *inside]
    p = [out.start_logits[0, allowed].double().softmax(-1), out.end_logits[0, allowed].double().softmax(-1)]
    for step, place in enumerate((start, end)):
        assert ex.steps["probability"][step] == pytest.approx(float(p[step][allowed.index(place)]), rel=1e-5)
    words = " ".join(ex.tokens.labels[start : end + 1])
    assert ex.reading.sections[2].title == f"Answer: “{words}”"
    assert ex.steps["top"][0][0][0].startswith(" start at ")
    assert [ex.tokens.units[-2].text, ex.tokens.units[-1].text] == [
        f" start at {ex.tokens.labels[ex.trace.outputs[0]]}",
        f" end at {ex.tokens.labels[ex.trace.outputs[1]]}",
    ]
    assert ex.reading.contrasts.find(1, [inside[0]]).text == f" end at {ex.tokens.labels[inside[0]]}"
    foil = ex.scores("input_x_gradient", foil="anna")
    at = ex.tokens.labels.index("anna")
    assert ex.trace.named("anna") == (at, at)
    apart = ex.scores("input_x_gradient", foil=[at, at])
    assert foil.equals(apart)
    with pytest.raises(aw.AttrWidgetError, match="'maria' is not in the context"):
        ex.scores("saliency", foil="maria")
    batch = answering.explain([QUESTION, "what is good ?"], [CONTEXT, "music is good ."])
    assert batch[0].scores().equals(ex.scores())


@pytest.mark.parametrize("longest", [1, 3, 30])
def test_the_best_span_is_the_best_of_all(longest: int) -> None:
    logits = torch.randn(2, 40, generator=torch.Generator().manual_seed(longest))
    inside = range(7, 38)
    found = best_span(logits, inside, longest)
    spans = [(s, e) for s in inside for e in inside if s <= e < s + longest]
    assert found == max(spans, key=lambda span: float(logits[0, span[0]] + logits[1, span[1]]))


def test_bad_input_is_told_in_a_sentence(answering: Any) -> None:
    long = "good " * 600
    for call, says in (
        (lambda: answering.explain(QUESTION), "answered out of a context"),
        (lambda: answering.explain(QUESTION, ""), "The second text is empty"),
        (lambda: answering.explain(QUESTION, long), "608 tokens.*at most 512"),
        (lambda: answering.explain(QUESTION, CONTEXT, max_answer_tokens=0), "at least 1, not 0"),
    ):
        with pytest.raises(aw.AttrWidgetError, match=says) as caught:
            call()
        assert str(caught.value).endswith(".")
