"""The app's form: which model, which text, and how; it shows the fields that the chosen model needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import ipywidgets as widgets
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]  # public, but not re-exported by name

from attrwidget import bundled
from attrwidget.apps.forms import can_chat, form_of, is_chat_wanted
from attrwidget.apps.style import classed, label, show, wide
from attrwidget.bundled import BUNDLED
from attrwidget.kinds.table import CHAT_FORM, Form, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from attrwidget.apps.served import Served
    from attrwidget.bundled import Bundled

OTHER = "Another one, by its name at Hugging Face"
UNKNOWN = Form(new_tokens=CHAT_FORM.new_tokens)  # of a model that is not loaded yet
CHAT_HINT = "On, the model answers your text. Off, it goes on writing where your text stops."
MOST_CHARACTERS = 20_000


class Entered(NamedTuple):
    """What the visitor asks for: the *model* by its name, a *text*, its *context*, and how many tokens at most."""

    model: str
    text: str
    context: str
    new_tokens: int


class Fields:
    """The fields and the button of the form.

    Args:
        text: The text to begin with.
        count: How many tokens to generate, at most.
        allowed: What the visitor may choose.
        loaded: The models that are loaded, by name; ``fit`` is called after it has changed.
        submit: Called when the button is pressed.

    Attributes:
        rows: The fields from top to bottom; ``count`` and ``generate``, which stand beside other buttons, are not
            among them.
    """

    def __init__(
        self, text: str, count: int, allowed: Served, loaded: Mapping[str, Any], submit: Callable[[], None]
    ) -> None:
        self._allowed, self._loaded = allowed, loaded
        self._chat_wish = allowed.chat
        self.source = widgets.Dropdown(
            options=[
                *((one.title, one.name) for one in BUNDLED),
                *((name, name) for name in allowed.models),
                # An empty value: the page would show None as no choice at all.
                *([(OTHER, "")] if allowed.allow_hub else []),
            ],
            description="Model",
            layout=wide(),
        )
        self.source.observe(self._choose_source, "value")
        self.name = widgets.Text(placeholder="openai-community/gpt2", description="Name", layout=wide())
        self.name.observe(lambda _: self.fit(), "value")
        self.prompt = widgets.Textarea(text, rows=2, layout=wide())
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
            count, min=1, max=1000, description="New tokens", layout=widgets.Layout(width="11rem")
        )
        self.generate = widgets.Button(button_style="primary")
        self.generate.on_click(lambda _: submit())
        self.rows = [self.source, self.name, self.prompt, self.context, self.chat_row, self.examples]
        self.fit()

    def entered(self) -> Entered:
        """Return what the visitor asks for."""
        return Entered(self._model(), self.prompt.value, self.context.value, self.count.value)

    def refusal(self) -> str | None:
        """Return why that is not explained, or None."""
        if not self.prompt.value.strip():
            return "There is no text: type one, or choose one of the examples."
        if len(self.prompt.value) + len(self.context.value) > MOST_CHARACTERS:
            return f"The text is too long for this app: it takes up to {MOST_CHARACTERS:,} characters."
        if self.source.value:
            return None
        if not self._allowed.allow_hub:
            return "No model is chosen: choose one from the list."
        if _is_hub_name(self._model()):
            return None
        return f"{self._model()!r} is no model's name at Hugging Face, such as openai-community/gpt2."

    def is_chat(self, name: str) -> bool:
        """Return whether texts go to the model *name* as chat messages; of one that is not known, if it can chat."""
        model = self._loaded.get(name)
        if model is None:
            return self._chat_wish is not False and bundled.find(name) is None
        return can_chat(model) and is_chat_wanted(model, wish=self._chat_wish)

    def fit(self) -> None:
        """Show the fields that the chosen model needs."""
        chosen, name = self._bundled(), self._model()
        chat = self.is_chat(name)
        form = self._form_of(name, chat=chat)
        self._set_chat(value=chat)
        self.prompt.description, self.generate.description = form.text, form.verb
        examples = [self._example(text) for text in chosen.examples] if chosen else []
        self.examples.children = [label("Try:", "hint"), *examples] if chosen else []
        show(self.name, shown=not self.source.value)
        show(self.context, shown=form.context)
        show(self.chat_row, shown=self._can_chat(name))
        show(self.count, shown=form.new_tokens > 0)

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
        self.fit()

    def _choose_chat(self, change: dict[str, Any]) -> None:
        self._chat_wish = bool(change["new"])
        self.fit()

    def _set_chat(self, *, value: bool) -> None:
        """Show whether texts are given as chat messages, which is no wish of the visitor's."""
        self.chat.unobserve(self._choose_chat, "value")
        self.chat.value = value
        self.chat.observe(self._choose_chat, "value")

    def _bundled(self) -> Bundled | None:
        return bundled.find(self.source.value)

    def _form_of(self, name: str, *, chat: bool) -> Form:
        """Return the form for the model *name*; a general one as long as its kind is not known."""
        if name in self._loaded:
            return form_of(self._loaded[name], chat=chat)
        known = bundled.find(name)
        return UNKNOWN if known is None else kind_of(known.task).form

    def _can_chat(self, name: str) -> bool:
        model = self._loaded.get(name)
        return bundled.find(name) is None if model is None else can_chat(model)

    def _model(self) -> str:
        return str(self.source.value or self.name.value.strip())


def _is_hub_name(name: str) -> bool:
    """Return whether *name* can be a model's at the hub, and is not a folder's, which a visitor may not look for."""
    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return bool(name) and not Path(name).exists()
