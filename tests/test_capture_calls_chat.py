"""A chat that generate was called with: told, or found by its control tokens, its messages are sections."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from helpers.chats import CHAT, CHATML, SYSTEM, chat_tokenizer
from helpers.tiny import build, byte_tokenizer
from transformers import pipeline

import attrwidget as aw

MESSAGES = [SYSTEM, *CHAT[:1]]


def roles(ex: Any) -> list[str]:
    return [section.title for section in ex.reading.sections]


def generate(model: Any, tokenizer: Any) -> None:
    inputs = tokenizer.apply_chat_template(
        MESSAGES, add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    model.generate(**inputs, max_new_tokens=4)


@pytest.mark.parametrize("messages", [None, MESSAGES], ids=["found", "told"])
def test_messages_are_sections(messages: Any) -> None:
    model, tokenizer = build("llama"), chat_tokenizer(CHATML)
    with aw.capture(model, tokenizer, messages=messages) as captured:
        generate(model, tokenizer)
    (ex,) = captured.explanations
    assert roles(ex) == ["system", "user", "assistant", "Answer"]
    assert not ex.warnings
    texts = [
        "".join(unit.text for unit in ex.tokens.units if s.start <= unit.start < s.end)
        for s in ex.reading.sections
    ]
    assert texts[:3] == [
        "<|im_start|>system\nBe brief.<|im_end|>\n",
        "<|im_start|>user\nWho was first?<|im_end|>\n",
        "<|im_start|>assistant\n",
    ]
    assert [s["title"] for s in ex.widget.content["sections"]] == roles(ex)
    ex.widget.close()
    ours = aw.load(model, tokenizer).explain(MESSAGES, output=ex.tokens.ids[ex.reading.first_step :])
    *prompt, answer = ex.reading.sections
    assert ours.reading.sections == [*prompt, answer._replace(note=None)]  # which was given, not stopped
    assert ours.tokens.ids == ex.tokens.ids


def test_a_pipeline() -> None:
    model, tokenizer = build("llama"), chat_tokenizer(CHATML)
    pipe = pipeline("text-generation", model=model, tokenizer=tokenizer)
    with aw.capture(model, tokenizer) as captured:
        pipe(MESSAGES, max_new_tokens=4)
    assert roles(captured.explanations[0]) == ["system", "user", "assistant", "Answer"]


def test_a_batch_of_chats() -> None:
    model, tokenizer = build("llama"), chat_tokenizer(CHATML)
    tokenizer.padding_side = "left"
    chats = [MESSAGES, CHAT]
    inputs = tokenizer.apply_chat_template(
        chats, add_generation_prompt=True, padding=True, return_tensors="pt", return_dict=True
    )
    for told in (None, chats):
        with aw.capture(model, tokenizer, messages=told) as captured:
            model.generate(**inputs, max_new_tokens=3, num_return_sequences=2, do_sample=True)
        first, _, second, _ = captured.explanations
        assert roles(first) == ["system", "user", "assistant", "Answer"]
        assert roles(second) == ["user", "assistant", "user", "assistant", "Answer"]
        assert not any(
            "not what this prompt was made of" in one for ex in captured.explanations for one in ex.warnings
        )


def test_as_many_chats_as_prompts() -> None:
    model, tokenizer = build("llama"), chat_tokenizer(CHATML)
    with aw.capture(model, tokenizer, messages=[MESSAGES, CHAT]) as captured:
        generate(model, tokenizer)
    with pytest.raises(
        aw.AttrWidgetError, match="list of 2 chats, and a call had 1 prompt: give one chat for each"
    ):
        _ = captured.explanations


def test_messages_that_are_not_the_prompts() -> None:
    model, tokenizer = build("llama"), byte_tokenizer(chat=True)
    with aw.capture(model, tokenizer, messages=CHAT) as captured:
        generate(model, tokenizer)
    (ex,) = captured.explanations
    assert roles(ex) == ["Prompt", "Answer"]
    assert any("not what this prompt was made of" in warning for warning in ex.warnings)
    with pytest.raises(aw.AttrWidgetError, match="chat messages"):
        aw.capture(model, tokenizer, messages="Hello")


def test_a_text_without_a_chat() -> None:
    model, tokenizer = build("llama"), chat_tokenizer(CHATML)
    with aw.capture(model, tokenizer) as captured:
        model.generate(torch.tensor([tokenizer("Who was first?")["input_ids"]]), max_new_tokens=3)
    assert roles(captured.explanations[0]) == ["Prompt", "Answer"]
