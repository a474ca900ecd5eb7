"""Why this and not that: single tokens by the difference of logits, words whole by their log-probabilities."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import attrwidget as aw

PROMPT = "The first president of America is"


@pytest.fixture(scope="module")
def ex() -> aw.Explanation:
    return aw.load("demo").explain(PROMPT, max_new_tokens=4)


def test_a_word_of_one_token_is_a_foil_of_its_own(ex: aw.Explanation) -> None:
    contrasts = ex.reading.contrasts
    (text, _), *_ = [one for one in ex.steps.top[0] if one[0] != " George"]
    foil = contrasts.find(0, text)
    assert (len(foil.ids), foil.text, foil.as_json()["ids"]) == (1, text, list(foil.ids))
    assert contrasts.find_one(0, foil.ids) == foil.ids[0]
    rows = contrasts.rows("input_x_gradient", foil)
    expected = ex.scores("input_x_gradient", foil=[foil.ids[0], *list(ex.trace.outputs[1:])]).to_numpy()[[0]]
    np.testing.assert_allclose(rows, expected, rtol=1e-5, atol=1e-6)


def test_a_word_of_several_tokens_stays_whole(ex: aw.Explanation) -> None:
    foil = ex.reading.contrasts.find(1, "Jefferson Adams")
    assert foil.text == " Jefferson Adams"
    assert len(foil.ids) > 1
    with pytest.raises(aw.AttrWidgetError, match="Heads are compared for a foil of one token"):
        ex.heads(1, foil="Jefferson Adams")


def test_what_was_said_is_no_foil(ex: aw.Explanation) -> None:
    for what in ("George", "George Washington"):
        with pytest.raises(aw.AttrWidgetError, match=f"“{what}” is what the model said there"):
            ex.reading.contrasts.find(0, what)
    with pytest.raises(aw.AttrWidgetError, match="has no token"):
        ex.reading.contrasts.find(0, [])


def test_where_one_token_is_chosen_a_longer_word_is_refused() -> None:
    masked = aw.load("demo-masked").explain("The capital of [MASK] is Tokyo.")
    with pytest.raises(aw.AttrWidgetError, match="chooses a single one there"):
        masked.reading.contrasts.find(0, "Germany and France")


@pytest.mark.parametrize("method", ["input_x_gradient", "leave_one_out"])
def test_whole_words_are_the_difference_of_both(ex: aw.Explanation, method: str) -> None:
    """Against scores of the other answer by itself; and the sum of its log-probabilities against the model's own."""
    contrasts = ex.reading.contrasts
    foil = contrasts.find(1, "Jefferson Adams")
    assert not contrasts.has_rows(method, foil)
    row = contrasts.rows(method, foil)[0]
    assert contrasts.has_rows(method, foil)
    other = ex.instead([ex.trace.outputs[0], *foil.ids])
    seen = ex.reading.seen(1)
    said = ex.scores(method, target_function="log_prob").to_numpy()[1, :seen]
    instead = other.scores(method, target_function="log_prob").to_numpy()[1:, :seen].sum(0)
    np.testing.assert_allclose(row[:seen], said - instead, rtol=1e-4, atol=1e-5)
    assert np.isnan(row[seen:]).all()

    model, ids = ex.trace.model.hf, torch.tensor([other.tokens.ids])
    with torch.no_grad():
        log_probs = model(ids).logits[0].log_softmax(-1)
    whole = sum(
        float(log_probs[at - 1, ids[0, at]]) for at in range(ids.shape[1] - len(foil.ids), ids.shape[1])
    )
    assert f"{whole:.3g} of the other".replace("-", "−") in contrasts.note(method, foil)


@pytest.mark.parametrize("method", ["saliency", "input_x_gradient_l2"])
def test_without_a_sign_it_is_the_size_of_the_difference(ex: aw.Explanation, method: str) -> None:
    """By plain autograd: the gradient of both words' log-probabilities, less one another, before its norm is taken."""
    contrasts = ex.reading.contrasts
    foil = contrasts.find(1, "Jefferson Adams")
    assert not contrasts.has_rows(method, foil)
    row = contrasts.rows(method, foil)[0]
    assert contrasts.has_rows(method, foil)
    assert "log-probability less that of the other word" in contrasts.whole_descriptions()[method]
    seen, model = ex.reading.seen(1), ex.trace.model.hf
    before = list(ex.tokens.ids[:seen])

    def gradient(word: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
        ids = torch.tensor([[*before, *word]])
        embedded = model.get_input_embeddings()(ids).detach().requires_grad_(True)
        log_probs = model(inputs_embeds=embedded).logits[0].log_softmax(-1)
        total = sum(log_probs[seen - 1 + k, token] for k, token in enumerate(word))
        (found,) = torch.autograd.grad(total, embedded)
        return found[0, :seen], embedded[0, :seen].detach()

    (own, at), (other, _) = gradient([ex.trace.outputs[1]]), gradient(list(foil.ids))
    difference = own - other if method == "saliency" else (own - other) * at
    sizes = difference.norm(dim=-1)
    np.testing.assert_allclose(row[:seen], sizes / sizes.sum(), rtol=1e-4, atol=1e-6)
    assert np.isnan(row[seen:]).all()


def test_a_method_that_only_reads_compares_no_whole_words(ex: aw.Explanation) -> None:
    contrasts = ex.reading.contrasts
    assert "gradient_x_attention" in contrasts.descriptions()
    assert "gradient_x_attention" not in contrasts.whole_descriptions()
    with pytest.raises(aw.AttrWidgetError, match="Gradient × attention has no sign"):
        contrasts.rows("gradient_x_attention", contrasts.find(1, "Jefferson Adams"))


def test_the_model_writes_on_from_a_foil(ex: aw.Explanation) -> None:
    """As its own generate does from the same ids."""
    foil = ex.reading.contrasts.find(0, "Thomas")
    on = ex.reading.continued(0, foil.ids)
    model, prompt = ex.trace.model.hf, ex.tokens.ids[: ex.reading.first_step]
    with torch.no_grad():
        ids = model.generate(torch.tensor([[*prompt, *foil.ids]]), max_new_tokens=20, do_sample=False)[
            0
        ].tolist()
    assert on.tokens.ids == ids
    assert (on.before, on.before.before) == (ex.reading, None)
    named = ex.instead("Thomas", step=0, max_new_tokens=20)
    assert named.tokens.ids == ids
    short = ex.instead("Thomas", step=0, max_new_tokens=1)
    assert short.reading.sections[-1].note == f"stopped at {len(foil.ids) + 1} tokens"


@pytest.mark.slow
def test_a_translation_is_written_on_too() -> None:
    ex = aw.load("demo-translation").explain("我們喜歡的手錶很重。", max_new_tokens=4)
    assert ex.reading.sections[-1].note == "stopped at 4 tokens"
    on = ex.instead(list(ex.trace.outputs[:2]), max_new_tokens=2)
    assert on.trace.outputs == ex.trace.outputs
    assert on.reading.sections[-1].note == "stopped at 4 tokens"


def test_the_widget_shows_what_was_written_on_and_returns(ex: aw.Explanation) -> None:
    from attrwidget.widget.queries import read_query
    from attrwidget.widget.widget import ExplanationWidget

    widget = ExplanationWidget(ex.reading, held=[1])
    foil = ex.reading.contrasts.find(1, "Jefferson Adams")
    answer = read_query(ex.reading, "continue", {"step": 1, "foil": list(foil.ids)}).answer(lambda *_: None)
    widget._session.finish("q", answer)
    assert (widget.held, widget.foil, widget.content["continued"]) == ([], None, True)
    assert "".join(widget.content["tokens"]["text"]).startswith(f"{PROMPT} George Jefferson Adams")
    back = read_query(widget.reading, "back", {}).answer(lambda *_: None)
    widget._session.finish("q", back)
    assert "".join(widget.content["tokens"]["text"]).startswith(f"{PROMPT} George Washington")
    assert "continued" not in widget.content
    with pytest.raises(aw.AttrWidgetError, match="no answer before"):
        read_query(widget.reading, "back", {})
    widget.close()


def test_a_classifier_has_nothing_to_write_on() -> None:
    ex = aw.load("demo-sentiment").explain("The film was not boring at all.")
    with pytest.raises(aw.AttrWidgetError, match="writes no text"):
        ex.trace.continued([0], 2)
