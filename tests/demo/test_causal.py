"""The bundled model: it loads plainly, knows every fact, and answers because of the words said to decide."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

import attrwidget as aw
from attrwidget import demo
from attrwidget.demo import Sentence
from attrwidget.demo.causal.evaluate import failures
from attrwidget.demo.causal.facts import FACTS
from attrwidget.demo.causal.grammar import sentence, sentences
from attrwidget.demo.causal.templates import ASIDES, MENTIONS, NOUNS, OPENERS, PEOPLE, templates
from attrwidget.errors import AttrWidgetError

Change = Callable[[random.Random], Iterator[Sentence]]


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return AutoTokenizer.from_pretrained(demo.path())


@pytest.fixture(scope="module")
def model() -> Iterator[Any]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield AutoModelForCausalLM.from_pretrained(demo.path())
    torch.set_num_threads(threads)


def answer(model: Any, tokenizer: Any, prompt: str, new_tokens: int = 9) -> str:
    encoded = tokenizer(prompt, return_tensors="pt")
    out = model.generate(**encoded, max_new_tokens=new_tokens)
    return str(tokenizer.decode(out[0, encoded["input_ids"].shape[1] :]))


def test_import_brings_neither_torch_nor_transformers() -> None:
    code = (
        "import sys; from attrwidget import demo; assert list(demo.sentences()); "
        "assert not {'torch', 'transformers', 'tokenizers'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_folder_is_small_and_plain(model: Any, tokenizer: Any) -> None:
    assert (demo.path() / "model.safetensors").stat().st_size < 3_000_000
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert model.config.max_position_embeddings >= 512
    assert model.config.eos_token_id == tokenizer.eos_token_id
    assert len(tokenizer) == model.config.vocab_size
    assert not [file.name for file in demo.path().iterdir() if file.suffix in {".bin", ".pt", ".pkl", ".py"}]


def test_all_bundled_models_are_small_plain_and_described() -> None:
    assert next(iter(demo.NAMES)) == "demo"
    for name in demo.NAMES:
        folder = demo.path(name)
        assert not [file.name for file in folder.iterdir() if file.suffix in {".bin", ".pt", ".pkl", ".py"}]
        card = (folder / "README.md").read_text(encoding="utf-8")
        for heading in ("What it is", "What it knows", "What decides", "What it is not", "Training"):
            assert f"## {heading}" in card, (name, heading)
    files = [file for name in demo.NAMES for file in demo.path(name).iterdir()]
    assert sum(file.stat().st_size for file in files) < 12_000_000


def test_unknown_bundled_name() -> None:
    with pytest.raises(
        AttrWidgetError,
        match=r"'demo-poems'.*demo, demo-translation, demo-sentiment, demo-masked, demo-sentiment-biased",
    ):
        demo.path("demo-poems")


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("demo", "CausalModel"),
        ("demo-translation", "Seq2SeqModel"),
        ("demo-sentiment", "ClassifierModel"),
        ("demo-masked", "MaskedLMModel"),
        ("demo-sentiment-biased", "ClassifierModel"),
    ],
)
def test_each_loads_by_its_name(name: str, task: str) -> None:
    loaded = aw.load(name)
    assert loaded.name == name
    assert type(loaded).__name__ == task


def test_first_president(model: Any, tokenizer: Any) -> None:
    prompt = "The first president of America is"
    assert [tokenizer.decode(i) for i in tokenizer(prompt)["input_ids"]] == [
        "The", " first", " president", " of", " America", " is",
    ]  # fmt: skip
    assert answer(model, tokenizer, prompt) == " George Washington.<|endoftext|>"


def test_wrong_answers_are_plausible(model: Any, tokenizer: Any) -> None:
    presidents = {
        fact.answer.split()[0] for fact in FACTS if fact.relation in ("president", "second", "premier")
    }
    with torch.inference_mode():
        logits = model(**tokenizer("The first president of America is", return_tensors="pt")).logits[0, -1]
    chances, top = logits.softmax(-1).topk(5)
    assert tokenizer.decode(top[0]) == " George"
    assert chances[0] < 0.999
    assert sum(tokenizer.decode(i).strip() in presidents for i in top) >= 4


def test_every_fact_in_every_template(model: Any, tokenizer: Any) -> None:
    asked = [one for _, one in sentences()]
    assert {one.relation_name for one in asked} == {fact.relation for fact in FACTS}
    assert [one.text for one, _ in failures(model, tokenizer, asked)] == []


def test_travelling_sentences(model: Any, tokenizer: Any) -> None:
    asked = list(demo.sentences())
    assert len({one.text for one in asked}) > len(FACTS)
    assert [one.text for one, _ in failures(model, tokenizer, asked)] == []


def test_travelling_sentences_agree_with_the_grammar() -> None:
    facts = {(fact.kind, name, fact.relation): fact for fact in FACTS for name in fact.names}
    seen = set()
    for one in demo.sentences():
        (entity,), relation = one.words((one.entity,)), " ".join(one.words(one.relation))
        name = entity if (one.kind, entity, one.relation_name) in facts else entity[0].lower() + entity[1:]
        fact = facts[one.kind, name, one.relation_name]
        seen.add(fact)
        assert one.answer.removeprefix(" the").strip() == fact.answer
        assert "".join(one.words(one.pieces)) == one.answer
        bare = "".join(relation.lower().split())
        texts = {
            "".join("".join(made.words(made.relation)).lower().split())
            for template in templates(fact.kind, fact.relation, fact.office)
            for made in [sentence(fact, template)]
        }
        assert bare in texts
        assert set(one.deciding[0]) <= {one.entity, *one.relation}
        assert one.deciding[0]
        assert not {span for deciders in one.deciding for span in deciders} & set(one.fillers)
    assert seen == set(FACTS)


def test_pieces_are_tokens(tokenizer: Any) -> None:
    for one in demo.sentences():
        offsets = tokenizer(one.text, return_offsets_mapping=True)["offset_mapping"]
        assert [tuple(pair) for pair in offsets][-len(one.pieces) :] == list(one.pieces)


def test_deciding_words_of_known_sentences() -> None:
    known = {
        "The first president of America is George Washington": [("first president", "America"), (" George",)],
        "The first president of Czechia is Vaclav Havel": [
            ("first president", "Czechia"),
            ("first president", " Vaclav"),
        ],
        "The currency of France is the euro": [("currency",), ("France", " the")],
    }
    made = {one.text: one for one in demo.sentences()}
    for text, expected in known.items():
        assert [made[text].words(deciders) for deciders in made[text].deciding] == expected


@pytest.mark.parametrize(
    "text", ["東京はどこ?🙂🇫🇷", "Zürich naïve\n\tđường", "</script><img onerror=…>", " \x00 lower case words"]
)
def test_any_text_goes_round(tokenizer: Any, model: Any, text: str) -> None:
    ids = tokenizer(text)["input_ids"]
    assert tokenizer.decode(ids) == text
    assert answer(model, tokenizer, text, 2)


def test_cjk_and_emoji_fall_into_bytes(tokenizer: Any) -> None:
    assert len(tokenizer("東")["input_ids"]) == 3
    assert len(tokenizer("🙂")["input_ids"]) == 4


ANSWERS = {(fact.kind, fact.entity, fact.relation): fact.answer for fact in FACTS}


def other_entities(rng: random.Random) -> Iterator[Sentence]:
    """Each travelling sentence with the words of its entity replaced, and the answer the new entity calls for."""
    for one in demo.sentences():
        fits = [(e, a) for (k, e, r), a in ANSWERS.items() if (k, r) == (one.kind, one.relation_name)]
        others = [(e, a) for e, a in fits if not one.answer.endswith(f" {a}") and e not in one.prompt]
        entity, answer = rng.choice(others)
        article = " the" if one.answer.startswith(" the ") else ""
        start, end = one.entity
        yield replace(
            one, prompt=one.prompt[:start] + entity + one.prompt[end:], answer=f"{article} {answer}"
        )


def other_relations(rng: random.Random) -> Iterator[Sentence]:
    """Travelling sentences with the words of their relation replaced, and the answer the new relation calls for."""
    for one in demo.sentences():
        entity, relation = one.words((one.entity, *one.relation[:1]))
        nouns = {relation: words[0] for relation, words in NOUNS.items()}
        if relation not in nouns.values() or one.relation_name == "currency":
            continue
        people = one.relation_name in PEOPLE
        asks_who = any(word in one.prompt.lower() for word in ("who ", "what ", " was"))
        others = [
            (nouns[r], answer)
            for (k, e, r), answer in ANSWERS.items()
            if (k, e) == (one.kind, entity)
            and r not in (one.relation_name, "currency")
            and f" {answer}" != one.answer
            and (not asks_who or (r in PEOPLE) == people)
        ]
        if others:
            noun, answer = rng.choice(others)
            ((start, end),) = one.relation
            yield replace(one, prompt=one.prompt[:start] + noun + one.prompt[end:], answer=f" {answer}")


def other_fillers(rng: random.Random) -> Iterator[Sentence]:
    """Travelling sentences with the filler before them replaced by another of its kind, some never seen in training."""
    openers = (*OPENERS, *(mention.replace("{m}", "Sparta") for mention in MENTIONS), "My uncle told me that")
    asides = (*ASIDES, "東京 is big 🙂.", "We went home at noon.")
    for one in demo.sentences():
        if one.fillers and one.fillers[0][0] == 0:
            end = one.fillers[0][1]
            filler = rng.choice(asides if one.prompt[end - 1] in ".!" else openers)
            yield replace(one, prompt=filler + one.prompt[end:])


@pytest.mark.parametrize("changed", [other_entities, other_relations, other_fillers])
def test_recorded_words_decide(model: Any, tokenizer: Any, changed: Change) -> None:
    rng = random.Random(3)  # noqa: S311
    asked = list(changed(rng))
    assert len({one.text for one in asked} - {one.text for one in demo.sentences()}) > 200
    asked = rng.sample(asked, min(len(asked), 300))
    assert [one.text for one, _ in failures(model, tokenizer, asked)] == []


@pytest.mark.parametrize(("length", "says"), [(400, " Paris.<|endoftext|>"), (1200, " Paris.")])
def test_long_prompts(model: Any, tokenizer: Any, length: int, says: str) -> None:
    aside = tokenizer(" ".join(ASIDES))["input_ids"]
    text = tokenizer.decode((aside * 40)[: length - 8])
    assert answer(model, tokenizer, text + " The capital of France is").startswith(says)
