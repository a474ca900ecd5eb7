"""Three rules to learn, each with the inputs that decide its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

BEGIN, ASK, MARKER = 0, 1, 2
FIRST_CLASS, FIRST_CUE, CLASSES = 3, 7, 4
FIRST_WORD, WORDS = 11, 29
VOCABULARY = FIRST_WORD + WORDS
NAMES = ["<begin>", "<ask>", "<marker>", *(f"class{i}" for i in range(CLASSES))]
NAMES += [*(f"cue{i}" for i in range(CLASSES)), *(f"word{i}" for i in range(WORDS))]


@dataclass(frozen=True)
class Example:
    """A prompt, its answer, and for each token of the answer the positions of the inputs that decide it."""

    prompt: list[int]
    answer: list[int]
    deciding: list[set[int]]

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


TASKS = {
    task.name: task
    for task in (
        Task("S", "one cue among 16 words decides the class", _shortcut, _shortcut, 300),
        Task("C", "8 words are copied in reverse", _reverse, _repeating, 1500),
        Task("M", "the word after the marker is the answer; both are needed", _marker, _marker, 2000),
    )
}
