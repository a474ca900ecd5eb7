"""What stands out: true of planted words, and nothing of a model that was not trained."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

import attrwidget as aw
from attrwidget import demo
from attrwidget.errors import AttrWidgetError
from attrwidget.results.check import Check
from attrwidget.results.summary import Summary, standing_out


@cache
def model(name: str) -> Any:
    return aw.load(name)


def planted(count: int) -> list[Any]:
    """Sentences of the bundled model's grammar, each with the words that decide its answer."""
    every = list(demo.sentences())
    return every[:: max(1, len(every) // count)]


def deciding(one: Any, step: int) -> set[str]:
    return {one.text[a:b].strip() for a, b in one.deciding[step]}


def masked_p(ex: aw.Explanation, inputs: list[int], step: int) -> float:
    """The probability of a step with *inputs* masked, by plain Transformers."""
    ids = torch.tensor([ex.tokens.ids[: ex.reading.first_step + step]])
    mask = torch.ones_like(ids)
    mask[0, inputs] = 0
    positions = torch.arange(ids.shape[1])[None]
    with torch.no_grad():
        logits = ex.trace.model.hf(ids, attention_mask=mask, position_ids=positions).logits[0, -1]
    return float(logits.double().softmax(-1)[ex.tokens.ids[ex.reading.first_step + step]])


def test_the_planted_words_stand_out() -> None:
    found = []
    for prompt, answer, words in (
        ("The capital of Japan is", " Tokyo.", {"Japan", "capital"}),
        ("In class we learned that the capital of France is", " Paris.", {"France", "capital"}),
        ("My friend from Kyiv says that language of Australia is", " English.", {"Australia", "language"}),
    ):
        ex = model("demo").explain(prompt, output=answer)
        summary = ex.summary([0])
        assert set(summary.words) <= words, str(summary)
        assert summary.stands_out
        assert summary.confirmed
        assert summary.check is not None
        p = masked_p(ex, list(summary.check.inputs), 0)
        assert summary.check.without == pytest.approx(p, abs=1e-5)
        row = np.maximum(np.nan_to_num(ex.scores("leave_one_out").to_numpy()[0]), 0)
        assert summary.share == pytest.approx(row[list(summary.inputs)].sum() / row[1:].sum(), abs=0.02)
        found.append(str(summary))
    assert found[0].startswith("“Tokyo” rests mostly on “")
    assert "confirms it: p falls from" in found[0]


@pytest.mark.slow
def test_every_planted_sentence_is_told_truly() -> None:
    """A word named decides the answer; the check is that of plain Transformers."""
    right, wrong = 0, []
    for one in planted(40):
        ex = model("demo").explain(one.prompt, output=one.answer)
        summary = ex.summary()
        if summary.stands_out:
            decides = {word for step in summary.steps for word in deciding(one, step)}
            truth = " ".join(decides).casefold().split()
            named = [word.casefold() for word in summary.words]
            if set(named).isdisjoint(truth):
                wrong.append((one.prompt, summary.words, truth))
            else:
                right += 1
        if summary.check is not None and len(summary.steps) == 1:
            p = masked_p(ex, list(summary.check.inputs), summary.steps[0])
            assert summary.check.without == pytest.approx(p, abs=1e-4)
            assert summary.confirmed in (None, summary.check.without < min(summary.check.others))
    assert right >= 25
    assert len(wrong) <= 0.1 * (right + len(wrong)), wrong


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("demo-translation", "我喜歡機器學習和人工智慧。", {"喜歡"}),
        ("demo-sentiment", "The film was wonderful.", {"wonderful"}),
        ("demo-masked", "The capital of Japan is [MASK].", {"Japan"}),
    ],
)
def test_other_kinds_of_models(name: str, text: str, words: set[str]) -> None:
    kind = model(name)
    summary = kind.explain(text.replace("[MASK]", str(kind.tokenizer.mask_token))).summary()
    assert summary.words[0] in words, str(summary)
    assert summary.confirmed


@pytest.mark.parametrize("seed", range(3))
def test_nothing_stands_out_of_a_model_that_was_not_trained(seed: int) -> None:
    torch.manual_seed(seed)
    untrained = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(demo.path("demo"))).eval()
    other = aw.load(untrained, AutoTokenizer.from_pretrained(demo.path("demo")))
    for prompt in ("The capital of Japan is", "The president who held office in America was"):
        summary = other.explain(prompt, max_new_tokens=4).summary()
        assert not summary.stands_out
        assert summary.confirmed is None
        assert str(summary).startswith("Nothing stands out: ")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("demo-translation", "我喜歡機器學習和人工智慧。"),
        ("demo-sentiment", "The film was wonderful and not boring at all."),
        ("demo-masked", "The capital of Japan is [MASK]."),
    ],
)
def test_nothing_stands_out_of_other_kinds_that_were_not_trained(name: str, text: str) -> None:
    torch.manual_seed(0)
    config, tokenizer = (part.from_pretrained(demo.path(name)) for part in (AutoConfig, AutoTokenizer))
    other = aw.load(getattr(transformers, config.architectures[0])(config).eval(), tokenizer)
    summary = other.explain(text.replace("[MASK]", tokenizer.mask_token or "")).summary()
    assert not summary.stands_out
    assert str(summary).startswith("Nothing stands out: ")


def test_methods_at_hand_are_compared() -> None:
    ex = aw.load("demo").explain("The capital of Japan is", output=" Tokyo.")
    assert ex.summary([0]).others == ()
    ex.scores("saliency")
    ((title, first),) = ex.summary([0]).others
    assert title == "Saliency"
    row = ex.scores("saliency").to_numpy()[0].copy()
    row[0] = np.nan if row[0] > 0.25 else row[0]  # a sink
    assert first == ex.tokens.labels[int(np.nanargmax(row))]
    summary = ex.summary([0])
    assert summary.parting == (() if first in summary.words else ("Saliency",))
    assert ("Methods part" in str(summary)) == bool(summary.parting)
    assert ("the same first" in str(summary)) == (first == summary.words[0])


def test_a_mark_that_gave_more_than_any_word_is_said() -> None:
    tokens = ["The", " capital", ",", " of", " Japan", " is"]
    row = torch.tensor([0.1, 0.5, 1.0, 0.02, 2.0, 0.03])
    summary = aw.from_captum(row, tokens, output=" Tokyo").summary()
    assert (summary.mark, summary.words) == (None, ("Japan", "capital"))
    row[2] = 3.0
    summary = aw.from_captum(row, tokens, output=" Tokyo").summary()
    assert (summary.mark, summary.words) == (",", ("Japan", "capital"))
    assert "“,” gave more than any word" in str(summary)
    assert summary.share == pytest.approx(2.5 / 2.65, abs=1e-6)


def test_of_few_words_none_rests_on_many() -> None:
    row = torch.tensor([0.0, 0.5, 0.0, 0.6])
    summary = aw.from_captum(row, ["The", " capital", ",", " Japan"], output=" Tokyo").summary()
    assert str(summary).startswith("Nothing stands out: two words alone gave anything to “Tokyo” (")
    needed = Check((0,), (1, 3), ("capital", "Japan"), 0.9, 0.02, (0.5, 0.8), (), ())
    assert str(replace(summary, check=needed)).endswith(
        "). Leaving out the first 2 words of the list counts all the same: p falls from .900 to .020, further than "
        "without as many other words."
    )
    assert str(replace(summary, check=replace(needed, others=(0.01, 0.8)))) == str(summary)


def test_two_words_of_five_that_alone_gave_anything_stand_out() -> None:
    row = torch.tensor([0.0, 0.5, 0.0, 0.0, 0.6, 0.0])
    tokens = ["The", " capital", ",", " of", " Japan", " is"]
    summary = aw.from_captum(row, tokens, output=" Tokyo").summary()
    assert (summary.words, summary.share) == (("Japan", "capital"), 1.0)


def test_a_few_stand_out_that_hold_half_and_twice_their_part() -> None:
    assert standing_out([0.6, 0.15, 0.15, 0.05, 0.05]) == 3
    assert standing_out([0.8, 0.09, 0.05, 0.03, 0.03]) == 1
    assert standing_out([0.4, 0.4, 0.09, 0.06, 0.05]) == 2
    assert standing_out([0.25] * 4) == 0
    assert standing_out([0.5, 0.5]) == 0
    assert standing_out([0.5, 0.5, 0.0]) == 0
    assert standing_out([0.5, 0.5, 0.0, 0.0, 0.0]) == 2
    assert standing_out([0.1] * 10) == 0
    assert standing_out([]) == 0
    assert standing_out([0.0, 0.0]) == 0


def test_a_step_that_does_not_exist_is_said() -> None:
    with pytest.raises(AttrWidgetError, match="There is no step 9"):
        model("demo").explain("The capital of Japan is", output=" Tokyo.").summary([9])


def test_without_a_check() -> None:
    summary = model("demo").explain("The capital of Japan is", output=" Tokyo.").summary([0], check=False)
    assert summary.check is None
    assert "Leaving out" not in str(summary)


def test_a_word_of_two_places_is_named_once() -> None:
    said = Summary("Tokyo", (0,), ("is", "Japan", "Japan"), (4, 3, 1), 0.9, 5, "Saliency", None, ())
    assert str(said) == (
        "“Tokyo” rests mostly on “is” and “Japan” (twice): 90 % of what all words gave (Saliency)."
    )


def test_a_space_is_named_in_words_and_a_probability_that_rises_does_not_fall() -> None:
    said = Summary("1", (0,), ("2",), (3,), 0.6, 5, "GIM", None, (), mark="␣")
    assert "; a space gave more than any word" in str(said)
    rose = Check((0,), (1,), ("The",), 0.132, 0.165, (0.1,), (), ())
    said = Summary("Earth", (0,), (), (), 0.3, 5, "GIM", rose, ())
    assert "p of “Earth” rises from .132 to .165" in str(said)
