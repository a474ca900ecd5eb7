"""The app's screen: choose a model, type a text, read the answer, explore why."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]  # public, but not re-exported by name

import attrwidget as aw
from attrwidget import bundled
from attrwidget.apps.forms import can_chat, explain_by_form, form_of, is_chat_wanted
from attrwidget.apps.served import Served
from attrwidget.apps.style import STYLE, classed, label, show, wide
from attrwidget.bundled import BUNDLED
from attrwidget.errors import AttrWidgetError, Cancelled
from attrwidget.kinds.table import CHAT_FORM, Form, kind_of

if TYPE_CHECKING:
    from attrwidget.bundled import Bundled
    from attrwidget.explanation import Explanation
    from attrwidget.progress import Progress

OTHER = "Another one, by its name at Hugging Face"
WELCOME = (
    "A language model writes one piece of text at a time, and each piece follows from what stands before it. "
    "Choose a model, type a text, and press the button. Then point at a word of the answer: "
    "the words that carried it light up. Click to hold a word; look at its numbers, and at other methods."
)

UNKNOWN = Form(new_tokens=CHAT_FORM.new_tokens)  # of a model that is not loaded yet

CHAT_HINT = "On, the model answers your text. Off, it goes on writing where your text stops."

SWITCH = "This model was trained on chats: switch on “As a chat message” to have it answer."

MOST_CHARACTERS = 20_000

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
    """

    def __init__(
        self,
        prompt: str = BUNDLED[0].examples[0],
        *,
        max_new_tokens: int = kind_of(BUNDLED[0].task).form.new_tokens,
        allowed: Served | None = None,
    ) -> None:
        self.explanation: Explanation | None = None
        self._allowed = allowed or Served()
        self._chat_wish = self._allowed.chat
        self._loaded: dict[str, Any] = {}
        self._loading = threading.Lock()
        self._stop: threading.Event | None = None
        self._make_form(prompt, max_new_tokens)
        self._make_output()
        self._fit()
        super().__init__([widgets.HTML(STYLE), *self._form, *self._output])
        self.add_class("attrwidget-app")
        threading.Thread(target=self._warm_up, name=WARM_UP, daemon=True).start()

    def _make_form(self, prompt: str, max_new_tokens: int) -> None:
        """Make the fields and buttons."""
        title = label("Why that word?", "title")
        self.source = widgets.Dropdown(
            options=[
                *((one.title, one.name) for one in BUNDLED),
                *((name, name) for name in self._allowed.models),
                # An empty value: the page would show None as no choice at all.
                *([(OTHER, "")] if self._allowed.allow_hub else []),
            ],
            description="Model",
            layout=wide(),
        )
        self.source.observe(self._choose_source, "value")
        self.name = widgets.Text(placeholder="openai-community/gpt2", description="Name", layout=wide())
        self.name.observe(lambda _: self._fit(), "value")
        self.prompt = widgets.Textarea(prompt, rows=2, layout=wide())
        self.examples = classed(widgets.HBox(), "examples")
        self.context = widgets.Textarea(
            placeholder="The text in which the answer stands", description="Context", rows=4, layout=wide()
        )
        self.chat = widgets.Checkbox(
            description="As a chat message", indent=False, layout=widgets.Layout(width="auto")
        )
        self.chat.observe(self._choose_chat, "value")
        self.chat_row = classed(widgets.HBox([self.chat, label(CHAT_HINT, "hint")]), "chat")
        self.count = widgets.BoundedIntText(
            max_new_tokens, min=1, max=1000, description="New tokens", layout=widgets.Layout(width="11rem")
        )
        self.generate = widgets.Button(button_style="primary")
        self.generate.on_click(lambda _: self.start())
        self.cancel = widgets.Button(description="Cancel", disabled=True)
        self.cancel.on_click(lambda _: self.stop())
        self.progress = widgets.IntProgress(0, 0, 1, layout=widgets.Layout(width="8rem", visibility="hidden"))
        self.status = label("", "status")
        buttons = widgets.HBox([self.count, self.generate, self.cancel, self.progress, self.status])
        self._form = [
            title,
            label(WELCOME, "welcome"),
            self.source,
            self.name,
            self.prompt,
            self.context,
            self.chat_row,
            self.examples,
            classed(buttons, "buttons"),
        ]

    def _make_output(self) -> None:
        self.message = label("", "message")
        self.message.layout.display = "none"
        self.result = widgets.VBox([label("Nothing is explained yet.", "hint")])
        self._output = [self.message, classed(self.result, "result")]

    def _example(self, text: str) -> widgets.Button:
        button = widgets.Button(description=text, tooltip="Use this beginning")
        button.on_click(lambda _: setattr(self.prompt, "value", text))
        return button

    def _choose_source(self, _change: dict[str, Any]) -> None:
        chosen = self._bundled()
        if chosen is not None:
            self.prompt.value = chosen.examples[0]
            self.count.value = kind_of(chosen.task).form.new_tokens or self.count.value
        else:
            self.count.value = UNKNOWN.new_tokens
        self._chat_wish = self._allowed.chat
        self._fit()

    def _choose_chat(self, change: dict[str, Any]) -> None:
        self._chat_wish = bool(change["new"])
        self._fit()

    def _bundled(self) -> Bundled | None:
        return bundled.find(self.source.value)

    def _form_of(self, name: str, *, chat: bool) -> Form:
        """Return the form for the model *name*; a general one as long as its kind is not known."""
        if name in self._loaded:
            return form_of(self._loaded[name], chat=chat)
        known = bundled.find(name)
        return UNKNOWN if known is None else kind_of(known.task).form

    def _is_chat(self, name: str) -> bool:
        """Return whether texts go to the model *name* as chat messages; of one that is not known, if it can chat."""
        model = self._loaded.get(name)
        if model is None:
            return self._chat_wish is not False and bundled.find(name) is None
        return can_chat(model) and is_chat_wanted(model, wish=self._chat_wish)

    def _can_chat(self, name: str) -> bool:
        model = self._loaded.get(name)
        return bundled.find(name) is None if model is None else can_chat(model)

    def _chosen_model(self) -> str:
        return str(self.source.value or self.name.value.strip())

    def _fit(self) -> None:
        """Show the fields that the chosen model needs."""
        chosen, name = self._bundled(), self._chosen_model()
        chat = self._is_chat(name)
        form = self._form_of(name, chat=chat)
        self._set_chat(value=chat)
        self.prompt.description, self.generate.description = form.text, form.verb
        examples = [self._example(text) for text in chosen.examples] if chosen else []
        self.examples.children = [label("Try:", "hint"), *examples] if chosen else []
        show(self.name, shown=not self.source.value)
        show(self.context, shown=form.context)
        show(self.chat_row, shown=self._can_chat(name))
        show(self.count, shown=form.new_tokens > 0)

    def _set_chat(self, *, value: bool) -> None:
        """Show whether texts are given as chat messages, which is no wish of the visitor's."""
        self.chat.unobserve(self._choose_chat, "value")
        self.chat.value = value
        self.chat.observe(self._choose_chat, "value")

    def start(self) -> None:
        """Generate and explain in a thread; a run under way is given up."""
        self.stop()
        refusal = self._refusal()
        if refusal:
            self._show_message(refusal)
            return
        self._stop = stop = threading.Event()
        name = self._chosen_model()
        self._show_message("")
        self._busy("Loading the model …" if name not in self._loaded else "Running the model …")
        work = (stop, name, self.prompt.value, self.context.value, self.count.value)
        threading.Thread(target=self._work, args=work, daemon=True).start()

    def _refusal(self) -> str | None:
        """Return why the form is not explained, or None."""
        if not self.prompt.value.strip():
            return "There is no text: type one, or choose one of the examples."
        if len(self.prompt.value) + len(self.context.value) > MOST_CHARACTERS:
            return f"The text is too long for this app: it takes up to {MOST_CHARACTERS:,} characters."
        if self.source.value:
            return None
        if not self._allowed.allow_hub:
            return "No model is chosen: choose one from the list."
        name = self._chosen_model()
        known = _is_hub_name(name)
        return (
            None if known else f"{name!r} is no model's name at Hugging Face, such as openai-community/gpt2."
        )

    def stop(self) -> None:
        """Give up the run under way; the explanation on the screen stays."""
        if self._stop is None:
            return
        self._stop.set()
        self._stop = None
        self._idle("Cancelled.")

    def _work(self, stop: threading.Event, name: str, prompt: str, context: str, count: int) -> None:
        """Load the model, explain the text and show the result; runs in a thread."""

        def report(done: int, total: int) -> None:
            if stop.is_set():
                raise Cancelled
            self.progress.max, self.progress.value = max(total, 1), done
            self.status.value = f"Token {done} of {total}"
            if stop.is_set() and self._stop is None:  # cancelled between the lines above
                self.status.value = "Cancelled."

        try:
            model = self._load(name)
            if stop.is_set():
                return
            self._fit()
            explanation = _explain(model, prompt, context, count, chat=self._is_chat(name), report=report)
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
                self._loaded = {name: aw.load(name)}
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
        self.generate.disabled, self.cancel.disabled = True, False
        self.progress.value = 0
        self.progress.layout.visibility = "visible"
        self.status.value = status

    def _idle(self, status: str = "") -> None:
        self.generate.disabled, self.cancel.disabled = False, True
        self.progress.layout.visibility = "hidden"
        self.status.value = status

    def _show_message(self, message: str) -> None:
        self.message.value = message
        self.message.layout.display = None if message else "none"


def _is_hub_name(name: str) -> bool:
    """Return whether *name* can be a model's at the hub, and is not a folder's, which a visitor may not look for."""
    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return bool(name) and not Path(name).exists()


def _explain(model: Any, text: str, context: str, count: int, *, chat: bool, report: Progress) -> Any:
    """Explain *text* by the arguments that the kind of model takes."""
    from attrwidget.kinds.causal.chats import BARE  # with torch, which the loaded model has imported

    form = form_of(model, chat=chat)
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
