"""One self-explanation under way: what is asked, and what becomes of the answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.checks import short
from attrwidget.errors import AttrWidgetError
from attrwidget.self_explanation.claims import Left, importance_claims
from attrwidget.self_explanation.decision import Decider
from attrwidget.self_explanation.questions import either
from attrwidget.self_explanation.read_importances import read_importances
from attrwidget.self_explanation.read_words import Named, read_named, read_quoted
from attrwidget.self_explanation.result import ANSWERS, SelfExplanation
from attrwidget.self_explanation.stated import Stated
from attrwidget.self_explanation.try_claims import change_claims, reason_claims
from attrwidget.servers.at_once import at_once
from attrwidget.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from attrwidget.progress import Progress
    from attrwidget.self_explanation.chat import Chat, Message, Reply
    from attrwidget.self_explanation.claims import Claim
    from attrwidget.self_explanation.questions import Questions
    from attrwidget.self_explanation.units import Units

_TEMPERATURE = 0.7  # of answers that are sampled, so that they differ
_TRIED = {"importances": 0, "change": 1, "reasons": 2}  # texts tried for each answer, apart from single words


class Asking:
    """Asks *chat* about its decisions, up to *most* questions at the same time."""

    def __init__(
        self,
        chat: Chat,
        questions: Questions,
        labels: Sequence[str],
        claims: Sequence[str],
        *,
        samples: int,
        draws: int,
        most: int,
        tokens: int | None,
        seed: int,
    ) -> None:
        self._chat, self._questions, self._labels, self._claims = chat, questions, labels, claims
        self._samples, self._most, self._tokens, self._seed = samples, most, tokens, seed
        self._report: Progress | None = None
        self._done, self._total = 0, 1
        self._rows: list[dict[str, Any]] = []
        self._decider = Decider(
            chat, questions, labels, draws=draws, most=most, seed=seed, tokens=tokens, done=self._step
        )

    def run(self, units: Units, report: Progress) -> SelfExplanation:
        """Return what the model says about its decision on *units*, and what happened."""
        self._report = report
        self._total = 1 + len(units) + sum(self._samples * (1 + _TRIED[claim]) for claim in self._claims)
        (whole,) = self._decider.decide([units.whole.strip()])
        if whole.label is None:
            raise AttrWidgetError(
                f"{self._chat.name} answers neither {either(self._labels).replace(' or ', ' nor ')}, but "
                f"{short(whole.example)}: give other labels= or another question=, or more max_new_tokens=."
            )
        texts = [units.without([i]) for i in range(len(units))]
        decided = iter(self._decider.decide([text for text in texts if text]))
        left = Left(units, whole, tuple(next(decided) if text else None for text in texts), whole.label)
        answers = self._answers(left)
        claims: list[Claim] = []
        stated = None
        if "importances" in answers:
            stated = self._stated(left)
            claims += importance_claims(left, stated)
        if "change" in answers:
            claims += change_claims(answers["change"], left, self._decider)
        if "reasons" in answers:
            claims += self._reasons(answers["reasons"], left)
        report(self._total, self._total)
        return SelfExplanation(
            left,
            claims,
            stated=stated,
            answers=Table(self._rows, columns=list(ANSWERS)),
            decisions=self._decider.known,
            labels=self._labels,
            model_name=self._chat.name,
        )

    def _step(self) -> None:
        self._done = min(self._done + 1, self._total)
        if self._report is not None:
            self._report(self._done, self._total)

    def _answers(self, left: Left) -> dict[str, list[str]]:
        """Return the model's answers to the question about each claim, asked after its decision."""
        asked = {claim: self._questions.about(claim, left.label, left.units) for claim in self._claims}
        places = [(claim, i) for claim in self._claims for i in range(self._samples)]
        found: dict[str, list[str]] = {claim: [] for claim in self._claims}
        with at_once(
            [self._asking(claim, asked[claim], i, left) for claim, i in places], self._most
        ) as replies:
            for (claim, _), reply in zip(places, replies, strict=True):
                found[claim].append(reply.text)
                note = "" if reply.finished else "It was cut short: more max_new_tokens= give it more room."
                row = {
                    "claim": claim,
                    "question": asked[claim],
                    "answer": reply.text,
                    "finished": reply.finished,
                }
                self._rows.append(row | {"coverage": np.nan, "note": note})
                self._step()
        return found

    def _asking(self, claim: str, question: str, sample: int, left: Left) -> Callable[[], Reply]:
        """Return what asks the *question* about a *claim* when it is called."""
        messages: list[Message] = [
            {"role": "user", "content": self._questions.decide(left.units.whole.strip())},
            {"role": "assistant", "content": left.label},
            {"role": "user", "content": question},
        ]
        room = {"importances": 24 * len(left.units), "change": len(left.units.whole), "reasons": 136}[claim]
        return partial(
            self._chat.reply,
            messages,
            tokens=self._tokens or 64 + room,
            temperature=_TEMPERATURE if self._samples > 1 else 0,
            seed=self._seed + sample,
        )

    def _stated(self, left: Left) -> Stated:
        """Return the importances in the answers, for the decision."""
        values = []
        for row in self._rows:
            if row["claim"] == "importances":
                read = read_importances(row["answer"], left.units, finished=row["finished"])
                row["coverage"] = read.coverage
                row["note"] = " ".join(filter(None, [row["note"], *read.notes]))
                values.append(read.values)
        return Stated(self._questions.sign(left.label) * np.array(values))

    def _reasons(self, answers: Sequence[str], left: Left) -> list[Claim]:
        if self._questions.preset == "sentences":
            read = [Named(read_quoted(answer, left.units) or None, None, answer) for answer in answers]
            return reason_claims(read, left, self._decider, ["for"], quoted=True)
        read = [read_named(answer, left.units) for answer in answers]
        return reason_claims(read, left, self._decider, ["for", "against"])
