"""Every mistake gets one sentence that names it, before any work, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.tiny import ANSWER, PROMPT, build, byte_tokenizer

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def model(folder: Callable[[str], str]) -> aw.Model:
    return aw.load(folder("gpt2"))


@pytest.fixture(scope="module")
def shown(model: aw.Model) -> aw.Explanation:
    return model.explain(PROMPT, output=ANSWER)


@pytest.fixture(autouse=True)
def _nothing_is_lost(model: aw.Model, shown: aw.Explanation) -> Iterator[None]:
    before = shown.scores()
    yield
    np.testing.assert_array_equal(shown.scores(), before)
    np.testing.assert_array_equal(model.explain(PROMPT, output=ANSWER).scores(), before)


def refused(call: Callable[[], Any], *words: str) -> None:
    """Assert that *call* raises one sentence with all *words*."""
    with pytest.raises(aw.AttrWidgetError) as caught:
        call()
    sentence = str(caught.value)
    assert type(caught.value) is aw.AttrWidgetError
    assert "\n" not in sentence
    assert sentence.endswith((".", ".)"))
    assert len(sentence) < 400
    for word in words:
        assert word in sentence, sentence


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("", ["empty", "''"]),
        (" \n ", ["empty", r"' \n '"]),
        ([], ["empty"]),
        ([[]], ["empty"]),
        (["He", ""], ["empty"]),
        (None, ["must be a text", "None"]),
        (42, ["must be a text", "42"]),
        (b"bytes", ["must be a text", "bytes"]),
        ([1.5, 2.0], ["must be a text", "1.5"]),
        (torch.tensor([0.5, 1.0]), ["must be a text", "0.5"]),
        ([True, False], ["must be a text", "True"]),
        ({"text": "He"}, ["must be a text", "dict"]),
        ([1, 330], ["330", "0 to 329"]),
        ([-1], ["-1", "0 to 329"]),
        ([{"role": "user"}], ["'content'"]),
        ([{"role": "user", "content": "Hi"}, "He"], ["not a chat message", "'He'"]),
        ([{"role": "user", "content": "Hi"}], ["no chat template"]),
        ({"input_ids": None}, ["must be a text", "None"]),
        ({"input_ids": [1, 2], "attention_mask": [1]}, ["attention_mask does not fit"]),
        ({"input_ids": [[1, 2]], "attention_mask": [[1], [1]]}, ["attention_mask does not fit"]),
        ({"input_ids": [[1, 2]], "attention_mask": [[1]]}, ["attention_mask does not fit"]),
        ({"input_ids": [[1, 2]], "attention_mask": 5}, ["attention_mask does not fit"]),
        ("He\ud83d is", ["surrogate", r"'\ud83d' at character 3"]),
    ],
    ids=repr,
)
def test_prompts(model: aw.Model, prompt: Any, words: list[str]) -> None:
    refused(lambda: model.explain(prompt, max_new_tokens=2), *words)


def test_a_chat_template_that_refuses(model: aw.Model) -> None:
    tokenizer = byte_tokenizer(chat=True)
    tokenizer.chat_template = "{{ raise_exception('roles must alternate') }}"
    chat = aw.load(model.hf, tokenizer)
    refused(lambda: chat.explain([{"role": "user", "content": "Hi"}]), "roles must alternate")


@pytest.mark.parametrize("count", [0, -3, 2.5, "5", True])
def test_numbers_of_new_tokens(model: aw.Model, count: Any) -> None:
    refused(lambda: model.explain(PROMPT, max_new_tokens=count), "max_new_tokens", str(count))


@pytest.mark.parametrize("words", [{"max_new_tokens": 300}, {"output": [1] * 300}])
def test_more_than_the_model_can_see(model: aw.Model, words: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(type(model.hf), "forward", lambda *_a, **_k: pytest.fail("work was wasted"))
    refused(lambda: model.explain(PROMPT, **words), "at most 256", "300")
    refused(lambda: model.explain([5] * 1234, max_new_tokens=1), "1,234", "at most 256", "979")
    refused(lambda: model.explain(["He", [5] * 256], max_new_tokens=1), "256")
    monkeypatch.undo()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"nonsense": 1}, ["nonsense"]),
        ({"temperature": -1.0, "do_sample": True}, ["temperature", "-1.0"]),
        ({"num_beams": "many"}, ["refused"]),
        ({"input_ids": [1]}, ["'input_ids'"]),
        ({"max_length": 10}, ["'max_length'"]),
        ({"num_return_sequences": 3, "do_sample": True}, ["num_return_sequences"]),
        ({"num_beams": -3}, ["refused"]),
        ({"generation_config": 5}, ["refused"]),
        ({"position_ids": [1]}, ["'position_ids'"]),
        ({"pad_token_id": 330}, ["pad_token_id", "0 to 329", "330"]),
        ({"output": "\ud800"}, ["surrogate"]),
        ({"output": " George", "max_new_tokens": 3}, ["max_new_tokens="]),
        ({"output": " George", "num_beams": 3}, ["num_beams="]),
        ({"output": ""}, ["empty", "''"]),
        ({"output": []}, ["empty", "[]"]),
        ({"output": 5}, ["output", "5"]),
        ({"output": [999]}, ["999"]),
    ],
    ids=str,
)
def test_options(model: aw.Model, options: dict[str, Any], words: list[str]) -> None:
    refused(lambda: model.explain(PROMPT, **options), *words)


@pytest.mark.parametrize("mask", [None, [[1, 1]], np.ones((1, 2)), torch.ones(1, 2)], ids=repr)
def test_attention_masks_of_any_kind(model: aw.Model, mask: Any) -> None:
    (ex,) = model.explain({"input_ids": [[5, 6]], "attention_mask": mask}, max_new_tokens=1)
    assert ex.tokens.ids[:2] == [5, 6]


@pytest.mark.parametrize("path", [None, 5, "a\0b", "a" * 300, "~nobody-here/x", "\ud800"], ids=repr)
def test_names_that_no_file_can_have(shown: aw.Explanation, path: Any) -> None:
    page = [] if path is None else [shown.to_html]  # without a path, the page is returned
    for call in (*page, shown.save, aw.open):
        refused(lambda call=call: call(path), "file", repr(str(path)[:60])[:-1].strip("'"))


def test_names_that_no_model_can_have() -> None:
    refused(lambda: aw.load("a" * 300), "cannot be a model's name")
    refused(lambda: aw.load("demo", tokenizer="gpt2"), "tokenizer", "str")  # type: ignore[arg-type]


def test_outputs_that_do_not_match_the_prompts(model: aw.Model) -> None:
    refused(lambda: model.explain(["He", "She"], output=[" was"]), "2 prompts", "1 outputs")


@pytest.mark.parametrize("name", ["salience", "", 3, ["saliency"]])
def test_methods(shown: aw.Explanation, name: Any) -> None:
    for call in (
        shown.scores,
        lambda n: shown.reading.rows(n, [0]),
        lambda n: shown.reading.has_rows(n, [0]),
    ):
        refused(lambda call=call: call(name), repr(name), "saliency, input_x_gradient, attention")


@pytest.mark.parametrize("layer", [3, -1, 99, 0.5, "1", True])
def test_layers(shown: aw.Explanation, layer: Any) -> None:
    refused(lambda: shown.attention(layer), "layer", str(layer), "0 to 2")
    refused(lambda: shown.attention(layer, 1, targets="all"), "layer", str(layer), "0 to 2")
    refused(lambda: shown.scores("attention", layer=layer), "layer", str(layer), "0 to 2")
    refused(lambda: shown.reading.rows("attention", [0], heads=[(layer, 0)]), "layer", str(layer), "0 to 2")


@pytest.mark.parametrize("head", [4, -1, 0.5, "1", [0, 7], [None], True])
def test_heads(shown: aw.Explanation, head: Any) -> None:
    bad = head[-1] if isinstance(head, list) else head
    refused(lambda: shown.attention(0, head), "head", str(bad), "0 to 3")
    refused(lambda: shown.reading.rows("attention", [0], heads=[(0, bad)]), "head", str(bad), "0 to 3")


def test_numpy_integers_name_layers_and_heads(shown: aw.Explanation) -> None:
    np.testing.assert_array_equal(shown.attention(np.int64(1), np.int32(2)), shown.attention(1, 2))
    np.testing.assert_array_equal(shown.attention(1, np.array([2, 3])), shown.attention(1, [2, 3]))


def test_a_head_without_its_layer(shown: aw.Explanation) -> None:
    refused(lambda: shown.attention(head=2), "head=2", "layer=")


@pytest.mark.parametrize("step", [3 + 20, -1, 0.5, "0", None])
def test_steps(shown: aw.Explanation, step: Any) -> None:
    for call in (
        lambda: shown.reading.rows("saliency", [step]),
        lambda: shown.reading.rows("attention", [step]),
        lambda: shown.reading.head_weights([step]),
    ):
        refused(call, "step", str(step), f"0 to {shown.reading.n_steps - 1}")


def test_other_names(shown: aw.Explanation) -> None:
    refused(lambda: shown.scores(target_function="loss"), "'loss'", "probability, log_prob, logit")
    refused(lambda: shown.scores(normalize="minmax"), "'minmax'", "'step'", "'inseq'")
    refused(lambda: shown.attention(head_rule="min"), "'min'", "mean, sum, max, median")
    refused(lambda: shown.attention(targets="rows"), "'rows'")
    refused(lambda: shown.scores("attention", target_function="logit"), "target_function")
    refused(lambda: shown.scores("saliency", layer=1), "layer", "Saliency")
    refused(lambda: shown.scores("saliency", layer=0, head=1), "head", "Saliency")


def test_nothing_selected_is_an_empty_answer(shown: aw.Explanation) -> None:
    assert (
        shown.reading.rows("saliency", []).shape
        == shown.reading.rows("attention", []).shape
        == (0, shown.reading.n_inputs)
    )
    assert shown.reading.head_weights([]).shape == (0, 3, 4, shown.reading.n_inputs)


def test_a_tokenizer_with_more_words_than_the_model() -> None:
    model = aw.load(build("gpt2", vocab_size=100), byte_tokenizer())
    refused(lambda: model.explain(PROMPT), "does not exist", "0 to 99")


def test_a_misspelt_name_gets_the_right_one(model: aw.Model, shown: aw.Explanation) -> None:
    refused(lambda: shown.scores("salency"), "'salency' (did you mean 'saliency'?)")
    refused(lambda: model.explain(PROMPT, temprature=0.5), "'temprature' (did you mean 'temperature'?)")


def test_what_is_nearly_right_is_named(tmp_path: Path) -> None:
    refused(lambda: aw.load("dmo"), "did you mean 'demo'")
    refused(lambda: aw.load("demo", task="fill-mask"), "has no form for 'fill-mask': leave out task=")
    ex = aw.load("demo").explain("The capital of Japan is", max_new_tokens=1)
    refused(lambda: ex.scores("saliency", normalise="inseq"), "did you mean 'normalize'")
    refused(lambda: ex.to_html(tmp_path / "x.html", methods=["salency"]), "did you mean 'saliency'")
