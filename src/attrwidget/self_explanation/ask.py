"""Ask a model to explain its own decision, and try what it says: ``self_explain``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.checks import check_choice, check_whole, short
from attrwidget.errors import AttrWidgetError
from attrwidget.kinds.model import Model
from attrwidget.progress import progress_bar
from attrwidget.self_explanation.asking import Asking
from attrwidget.self_explanation.chat import Function
from attrwidget.self_explanation.local import LocalChat
from attrwidget.self_explanation.questions import (
    CLAIMS,
    DECIDE,
    PRESETS,
    Questions,
    check_claims,
    check_labels,
)
from attrwidget.self_explanation.server import ServerChat
from attrwidget.self_explanation.units import units_of
from attrwidget.servers.client import open_client

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.progress import Progress
    from attrwidget.self_explanation.chat import Chat
    from attrwidget.self_explanation.result import SelfExplanation


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
    parallel: int = 4,
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
        parallel: How many questions a server is asked at the same time, until it limits their rate; anyone else answers
            one after the other.
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
    for name, value in (
        ("samples", samples),
        ("draws", draws),
        ("parallel", parallel),
        ("max_new_tokens", max_new_tokens),
    ):
        if value is not None and check_whole(value, name) < 1:
            raise AttrWidgetError(f"{name}= is a whole number above 0, not {value}.")
    if preset == "words" and len(known) != 2:
        raise AttrWidgetError(
            f"The preset 'words' asks for numbers between two labels, and there are {len(known)}: take 'numbered'."
        )
    chat = chat_of(client, model)
    asking = Asking(
        chat,
        Questions(question, known, preset),
        known,
        wanted,
        samples=samples,
        draws=draws,
        most=parallel if chat.at_once else 1,
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
