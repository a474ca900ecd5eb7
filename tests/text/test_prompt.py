"""Whatever form a prompt or an output comes in, its ids are kept from end to end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.tiny import ANSWER, PROMPT, build, byte_tokenizer, random_ids, save, space_tokenizer

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Callable

MESSAGES = [{"role": "user", "content": "Who was first?"}, {"role": "assistant", "content": "George"}]


@pytest.fixture(scope="module")
def model(folder: Callable[[str], str]) -> aw.Model:
    return aw.load(folder("gpt2"))


@pytest.fixture(scope="module")
def ids(tokenizer: Any) -> list[int]:
    return tokenizer(PROMPT)["input_ids"]


def answer(ex: aw.Explanation) -> list[int]:
    return ex.tokens.ids[ex.reading.first_step :]


@pytest.mark.parametrize("seed", range(4))
def test_what_was_generated_is_what_is_explained(model: aw.Model, ids: list[int], seed: int) -> None:
    """Among random bytes most outputs would come back as other ids if they were decoded and tokenised again."""
    torch.manual_seed(seed)
    truth = model.hf.generate(
        torch.tensor([ids]), attention_mask=torch.ones(1, len(ids)), max_new_tokens=12, do_sample=True
    )[0].tolist()
    torch.manual_seed(seed)
    ex = model.explain(PROMPT, max_new_tokens=12, do_sample=True)
    assert ex.tokens.ids == truth
    again = model.tokenizer(model.tokenizer.decode(truth))["input_ids"]
    assert again != truth
    assert ex.reading.n_steps == len(ex.scores()) == len(ex.steps) == 12
    assert ex.reading.first_step == len(ids)


def test_every_form_of_the_same_prompt(model: aw.Model, ids: list[int], tokenizer: Any) -> None:
    forms = [
        PROMPT,
        ids,
        tuple(ids),
        [np.int64(i) for i in ids],
        np.array(ids),
        torch.tensor(ids),
        tokenizer(PROMPT),
        {"input_ids": torch.tensor(ids)},
        tokenizer(PROMPT, padding="max_length", max_length=30),
    ]
    truth = model.explain(PROMPT, max_new_tokens=4).tokens.ids
    for form in forms:
        assert model.explain(form, max_new_tokens=4).tokens.ids == truth, form


def test_a_tokenizers_batch_of_one_is_a_batch(model: aw.Model, tokenizer: Any) -> None:
    (ex,) = model.explain(tokenizer(PROMPT, return_tensors="pt"), max_new_tokens=4)
    assert ex.tokens.ids == model.explain(PROMPT, max_new_tokens=4).tokens.ids


def test_a_text_continuation_is_tokenised_with_its_prompt(model: aw.Model, tokenizer: Any) -> None:
    ex = model.explain(PROMPT, output=ANSWER)
    assert ex.tokens.ids == tokenizer(PROMPT + ANSWER)["input_ids"]
    assert ex.reading.first_step == len(tokenizer(PROMPT)["input_ids"])


def test_a_continuation_that_would_merge_with_the_prompt_leaves_it_whole(
    model: aw.Model, tokenizer: Any
) -> None:
    prompt, output = PROMPT[:-1], PROMPT[-1] + ANSWER
    assert (
        tokenizer(prompt + output)["input_ids"][: len(tokenizer(prompt)["input_ids"])]
        != tokenizer(prompt)["input_ids"]
    )
    ex = model.explain(prompt, output=output)
    assert ex.tokens.ids == tokenizer(prompt)["input_ids"] + tokenizer(output)["input_ids"]


@pytest.mark.parametrize(
    ("prompt", "output", "together", "instead"),
    [
        ("The president is", "Washington.", "“isWashington.”", "write output=' Washington.'"),
        ("The president is", "George Washington.", "“isGeorge”", "begin output with a space"),
        ("cafe\u0301", "noir", "“cafe\u0301noir”", "write output=' noir'"),
        ("В 1945", "году", "“1945году”", "write output=' году'"),
    ],
)
def test_two_words_run_together_are_pointed_out(
    model: aw.Model, prompt: str, output: str, together: str, instead: str
) -> None:
    (warning,) = model.explain(prompt, output=output).warnings
    assert together in warning
    assert warning.endswith(f"{instead}.")
    first, second = model.explain([prompt, "It is "], output=[output, output])
    assert (first.warnings, second.warnings) == ([warning], [])


@pytest.mark.parametrize(
    ("prompt", "output"),
    [
        ("The president is", " Washington."),
        ("The president is", ", they say"),
        ("The president is ", "Washington."),
        ("Who is it?\n", "Washington."),
        ("He said “", "Washington"),
        ("I do", "n't know"),
        ("It was in 20", "25"),
        ("日本の首都は", "東京です"),
        ("カタ", "カナ"),
        ("日本の首都は", "Tokyo"),
        ("เมืองหลวงคือ", "กรุงเทพ"),
    ],
)
def test_nothing_is_said_where_no_space_is_missing(model: aw.Model, prompt: str, output: str) -> None:
    assert model.explain(prompt, output=output).warnings == []


def test_nothing_is_said_of_ids_chats_and_spaces_that_the_tokenizer_writes(ids: list[int]) -> None:
    model = aw.load(build("gpt2"), byte_tokenizer(chat=True))
    assert model.explain(MESSAGES, output="George").warnings == []
    assert model.explain(ids, output="George").warnings == []
    assert model.explain(PROMPT, output=random_ids(3)).warnings == []
    tokenizer = space_tokenizer()
    model = aw.load(build("llama", vocab_size=len(tokenizer)), tokenizer)
    ex = model.explain("The fir", output="st president")
    assert ex.tokens.units[3].text == " "
    assert ex.warnings == []


def test_outputs_as_ids(model: aw.Model, ids: list[int]) -> None:
    wanted = random_ids(5)
    for form in (wanted, np.array(wanted), torch.tensor(wanted), {"input_ids": wanted}):
        assert answer(model.explain(PROMPT, output=form)) == wanted
    for prompt in (PROMPT, ids):
        assert (
            model.explain(prompt, output=ANSWER).tokens.ids == model.explain(PROMPT, output=ANSWER).tokens.ids
        )


def test_a_begin_token_is_there_once(tmp_path: Any) -> None:
    model = aw.load(save(build("llama"), tmp_path, byte_tokenizer(chat=True, begin=True)))
    text = model.explain(PROMPT, output=ANSWER)
    assert text.tokens.ids.count(0) == 1
    assert text.tokens.ids[0] == 0
    assert text.tokens.special[:2] == [True, False]

    chat = model.explain(MESSAGES, output=ANSWER)
    assert chat.tokens.ids.count(0) == 1
    assert chat.tokens.ids[0] == 0
    written = "<|endoftext|><user>Who was first?\n<assistant>George" + ANSWER  # the answer begun goes on
    assert model.tokenizer.decode(chat.tokens.ids) == written


def test_chats_in_a_batch(tmp_path: Any) -> None:
    model = aw.load(save(build("gpt2"), tmp_path, byte_tokenizer(chat=True)))
    first, second = model.explain([MESSAGES, MESSAGES[:1]], max_new_tokens=3)
    assert first.tokens.ids == model.explain(MESSAGES, max_new_tokens=3).tokens.ids
    assert second.tokens.ids == model.explain(MESSAGES[:1], max_new_tokens=3).tokens.ids


def test_a_model_object_with_a_sentencepiece_tokenizer() -> None:
    tokenizer = space_tokenizer()
    model = aw.load(build("llama", vocab_size=len(tokenizer)), tokenizer)
    ex = model.explain("The first", output=" president of")
    assert ex.tokens.ids == tokenizer("The first president of")["input_ids"]


def test_arguments_of_the_chat_template_and_calls_without_content() -> None:
    tokenizer = byte_tokenizer(chat=True)
    tokenizer.chat_template += "{{ 'quietly' if enable_thinking is false }}{{ tools | length if tools }}"
    model = aw.load(build("gpt2"), tokenizer)
    asked = [MESSAGES[0]]
    ex = model.explain(asked, enable_thinking=False, tools=[{"type": "function"}], max_new_tokens=1)
    assert tokenizer.decode(ex.tokens.ids[:-1]).endswith("<assistant>quietly1")
    call = [*asked, {"role": "assistant", "tool_calls": []}, {"role": "tool", "content": "22"}]
    assert [s.title for s in model.explain(call, max_new_tokens=1).reading.sections][2] == "tool"
    with pytest.raises(aw.AttrWidgetError, match="no chat"):
        model.explain(PROMPT, tools=[])
    assert "messages" in model.explain(PROMPT, max_new_tokens=1).warnings[0]
    twice = aw.load(build("gpt2"), byte_tokenizer(begin=True)).explain("<|endoftext|>Hi", output=" you")
    assert "two begin tokens" in twice.warnings[0]
