"""What whoever serves the app allows its visitors, carried to their kernels by an environment variable."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from attrwidget.errors import AttrWidgetError
from attrwidget.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

THEMES = ("light", "dark")
PLACES = 40  # visitors at a time: a class, at some 80 MB each
CHARACTERS = 20_000
NEW_TOKENS = 256
MEMORY = 4000

_VARIABLE = "ATTRWIDGET_APP"


@dataclass(frozen=True)
class Served:
    """What visitors may do.

    Attributes:
        chat: Whether texts are given as chat messages at first; None means to models that were trained on chats.
        served: Models of servers, as pairs of a name and an address; with some, visitors choose among them alone.
        models: Names or folders of models that visitors may choose besides the bundled ones.
        allow_hub: Whether visitors may name any model of the Hugging Face hub.
        characters: The longest text, with its context.
        new_tokens: How many tokens an answer may have.
        memory: How much memory a visitor's kernel may take of its own, in MB (Linux); None for any.
    """

    chat: bool | None = None
    served: tuple[tuple[str, str], ...] = ()
    models: tuple[str, ...] = ()
    allow_hub: bool = False
    characters: int = CHARACTERS
    new_tokens: int = NEW_TOKENS
    memory: int | None = None

    def announce(self) -> None:
        """Set the environment variable, which the kernels inherit."""
        os.environ[_VARIABLE] = json.dumps(asdict(self))
        Limits(self.characters, self.new_tokens).announce()


def served() -> Served:
    """Return what the server of this kernel allows; bundled models alone if it says nothing."""
    told = json.loads(os.environ.get(_VARIABLE, "{}"))
    pairs = tuple((name, url) for name, url in told.get("served", ()))
    return Served(**{**told, "models": tuple(told.get("models", ())), "served": pairs})


def served_at(urls: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return the models of the servers at *urls*, each with its address.

    Raises:
        AttrWidgetError: A server does not answer, or two have a model of the same name.
    """
    from attrwidget.served.find import served_model

    found = {served_model(url).name: url for url in urls}
    if len(found) < len(urls):
        raise AttrWidgetError("Two servers have the same model: give each --model-url once.")
    return tuple(found.items())
