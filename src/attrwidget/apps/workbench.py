"""What the apps have in common: a form, work in a thread that can be cancelled, and its result."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, Protocol

import ipywidgets as widgets

from attrwidget.apps import address
from attrwidget.apps.fields import Fields
from attrwidget.apps.forms import explain_by_form, form_of
from attrwidget.apps.models import Models
from attrwidget.apps.style import STYLE, classed, label
from attrwidget.errors import AttrWidgetError, Cancelled
from attrwidget.hf.model_errors import NO_MEMORY, is_out_of_memory
from attrwidget.kinds.table import BARE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from attrwidget.apps.fields import Entered
    from attrwidget.apps.served import Served
    from attrwidget.explanation import Explanation
    from attrwidget.progress import Progress
    from attrwidget.widget import ExplanationWidget

SWITCH = "This model was trained on chats: switch on “As a chat message” to have it answer."
WARM_UP = "attrwidget warm-up"

logger = logging.getLogger(__name__)


class Shown(Protocol):
    """What an app shows: an explanation or a comparison."""

    @property
    def widget(self) -> ExplanationWidget:
        """The widget."""


class Workbench(widgets.VBox):  # type: ignore[misc]
    """An app as one widget: its form follows the kind of the models chosen.

    Work runs in a thread, with progress, and can be cancelled. An error is shown as one sentence, and the result on
    the screen stays.

    Args:
        prompt: The text that the form begins with.
        new_tokens: How many tokens to generate, at most.
        allowed: What the visitor may do.
        values: What the address of the page asks for; a text is explained at once.
        begin: The model that is chosen first, and the one beside it where there are two.

    Attributes:
        shown: What is on the screen, or None.
        form: The fields.
    """

    heading = ""
    welcome = ""  # what the app is for

    def __init__(
        self, prompt: str, new_tokens: int, allowed: Served, values: Mapping[str, str], begin: Sequence[str]
    ) -> None:
        self.shown: Shown | None = None
        self._models = Models(allowed)
        self._stop: threading.Event | None = None
        self.form = Fields(prompt, new_tokens, allowed, self._models.loaded, self.start, pair=len(begin) > 1)
        for choice, name in zip(self.form.choices, begin, strict=True):
            choice.source.value = name
        self.form.prompt.value = prompt
        self.cancel = widgets.Button(description="Cancel", disabled=True)
        self.cancel.on_click(lambda _: self.stop())
        self.progress = widgets.IntProgress(0, 0, 1, layout=widgets.Layout(width="8rem", visibility="hidden"))
        self.status = label("", "status")
        self.address = label("", "address")  # the page puts it into its address
        self._asked: dict[str, str] = {}
        self.message = label("", "message")
        self.message.layout.display = "none"
        self.result = classed(widgets.VBox([label("Nothing is explained yet.", "hint")]), "result")
        buttons = [self.form.count, self.form.generate, self.cancel, self.progress, self.status]
        super().__init__(
            [
                widgets.HTML(STYLE),
                label(self.heading, "title"),
                label(self.welcome, "welcome"),
                *self.form.rows,
                classed(widgets.HBox(buttons), "buttons"),
                self.message,
                self.result,
                self.address,
            ]
        )
        self.add_class("attrwidget-app")
        threading.Thread(target=self._warm_up, args=begin, name=WARM_UP, daemon=True).start()
        self._restore(dict(values))

    def start(self) -> None:
        """Generate and explain in a thread; a run under way is given up."""
        self.stop()
        refusal = self.form.refusal()
        if refusal:
            self._show_message(refusal)
            return
        self._stop = stop = threading.Event()
        entered, asked = self.form.entered(), self.form.values()
        self._show_message("")
        known = self._models.loaded.keys() >= set(entered.models)
        self._busy("Running the model …" if known else "Loading the model …")
        threading.Thread(target=self._work, args=(stop, entered, asked), daemon=True).start()

    def stop(self) -> None:
        """Give up the run under way; the explanation on the screen stays."""
        if self._stop is None:
            return
        self._stop.set()
        self._stop = None
        self._idle("Cancelled.")

    def _work(self, stop: threading.Event, entered: Entered, asked: dict[str, str]) -> None:
        """Load the models, explain the text and show the result; runs in a thread."""

        def report(done: int, total: int) -> None:
            if stop.is_set():
                raise Cancelled
            self.progress.max, self.progress.value = max(total, 1), done
            if done or total > 1:  # a server's model has not begun
                self.status.value = f"Token {done} of {total}"
            if stop.is_set() and self._stop is None:  # cancelled between the lines above
                self.status.value = "Cancelled."

        try:
            shown = self._made(entered, stop, report)
            view = shown.widget
        except Cancelled:
            return
        except AttrWidgetError as error:
            self._end(stop, str(error))
        except Exception as error:
            logger.exception("explaining failed")
            other = f"This could not be explained ({type(error).__name__}: {error}). Try another text."
            self._end(stop, NO_MEMORY if is_out_of_memory(error) else other)
        else:
            if self._end(stop):
                self.shown = shown
                self._follow(view, asked)
                self.result.children = [view]

    def _restore(self, values: dict[str, str]) -> None:
        """Fill in what the address asks for, and explain its text."""
        try:
            self.form.restore(values)
        except AttrWidgetError as error:
            self._show_message(str(error))
            return
        self._asked = values
        if "text" in values:
            self.start()

    def _follow(self, view: ExplanationWidget, asked: dict[str, str]) -> None:
        """Show on *view* what the address asks for, once, and keep the address at what is shown."""
        before = address.shown_on(view)
        try:
            address.show(view, self._asked)
        except AttrWidgetError as error:
            self._show_message(str(error))
        self._asked = {}

        def write(_change: Any = None) -> None:
            shown = address.shown_on(view).items() - before.items()
            self.address.value = address.written({**asked, **dict(sorted(shown))})

        view.observe(write, [*address.TRAITS, "options"])
        write()

    def _made(self, entered: Entered, stop: threading.Event, report: Progress) -> Shown:
        """Return what is shown of what was *entered*; raise Cancelled once *stop* is set."""
        models = dict(zip(entered.models, self._models.load(*entered.models), strict=True))
        self.form.fit()
        explained = {}
        for name, model in models.items():
            if stop.is_set():
                raise Cancelled
            explained[name] = self._explain(model, name, entered, report)
        return self._show([explained[name] for name in entered.models])

    def _explain(self, model: Any, name: str, entered: Entered, report: Progress) -> Explanation:
        """Explain what was *entered* by the arguments that the kind of model takes."""
        chat = self.form.is_chat(name)
        form = form_of(model, chat=chat)
        if form.context and not entered.context.strip():
            raise AttrWidgetError(
                "This model finds the answer to a question in a context: type the text in which the answer stands "
                "under Context."
            )
        if form.new_tokens:
            report(0, entered.new_tokens)
        explanation = explain_by_form(
            model, entered.text, context=entered.context, count=entered.new_tokens, chat=chat, progress=report
        )
        explanation.warnings[:] = [SWITCH if warning == BARE else warning for warning in explanation.warnings]
        return explanation

    def _show(self, explanations: list[Explanation]) -> Shown:
        """Return what is shown of the explanations, one for each choice; of one model chosen twice, the same one."""
        raise NotImplementedError

    def _warm_up(self, *names: str) -> None:
        """Load the first models while the visitor reads; a failure is shown when they are asked for."""
        try:
            self._models.load(*names)
        except AttrWidgetError:
            pass  # such as a server that is away
        except Exception:
            logger.exception("the bundled model could not be loaded")

    def _end(self, stop: threading.Event, error: str = "") -> bool:
        """Go idle and return True, unless this run was given up meanwhile."""
        if self._stop is not stop:
            return False
        self._stop = None
        self._show_message(error)
        self._idle()
        return True

    def _busy(self, status: str) -> None:
        self.form.generate.disabled, self.cancel.disabled = True, False
        self.progress.value = 0
        self.progress.layout.visibility = "visible"
        self.status.value = status

    def _idle(self, status: str = "") -> None:
        self.form.generate.disabled, self.cancel.disabled = False, True
        self.progress.layout.visibility = "hidden"
        self.status.value = status

    def _show_message(self, message: str) -> None:
        self.message.value = message
        self.message.layout.display = None if message else "none"
