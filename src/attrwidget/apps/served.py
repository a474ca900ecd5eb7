"""What whoever serves the app allows its visitors, carried to their kernels by an environment variable."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass

from attrwidget.limits import Limits

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
        models: Names or folders of models that visitors may choose besides the bundled ones.
        allow_hub: Whether visitors may name any model of the Hugging Face hub.
        characters: The longest text, with its context.
        new_tokens: How many tokens an answer may have.
        memory: How much memory a visitor's kernel may take of its own, in MB (Linux); None for any.
    """

    chat: bool | None = None
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
    return Served(**{**told, "models": tuple(told.get("models", ()))})
