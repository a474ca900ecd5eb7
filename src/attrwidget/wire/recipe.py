"""Recipes: how an explanation is made, as plain JSON."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import Any

from attrwidget.errors import AttrWidgetError
from attrwidget.wire.plain import from_plain

STEPS = ("edit", "instead")
"""The calls that make another explanation of one."""
PAGE_STEPS = {"edit": "page.edit", "continue": "page.continue"}
"""The requests of a page that make another explanation of one, and what they are called in a recipe."""
_MOST_STEPS = 100


@dataclass(frozen=True)
class Recipe:
    """How an explanation is made: by ``model.explain``, and by the calls that led on from there.

    Attributes:
        model: The name of the model that the server had when the recipe was written.
        input: The first argument of ``explain``, as JSON.
        options: Its other arguments by name, as JSON.
        then: The calls after it: pairs of a name of ``STEPS`` or ``PAGE_STEPS`` and its arguments, as JSON.
        seed: The seed of an answer that is drawn at random.
    """

    model: str
    input: Any
    options: dict[str, Any] = field(default_factory=dict)
    then: tuple[tuple[str, dict[str, Any]], ...] = ()
    seed: int = 0

    def after(self, call: str, arguments: dict[str, Any]) -> Recipe:
        """Return the recipe of what *call* makes of this one's explanation."""
        return replace(self, then=(*self.then, (call, arguments)))

    def as_json(self) -> dict[str, Any]:
        """Return the recipe as JSON."""
        return {
            "model": self.model,
            "input": self.input,
            "options": self.options,
            "then": [list(step) for step in self.then],
            "seed": self.seed,
        }

    @property
    def digest(self) -> str:
        """A name for it: equal recipes have equal ones."""
        text = json.dumps(self.as_json(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def read_recipe(found: Any) -> Recipe:
    """Return the recipe that a client sent.

    Raises:
        AttrWidgetError: It is none.
    """
    names = {"model", "input", "options", "then", "seed"}
    if not isinstance(found, dict) or not {"model", "input"} <= set(found) <= names:
        raise AttrWidgetError("A recipe has an input, options, then, a seed, and the name of the model.")
    options, then, seed = found.get("options", {}), found.get("then", []), found.get("seed", 0)
    if not isinstance(found["model"], str) or not isinstance(options, dict):
        raise AttrWidgetError("The model of a recipe is a name, and its options are named.")
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < 1 << 53:
        raise AttrWidgetError("The seed of a recipe is a whole number from 0 to 2⁵³.")
    if not isinstance(then, list) or len(then) > _MOST_STEPS or not all(map(_is_step, then)):
        raise AttrWidgetError(
            f"What a recipe goes on with are up to {_MOST_STEPS} pairs of {' or '.join(STEPS)} and its arguments."
        )
    from_plain([found["input"], options, then])  # raises
    return Recipe(found["model"], found["input"], options, tuple((name, given) for name, given in then), seed)


def _is_step(step: Any) -> bool:
    return (
        isinstance(step, list)
        and len(step) == 2
        and step[0] in (*STEPS, *PAGE_STEPS.values())
        and isinstance(step[1], dict)
    )
