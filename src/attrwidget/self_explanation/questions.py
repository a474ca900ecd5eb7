"""The questions that a model is asked about its decision, and those of a course and of a paper as presets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.checks import check_list, short
from attrwidget.errors import AttrWidgetError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.self_explanation.units import Units

CLAIMS = ("importances", "change", "reasons")
"""What can be asked: importances of all units, the smallest change that turns the answer, a reason for and against."""

PRESETS = ("numbered", "words", "sentences")
"""How it is asked: about numbered units; as (word, importance); in free sentences that quote words."""

DECIDE = "Is the sentiment of this text {labels}?"

_ANSWER = "{question}\n\n<text>{text}</text>\n\nAnswer with {labels}, and nothing else."
_NUMBERED = (
    "You answered: {label}. These are the numbered words of the text:\n{numbered}\n\n"
    "How important was each of them for your answer? Give a number from -1 (it spoke strongly against {label}) over 0 "
    "(no importance) to 1 (it spoke strongly for {label}). Write a list with one entry for each of the {count} words, "
    'and no other text, in this form: [(1, "word", 0.0), (2, "word", 0.0), ...]'
)
# After the predict-then-explain prompt of Huang et al. 2023, arXiv:2310.11207.
_WORDS = (
    "Analyze the importance of each word of the text for its sentiment. Write a Python list of tuples in this form: "
    '[("word", importance), ...], with one tuple for each and every word, in the order of the text. The importance is '
    "a decimal number from -1, which implies a {last} sentiment, to 1, which implies a {first} sentiment. Output "
    "nothing else."
)
_CHANGE = (
    "You answered: {label}. What is the smallest change of the text that would turn your answer into {others}? Write "
    "the whole changed text between <text> and </text>, and nothing else."
)
_REASONS = (
    "You answered: {label}. These are the numbered words of the text:\n{numbered}\n\n"
    "Which of them speak for {label}, and which speak against it? Answer in two lines, each with numbers and then one "
    "sentence; write none where there are none:\nFor: numbers, sentence\nAgainst: numbers, sentence"
)
_SENTENCES = (
    "Explain why you answered {label}: which words of the text led you to it? Answer in one or two sentences, and put "
    "the words that you name in double quotes."
)


class Questions:
    """What is asked about a text, in the words of a *preset*."""

    def __init__(self, question: str, labels: Sequence[str], preset: str) -> None:
        self.preset = preset
        self._labels = labels
        self._question = question.replace("{labels}", either(labels))

    def decide(self, text: str) -> str:
        """Return the question that is answered by a label."""
        return _ANSWER.format(question=self._question, text=text, labels=either(self._labels))

    def about(self, claim: str, label: str, units: Units) -> str:
        """Return the question for a *claim* about the answer *label*."""
        form = {
            "importances": _WORDS if self.preset == "words" else _NUMBERED,
            "change": _CHANGE,
            "reasons": _SENTENCES if self.preset == "sentences" else _REASONS,
        }[claim]
        return form.format(
            label=label,
            numbered=units.numbered,
            count=len(units),
            others=either([other for other in self._labels if other != label]),
            first=self._labels[0],
            last=self._labels[-1],
        )

    def sign(self, label: str) -> float:
        """Return what turns an importance into one for *label*: that of a (word, importance) list has a fixed side."""
        return -1.0 if self.preset == "words" and label == self._labels[-1] else 1.0


def either(labels: Sequence[str]) -> str:
    """Return "positive or negative"."""
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} or {labels[-1]}"


def check_labels(labels: object) -> tuple[str, ...]:
    """Return two labels or more that differ."""
    found = check_list(labels, "labels", '["positive", "negative"]')
    if any(not isinstance(label, str) or not label.strip() for label in found):
        raise AttrWidgetError(f"labels are texts, not {short(found)}.")
    known = [label.strip() for label in found]
    if len(known) < 2 or len({label.casefold() for label in known}) < len(known):
        raise AttrWidgetError(f"labels are two answers or more that differ, not {short(found)}.")
    return tuple(known)


def check_claims(claims: object) -> tuple[str, ...]:
    """Return which claims are asked for."""
    found = check_list([claims] if isinstance(claims, str) else claims, "claims", '["importances", "change"]')
    for claim in found:
        if claim not in CLAIMS:
            close = did_you_mean(claim, CLAIMS)
            raise AttrWidgetError(
                f"There is no claim {short(claim)}{close}: take some of {', '.join(CLAIMS)}."
            )
    if not found:
        raise AttrWidgetError(f"claims= is empty: take some of {', '.join(CLAIMS)}.")
    return tuple(claim for claim in CLAIMS if claim in found)
