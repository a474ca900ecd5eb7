"""A Chinese sentence and its English translation, word aligned."""

from __future__ import annotations

from dataclasses import dataclass

Span = tuple[int, int]
Words = tuple[int, ...]


@dataclass(frozen=True)
class Translation:
    """A source, its only translation in the grammar, and the planted truth: which source words gave each target word.

    Links are those of hand-aligned corpora: *sure* and *possible* (Och and Ney 2003). Sure ones are of words that
    translate each other. Possible ones add what else decides the word's form: the tense's time word, the subject a
    verb agrees with, the noun that *the* belongs to.
    """

    source: str
    target: str
    words: tuple[Span, ...]
    """The source's words, as `(start, end)` in its characters; full stop and question mark are words too."""
    pieces: tuple[Span, ...]
    """The target's words with the space before them, as `(start, end)` in its characters; each is one token."""
    sure: tuple[Words, ...]
    """For each piece the indices in `words` of those that it translates; none for *the*."""
    possible: tuple[Words, ...]
    """For each piece the indices in `words` of the others that help to decide it."""
