"""The app's form: which model, which text, and how; it shows the fields that the chosen model needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import ipywidgets as widgets

from attrwidget import bundled
from attrwidget.apps.address import number
from attrwidget.apps.choice import Choice, names_of
from attrwidget.apps.forms import can_chat, form_of, is_chat_wanted
from attrwidget.apps.style import classed, label, show, wide
from attrwidget.bundled import BUNDLED
from attrwidget.kinds.table import CHAT_FORM, Form, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from attrwidget.apps.served import Served
    from attrwidget.bundled import Bundled

UNKNOWN = Form(new_tokens=CHAT_FORM.new_tokens)  # of a model that is not loaded yet
CHAT_HINT = "On, the model answers your text. Off, it goes on writing where your text stops."
MODELS = ("model", "beside")  # names of the choices in an address


class Entered(NamedTuple):
    """What the visitor asks for: *models* by name, a *text*, its *context*, and how many tokens at most."""

    models: tuple[str, ...]
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
        pair: Whether two models are chosen.

    Attributes:
        rows: The fields from top to bottom; ``count`` and ``generate``, which stand beside other buttons, are not
            among them.
    """

    def __init__(
        self,
        text: str,
        count: int,
        allowed: Served,
        loaded: Mapping[str, Any],
        submit: Callable[[], None],
        *,
        pair: bool = False,
    ) -> None:
        self._allowed, self._loaded = allowed, loaded
        self._chat_wish = allowed.chat
        self.choices = [Choice(title, allowed) for title in (["Model", "Beside it"] if pair else ["Model"])]
        self.source, self.name = self.choices[0].source, self.choices[0].name
        self.source.observe(self._choose_source, "value")
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
            min(count, allowed.new_tokens),
            min=1,
            max=allowed.new_tokens,
            description="New tokens",
            layout=widgets.Layout(width="11rem"),
        )
        self.generate = widgets.Button(button_style="primary")
        self.generate.on_click(lambda _: submit())
        models = [field for choice in self.choices for field in (choice.source, choice.name)]
        for field in models[1:]:
            field.observe(lambda _: self.fit(), "value")
        self.rows = [*models, self.prompt, self.context, self.chat_row, self.examples]
        self.fit()

    def entered(self) -> Entered:
        """Return what the visitor asks for."""
        models = tuple(choice.model() for choice in self.choices)
        return Entered(models, self.prompt.value, self.context.value, self.count.value)

    def values(self) -> dict[str, str]:
        """Return what the visitor asks for as an address has it, by name."""
        values = dict(zip(MODELS, (choice.model() for choice in self.choices), strict=False))
        values |= {"text": self.prompt.value, "context": self.context.value}
        if self.count.layout.display is None:
            values["tokens"] = str(self.count.value)
        if self._chat_wish is not None:
            values["chat"] = "yes" if self._chat_wish else "no"
        return {name: value for name, value in values.items() if value}

    def restore(self, values: Mapping[str, str]) -> None:
        """Fill in what an address says; raise AttrWidgetError for what is not offered."""
        for name, choice in zip(MODELS, self.choices, strict=False):
            if name in values:
                choice.choose(values[name])
        self.prompt.value = values.get("text", self.prompt.value)
        self.context.value = values.get("context", "")
        if "tokens" in values:
            self.count.value = number(values, "tokens")
        if "chat" in values:
            self._chat_wish = values["chat"] == "yes"
        self.fit()

    def refusal(self) -> str | None:
        """Return why that is not explained, or None."""
        if not self.prompt.value.strip():
            return "There is no text: type one, or choose one of the examples."
        most, tokens = self._allowed.characters, self._allowed.new_tokens
        if len(self.prompt.value) + len(self.context.value) > most:
            return f"The text is too long for this app: it takes up to {most:,} characters."
        if self.count.value > tokens:
            return f"{self.count.value:,} new tokens are too many for this app: it writes up to {tokens:,}."
        return next(filter(None, (choice.refusal() for choice in self.choices)), None)

    def is_chat(self, name: str) -> bool:
        """Return whether texts go to the model *name* as chat messages; of one that is not known, if it can chat."""
        model = self._loaded.get(name)
        if model is None:
            return self._chat_wish is not False and bundled.find(name) is None
        return can_chat(model) and is_chat_wanted(model, wish=self._chat_wish)

    def fit(self) -> None:
        """Show the fields that the chosen models need; the first one's words name the text."""
        names = [choice.model() for choice in self.choices]
        chats = [self.is_chat(name) for name in names]
        forms = [self._form_of(name, chat=chat) for name, chat in zip(names, chats, strict=True)]
        self._set_chat(value=any(chats))
        self.prompt.description = forms[0].text
        self.generate.description = forms[0].verb if len(forms) == 1 else "Compare"
        known = [one for choice in self.choices if (one := choice.bundled())]
        texts = dict.fromkeys(text for one in known for text in one.examples)
        self.examples.children = [label("Try:", "hint"), *map(self._example, texts)] if texts else []
        for choice in self.choices:
            choice.fit()
        show(self.context, shown=any(form.context for form in forms))
        show(self.chat_row, shown=any(map(self._can_chat, names)))
        show(self.count, shown=any(form.new_tokens > 0 for form in forms))

    def _example(self, text: str) -> widgets.Button:
        button = widgets.Button(description=text, tooltip="Use this beginning")
        button.on_click(lambda _: setattr(self.prompt, "value", text))
        return button

    def _choose_source(self, _change: dict[str, Any]) -> None:
        chosen = self.choices[0].bundled()
        if chosen is not None:
            for other in self.choices[1:]:
                if beside(chosen).name in names_of(self._allowed):
                    other.source.value = beside(chosen).name
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

    def _form_of(self, name: str, *, chat: bool) -> Form:
        """Return the form for the model *name*; a general one as long as its kind is not known."""
        if name in self._loaded:
            return form_of(self._loaded[name], chat=chat)
        known = bundled.find(name)
        return UNKNOWN if known is None else kind_of(known.task).form

    def _can_chat(self, name: str) -> bool:
        model = self._loaded.get(name)
        return bundled.find(name) is None if model is None else can_chat(model)


def beside(chosen: Bundled) -> Bundled:
    """Return another bundled model of the same kind; *chosen* itself where there is none."""
    return next((one for one in BUNDLED if one.task == chosen.task and one != chosen), chosen)
