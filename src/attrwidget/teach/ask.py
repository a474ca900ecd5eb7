"""Put a question over an explanation: ``ask``."""

from __future__ import annotations

import hashlib
import os
import re
import threading
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from attrwidget.checks import check_choice, check_list, short
from attrwidget.errors import AttrWidgetError
from attrwidget.presentation import Presentation
from attrwidget.teach.marking import Marker, Verdict, answer_of
from attrwidget.teach.places import input_name, step_name
from attrwidget.teach.record import Answer, answer_before
from attrwidget.teach.sentences import LABELS, LANGUAGES, label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from attrwidget.teach.widget import QuestionWidget

_LONGEST = 300  # characters of an answer that are kept


def ask(
    question: str,
    ex: Presentation,
    *,
    answer: Any,
    mistakes: Mapping[Any, str] | None = None,
    hint: str | Sequence[str] = (),
    choices: Sequence[str] = (),
    id: str | None = None,  # noqa: A002 - what it is
    language: str = "en",
    **show: Any,
) -> Question:
    """Ask a question that checks itself, over the widget of an explanation.

    The key is computed from the model when the question is made, and so are the usual mistakes: the next row, another
    method's number, a sign that was dropped. A number is compared as far as its digits go.

    Args:
        question: The text, in one language or in several lines.
        ex: An explanation, live or saved.
        answer: What is right. ``top_input(…)``, ``top_head(…)`` and ``pick(…)`` are answered by clicking in the
            widget, ``edited(…)`` by changing its text, ``score(…)``, ``probability(…)``, a number and a text by typing.
            A function of *ex* that returns one of these will do.
        mistakes: For wrong answers, given as the right one is, a sentence on each.
        hint: A hint, or several, which are shown one at a time.
        choices: Texts to choose from; *answer* is one of them.
        id: A short name, by which ``answers`` finds the answer; by default made from the text.
        language: ``"en"`` or ``"zh-Hant"``: the language of the card's own words.
        **show: What the widget begins with, such as ``method="attention"`` or ``view="matrix"``.

    Returns:
        The question, which shows itself as the last line of a cell.

    Raises:
        AttrWidgetError: Something named does not exist, so that nobody could answer.

    Example:
        >>> aw.teach.ask(
        ...     "For Washington, which word mattered most by saliency?",
        ...     ex,
        ...     answer=aw.teach.top_input("Washington", "saliency"),
        ...     mistakes={"The": "The first word holds little here."},
        ...     hint="Hold Washington, then look at the list beside the text.",
        ... )
    """
    if not isinstance(ex, Presentation):
        raise AttrWidgetError(f"ask takes an explanation, such as model.explain(…) returns, not {short(ex)}.")
    if not isinstance(question, str) or not question.strip():
        raise AttrWidgetError(f"A question is a text, not {short(question)}.")
    texts = [str(one) for one in check_list(choices, "Choices", "['one', 'other']")]
    check_choice(language, "language", LANGUAGES)
    hints = [hint] if isinstance(hint, str) else [str(one) for one in hint]
    marker = Marker(ex, answer, mistakes or {}, texts, language)
    named = id or _name(question)
    return Question(question.strip(), ex, marker, hints=hints, choices=texts, name=named, show=show)


class Question:
    """A question over an explanation; made by ``ask``.

    Attributes:
        id: Its name.
        text: Its text.
        answer: What was answered up to now.
    """

    def __init__(
        self,
        text: str,
        ex: Presentation,
        marker: Marker,
        *,
        hints: Sequence[str],
        choices: Sequence[str],
        name: str,
        show: Mapping[str, Any],
    ) -> None:
        self.id, self.text = name, text
        self._ex, self._marker, self._show = ex, marker, dict(show)
        self._hints, self._choices = [one for one in hints if one], list(choices)
        self._lock = threading.Lock()
        self._widget: QuestionWidget | None = None
        self._verdict: Verdict | None = None
        self._display: Any = None
        self.answer = Answer(self.id, self.text)
        before = answer_before(self.id, self.text)
        if before is not None and marker.kind != "edit":
            self._restore(before)

    @property
    def widget(self) -> QuestionWidget:
        """The widget with the question over it, the same one at every display."""
        from attrwidget.teach.widget import QuestionWidget

        with self._lock:
            if self._widget is None or self._widget.comm is None:
                self._widget = QuestionWidget(self._ex.reading, self._card(), self._replied, **self._show)
            return self._widget

    def mark(self, given: str | Answer | None) -> bool | None:
        """Mark an answer without counting it.

        Args:
            given: What a student would type; of a word or step its position from 0, of a head ``"layer,head"`` from 0.
                Or an answer from ``answers``, which is marked anew whatever the file says of it.

        Returns:
            Whether it is right; None for what cannot be read or has too few digits, and where there is no answer.

        Example:
            >>> question.mark(".42")
            >>> question.mark(aw.teach.answers("handed-in.ipynb").get("most"))
        """
        texts = given.given if isinstance(given, Answer) else [] if given is None else [str(given)]
        return self._marker.mark(texts).right if texts else None

    def to_html(self, path: str | Path | None = None, **options: Any) -> Path | str:
        """Write the question as one offline page, which checks answers without Python.

        The page holds the key: whoever looks into the file can read it.

        Args:
            path: Where to write it; without one, the page is returned as a text.
            **options: As ``Explanation.to_html`` takes them.

        Returns:
            The path written, or the page.

        Raises:
            AttrWidgetError: The path cannot be written, or a method does not exist or does not fit.

        Example:
            >>> question.to_html("question.html")
        """
        from attrwidget.export.html import to_html
        from attrwidget.page.state import SHARED

        shown = {name: getattr(self.widget, name) for name in SHARED}
        card = {**self._card(), "key": self._marker.as_json()}
        return to_html(self._ex.reading, path, shown=shown, question=card, **options)

    def _ipython_display_(self, **_options: Any) -> None:
        from IPython.display import display

        show: Any = display  # IPython's has no types
        show(self.widget)
        if "VOILA_KERNEL_ID" in os.environ or "VOILA_BASE_URL" in os.environ:  # an app saves no notebook
            return
        self._display = show(self.answer.as_output(), raw=True, display_id=f"attrwidget-{uuid.uuid4().hex}")

    def __repr__(self) -> str:
        return f"Question({self.id!r}, {self.text!r})"

    def _card(self) -> dict[str, Any]:
        """Return what the card shows."""
        language, verdict = self._marker.language, self._verdict
        return {
            "v": 1,
            "text": self.text,
            "kind": self._marker.kind,
            "choices": self._choices,
            "hints": self._hints,
            "taken": self.answer.hints,
            "labels": {name: label(name, language) for name in LABELS},
            "lang": language,
            "tries": self.answer.tries,
            "given": self.answer.given,
            "verdict": None if verdict is None else {"right": verdict.right, "says": verdict.says},
        }

    def _replied(self, reply: Mapping[str, Any]) -> dict[str, Any]:
        """Mark a reply of the page, and keep it in the notebook."""
        hints = reply.get("hints")
        if isinstance(hints, int) and self.answer.hints < hints <= len(self._hints):
            self.answer = replace(self.answer, hints=hints)
        given = reply.get("given")
        if isinstance(given, list):
            self._mark([str(one)[:_LONGEST] for one in given])
        if self._display is not None:
            self._display.update(self.answer.as_output(), raw=True)
        return self._card()

    def _restore(self, before: Answer) -> None:
        """Take an answer of before, marked anew."""
        verdict = self._marker.mark(before.given)
        if verdict.right is not None:
            self.answer, self._verdict = replace(before, right=verdict.right), verdict

    def _mark(self, given: list[str]) -> None:
        widget = self._widget
        shown = self._ex.reading if widget is None else widget.reading
        self._verdict = self._marker.mark(given, shown)
        if self._verdict.right is None:
            return
        words = answer_of(shown) if self._marker.kind == "edit" else self._words(given)
        tries = self.answer.tries + 1
        self.answer = replace(self.answer, given=given, answer=words, right=self._verdict.right, tries=tries)

    def _words(self, given: Sequence[str]) -> str:
        """Return an answer as a person reads it."""
        kind, first, reading = self._marker.kind, given[0], self._ex.reading
        try:
            if kind == "input":
                return f"{input_name(reading, int(first))} (input {int(first)})"
            if kind == "step":
                return f"{step_name(reading, int(first))} (step {int(first)})"
            if kind == "head":
                layer, head = first.split(",")
                return f"layer {int(layer) + 1}, head {int(head) + 1}"
        except (ValueError, StopIteration):
            return first
        return first


def _name(question: str) -> str:
    """Return a name made of the letters of *question*, and of what tells it from others."""
    letters = re.sub(r"[^a-z0-9]+", "-", question.lower()).strip("-")[:32].strip("-")
    return f"{letters or 'question'}-{hashlib.sha256(question.encode()).hexdigest()[:4]}"
