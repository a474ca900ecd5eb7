"""The app's screen: choose a model, type a text, read the answer, explore why."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

import attrwidget as aw
from attrwidget.apps.fields import Fields
from attrwidget.apps.forms import explain_by_form, form_of
from attrwidget.apps.served import Served
from attrwidget.apps.style import STYLE, classed, label
from attrwidget.bundled import BUNDLED
from attrwidget.errors import AttrWidgetError, Cancelled
from attrwidget.kinds.table import kind_of

if TYPE_CHECKING:
    from attrwidget.apps.fields import Entered
    from attrwidget.explanation import Explanation
    from attrwidget.progress import Progress

WELCOME = (
    "A language model writes one piece of text at a time, and each piece follows from what stands before it. "
    "Choose a model, type a text, and press the button. Then point at a word of the answer: "
    "the words that carried it light up. Click to hold a word; look at its numbers, and at other methods."
)
SWITCH = "This model was trained on chats: switch on “As a chat message” to have it answer."
WARM_UP = "attrwidget warm-up"

logger = logging.getLogger(__name__)


class Explorer(widgets.VBox):  # type: ignore[misc]
    """The app as one widget; its form follows the kind of model chosen.

    Work runs in a thread, with progress, and can be cancelled. An error is shown as one sentence, and the explanation
    on the screen stays.

    Args:
        prompt: The text that the form begins with.
        max_new_tokens: How many tokens to generate, at most.
        allowed: What the visitor may do; by default, use the bundled models.

    Attributes:
        explanation: The explanation on the screen, or None.
        form: The fields.
    """

    def __init__(
        self,
        prompt: str = BUNDLED[0].examples[0],
        *,
        max_new_tokens: int = kind_of(BUNDLED[0].task).form.new_tokens,
        allowed: Served | None = None,
    ) -> None:
        self.explanation: Explanation | None = None
        self._loaded: dict[str, Any] = {}
        self._loading = threading.Lock()
        self._stop: threading.Event | None = None
        self.form = Fields(prompt, max_new_tokens, allowed or Served(), self._loaded, self.start)
        self.cancel = widgets.Button(description="Cancel", disabled=True)
        self.cancel.on_click(lambda _: self.stop())
        self.progress = widgets.IntProgress(0, 0, 1, layout=widgets.Layout(width="8rem", visibility="hidden"))
        self.status = label("", "status")
        self.message = label("", "message")
        self.message.layout.display = "none"
        self.result = classed(widgets.VBox([label("Nothing is explained yet.", "hint")]), "result")
        buttons = [self.form.count, self.form.generate, self.cancel, self.progress, self.status]
        super().__init__(
            [
                widgets.HTML(STYLE),
                label("Why that word?", "title"),
                label(WELCOME, "welcome"),
                *self.form.rows,
                classed(widgets.HBox(buttons), "buttons"),
                self.message,
                self.result,
            ]
        )
        self.add_class("attrwidget-app")
        threading.Thread(target=self._warm_up, name=WARM_UP, daemon=True).start()

    def start(self) -> None:
        """Generate and explain in a thread; a run under way is given up."""
        self.stop()
        refusal = self.form.refusal()
        if refusal:
            self._show_message(refusal)
            return
        self._stop = stop = threading.Event()
        entered = self.form.entered()
        self._show_message("")
        self._busy("Loading the model …" if entered.model not in self._loaded else "Running the model …")
        threading.Thread(target=self._work, args=(stop, entered), daemon=True).start()

    def stop(self) -> None:
        """Give up the run under way; the explanation on the screen stays."""
        if self._stop is None:
            return
        self._stop.set()
        self._stop = None
        self._idle("Cancelled.")

    def _work(self, stop: threading.Event, entered: Entered) -> None:
        """Load the model, explain the text and show the result; runs in a thread."""

        def report(done: int, total: int) -> None:
            if stop.is_set():
                raise Cancelled
            self.progress.max, self.progress.value = max(total, 1), done
            self.status.value = f"Token {done} of {total}"
            if stop.is_set() and self._stop is None:  # cancelled between the lines above
                self.status.value = "Cancelled."

        try:
            model = self._load(entered.model)
            if stop.is_set():
                return
            self.form.fit()
            explanation = _explain(model, entered, chat=self.form.is_chat(entered.model), report=report)
            view = explanation.widget
        except Cancelled:
            return
        except AttrWidgetError as error:
            self._end(stop, str(error))
        except Exception as error:
            logger.exception("explaining failed")
            self._end(
                stop, f"This could not be explained ({type(error).__name__}: {error}). Try another text."
            )
        else:
            if self._end(stop):
                self.explanation = explanation
                self.result.children = [view]

    def _load(self, name: str) -> Any:
        with self._loading:
            if name not in self._loaded:
                model = aw.load(name)
                self._loaded.clear()
                self._loaded[name] = model
            return self._loaded[name]

    def _warm_up(self) -> None:
        """Load the bundled model while the visitor reads; a failure is shown when the model is asked for."""
        try:
            self._load("demo")
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


def _explain(model: Any, entered: Entered, *, chat: bool, report: Progress) -> Any:
    """Explain what was *entered* by the arguments that the kind of model takes."""
    from attrwidget.kinds.causal.chats import BARE  # with torch, which the loaded model has imported

    form = form_of(model, chat=chat)
    _, text, context, count = entered
    if form.context and not context.strip():
        raise AttrWidgetError(
            "This model finds the answer to a question in a context: type the text in which the answer stands under "
            "Context."
        )
    if form.new_tokens:
        report(0, count)
    explanation = explain_by_form(model, text, context=context, count=count, chat=chat, progress=report)
    explanation.warnings[:] = [SWITCH if warning == BARE else warning for warning in explanation.warnings]
    return explanation
