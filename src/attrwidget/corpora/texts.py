"""Texts with their words, and the labels of these words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from attrwidget.checks import check_list, short
from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# A character of Chinese or Japanese, a word of another script, or a mark.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|(?:(?![\u3040-\u30ff\u3400-\u9fff])\w)+|[^\w\s]")

Span = tuple[int, int]
NO_LABEL = "none"


class AnnotatedText(NamedTuple):
    """A text and its words.

    Attributes:
        text: The text.
        words: Where each word stands, in characters of the text.
        labels: A label for each word, by the name of the annotation.
    """

    text: str
    words: list[Span]
    labels: dict[str, list[str]]


def plain_text(text: str) -> AnnotatedText:
    """Return *text* with its words and no labels."""
    return AnnotatedText(text, [found.span() for found in _WORD.finditer(text)], {})


def placed(text: str, words: Iterable[str], labels: Mapping[str, Sequence[Any]]) -> AnnotatedText:
    """Return *text* with *words*, which stand in it in this order, and their *labels*.

    Raises:
        AttrWidgetError: A word does not stand there, or there are not as many labels as words.
    """
    words, spans, at = check_list(words, "The words of a text", "['a', 'dog']"), [], 0
    for word in words:
        start = text.find(word, at) if isinstance(word, str) else -1
        if start < 0 or not word:
            raise AttrWidgetError(
                f"The annotated word {short(word)} does not stand in the text {short(text)} after character {at}: "
                "give annotations of these texts, in their order."
            )
        at = start + len(word)
        spans.append((start, at))
    named = {}
    for name, column in labels.items():
        given = check_list(column, f"The labels {short(name)}", "['DET', 'NOUN']")
        named[str(name)] = [str(label) if label not in ("", None, "_") else NO_LABEL for label in given]
        if len(named[str(name)]) != len(words):
            raise AttrWidgetError(
                f"The annotation {short(name)} has {len(named[str(name)])} labels for the {len(words)} words of "
                f"{short(text)}: give one for each."
            )
    return AnnotatedText(text, spans, named)
