"""Whatever generate call the user makes, what it produced is explained, and the model is given back as it was."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.calls import LENGTHS, PAD, batch, one, texts, unpadded
from helpers.model_state import state
from helpers.tiny import PROMPT, build, byte_tokenizer, random_ids
from transformers import GenerationConfig, TextIteratorStreamer, TextStreamer, pipeline

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return byte_tokenizer()


@pytest.fixture(scope="module", params=["gpt2", "llama"])
def _model(request: Any) -> Any:
    return build(request.param, eos_token_id=7)


@pytest.fixture
def model(_model: Any) -> Iterator[Any]:
    before = state(_model)
    yield _model
    assert state(_model) == before


def test_a_call_is_explained_as_explain_would(model: Any, tokenizer: Any) -> None:
    with aw.capture(model, tokenizer) as captured:
        result = model.generate(**one(), max_new_tokens=8)
    (ex,) = captured.explanations
    assert torch.equal(result, model.generate(**one(), max_new_tokens=8))
    assert ex.tokens.ids == result[0].tolist()
    assert ex.reading.first_step == LENGTHS[0]
    assert not ex.warnings
    truth = aw.load(model, tokenizer).explain(random_ids(LENGTHS[0]), output=result[0, LENGTHS[0] :].tolist())
    for method in ("saliency", "input_x_gradient", "attention"):
        np.testing.assert_array_equal(ex.scores(method), truth.scores(method))
    assert captured.explanations[0] is ex


@pytest.mark.slow
def test_a_padded_batch_gives_the_numbers_of_single_texts(model: Any, tokenizer: Any) -> None:
    with aw.capture(model, tokenizer) as captured:
        result = model.generate(
            **batch(), max_new_tokens=8, pad_token_id=PAD, output_logits=True, return_dict_in_generate=True
        )
    assert texts(captured) == unpadded(result.sequences)
    logits = torch.stack(result.logits, 1)
    for row, (ex, length) in enumerate(zip(captured.explanations, LENGTHS, strict=True)):
        assert ex.reading.first_step == length
        answer = ex.tokens.ids[length:]
        truth = logits[row].softmax(-1)[range(len(answer)), answer]
        np.testing.assert_allclose(ex.steps["probability"], truth, rtol=1e-4)
        alone = aw.load(model, tokenizer).explain(ex.tokens.ids[:length], output=answer)
        np.testing.assert_array_equal(ex.scores(), alone.scores())


def test_padding_between_a_prompt_and_its_answer(tokenizer: Any) -> None:
    """The model went on from padding there, which no text shows."""
    ids = torch.tensor([[5, 6, 8, 9], [5, 6, PAD, PAD]])
    model = build("llama")
    with aw.capture(model, tokenizer) as captured:
        model.generate(input_ids=ids, attention_mask=(ids != PAD).long(), max_new_tokens=2)
    whole, padded = captured.explanations
    assert whole.warnings == []
    (warning,) = padded.warnings
    assert warning.endswith("pad on the left (tokenizer.padding_side = 'left').")


def test_a_mask_that_generate_infers(model: Any, tokenizer: Any) -> None:
    with aw.capture(model, tokenizer) as captured:
        result = model.generate(batch()["input_ids"], max_new_tokens=5, pad_token_id=PAD)
    assert texts(captured) == unpadded(result)


@pytest.mark.parametrize(
    "ends", [list(range(7, 60)), [0, *range(7, 60)]], ids=["padded", "padded with an end"]
)
def test_rows_that_end_early(tokenizer: Any, ends: list[int]) -> None:
    """Padding after an end of text is no answer."""
    model = build("gpt2")
    torch.manual_seed(0)
    with aw.capture(model, tokenizer) as captured:
        options = {"max_new_tokens": 20, "pad_token_id": PAD, "eos_token_id": ends}
        result = model.generate(**batch(), **options, do_sample=True, top_k=0)
    rows = result[:, max(LENGTHS) :].tolist()
    stops = [next(at for at, token in enumerate(row) if token in ends) + 1 for row in rows]
    assert len(set(stops)) > 1, "no row ends before the others: another seed would"
    for ex, row, stop in zip(captured.explanations, rows, stops, strict=True):
        assert ex.tokens.ids[ex.reading.first_step :] == row[:stop]


def test_beams_and_several_sequences(model: Any, tokenizer: Any) -> None:
    with aw.capture(model, tokenizer) as captured:
        result = model.generate(
            **batch(), max_new_tokens=6, num_beams=4, num_return_sequences=3, pad_token_id=PAD
        )
    assert len(captured.explanations) == 9
    assert texts(captured) == unpadded(result, count=3)
    assert not captured.explanations[0].warnings


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"do_sample": True, "temperature": 0.5, "top_k": 0}, ["temperature=0.5"]),
        ({"do_sample": True}, ["top_k=50"]),
        ({"repetition_penalty": 1.5, "suppress_tokens": [3]}, ["repetition_penalty=1.5", "suppress_tokens"]),
        ({"generation_config": GenerationConfig(do_sample=True, top_p=0.5, top_k=0)}, ["top_p=0.5"]),
        ({"prefix_allowed_tokens_fn": lambda *_: [3, 4, 5]}, ["prefix_allowed_tokens_fn"]),
        ({"logits_processor": [lambda _ids, scores: scores * 2]}, ["function"]),
    ],
    ids=["temperature", "top_k", "penalties", "top_p", "allowed tokens", "logits processor"],
)
def test_a_changed_distribution_is_said(model: Any, tokenizer: Any, options: Any, says: list[str]) -> None:
    """And the probabilities shown are the model's own: generate's raw logits, before it changed them."""
    with aw.capture(model, tokenizer) as captured:
        result = model.generate(
            **one(), max_new_tokens=5, output_logits=True, return_dict_in_generate=True, **options
        )
    (ex,) = captured.explanations
    (warning,) = ex.warnings
    for word in says:
        assert word in warning
    truth = torch.stack(result.logits, 1)[0].softmax(-1)
    answer = ex.tokens.ids[ex.reading.first_step :]
    np.testing.assert_allclose(ex.steps["probability"], truth[range(len(answer)), answer], rtol=1e-4)


def test_plain_sampling_changes_nothing(model: Any, tokenizer: Any) -> None:
    torch.manual_seed(0)
    with aw.capture(model, tokenizer) as captured:
        result = model.generate(**one(), max_new_tokens=8, do_sample=True, top_k=0)
    assert texts(captured) == result.tolist()
    assert not captured.explanations[0].warnings


def test_assisted_decoding(model: Any, tokenizer: Any) -> None:
    """Only the main model's call is heard, even where the assistant is captured too, or is the model itself."""
    assistant = build(model.config.model_type, seed=1, eos_token_id=7)
    with aw.capture(assistant, tokenizer) as other, aw.capture(model, tokenizer) as captured:
        result = model.generate(**one(), max_new_tokens=8, assistant_model=assistant)
        model.generate(**one(), max_new_tokens=4, assistant_model=model)
    first, second = texts(captured)
    assert first == result[0].tolist()
    assert second == first[: LENGTHS[0] + 4]
    with pytest.raises(aw.AttrWidgetError, match="Nothing was captured"):
        _ = other.explanations


def test_streamers(model: Any, tokenizer: Any) -> None:
    """Also one that is read while generate runs in a thread of its own."""
    streamer = TextIteratorStreamer(tokenizer)
    with aw.capture(model, tokenizer) as captured:
        model.generate(**one(), max_new_tokens=4, streamer=TextStreamer(tokenizer))
        thread = threading.Thread(
            target=model.generate, kwargs={**one(), "max_new_tokens": 6, "streamer": streamer}
        )
        thread.start()
        assert "".join(streamer)
        thread.join()
    assert [ex.reading.n_steps for ex in captured.explanations] == [4, 6]


def test_a_pipeline(model: Any, tokenizer: Any) -> None:
    pipe = pipeline("text-generation", model=model, tokenizer=tokenizer)
    with aw.capture(model, tokenizer) as captured:
        (result,) = pipe(PROMPT, max_new_tokens=5, do_sample=False)
    (ex,) = captured.explanations
    assert ex.tokens.ids[: ex.reading.first_step] == tokenizer(PROMPT)["input_ids"]
    assert result["generated_text"] == tokenizer.decode(ex.tokens.ids, skip_special_tokens=True)


def test_without_a_prompt(model: Any, tokenizer: Any) -> None:
    with aw.capture(model, tokenizer) as captured:
        result = model.generate(max_new_tokens=5)
    assert texts(captured) == result.tolist()
    assert captured.explanations[0].reading.first_step == 1


def test_what_cannot_be_explained_is_said(model: Any, tokenizer: Any) -> None:
    embedded = model.get_input_embeddings()(one()["input_ids"])
    with aw.capture(model, tokenizer) as captured:
        model.generate(inputs_embeds=embedded, attention_mask=one()["attention_mask"], max_new_tokens=2)
    with pytest.raises(aw.AttrWidgetError, match="inputs_embeds"):
        _ = captured.explanations
    with captured:
        model.generate(**one(), max_new_tokens=2)
    with pytest.warns(UserWarning, match="inputs_embeds"):
        assert len(captured.explanations) == 1


def test_no_call(model: Any, tokenizer: Any) -> None:
    with aw.capture(model, tokenizer) as captured:
        pass
    with pytest.raises(aw.AttrWidgetError, match="inside the with block"):
        _ = captured.explanations
    assert "Nothing was captured" in captured._repr_mimebundle_()["text/plain"]
    assert "Nothing was captured" in captured._display_()


def test_weights_changed_before_reading(tokenizer: Any) -> None:
    model = build("gpt2")
    with aw.capture(model, tokenizer) as captured:
        model.generate(**one(), max_new_tokens=2)
    with torch.no_grad():
        model.lm_head.weight.mul_(2)
    with pytest.raises(aw.AttrWidgetError, match="changed since it was called"):
        _ = captured.explanations


def test_in_a_notebook(model: Any, tokenizer: Any) -> None:
    with aw.capture(model, tokenizer) as captured:
        model.generate(**one(), max_new_tokens=3)
    assert "Capture" in repr(captured)
    data, _ = captured._repr_mimebundle_()
    assert (
        data["application/vnd.jupyter.widget-view+json"]["model_id"]
        == captured.explanations[0].widget.model_id
    )
    assert captured._display_() is captured.explanations[0]
    with captured:
        model.generate(**one(), max_new_tokens=3)
    view = "application/vnd.jupyter.widget-view+json"
    assert view in captured._repr_mimebundle_()
    assert captured._display_() == captured.explanations
    captured.explanations[0].widget.close()
    captured.explanations[1].widget.close()


def test_training_mode_changes_no_number(tokenizer: Any) -> None:
    model = build("gpt2", resid_pdrop=0.5).train()
    with aw.capture(model, tokenizer) as captured:
        model.generate(**one(), max_new_tokens=3)
    (ex,) = captured.explanations
    calm = aw.load(build("gpt2"), tokenizer).explain(
        ex.tokens.ids[: ex.reading.first_step], output=ex.tokens.ids[ex.reading.first_step :]
    )
    np.testing.assert_array_equal(ex.scores(), calm.scores())
