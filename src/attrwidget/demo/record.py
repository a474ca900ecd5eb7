"""Writes the model's folder, and the sentences that travel with it."""

from __future__ import annotations

import json
import random
from dataclasses import asdict
from typing import TYPE_CHECKING

from transformers import GenerationConfig

from attrwidget.demo.corpus import PLACES
from attrwidget.demo.grammar import sentence
from attrwidget.demo.templates import ASIDES, MENTIONS, OPENERS, opened, templates

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

    from attrwidget.demo.facts import Fact
    from attrwidget.demo.sentence import Sentence


def samples(facts: Sequence[Fact], seed: int = 7) -> list[Sentence]:
    """For each fact its first template, plain, and another one among fillers."""
    rng = random.Random(seed)  # noqa: S311
    found = []
    for fact in facts:
        choices = templates(fact.kind, fact.relation, fact.office)
        found.append(sentence(fact, choices[0]))
        template = rng.choice(choices[1:])
        before = ""
        if not template.opens or rng.random() < 0.3:
            before = rng.choice(ASIDES)
        elif rng.random() < 0.3:
            place = rng.choice([place for place in PLACES if place not in (fact.entity, fact.answer)])
            template = opened(template, rng.choice(MENTIONS).replace("{m}", place))
        else:
            template = opened(template, rng.choice(OPENERS))
        found.append(sentence(fact, template, rng.choice(fact.names), before))
    return found


def write(
    folder: Path, model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, asked: Sequence[Sentence]
) -> None:
    """Writes weights, configuration, tokenizer and `facts.json`; leaves other files in the folder alone."""
    folder.mkdir(parents=True, exist_ok=True)
    end = tokenizer.eos_token_id
    model.generation_config = GenerationConfig(do_sample=False, eos_token_id=end, pad_token_id=end)
    model.save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    tokenizer.save_pretrained(folder)
    lines = ",\n".join(json.dumps(asdict(one), ensure_ascii=False) for one in asked)
    (folder / "facts.json").write_text(f'{{"version": 1, "sentences": [\n{lines}\n]}}\n', encoding="utf-8")
