"""The fields that say which model: one of a list, or another by its name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as widgets
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]  # public, but not re-exported by name

from attrwidget import bundled
from attrwidget.apps.style import show, wide
from attrwidget.bundled import BUNDLED
from attrwidget.checks import short
from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from attrwidget.apps.served import Served
    from attrwidget.bundled import Bundled

OTHER = "Another one, by its name at Hugging Face"


class Choice:
    """The list of models, and the field for the name of another one.

    Args:
        title: What stands before the list.
        allowed: What the visitor may choose.

    Attributes:
        source: The list.
        name: The field for a name, which is shown when no model of the list is chosen.
    """

    def __init__(self, title: str, allowed: Served) -> None:
        self._allowed = allowed
        self.source = widgets.Dropdown(
            options=[
                *(_titled(name) for name in names_of(allowed)),
                # An empty value: the page would show None as no choice at all.
                *([(OTHER, "")] if allowed.allow_hub else []),
            ],
            description=title,
            layout=wide(),
        )
        self.name = widgets.Text(placeholder="openai-community/gpt2", description="Name", layout=wide())

    def model(self) -> str:
        """Return the name or folder of the chosen model."""
        return str(self.source.value or self.name.value.strip())

    def bundled(self) -> Bundled | None:
        """Return the chosen model if it is a bundled one."""
        return bundled.find(self.source.value)

    def choose(self, model: str) -> None:
        """Choose *model* by its name; raise AttrWidgetError for one that is not offered."""
        if model in [value for _, value in self.source.options if value]:
            self.source.value = model
        elif self._allowed.allow_hub:
            self.source.value, self.name.value = "", model
        else:
            raise AttrWidgetError(f"The model {short(model)} is not offered here: choose one from the list.")

    def refusal(self) -> str | None:
        """Return why the model is not loaded, or None."""
        if self.source.value:
            return None
        if not self._allowed.allow_hub:
            return "No model is chosen: choose one from the list."
        if _is_hub_name(self.model()):
            return None
        return f"{self.model()!r} is no model's name at Hugging Face, such as openai-community/gpt2."

    def fit(self) -> None:
        """Show the field for a name when it is needed."""
        show(self.name, shown=not self.source.value)


def names_of(allowed: Served) -> list[str]:
    """Return the names of the models that are offered."""
    return [name for name, _ in allowed.served] or [*(one.name for one in BUNDLED), *allowed.models]


def _titled(name: str) -> tuple[str, str]:
    known = bundled.find(name)
    return (name if known is None else known.title), name


def _is_hub_name(name: str) -> bool:
    """Return whether *name* can be a model's at the hub, and is not a folder's, which a visitor may not look for."""
    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return bool(name) and not Path(name).exists()
