"""Describe an explanation as JSON for the page: ``content`` in docs/protocol.md."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from attrwidget.page.contexts import contexts_of
from attrwidget.page.first_word import first_word
from attrwidget.page.groups import answer_sentences, groups_of
from attrwidget.page.rests import rests_entry
from attrwidget.page.served import ServedReading
from attrwidget.text.broken_words import broken_words
from attrwidget.text.thoughts import thoughts_of
from attrwidget.text.token_bytes import has_codes
from attrwidget.text.tokens import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.results.attention_parts import AttentionPart
    from attrwidget.results.base import MethodInfo, Reading
    from attrwidget.results.check import Checks
    from attrwidget.results.experts import Experts
    from attrwidget.results.lens import Lens
    from attrwidget.text.sections import Section

VERSION = 1

_OF_THE_MODEL = (
    "contexts",
    "corpus",
    "editing",
    "experts",
    "lens",
    "lens_note",
    "parts",
    "query_keys",
    "rests",
)
"""What a page without the model behind it is not told."""


def content_of(reading: Reading, *, model: bool = True) -> dict[str, Any]:
    """Return tokens, steps and methods of *reading* as JSON; without *model*, foils are left out.

    Probabilities have six significant digits; numbers that are not known are null.
    """
    if isinstance(reading, ServedReading):
        return _of_served(reading, model=model)
    tokens, steps, suggested = reading.tokens, reading.steps, first_word(reading)
    contexts = contexts_of(reading, model=model)
    contrasts, words = (reading.contrasts, reading.changed_words) if model else (None, None)
    return {
        "v": VERSION,
        "model": reading.model_name,
        "tokens": {
            "count": len(tokens),
            "start": [int(unit.start) for unit in tokens.units],
            "text": [unit.text for unit in tokens.units],
            "special": [i for i, special in enumerate(tokens.special) if special],
        },
        "inputs": int(reading.n_inputs),
        **({"source": int(reading.n_source)} if reading.n_source else {}),
        "sections": [section_entry(section) for section in reading.sections],
        **_thoughts(reading),
        "groups": groups_of(reading),
        "steps": {
            "first": int(reading.first_step),
            "count": int(reading.n_steps),
            "suggested": suggested,
            **({"places": [int(at) for at in reading.places]} if reading.places else {}),
            **({} if reading.step_noun[0] == "token" else {"step_noun": list(reading.step_noun)}),
            "probability": [_rounded(p) for p in steps["probability"]],
            "rank": [None if math.isnan(rank) else int(rank) for rank in steps["rank"]],
            "entropy": [_rounded(entropy) for entropy in steps["entropy"]],
            "alternatives": alternatives_of(reading, model=model),
        },
        "methods": [_offered(reading, method, suggested, model=model) for method in reading.methods()],
        "contrast": contrasts.descriptions() if contrasts else {},
        "contrast_whole": contrasts.whole_descriptions() if contrasts else {},
        "check_seconds": _seconds(reading.checks) if model else None,
        **(lens_entry(reading.lens) if model else {}),
        **rests_entry(reading, model=model),
        **({"contexts": contexts} if contexts else {}),
        **({"continued": True} if reading.before else {}),
        **_changed(reading),
        **({"editing": {"mask": words.mask}} if words else {}),
        **({"corpus": reading.similar.about()} if model and reading.similar else {}),
        **({"experts": experts_entry(reading.experts)} if model and reading.experts else {}),
        **({"query_keys": True} if model and reading.has_query_keys else {}),
        **(
            {"parts": [part_entry(part) for part in reading.parts.values()]}
            if model and len(reading.parts) > 1
            else {}
        ),
        "layers": int(reading.n_layers),
        "heads": int(reading.n_heads),
        "attention_note": reading.attention_note,
        "warnings": [*reading.warnings, *_broken(reading)],
    }


def _of_served(reading: ServedReading, *, model: bool) -> dict[str, Any]:
    """Return what the server told; a corpus is its client's."""
    if model:
        return {**reading.content, **({"corpus": reading.similar.about()} if reading.similar else {})}
    kept = {name: value for name, value in reading.content.items() if name not in _OF_THE_MODEL}
    return {**kept, "contrast": {}, "contrast_whole": {}, "check_seconds": None}


def experts_entry(experts: Experts) -> dict[str, Any]:
    """Return the layers that have experts, by their names on screen, and how many each has at most."""
    shown = [
        f"{side} {int(at) + 1}".strip() for side, _, at in (str(n).rpartition(" ") for n in experts.layers)
    ]
    return {"layers": shown, "count": experts.count}


def _thoughts(reading: Reading) -> dict[str, Any]:
    """Return the thoughts and the sentences of an answer that later steps read; nothing without several."""
    if reading.n_inputs <= reading.first_step:
        return {}
    found, sentences = thoughts_of(reading.tokens, reading.first_step), answer_sentences(reading)
    return {
        **({"thoughts": [[int(start), int(end)] for start, end in found]} if found else {}),
        **({"answer_sentences": sentences} if len(sentences) > 1 else {}),
    }


def _changed(reading: Reading) -> dict[str, Any]:
    """Return the words that were changed of the text before, and what its answer was."""
    if not reading.edits or reading.before is None:
        return {}
    edits = [list(edit) for edit in reading.edits]
    return {"edits": edits, "answer_before": reading.before.answer_text or _answer(reading.before)}


def _answer(reading: Reading) -> str:
    """Return the text of the answer, without the control tokens that end it."""
    tokens = reading.tokens
    units = [unit for unit in tokens.units if unit.start >= reading.first_step]
    while units and tokens.special[units[-1].start]:
        units.pop()
    return "".join(unit.text for unit in units).strip()


def alternatives_of(reading: Reading, *, model: bool = True) -> list[list[list[Any]]]:
    """Return the likeliest outputs of each step but the chosen one: text, probability, and id if there is a *model*.

    Nobody can ask about a part of a character, so such tokens are left out.
    """
    steps, contrasts = reading.steps, reading.contrasts if model else None
    return [
        _alternatives(top, contrasts.likeliest(step) if contrasts else [None] * len(top), rank, token)
        for step, (top, rank, token) in enumerate(
            zip(steps["top"], steps["rank"], steps["token"], strict=True)
        )
    ]


def lens_entry(lens: Lens | None) -> dict[str, Any]:
    """Return how many layers can be read and how long one step takes, or why none can; nothing without the model."""
    if lens is None:
        return {}
    if lens.refusal is not None:
        return {"lens_note": lens.refusal}
    return {"lens": {"layers": lens.n_layers, "seconds": float(f"{lens.seconds([0]):.2g}")}}


def _offered(reading: Reading, method: MethodInfo, steps: Sequence[int], *, model: bool) -> dict[str, Any]:
    """Return *method* as JSON with the seconds that *steps* take, where they are known, and whether it joins them."""
    seconds = reading.seconds(method.name, steps)
    known = {} if seconds is None else {"seconds": float(f"{seconds:.2g}")}
    joins = {"joins": True} if model and reading.joins(method.name) else {}
    return {**method_entry(method), **known, **joins}


def _broken(reading: Reading) -> list[str]:
    """Return a sentence on words that the tokenizer breaks into letters, if there are any."""
    broken = broken_words(reading.tokens.units)
    if not broken:
        return []
    words = ", ".join(f"“{word}”" for word in broken[:3]) + (" and others" if len(broken) > 3 else "")
    return [
        f"The tokenizer breaks {words} into letters, and each letter has little of the score: read them together."
    ]


def _seconds(checks: Checks | None) -> float | None:
    """Return about how long a check takes; None where there is none."""
    seconds = None if checks is None else checks.seconds()
    return None if seconds is None else _rounded(seconds)


def section_entry(section: Section) -> dict[str, Any]:
    """Return *section* as JSON without its empty fields."""
    known = {name: value for name, value in section._asdict().items() if value is not None}
    return {**known, **({"body": list(section.body)} if section.body else {})}


def part_entry(part: AttentionPart) -> dict[str, Any]:
    """Return a part of the attention as JSON."""
    spans = {"rows": [part.rows.start, part.rows.stop], "columns": [part.columns.start, part.columns.stop]}
    layers, heads = part.heads
    return {
        "name": part.name,
        "title": part.title,
        **spans,
        "layers": layers,
        "heads": heads,
        "of_steps": part.of_steps,
    }


def method_entry(method: MethodInfo) -> dict[str, Any]:
    """Return *method* as JSON without its empty fields."""
    return {name: value for name, value in method._asdict().items() if value is not None}


def _alternatives(
    top: Sequence[tuple[str, float]], ids: Sequence[int | None], rank: float, label: str
) -> list[list[Any]]:
    """Return *top* without parts of characters and the chosen token.

    That is found by its rank and, among equal probabilities, its text.
    """
    chosen = -1 if math.isnan(rank) else int(rank) - 1
    if 0 <= chosen < len(top):
        tied = [i for i, (_, p) in enumerate(top) if p == top[chosen][1]]
        chosen = next((i for i in tied if visible(top[i][0]) == label), chosen)
    return [
        [text, _rounded(p), number]
        for i, ((text, p), number) in enumerate(zip(top, ids, strict=True))
        if i != chosen and not has_codes(text)
    ]


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else float(f"{value:.6g}")
