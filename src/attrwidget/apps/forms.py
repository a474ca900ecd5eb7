"""What the app and the command line ask for, and how they explain it: by the kind of model, as a chat or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.kinds.table import CHAT_FORM, Form, kind_of
from attrwidget.served.model import ServedModel

if TYPE_CHECKING:
    from attrwidget.explanation import Explanation
    from attrwidget.progress import Progress


def can_chat(model: Any) -> bool:
    """Return whether *model* can be given chat messages."""
    template = model.has_chat_template if isinstance(model, ServedModel) else model.tokenizer.chat_template
    return model.task == "text-generation" and bool(template)


def is_chat_wanted(model: Any, *, wish: bool | None) -> bool:
    """Return whether a text goes to *model* as a chat message; by default, if it was trained on chats.

    Raises AttrWidgetError when the user wishes so and the model has no chat template.
    """
    if wish and not can_chat(model):
        raise AttrWidgetError(f"{model.name!r} has no chat template: leave out --chat.")
    return model.is_chat_model if wish is None else wish


def form_of(model: Any, *, chat: bool) -> Form:
    """Return the form of a loaded model."""
    return CHAT_FORM if chat else kind_of(model.task).form


def explain_by_form(
    model: Any, text: str, *, context: str | None, count: int, chat: bool, progress: Progress | None = None
) -> Explanation:
    """Explain *text* by the arguments that the kind of model takes.

    Args:
        model: The loaded model.
        text: The text.
        context: The text in which the answer to a question stands.
        count: How many tokens to generate, at most.
        chat: Whether the text is a chat message of the user.
        progress: Called with ``(tokens done, tokens at most)``.
    """
    form = kind_of(model.task).form
    if form.new_tokens:
        # An empty text is refused as such: a chat of it would not be.
        prompt = [{"role": "user", "content": text}] if chat and text.strip() else text
        explanation: Explanation = model.explain(prompt, max_new_tokens=count, progress=progress)
        return explanation
    return model.explain(text, *([context] if form.context else []))  # type: ignore[no-any-return]


def answer_of(explanation: Explanation) -> str:
    """Return the generated answer as text, without control tokens."""
    reading = explanation.reading
    tokens = explanation.tokens
    return "".join(
        unit.text
        for unit in tokens.units
        if unit.start >= reading.first_step and not tokens.special[unit.start]
    ).strip()
