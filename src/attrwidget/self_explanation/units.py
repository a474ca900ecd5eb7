"""The numbered parts of a text that a model is asked about, and the text without some of them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from attrwidget.checks import short
from attrwidget.errors import AttrWidgetError
from attrwidget.text.words import without_spaces

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_MOST = 150  # each is left out once, and named in each answer
# What models write for these signs.
_SIGNS = str.maketrans("−–‒﹣－“”„«»‘’‚‹›，：（）［］", "-----\"\"\"\"\"''''',:()[]")
_EDGES = "Ġ▁#"  # how vocabularies mark the beginning or middle of a word


@dataclass(frozen=True)
class Units:
    """The parts of a text: their *texts* joined are the whole."""

    texts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def whole(self) -> str:
        """The text."""
        return "".join(self.texts)

    @property
    def numbered(self) -> str:
        """A line for each part, numbered from 1."""
        return "\n".join(f"{number}. {text.strip()}" for number, text in enumerate(self.texts, 1))

    def without(self, gone: Collection[int]) -> str:
        """Return the text without the parts *gone*, counted from 0."""
        return "".join(text for i, text in enumerate(self.texts) if i not in gone).strip()

    def named(self, some: Collection[int]) -> str:
        """Return some parts as a person names them: “good”, “very”."""
        return ", ".join(f"“{self.texts[i].strip()}”" for i in sorted(some))


def units_of(text: str | Sequence[str]) -> Units:
    """Return the words of a text, or the parts given; characters are the words of a script without spaces."""
    if isinstance(text, str):
        texts = _words(text)
    elif isinstance(text, list | tuple) and all(isinstance(part, str) and part.strip() for part in text):
        texts = list(text)
    else:
        raise AttrWidgetError(
            f"What is explained is a text, or a list of its parts that are not empty, not {short(text)}."
        )
    if len(texts) < 2:
        raise AttrWidgetError(f"The text is {short(text)}: give one of at least two words.")
    if len(texts) > _MOST:
        raise AttrWidgetError(
            f"The text has {len(texts)} parts, and each is left out once: give a list of up to {_MOST}, such as its "
            "sentences."
        )
    return Units(tuple(texts))


def _words(text: str) -> list[str]:
    """Return the words of *text*, each with the spaces after it."""
    words: list[str] = []
    for piece in re.findall(r"\s*\S+\s*", text):
        start = 0
        for at in range(1, len(piece)):
            if _begins(piece[at - 1], piece[at]):
                words.append(piece[start:at])
                start = at
        words.append(piece[start:])
    return words


def _begins(before: str, character: str) -> bool:
    if not character.isalnum() or before.isspace():
        return False
    return without_spaces(character) or without_spaces(before)


def plain_signs(text: str) -> str:
    """Return *text* with plain quotes, brackets and minus signs."""
    return text.translate(_SIGNS)


def plain(text: str) -> str:
    """Return *text* as words are compared: without case, form, marks of vocabularies and punctuation at its edges."""
    bare = plain_signs(text).strip().strip(_EDGES)
    folded = unicodedata.normalize("NFKC", bare).casefold().strip()
    begin, end = 0, len(folded)
    while begin < end and not folded[begin].isalnum():
        begin += 1
    while end > begin and not folded[end - 1].isalnum():
        end -= 1
    return folded[begin:end] or folded
