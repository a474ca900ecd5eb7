"""Find numbered documents, and the examples of a few-shot prompt, in a text by its repeated layout."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from attrwidget.text.given_context import DOCUMENT, Stretch, shortened

EXAMPLE = "example"

# "[1] …", "Document 1: …", "Source [2]: …", "<document index="3">" at the beginning of a line.
_NUMBERED = re.compile(
    r"(?m)^[ \t]*(?:\[(\d+)\]|<(?:doc|document|source|passage)\b[^>\n]*?(\d+)[^>\n]*>|"
    r"(?i:document|doc|source|passage|context|article)\s*[#\[(]?(\d+)[\])]?\s*[:.)\n])[ \t]*"
)
_WORD = r"[^\W\d_]"
_LABEL = re.compile(
    rf"(?m)(?:^|(?<=[.!?;,] )|(?<=\t))[ \t]*({_WORD}[\w'-]{{0,19}}(?: {_WORD}+)?)[ \t]*:(?=\s|$)"
)
_ARROW = re.compile(r"(?m)^[ \t]*\S.*?(\s*(?:=>|->|→|⇒|\|\||\t)\s*)(?P<after>.*)$")
_BLANK = re.compile(r"\n[ \t]*\n\s*")
_FEWEST = 2


def numbered_documents(text: str) -> list[Stretch]:
    """Return the documents in *text* that begin with numbers counting up from 0 or 1; none if there are not two.

    Where no document but the last has an empty line inside, the last ends at the first one; else at the last one.
    """
    heads: list[re.Match[str]] = []
    for match in _NUMBERED.finditer(text):
        number = int(next(filter(None, match.groups())))
        if number == (_number(heads[-1]) + 1 if heads else min(number, 1)):
            heads.append(match)
    if len(heads) < _FEWEST:
        return []
    starts = [head.start() + len(head[0]) - len(head[0].lstrip()) for head in heads]
    ends = [*starts[1:], _last_end(text, starts)]
    found = []
    for head, start, end in zip(heads, starts, ends, strict=True):
        part = text[start:end].rstrip()
        name = f"[{_number(head)}] {shortened(text[head.end() : start + len(part)])}"
        found.append(Stretch(DOCUMENT, name, start, start + len(part)))
    return found


def _number(head: re.Match[str]) -> int:
    return int(next(filter(None, head.groups())))


def _last_end(text: str, starts: list[int]) -> int:
    inner = [_BLANK.search(text[a:b].rstrip()) for a, b in pairwise(starts)]
    blanks = [match.start() for match in _BLANK.finditer(text, starts[-1]) if text[match.end() :].strip()]
    if not blanks:
        return len(text)
    return blanks[-1] if any(inner) else blanks[0]


def examples_of(text: str) -> list[Stretch]:
    """Return the examples of the few-shot prompt *text*, without the question at its end; none where no layout repeats.

    A layout repeats by the labels of lines ("Q:", "A:"), by an arrow in each line ("sea => mer"), or by paragraphs of
    as many lines each. There must be two examples; what is asked last has no answer yet.
    """
    spans = _by_labels(text) or _by_arrows(text) or _by_paragraphs(text)
    return [
        Stretch(EXAMPLE, f"example {at}: {shortened(text[start:end])}", start, end)
        for at, (start, end) in enumerate(spans, 1)
    ]


def _by_labels(text: str) -> list[tuple[int, int]]:
    labels = [(match.start(1), match.end(), match[1].lower()) for match in _LABEL.finditer(text)]
    counts = Counter(label for *_, label in labels)
    # An instruction may begin with a label of its own, such as "Task:".
    first = next((label for *_, label in labels if counts[label] > _FEWEST), None)
    if first is None:
        return []
    starts = [start for start, _, label in labels if label == first]
    blocks = []
    for start, end in pairwise([*starts, len(text)]):
        inside = [(at, stop, label) for at, stop, label in labels if start <= at < end]
        answered = bool(text[inside[-1][1] : end].strip())
        blocks.append((start, end, tuple(label for *_, label in inside), answered))
    shape = blocks[0][2]
    examples = [(start, end) for start, end, labels_in, answered in blocks if labels_in == shape and answered]
    if len(shape) < _FEWEST or len(examples) < _FEWEST or len(blocks) - len(examples) > 1:
        return []
    return _trimmed(text, examples)


def _by_arrows(text: str) -> list[tuple[int, int]]:
    lines = list(_ARROW.finditer(text))
    if len({line[1].strip() or "\t" for line in lines}) != 1:
        return []
    whole = [line.span() for line in lines if line["after"].strip()]
    asked = text.rstrip().endswith(lines[-1][1].strip()) if lines[-1][1].strip() else True
    return _trimmed(text, whole) if len(whole) >= _FEWEST and asked else []


def _by_paragraphs(text: str) -> list[tuple[int, int]]:
    borders = [0, *(match.end() for match in _BLANK.finditer(text)), len(text)]
    blocks = _trimmed(text, [span for span in pairwise(borders) if text[slice(*span)].strip()])
    lines = [text[start:end].count("\n") + 1 for start, end in blocks]
    if len(blocks) <= _FEWEST:
        return []
    usual, often = Counter(lines[:-1]).most_common(1)[0]
    alike = [block for block, count in zip(blocks[:-1], lines, strict=False) if count == usual]
    others = len(blocks) - 1 - often
    return alike if usual >= _FEWEST and often >= _FEWEST and others <= 1 and lines[-1] < usual else []


def _trimmed(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found = []
    for start, end in spans:
        part = text[start:end]
        found.append((start + len(part) - len(part.lstrip()), start + len(part.rstrip())))
    return found
