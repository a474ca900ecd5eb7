"""What an encoder–decoder model is asked: sources, languages, prefixes, generation, batches, and bad input."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from helpers.model_state import state
from helpers.tiny import build, save
from helpers.tiny_seq2seq import (
    ANSWER,
    BEGIN,
    END,
    SOURCE,
    build_seq2seq,
    ending_tokenizer,
    language_tokenizer,
    sentence_tokenizer,
    words_of,
)
from transformers import BartModel

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module", params=["bart", "marian", "t5"])
def model(request: Any) -> Any:
    return aw.load(build_seq2seq(request.param), ending_tokenizer())


def plainly(model: Any, source: list[int], **options: Any) -> list[int]:
    """Return what the model's own generate writes, with its decoder's start."""
    with torch.no_grad():
        return model.hf.generate(torch.tensor([source]), **options)[0].tolist()


@pytest.mark.slow
def test_what_is_generated_is_what_is_explained(model: Any) -> None:
    before = state(model.hf)
    for options in ({}, {"num_beams": 3}, {"forced_bos_token_id": BEGIN}):
        ex = model.explain(SOURCE, max_new_tokens=8, **options)
        n = len(model.tokenizer(SOURCE)["input_ids"])
        assert ex.tokens.ids[:n] == model.tokenizer(SOURCE)["input_ids"]
        assert ex.tokens.labels[n - 1] == "</s>"
        count = 8 + ("forced_bos_token_id" in options)
        assert ex.tokens.ids[n:] == plainly(model, ex.tokens.ids[:n], **{"max_new_tokens": count, **options})
        assert ex.reading.first_step == n + 1 + ("forced_bos_token_id" in options)
    assert state(model.hf) == before


@pytest.mark.slow
def test_a_batch_gives_the_same_as_one_by_one(model: Any) -> None:
    sources = [SOURCE, words_of(9), "of America"]
    together = model.explain(sources, max_new_tokens=6)
    for source, ex in zip(sources, together, strict=True):
        alone = model.explain(source, max_new_tokens=6)
        assert ex.tokens == alone.tokens
        np.testing.assert_allclose(ex.scores(), alone.scores(), atol=1e-6)
    padded = model.tokenizer([SOURCE, "of America"], padding=True, return_tensors="pt")
    assert [ex.tokens for ex in model.explain(padded, max_new_tokens=6)] == [
        together[0].tokens,
        together[2].tokens,
    ]


def test_a_given_output_ends_as_targets_do(model: Any) -> None:
    ex = model.explain(SOURCE, output=ANSWER)
    words = model.tokenizer(ANSWER)["input_ids"]
    assert ex.tokens.ids[ex.reading.first_step :] == words
    assert words[-1] == END
    ids = model.explain(SOURCE, output=words[:-1])
    assert ids.tokens.ids == ex.tokens.ids[:-1]
    start = model.hf.generation_config.decoder_start_token_id
    assert model.explain(SOURCE, output=[start, *words]).tokens == ex.tokens
    both = model.explain([SOURCE, "of"], output=[ANSWER, [7, 8]])
    assert [e.reading.n_steps for e in both] == [len(words), 2]


def test_a_prefix_is_gone_on_from(model: Any) -> None:
    whole = model.explain(SOURCE, max_new_tokens=6)
    first = whole.reading.first_step
    ex = model.explain(SOURCE, target_prefix=whole.tokens.ids[first : first + 2], max_new_tokens=4)
    assert ex.tokens.ids == whole.tokens.ids
    assert ex.reading.first_step == first + 2
    assert [section[:3] for section in ex.reading.sections[1:]] == [
        ("Target", first - 1, first + 2),
        ("Answer", first + 2, first + 6),
    ]
    np.testing.assert_allclose(ex.scores(), whole.scores().iloc[2:], atol=1e-6)
    text = model.explain(SOURCE, target_prefix="George", output=" Washington")
    assert "".join(u.text for u in text.tokens.units[len(model.tokenizer(SOURCE)["input_ids"]) :]).endswith(
        "George Washington</s>"
    )


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mbart50", "m2m", "mbart25"])
def test_languages(kind: str, tmp_path: Path) -> None:
    tokenizer = language_tokenizer() if kind == "mbart50" else sentence_tokenizer(kind, tmp_path)
    english, french = ("en", "fr") if kind == "m2m" else ("en_XX", "fr_XX")
    ids = tokenizer.lang_code_to_id if kind != "mbart25" else tokenizer.get_vocab()
    hf = build_seq2seq(
        "m2m_100" if kind == "m2m" else "mbart",
        vocab_size=max(ids.values()) + 9,
        pad_token_id=1,
        eos_token_id=2,
        bos_token_id=0,
        decoder_start_token_id=2,
    )
    model, before = aw.load(hf, tokenizer), vars(copy.deepcopy(tokenizer))
    source = tokenizer(SOURCE)["input_ids"]
    assert ids[english] in source
    start = [ids[french]] if kind == "mbart25" else [2, ids[french]]
    written = model.explain(SOURCE, tgt_lang=french, max_new_tokens=4)
    assert written.tokens.ids[: written.reading.first_step] == source + start
    assert written.reading.n_steps == 4
    given = model.explain(SOURCE, tgt_lang=french, output=ANSWER)
    assert given.tokens.ids[: given.reading.first_step] == source + start
    assert given.tokens.ids[-1] == 2
    assert not {*ids.values()} & {*given.tokens.ids[given.reading.first_step :]} or kind == "mbart25"
    if kind != "mbart25":
        forced = {"forced_bos_token_id": ids[french]}
        assert model.explain(SOURCE, max_new_tokens=4, **forced).tokens == written.tokens
        assert model.explain(SOURCE, output=ANSWER, **forced).tokens == given.tokens
        from_french = model.explain(SOURCE, src_lang=french, tgt_lang=english, output=ANSWER)
        assert from_french.tokens.ids[0] == ids[french]
    for name in ("_src_lang", "tgt_lang", "prefix_tokens", "suffix_tokens"):
        assert vars(tokenizer).get(name) == before.get(name)
    assert tokenizer(SOURCE)["input_ids"] == source
    for bad, says in (
        ({"tgt_lang": "xx"}, "There is no language 'xx' for tgt_lang=: take one of"),
        ({"src_lang": "xx", "tgt_lang": french}, "There is no language 'xx' for src_lang=: take one of"),
        ({"output": ANSWER}, "name it with tgt_lang="),
        ({"tgt_lang": french, "forced_bos_token_id": 3}, "both set the language"),
    ):
        with pytest.raises(aw.AttrWidgetError, match=says):
            model.explain(SOURCE, **bad)


BAD = {
    "an empty source": ((" ",), {}, "The source is empty"),
    "no ids": (([],), {}, "The source is empty"),
    "unknown ids": (([5, 999],), {}, "Token id 999 in the source does not exist"),
    "an empty output": ((SOURCE,), {"output": " "}, "output to explain is empty"),
    "too long a source": (([5] * 200,), {}, "The source has 200 tokens, but the encoder of .* at most 128"),
    "too long an answer": ((SOURCE,), {"max_new_tokens": 400}, "the decoder of .* sees at most 128"),
    "too long an output": ((SOURCE,), {"output": [5] * 200}, "the decoder of .* sees at most 128"),
    "languages of none": (
        (SOURCE,),
        {"tgt_lang": "fr"},
        "has no languages to choose from: leave out tgt_lang=",
    ),
    "a source language of none": ((SOURCE,), {"src_lang": "fr"}, "leave out src_lang="),
    "both at once": ((SOURCE,), {"output": ANSWER, "num_beams": 2}, "num_beams= has no meaning"),
    "a strange prefix": ((SOURCE,), {"target_prefix": 3.5}, "target_prefix must be"),
    "an unknown option": ((SOURCE,), {"num_beems": 2}, "num_beems"),
    "a wrong decoder's start": (
        (SOURCE,),
        {"decoder_start_token_id": 9999},
        "Token id 9999 in the decoder's start",
    ),
    "outputs of another number": (([SOURCE, SOURCE],), {"output": [ANSWER]}, "2 sources and 1 outputs"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_is_refused_in_a_sentence(kind: str) -> None:
    arguments, options, says = BAD[kind]
    model = aw.load(build_seq2seq("bart"), ending_tokenizer())
    with pytest.raises(aw.AttrWidgetError, match=says):
        model.explain(*arguments, **options)


def test_t5_reads_any_length() -> None:
    model = aw.load(build_seq2seq("t5", n_positions=16), ending_tokenizer())
    assert model.explain([5] * 40, output=[6] * 30).reading.n_inputs == 40 + 30


def test_progress_is_reported_and_stops() -> None:
    model, calls = aw.load(build_seq2seq("bart"), ending_tokenizer()), []
    model.explain(SOURCE, max_new_tokens=4, progress=lambda done, total: calls.append((done, total)))
    assert calls == [(1, 4), (2, 4), (3, 4), (4, 4)]

    def stop(_done: int, _total: int) -> None:
        raise aw.Cancelled

    with pytest.raises(aw.Cancelled):
        model.explain(SOURCE, progress=stop)


@pytest.mark.parametrize("task", ["text2text-generation", "translation", "summarization"])
def test_by_task(task: str, tmp_path: Path) -> None:
    place = save(build_seq2seq("bart"), tmp_path, ending_tokenizer())
    assert aw.load(place, task=task).explain(SOURCE, max_new_tokens=2).reading.n_steps == 2


def test_what_is_no_encoder_and_decoder_is_refused(tmp_path: Path) -> None:
    for model, says in (
        (build("gpt2"), "is no encoder–decoder model"),
        (BartModel(build_seq2seq("bart").config), "AutoModelForSeq2SeqLM, not AutoModel"),
    ):
        with pytest.raises(aw.AttrWidgetError, match=says):
            aw.load(model, ending_tokenizer(), task="translation")
    with pytest.raises(aw.AttrWidgetError, match="has no form for 'text2text-generation': leave out task="):
        aw.load(save(build("gpt2"), tmp_path), task="translation")
