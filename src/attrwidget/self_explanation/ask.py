"""Ask a model to explain its own decision, and try what it says: ``self_explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.checks import check_choice, check_whole, short
from attrwidget.errors import AttrWidgetError
from attrwidget.kinds.model import Model
from attrwidget.progress import progress_bar
from attrwidget.self_explanation.chat import Function
from attrwidget.self_explanation.claims import Left, importance_claims
from attrwidget.self_explanation.decision import Decider
from attrwidget.self_explanation.local import LocalChat
from attrwidget.self_explanation.questions import (
    CLAIMS,
    DECIDE,
    PRESETS,
    Questions,
    check_claims,
    check_labels,
    either,
)
from attrwidget.self_explanation.read_importances import read_importances
from attrwidget.self_explanation.read_words import Named, read_named, read_quoted
from attrwidget.self_explanation.result import SelfExplanation
from attrwidget.self_explanation.server import ServerChat, open_client
from attrwidget.self_explanation.stated import Stated
from attrwidget.self_explanation.try_claims import change_claims, reason_claims
from attrwidget.self_explanation.units import units_of
from attrwidget.tables import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.progress import Progress
    from attrwidget.self_explanation.chat import Chat
    from attrwidget.self_explanation.claims import Claim
    from attrwidget.self_explanation.units import Units

_TEMPERATURE = 0.7  # of answers that are sampled, so that they differ


def self_explain(
    client: Any,
    text: str | Sequence[str],
    *,
    labels: Sequence[str] = ("positive", "negative"),
    question: str = DECIDE,
    model: str | None = None,
    claims: str | Sequence[str] = CLAIMS,
    preset: str = "numbered",
    samples: int = 3,
    draws: int = 10,
    max_new_tokens: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> SelfExplanation:
    """Ask a chat model to decide about a text and to explain its decision, and try each of its claims on itself.

    It decides first, so that explaining does not change the decision. Then it gives the importance of each numbered
    word, the smallest change that would turn its decision, and what speaks for it and against it; words are left out,
    and changed texts decided about, by the same model. Probabilities are those of the first token where the model gives
    them; elsewhere answers are sampled and counted.

    Args:
        client: A chat model of ``aw.load``; OpenAI's client, or the base address of a server that speaks its protocol,
            such as ``"http://localhost:8000/v1"``; None for what ``OPENAI_BASE_URL`` and ``OPENAI_API_KEY`` say; or a
            function that takes chat messages and returns a text.
        text: The text, or a list of its parts, which joined are the text; by default words are numbered.
        labels: The answers to choose from.
        question: What is decided; ``{labels}`` in it becomes "positive or negative".
        model: The name by which a server knows the model, by default ``OPENAI_MODEL``; for others the name shown.
        claims: Which are asked for: some of ``"importances"``, ``"change"`` and ``"reasons"``.
        preset: ``"numbered"``: about numbered words. ``"words"``: importances as a list of (word, importance), from -1
            for the last label to 1 for the first. ``"sentences"``: reasons in free sentences that quote words.
        samples: How many times each question about a claim is asked.
        draws: How many answers are counted for a probability that the model does not give.
        max_new_tokens: How many tokens an answer may have; by default what its form needs. A model that thinks before
            it answers needs more.
        seed: The seed of the samples, where the model takes one.
        progress: Called with ``(done, total)`` questions; an exception raised in it stops the work.

    Returns:
        The claims with what happened, as a table and on the screen; an explanation like any other besides.

    Raises:
        AttrWidgetError: The model cannot be asked, or answers with none of the labels.

    Example:
        >>> aw.self_explain("http://localhost:8000/v1", "A fine film, sadly too long.", model="smollm2").table()
    """
    units, known = units_of(text), check_labels(labels)
    wanted = check_claims(claims)
    check_choice(preset, "preset", PRESETS)
    if not isinstance(question, str) or not question.strip():
        raise AttrWidgetError(f"question= is a text, not {short(question)}.")
    for name, value in (("samples", samples), ("draws", draws), ("max_new_tokens", max_new_tokens)):
        if value is not None and check_whole(value, name) < 1:
            raise AttrWidgetError(f"{name}= is a whole number above 0, not {value}.")
    if preset == "words" and len(known) != 2:
        raise AttrWidgetError(
            f"The preset 'words' asks for numbers between two labels, and there are {len(known)}: take 'numbered'."
        )
    asking = _Asking(
        chat_of(client, model),
        Questions(question, known, preset),
        known,
        wanted,
        samples=samples,
        draws=draws,
        tokens=max_new_tokens,
        seed=check_whole(seed, "seed"),
    )
    if progress is not None:
        return asking.run(units, progress)
    with progress_bar("Asking the model about itself", "question") as report:
        return asking.run(units, report)


def chat_of(client: Any, model: str | None) -> Chat:
    """Return what *client* stands for as something that answers chat messages."""
    if client is None or isinstance(client, str):
        return ServerChat(open_client(client), model)
    create = getattr(getattr(getattr(client, "chat", None), "completions", None), "create", None)
    if callable(create):
        if type(client).__name__.startswith("Async"):
            raise AttrWidgetError(
                "An asynchronous client cannot be asked here: give OpenAI(), not AsyncOpenAI()."
            )
        return ServerChat(client, model)
    if isinstance(client, Model):
        return LocalChat(client, model)
    if callable(client):
        return Function(client, model)
    raise AttrWidgetError(
        "Who is asked is a chat model of aw.load, OpenAI's client, the base address of a server, or a function of chat "
        f"messages, not {type(client).__name__}."
    )


class _Asking:
    """One self-explanation under way."""

    def __init__(
        self,
        chat: Chat,
        questions: Questions,
        labels: Sequence[str],
        claims: Sequence[str],
        *,
        samples: int,
        draws: int,
        tokens: int | None,
        seed: int,
    ) -> None:
        self._chat, self._questions, self._labels, self._claims = chat, questions, labels, claims
        self._samples, self._tokens, self._seed = samples, tokens, seed
        self._report: Progress | None = None
        self._done, self._total = 0, 1
        self._rows: list[dict[str, Any]] = []
        self._decider = Decider(
            chat, questions, labels, draws=draws, seed=seed, tokens=tokens, done=self._step
        )

    def run(self, units: Units, report: Progress) -> SelfExplanation:
        """Return what the model says about its decision on *units*, and what happened."""
        self._report = report
        tried = {"importances": 0, "change": 1, "reasons": 2}
        self._total = 1 + len(units) + sum(self._samples * (1 + tried[claim]) for claim in self._claims)
        whole = self._decider.decide(units.whole.strip())
        if whole.label is None:
            raise AttrWidgetError(
                f"{self._chat.name} answers neither {either(self._labels).replace(' or ', ' nor ')}, but "
                f"{short(whole.example)}: give other labels= or another question=, or more max_new_tokens=."
            )
        texts = [units.without([i]) for i in range(len(units))]
        without = tuple(self._decider.decide(text) if text else None for text in texts)
        left = Left(units, whole, without, whole.label)
        claims: list[Claim] = []
        stated = None
        for claim in self._claims:
            answers = self._answers(claim, left)
            if claim == "importances":
                stated = self._stated(left)  # the first claim that is asked for
                claims += importance_claims(left, stated)
            elif claim == "change":
                claims += change_claims(answers, left, self._decider)
            else:
                claims += self._reasons(answers, left)
        report(self._total, self._total)
        columns = ["claim", "question", "answer", "finished", "coverage", "note"]
        return SelfExplanation(
            left,
            claims,
            stated=stated,
            answers=Table(self._rows, columns=columns),
            decisions=self._decider.table(),
            model_name=self._chat.name,
        )

    def _step(self) -> None:
        self._done = min(self._done + 1, self._total)
        if self._report is not None:
            self._report(self._done, self._total)

    def _answers(self, claim: str, left: Left) -> list[str]:
        """Return the model's answers to the question about a claim, asked after its decision."""
        asked = self._questions.about(claim, left.label, left.units)
        messages = [
            {"role": "user", "content": self._questions.decide(left.units.whole.strip())},
            {"role": "assistant", "content": left.label},
            {"role": "user", "content": asked},
        ]
        room = {"importances": 24 * len(left.units), "change": len(left.units.whole), "reasons": 136}[claim]
        found = []
        for i in range(self._samples):
            reply = self._chat.reply(
                messages,
                tokens=self._tokens or 64 + room,
                temperature=_TEMPERATURE if self._samples > 1 else 0,
                seed=self._seed + i,
            )
            found.append(reply.text)
            note = "" if reply.finished else "It was cut short: more max_new_tokens= give it more room."
            row = {"claim": claim, "question": asked, "answer": reply.text, "finished": reply.finished}
            self._rows.append(row | {"coverage": np.nan, "note": note})
            self._step()
        return found

    def _stated(self, left: Left) -> Stated:
        """Return the importances in the answers, for the decision."""
        values = []
        for row in self._rows:
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
