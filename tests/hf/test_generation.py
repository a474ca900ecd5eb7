"""Generation options go to the model's generate, and what it returns is explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from helpers.tiny import PROMPT, build, byte_tokenizer
from transformers import GenerationConfig, LogitsProcessor, StoppingCriteria

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def model(folder: Callable[[str], str]) -> aw.Model:
    return aw.load(folder("llama"))


def generated(model: aw.Model, **options: Any) -> list[int]:
    ids = torch.tensor([model.tokenizer(PROMPT)["input_ids"]])
    return model.hf.generate(ids, attention_mask=torch.ones_like(ids), **options)[0].tolist()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"num_beams": 4},
        {"repetition_penalty": 1.8},
        {"do_sample": True, "temperature": 0.7, "top_k": 20},
        {"do_sample": True, "top_p": 0.5, "num_beams": 2},
        {"min_new_tokens": 8, "no_repeat_ngram_size": 2},
        {"bad_words_ids": [[5], [17]]},
    ],
    ids=str,
)
def test_options(model: aw.Model, options: dict[str, Any]) -> None:
    torch.manual_seed(3)
    truth = generated(model, max_new_tokens=9, **options)
    torch.manual_seed(3)
    assert model.explain(PROMPT, max_new_tokens=9, **options).tokens.ids == truth


def test_twenty_tokens_unless_said_otherwise(model: aw.Model) -> None:
    assert model.explain(PROMPT).reading.n_steps == 20


def test_probabilities_are_the_models_own_whatever_the_options(model: aw.Model) -> None:
    """Penalties and temperatures choose the token; what is shown of it is what the model thought."""
    ex = model.explain(PROMPT, max_new_tokens=6, repetition_penalty=3.0)
    given = model.explain(PROMPT, output=ex.tokens.ids[ex.reading.first_step :])
    assert ex.steps["probability"].tolist() == given.steps["probability"].tolist()
    assert (ex.steps["rank"] > 1).any()


def test_a_configuration_that_asks_for_more_than_ids() -> None:
    hf = build("llama")
    model = aw.load(hf, byte_tokenizer())
    truth = model.explain(PROMPT, max_new_tokens=5, num_beams=2).tokens.ids
    hf.generation_config.update(
        num_beams=2, num_return_sequences=2, return_dict_in_generate=True, output_scores=True
    )
    assert model.explain(PROMPT, max_new_tokens=5).tokens.ids == truth


def test_a_configuration_given_as_an_option(model: aw.Model) -> None:
    end = model.explain(PROMPT, max_new_tokens=6).tokens.ids[-3]
    config = GenerationConfig(eos_token_id=end, do_sample=False)
    batch = model.explain([PROMPT, "He"], max_new_tokens=6, generation_config=config)
    assert batch[0].tokens.ids[-1] == end
    assert batch[0].reading.n_steps < 6


def test_an_end_token_that_generation_does_not_know_ends_nothing() -> None:
    """The tokenizer's end of text is a word like any other to a model whose configuration names none."""
    hf = build("gpt2")
    with torch.no_grad():
        hf.get_input_embeddings().weight[0] *= 40
    model = aw.load(hf, byte_tokenizer())
    assert hf.generation_config.eos_token_id is None
    ex = model.explain(PROMPT, max_new_tokens=7)
    assert ex.tokens.ids.count(0) > 1
    assert ex.reading.n_steps == 7


def test_own_processors_and_criteria(model: aw.Model) -> None:
    class OnlyNine(LogitsProcessor):
        def __call__(self, _ids: Any, scores: Any) -> Any:
            return torch.full_like(scores, -torch.inf).index_fill(1, torch.tensor([9]), 0.0)

    class AfterThree(StoppingCriteria):
        def __call__(self, ids: Any, _scores: Any, **_: Any) -> Any:
            return torch.full((len(ids),), ids.shape[1] >= first + 3)

    first = len(model.tokenizer(PROMPT)["input_ids"])
    ex = model.explain(PROMPT, logits_processor=[OnlyNine()], stopping_criteria=[AfterThree()])
    assert ex.tokens.ids[first:] == [9, 9, 9]


def test_a_library_that_an_option_needs_is_named(model: aw.Model) -> None:
    """As ``cache_implementation="quantized"`` needs optimum-quanto."""

    def needy(_seen: Any, _scores: Any) -> Any:
        raise ImportError("You need to install optimum-quanto.")

    with pytest.raises(aw.AttrWidgetError, match=r"ImportError: You need to install optimum-quanto\."):
        model.explain(PROMPT, logits_processor=[needy])


def test_progress_counts_tokens(model: aw.Model) -> None:
    seen: list[tuple[int, int]] = []
    model.explain(PROMPT, max_new_tokens=4, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize("kind", [aw.Cancelled, KeyboardInterrupt, ValueError, TypeError])
def test_an_exception_in_progress_stops_and_comes_out(model: aw.Model, kind: type[BaseException]) -> None:
    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise kind("enough")

    with pytest.raises(kind, match="enough") as caught:
        model.explain(PROMPT, max_new_tokens=5, progress=stop)
    assert type(caught.value) is kind
    assert model.explain(PROMPT, max_new_tokens=2).reading.n_steps == 2
