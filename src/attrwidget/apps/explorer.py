"""The app's screen: choose a model, type the beginning of a sentence, let the model go on, explore why."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

import attrwidget as aw
from attrwidget.apps.style import STYLE
from attrwidget.errors import AttrWidgetError, Cancelled

if TYPE_CHECKING:
    from attrwidget.explanation import Explanation

EXAMPLES = (
    "The first president of America is",
    "The capital of Japan is",
    "People in Brazil pay with the",
    "My friend from Italy says that the currency of India is",
)
BUNDLED = "The small bundled model, which knows countries"
OTHER = "Another one: a Hugging Face name or a folder"
WELCOME = (
    "A language model writes one piece of text at a time, and each piece follows from what stands before it. "
    "Type the beginning of a sentence and press Generate. Then point at a word of the answer: "
    "the words that carried it light up. Click to hold a word; look at its numbers, and at other methods."
)

logger = logging.getLogger(__name__)


class Explorer(widgets.VBox):  # type: ignore[misc]
    """The app as one widget.

    Generation runs in a thread, with progress, and can be cancelled. What goes wrong is said in a sentence
    in place, and the explanation shown before stays. ``explanation`` is the one on the screen, or None.
    """

    def __init__(self, prompt: str = EXAMPLES[0], *, max_new_tokens: int = 5) -> None:
        self.explanation: Explanation | None = None
        self._loaded: dict[str, Any] = {}
        self._loading = threading.Lock()
        self._stop: threading.Event | None = None
        self._make_form(prompt, max_new_tokens)
        self._make_output()
        super().__init__([widgets.HTML(STYLE), *self._form, *self._output])
        self.add_class("attrwidget-app")
        threading.Thread(target=self._warm_up, daemon=True).start()

    def _make_form(self, prompt: str, max_new_tokens: int) -> None:
        title = _text("Why that word?", "title")
        self.prompt = widgets.Textarea(prompt, description="Beginning", rows=2, layout=_wide())
        examples = [self._example(text) for text in EXAMPLES]
        self.source = widgets.Dropdown(options=[BUNDLED, OTHER], description="Model", layout=_wide())
        self.name = widgets.Text(
            placeholder="openai-community/gpt2, or /path/to/folder", description="Name", layout=_wide()
        )
        self.name.layout.display = "none"
        self.source.observe(self._choose_source, "value")
        self.count = widgets.BoundedIntText(
            max_new_tokens, min=1, max=1000, description="New tokens", layout=widgets.Layout(width="11rem")
        )
        self.generate = widgets.Button(description="Generate", button_style="primary")
        self.generate.on_click(lambda _: self.start())
        self.cancel = widgets.Button(description="Cancel", disabled=True)
        self.cancel.on_click(lambda _: self.stop())
        self.progress = widgets.IntProgress(0, 0, 1, layout=widgets.Layout(width="8rem", visibility="hidden"))
        self.status = _text("", "status")
        buttons = widgets.HBox([self.count, self.generate, self.cancel, self.progress, self.status])
        self._form = [
            title,
            _text(WELCOME, "welcome"),
            self.prompt,
            _classed(widgets.HBox([_text("Try:", "hint"), *examples]), "examples"),
            self.source,
            self.name,
            _classed(buttons, "buttons"),
        ]

    def _make_output(self) -> None:
        self.message = _text("", "message")
        self.message.layout.display = "none"
        self.result = widgets.VBox([_text("Nothing is explained yet: press Generate.", "hint")])
        self._output = [self.message, _classed(self.result, "result")]

    def _example(self, text: str) -> widgets.Button:
        button = widgets.Button(description=text, tooltip="Use this beginning")
        button.on_click(lambda _: setattr(self.prompt, "value", text))
        return button

    def _choose_source(self, change: dict[str, Any]) -> None:
        self.name.layout.display = None if change["new"] == OTHER else "none"

    def start(self) -> None:
        """Generate and explain, in a thread; what runs already is given up."""
        self.stop()
        if not self.prompt.value.strip():
            self._say("The prompt is empty: type the beginning of a sentence, or choose one of the examples.")
            return
        self._stop = stop = threading.Event()
        name = "demo" if self.source.value == BUNDLED else self.name.value.strip()
        self._say("")
        self._busy("Loading the model …" if name not in self._loaded else "Generating …")
        work = (stop, name, self.prompt.value, self.count.value)
        threading.Thread(target=self._work, args=work, daemon=True).start()

    def stop(self) -> None:
        """Give up what runs; the explanation on the screen stays."""
        if self._stop is None:
            return
        self._stop.set()
        self._stop = None
        self._idle("Cancelled.")

    def _work(self, stop: threading.Event, name: str, prompt: str, count: int) -> None:
        def report(done: int, total: int) -> None:
            if stop.is_set():
                raise Cancelled
            self.progress.max, self.progress.value = max(total, 1), done
            self.status.value = f"Token {done} of {total}"

        try:
            model = self._load(name)
            report(0, count)
            explanation = model.explain(prompt, max_new_tokens=count, progress=report)
            view = explanation.widget
        except Cancelled:
            return
        except AttrWidgetError as error:
            self._end(stop, str(error))
        except Exception as error:
            logger.exception("explaining failed")
            self._end(
                stop, f"This could not be explained ({type(error).__name__}: {error}). Try another beginning."
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
        """Load the bundled model while the visitor reads; what goes wrong is said when it is asked for."""
        try:
            self._load("demo")
        except Exception:
            logger.exception("the bundled model could not be loaded")

    def _end(self, stop: threading.Event, error: str = "") -> bool:
        """Go idle unless this run was given up meanwhile; tell which."""
        if self._stop is not stop:
            return False
        self._stop = None
        self._say(error)
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

    def _say(self, message: str) -> None:
        self.message.value = message
        self.message.layout.display = None if message else "none"


def _text(text: str, name: str) -> widgets.Label:
    """Plain text: a label reaches the page as text, never as markup."""
    return _classed(widgets.Label(text), name)


def _wide() -> widgets.Layout:
    return widgets.Layout(width="100%")


def _classed(widget: Any, name: str) -> Any:
    widget.add_class(f"attrwidget-{name}")
    return widget
