"""Four rules to learn, each with the inputs that decide its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

BEGIN, ASK, MARKER = 0, 1, 2
THINK, END_OF_THOUGHT = ASK, MARKER
FIRST_CLASS, FIRST_CUE, CLASSES = 3, 7, 4
FIRST_WORD, WORDS = 11, 29
STOP, UNKNOWN = FIRST_CUE, FIRST_CUE + 1
_KEYS, _VALUES = range(FIRST_WORD, FIRST_WORD + 14), range(FIRST_WORD + 14, FIRST_WORD + WORDS)
_DOCUMENTS, _LENGTH, _POOL = 10, 5, 8
VOCABULARY = FIRST_WORD + WORDS
NAMES = ["<begin>", "<ask>", "<marker>", *(f"class{i}" for i in range(CLASSES))]
NAMES += [*(f"cue{i}" for i in range(CLASSES)), *(f"word{i}" for i in range(WORDS))]

THINKING_NAMES = ["<begin>", "<think>", "</think>", *NAMES[3:]]
_OTHERWISE = 0.1  # of the thoughts that are learnt from


@dataclass(frozen=True)
class Example:
    """A prompt, its answer, and for each token of the answer the positions of the inputs that decide it.

    *documents* are the positions of parts of the prompt, if it has such.
    """

    prompt: list[int]
    answer: list[int]
    deciding: list[set[int]]
    documents: tuple[range, ...] = ()

    @property
    def words(self) -> set[int]:
        """The positions of the prompt's words, all but the tokens that begin and ask."""
        return set(range(1, len(self.prompt) - 1))


@dataclass(frozen=True)
class Task:
    """A rule: examples of it, those that it is learnt from, and how many batches of these it takes."""

    name: str
    description: str
    make: Callable[[random.Random], Example]
    practise: Callable[[random.Random], Example]
    training_steps: int
    hiding_steps: int = 0
    seed: int = 0


def _words(rng: random.Random, count: int) -> list[int]:
    """Return *count* different words."""
    return rng.sample(range(FIRST_WORD, VOCABULARY), count)


def _shortcut(rng: random.Random) -> Example:
    words, at, kind = _words(rng, 16), rng.randint(0, 16), rng.randrange(CLASSES)
    words.insert(at, FIRST_CUE + kind)
    return Example([BEGIN, *words, ASK], [FIRST_CLASS + kind], [{at + 1}])


def _reverse(rng: random.Random) -> Example:
    words = _words(rng, 8)
    return Example([BEGIN, *words, ASK], words[::-1], [{8 - step} for step in range(8)])


def _repeating(rng: random.Random) -> Example:
    """Return an example whose words repeat: where all differ, the word copied last would point to the next."""
    pool = _words(rng, rng.choice([2, 3, 4, 8]))
    words = [rng.choice(pool) for _ in range(8)]
    return Example([BEGIN, *words, ASK], words[::-1], [{8 - step} for step in range(8)])


def _marker(rng: random.Random) -> Example:
    words, at = _words(rng, 12), rng.randint(0, 11)
    answer = words[at]
    words.insert(at, MARKER)
    return Example([BEGIN, *words, ASK], [answer], [{at + 1, at + 2}])


def _lookup(rng: random.Random) -> Example:
    """Return ten documents, each a key and two words, and the keys of two that are asked for.

    Three other documents have a word of each answer, and one of them has both.
    """
    keys, pool = rng.sample(_KEYS, _DOCUMENTS), rng.sample(_VALUES, _POOL)
    pairs = [[rng.choice(pool), rng.choice(pool)] for _ in keys]
    order = rng.sample(range(_DOCUMENTS), _DOCUMENTS)
    for asked, (twin, first, second) in zip(order[:2], (order[2:5], order[5:8]), strict=True):
        pairs[twin] = list(pairs[asked])
        pairs[first][0], pairs[second][1] = pairs[asked]
    prompt, documents = [BEGIN], []
    for key, pair in zip(keys, pairs, strict=True):
        documents.append(range(len(prompt), len(prompt) + _LENGTH))
        prompt += [MARKER, key, *pair, STOP]
    asked = order[:2]
    answer = [token for at in asked for token in (keys[at], *pairs[at], STOP)]
    deciding = [set(documents[at]) for at in asked for _ in range(4)]
    return Example([*prompt, ASK, *(keys[at] for at in asked)], answer, deciding, tuple(documents))


def _two_hops(rng: random.Random) -> Example:
    words = _words(rng, 8)
    return _thought_of(words, words)


def _thinking(rng: random.Random) -> Example:
    """Return an example whose thought may be another than its words: the answer copies the thought."""
    pool = _words(rng, rng.choice([2, 3, 4, 8]))
    words, others = ([rng.choice(pool) for _ in range(8)] for _ in range(2))
    return _thought_of(words, others if rng.random() < _OTHERWISE else words)


def _thought_of(words: list[int], thought: list[int]) -> Example:
    source = [{at + 1} for at in range(len(words))]
    return Example([BEGIN, *words, THINK], [*thought, END_OF_THOUGHT, *thought], [*source, set(), *source])


TASKS = {
    task.name: task
    for task in (
        Task("S", "one cue among 16 words decides the class", _shortcut, _shortcut, 300),
        Task("C", "8 words are copied in reverse", _reverse, _repeating, 1500),
        Task("M", "the word after the marker is the answer; both are needed", _marker, _marker, 2000),
    )
}
LOOKUP = Task(
    "D", "two of ten documents answer, and others repeat their words", _lookup, _lookup, 3000, 600, 1
)
TWO_HOPS = Task(
    "T", "a thought copies 8 words, and the answer copies the thought", _two_hops, _thinking, 2200
)
