"""Documents and tools given with a question are in the prompt, and each is known by its tokens."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from helpers.documents import DOCUMENTS, IGNORES, READERS, reader
from helpers.tiny import build, byte_tokenizer

import attrwidget as aw

QUESTION = "Which is the capital?"
TEXTS = ["Ottawa is cold.", "Lima is dry."]


def asked(name: str, *, trained: bool = True) -> Any:
    """Return a model with a template of ``helpers.documents``, trained on chats or not."""
    tokenizer = reader(name)
    hf = build("llama", vocab_size=340, max_position_embeddings=2048)
    if trained:
        hf.generation_config.eos_token_id = tokenizer.convert_tokens_to_ids("<|im_end|>")
    return aw.load(hf, tokenizer)


def texts(ex: Any, kind: str = "document") -> list[str]:
    tokenizer = ex.trace.model.tokenizer
    return [tokenizer.decode(ex.tokens.ids[one.start : one.end]) for one in ex.trace.context_spans[kind]]


@pytest.mark.parametrize("name", READERS)
def test_a_template_that_writes_documents_is_given_them(name: str) -> None:
    model = asked(name)
    ex = model.explain(QUESTION, documents=DOCUMENTS, output="Ottawa")
    messages = [{"role": "user", "content": QUESTION}]
    written = model.tokenizer.apply_chat_template(
        messages, documents=DOCUMENTS, tokenize=False, add_generation_prompt=True
    )
    assert model.tokenizer.decode(ex.tokens.ids[: ex.reading.first_step]) == written
    assert ex.warnings == []
    for found, document in zip(texts(ex), DOCUMENTS, strict=True):
        own = document["text"] if "json" not in name and "list" not in name else document["text"][-4:]
        assert own in found
    assert list(ex.by_unit("document").columns) == [one.title for one in ex.trace.context_spans["document"]]


@pytest.mark.parametrize("name", IGNORES)
def test_a_template_that_writes_none_has_them_before_the_question(name: str) -> None:
    model = asked(name)
    ex = model.explain([{"role": "user", "content": QUESTION}], documents=TEXTS, output="Ottawa")
    (warning,) = ex.warnings
    assert warning.startswith(
        "The chat template does not write documents=, so they stand before the question"
    )
    layout = "[1] Ottawa is cold.\n\n[2] Lima is dry.\n\n"
    assert f"<|im_start|>user\n{layout}{QUESTION}<|im_end|>" in model.tokenizer.decode(ex.tokens.ids)
    assert texts(ex) == ["[1] Ottawa is cold.", "[2] Lima is dry."]
    theirs = model.explain([{"role": "user", "content": layout + QUESTION}], output="Ottawa")
    assert theirs.tokens.ids == ex.tokens.ids
    assert [*theirs.by_unit("document").columns] == ["[1] Ottawa is cold.", "[2] Lima is dry."]


def test_a_model_without_a_template_and_one_not_trained_on_chats() -> None:
    for model in (aw.load(build("llama"), byte_tokenizer()), asked("never", trained=False)):
        ex = model.explain(QUESTION, documents=TEXTS, tools=[{"name": "look"}], output=" Ottawa")
        assert model.tokenizer.decode(ex.tokens.ids[: ex.reading.first_step]).endswith(
            'Tools:\n{"name": "look"}\n\n[1] Ottawa is cold.\n\n[2] Lima is dry.\n\nWhich is the capital?'
        )
        assert texts(ex) == ["[1] Ottawa is cold.", "[2] Lima is dry."]
        assert texts(ex, "tool") == ['{"name": "look"}']
        (warning,) = ex.warnings
        assert "no chat template for" in warning
        assert "as a line of JSON" in warning


def test_they_stay_known_when_the_answer_or_the_text_changes() -> None:
    model = asked("never")
    ex = model.explain(QUESTION, documents=TEXTS, output="Ottawa")
    assert texts(ex.instead("Lima")) == texts(ex)
    first = ex.trace.context_spans["document"][0]
    shorter = ex.edit({(first.start, first.start + 4): None})
    assert texts(shorter) == ["Ottawa is cold.", "[2] Lima is dry."]
    assert texts(ex.edit({(first.start, first.end): None})) == ["[2] Lima is dry."]


def test_a_batch_and_a_recorded_call_know_them() -> None:
    model = asked("numbered")
    one, two = model.explain([QUESTION, "And the driest?"], documents=DOCUMENTS, max_new_tokens=1)
    assert texts(one) == texts(two)
    messages = [{"role": "user", "content": QUESTION}]
    ids = torch.tensor([one.tokens.ids[: one.reading.first_step]])
    with aw.capture(model, messages=messages, documents=DOCUMENTS) as found:
        model.hf.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=1)
    assert texts(found.explanations[0]) == texts(one)


def test_token_ids_take_no_documents() -> None:
    model = asked("never")
    with pytest.raises(aw.AttrWidgetError, match="documents= are written into the prompt, and this one is"):
        model.explain([1, 2, 3], documents=TEXTS)
    with pytest.raises(aw.AttrWidgetError, match="no message of a user"):
        model.explain([{"role": "system", "content": "Hi"}], documents=TEXTS)
