"""Turn facts into sentences, and find what decides each piece of their answers."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from attrwidget.demo.causal.facts import FACTS, Fact
from attrwidget.demo.causal.sentence import Sentence, Span
from attrwidget.demo.causal.templates import Template, templates

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE = re.compile(r" ?[A-Za-z]+|,")
_MARKUP = re.compile(r"[\[\]{}<>]")


def sentence(fact: Fact, template: Template, name: str | None = None, before: str = "") -> Sentence:
    """Return the sentence that asks for `fact` by `template`, with `name` for the entity, after the filler `before`."""
    head = f"<{before}> " if before else ""
    marked = head + template.markup.replace("{e}", "{" + (name or fact.entity) + "}")
    prompt, spans = _parse(marked)
    if template.markup.startswith("{e}"):
        start = spans["{"][0][0]
        prompt = prompt[:start] + prompt[start].upper() + prompt[start + 1 :]
    answer = f"{template.article} {fact.answer}"
    pieces = tuple((len(prompt) + m.start(), len(prompt) + m.end()) for m in PIECE.finditer(answer))
    entity, relation = spans["{"][0], tuple(spans["["])
    parts = {"entity": (entity,), "relation": relation}
    words = tuple(PIECE.findall(answer))
    deciding = []
    for k in range(len(pieces)):
        named = [span for part in deciders(fact, words[:k], template.article) for span in parts[part]]
        deciding.append(tuple(sorted((*pieces[:k], *named))))
    return Sentence(
        prompt, answer, fact.kind, fact.relation, entity, relation, tuple(spans["<"]), pieces, tuple(deciding)
    )


def sentences() -> Iterator[tuple[Fact, Sentence]]:
    """Yield every fact in every template under every name of its entity, without fillers before it."""
    for fact in FACTS:
        for template in templates(fact.kind, fact.relation, fact.office):
            for name in fact.names:
                yield fact, sentence(fact, template, name)


@cache
def deciders(fact: Fact, so_far: tuple[str, ...], article: str = "") -> tuple[str, ...]:
    """Return which of `"entity"` and `"relation"` decide the piece of the answer after the pieces `so_far`.

    Neither decides when the whole grammar has only one way to go on. Otherwise those decide without which there would
    be several ways; both, when each alone would do. `article` is the template's.
    """
    nexts = [(f, word) for f, word in _continuations()[so_far] if so_far or _begins(f, word, fact, article)]
    if len({word for _, word in nexts}) == 1:
        return ()
    ways = {
        "entity": {word for f, word in nexts if f.relation == fact.relation},
        "relation": {word for f, word in nexts if (f.kind, f.entity) == (fact.kind, fact.entity)},
    }
    needed = tuple(part for part, words in ways.items() if len(words) > 1)
    return needed or ("entity", "relation")


@cache
def _continuations() -> dict[tuple[str, ...], tuple[tuple[Fact, str], ...]]:
    """Return, by the answer so far, the facts whose answer may begin so, each with the piece that follows."""
    found: dict[tuple[str, ...], dict[tuple[Fact, str], None]] = defaultdict(dict)
    for fact in FACTS:
        for article in {template.article for template in templates(fact.kind, fact.relation, fact.office)}:
            words = PIECE.findall(f"{article} {fact.answer}")
            for k, word in enumerate([*words, "."]):
                found[tuple(words[:k])][fact, word] = None
    return {so_far: tuple(nexts) for so_far, nexts in found.items()}


def _begins(other: Fact, word: str, fact: Fact, article: str) -> bool:
    """Return whether `other` may begin its answer with `word` in the kind of template that asks for `fact`."""
    if other.relation != "currency":
        return True
    return (word == " the") == bool(article if fact.relation == "currency" else True)


def _parse(marked: str) -> tuple[str, dict[str, list[Span]]]:
    """Return the text without markup, and the spans by their opening bracket."""
    text, last, opened_at = "", 0, 0
    spans: dict[str, list[Span]] = {"[": [], "{": [], "<": []}
    closing = {"]": "[", "}": "{", ">": "<"}
    for match in _MARKUP.finditer(marked):
        text += marked[last : match.start()]
        last = match.end()
        if match[0] in spans:
            opened_at = len(text)
        else:
            spans[closing[match[0]]].append((opened_at, len(text)))
    return text + marked[last:], spans
