"""What a model decides about a text: a label, with its probability."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from attrwidget.self_explanation.read_words import read_label
from attrwidget.self_explanation.units import plain
from attrwidget.servers.at_once import at_once
from attrwidget.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from attrwidget.self_explanation.chat import Alternatives, Chat, Message
    from attrwidget.self_explanation.questions import Questions

_ENOUGH = 0.05  # of the probability of all first tokens: with less, the labels are not what it answers with
READABLE = 0.8  # of the answers that are counted
_TOKENS = 16
_SMALLEST = 0.05  # a change of the probability that counts as one


@dataclass(frozen=True)
class Decision:
    """A decision about a text.

    Attributes:
        label: The likeliest label; None where none could be read.
        probabilities: The probability of each label, which sum to 1; nothing where they are not known.
        answered: How much of the model's answers is a label: a share of probability, or of the answers counted.
        counted: How many answers were counted; 0 where the model gave probabilities.
        example: What it answered, where no label could be read.
    """

    label: str | None
    probabilities: dict[str, float]
    answered: float
    counted: int = 0
    example: str = ""

    def of(self, label: str) -> float:
        """Return the probability of *label*; NaN where it is not known."""
        return self.probabilities.get(label, math.nan)


def smallest_change(before: Decision, after: Decision, label: str) -> float:
    """Return the smallest change of the probability of *label* that counts: 0.05, or more than counting may err by.

    Counted answers err by two standard errors of a difference of two shares, each with one answer of either kind added
    (Agresti & Caffo 2000, "Simple and effective confidence intervals for proportions and differences").
    """
    variance = 0.0
    for one in (before, after):
        if one.counted and one.probabilities:
            count = one.counted * one.answered
            share = (one.of(label) * count + 1) / (count + 2)
            variance += share * (1 - share) / (count + 2)
    return max(_SMALLEST, 2 * math.sqrt(variance))


class Decider:
    """Asks *chat* to decide about texts, each once and up to *most* questions at the same time.

    Attributes:
        known: The decision about each text.
    """

    def __init__(
        self,
        chat: Chat,
        questions: Questions,
        labels: Sequence[str],
        *,
        draws: int,
        most: int,
        seed: int,
        tokens: int | None,
        done: Callable[[], None],
    ) -> None:
        self._chat, self._questions, self._labels = chat, questions, labels
        self._draws, self._most, self._seed, self._done = draws, most, seed, done
        self._tokens = tokens or _TOKENS
        self.known: dict[str, Decision] = {}

    def decide(self, texts: Sequence[str]) -> list[Decision]:
        """Return the decision about each of *texts*."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self.known]
        asked = [[{"role": "user", "content": self._questions.decide(text)}] for text in fresh]
        found: list[Decision | None] = []
        with at_once([partial(self._chat.first_tokens, one) for one in asked], self._most) as answers:
            for first in answers:
                found.append(of_tokens(first, self._labels))
                if found[-1] is not None:
                    self._done()
        counted = iter(self._counted([one for one, known in zip(asked, found, strict=True) if known is None]))
        decided = [next(counted) if known is None else known for known in found]
        self.known |= dict(zip(fresh, decided, strict=True))
        for _ in range(len(texts) - len(fresh)):
            self._done()
        return [self.known[text] for text in texts]

    def _counted(self, asked: Sequence[Sequence[Message]]) -> list[Decision]:
        """Return the decision of each question *asked*, by counting answers."""
        drawn = [
            partial(self._chat.reply, one, tokens=self._tokens, temperature=1, seed=self._seed + i)
            for one in asked
            for i in range(self._draws)
        ]
        found = []
        with at_once(drawn, self._most) as replies:
            for _ in asked:
                found.append(of_answers([reply.text for reply in islice(replies, self._draws)], self._labels))
                self._done()
        return found


def table_of(decisions: Mapping[str, Decision], labels: Sequence[str]) -> pd.DataFrame:
    """Return a row for each text that was decided about."""
    rows = [
        {"text": text, "label": one.label, **{label: one.of(label) for label in labels}}
        | {"answered": one.answered, "counted": one.counted}
        for text, one in decisions.items()
    ]
    return Table(rows)


def of_tokens(first: Alternatives, labels: Sequence[str]) -> Decision | None:
    """Return the decision by the likeliest first tokens of an answer; None where these tell no label from another."""
    sums = dict.fromkeys(labels, 0.0)
    unclear = 0.0
    for token, probability in first:
        begun = plain(token)
        fits = [label for label in labels if begun and _begins(begun, plain(label))]
        if len(fits) == 1:
            sums[fits[0]] += probability
        elif fits:
            unclear += probability
    total = sum(sums.values())
    if total < _ENOUGH or unclear > total / 10:
        return None
    shares = {label: value / total for label, value in sums.items()}
    return Decision(max(shares, key=lambda label: shares[label]), shares, min(1.0, total))


def _begins(token: str, label: str) -> bool:
    return token[0].isalnum() and (label.startswith(token) or token == label)


def of_answers(answers: Sequence[str], labels: Sequence[str]) -> Decision:
    """Return the decision by the labels that *answers* have; no probabilities where too few have one."""
    read = [read_label(answer, labels) for answer in answers]
    counts = Counter(label for label in read if label is not None)
    total = sum(counts.values())
    example = next((answer for answer, label in zip(answers, read, strict=True) if label is None), "")
    label = counts.most_common(1)[0][0] if counts else None
    shares = {one: counts[one] / total for one in labels} if total >= READABLE * len(answers) else {}
    return Decision(label, shares, total / len(answers), len(answers), example)
