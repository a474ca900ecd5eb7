"""Write the annotated corpus of the masked model's grammar: `python -m attrwidget.demo.masked.annotate`.

The part of speech (`pos`) of a word follows from the grammar's own tables, and its role (`role`: the entity asked
about, the relation, the answer, a filler, a place named in one, or the frame around them) from how its sentence was
made.
"""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from attrwidget.demo.causal.corpus import DRAWN, PLACES
from attrwidget.demo.causal.grammar import sentence
from attrwidget.demo.causal.templates import ASIDES, MENTIONS, OPENERS, opened, templates
from attrwidget.demo.masked.tags import tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from attrwidget.demo.causal.sentence import Sentence

FILE = Path(__file__).parent / "demo.conllu"
COUNT = 200
_WORD = re.compile(r"'s|[A-Za-z]+|[^\w\s]")


class Word(NamedTuple):
    """A word of a sentence with its part of speech and role."""

    form: str
    pos: str
    role: str
    space_after: bool


def texts(count: int = COUNT, seed: int = 11) -> Iterator[tuple[str, list[Word]]]:
    """Yield distinct sentences with their words."""
    rng = random.Random(seed)  # noqa: S311
    seen: set[str] = set()
    while len(seen) < count:
        made, place = _drawn(rng)
        text = made.text + "."
        if text not in seen:
            seen.add(text)
            yield text, _words(made, text, place)


def _drawn(rng: random.Random) -> tuple[Sentence, str]:
    """Draw a fact, sometimes after an opener, of which the place it names is returned, or an aside."""
    fact = rng.choice(DRAWN)
    template = rng.choice(templates(fact.kind, fact.relation, fact.office))
    place = ""
    if template.opens and rng.random() < 0.4:
        opener = rng.choice((*OPENERS, *MENTIONS * 3))
        if "{m}" in opener:
            place = rng.choice([one for one in PLACES if one not in (fact.entity, fact.answer)])
        template = opened(template, opener.replace("{m}", place))
    before = rng.choice(ASIDES) if rng.random() < 0.15 else ""
    return sentence(fact, template, rng.choice((fact.entity, *fact.names)), before), place


def _words(made: Sentence, text: str, place: str) -> list[Word]:
    answer = (len(made.prompt), len(made.text))
    spans = {"entity": (made.entity,), "relation": made.relation, "answer": (answer,), "filler": made.fillers}
    found = list(_WORD.finditer(text))
    words = []
    for match, after in zip(found, [*found[1:], None], strict=True):
        at, end = match.span()
        roles = [name for name, where in spans.items() if any(a <= at < b for a, b in where)]
        role = roles[0] if roles else "frame"
        if role == "filler" and match[0] in place.split() and match[0][0].isupper():
            role = "place"
        following = after[0] if after else ""
        space = after is not None and text[end] == " "
        words.append(Word(match[0], tag(match[0], role, made.relation_name, following), role, space))
    return words


def conllu(count: int = COUNT) -> str:
    """Return the sentences in CoNLL-U, the role in the last column."""
    blocks = []
    for number, (text, words) in enumerate(texts(count), 1):
        lines = [f"# sent_id = {number}", f"# text = {text.replace(chr(10), ' ')}"]
        for at, word in enumerate(words, 1):
            misc = f"Role={word.role}" + ("" if word.space_after or at == len(words) else "|SpaceAfter=No")
            lines.append("\t".join((str(at), word.form, "_", word.pos, "_", "_", "_", "_", "_", misc)))
        blocks.append("\n".join(lines) + "\n\n")
    return "".join(blocks)


def main() -> None:
    """Write the file."""
    FILE.write_text(conllu(), "utf-8")


if __name__ == "__main__":
    main()
