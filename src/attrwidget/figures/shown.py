"""What a page shows of a reading: which steps, by which method, of which heads."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from attrwidget.checks import check_choice, check_heads
from attrwidget.errors import AttrWidgetError
from attrwidget.page.checks import DEFAULT_OPTIONS, VIEWS, check_shown_heads, check_shown_layer, check_steps
from attrwidget.page.first_word import first_word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from attrwidget.results.base import MethodInfo, Reading
    from attrwidget.results.contrast import Foil


@dataclass(frozen=True)
class Shown:
    """What is shown of a reading: scores of *steps* by *method*, of chosen heads, perhaps against a *foil*."""

    method: MethodInfo
    steps: tuple[int, ...]
    layer: int | None
    heads: tuple[tuple[int, int], ...]
    foil: Foil | None
    options: Mapping[str, Any]


def shown_of(reading: Reading, state: Mapping[str, Any]) -> Shown:
    """Return what a page in this *state* (``page/state.py``) shows of *reading*."""
    steps = shown_steps(reading, state)
    method = reading.method(state["method"])
    options = {**DEFAULT_OPTIONS, **state.get("options", {})}
    heads = tuple((int(layer), int(head)) for layer, head in state.get("heads") or ())
    layer = None if heads else state.get("layer")
    if not method.attention:
        layer, heads = None, ()
    return Shown(method, steps, layer, heads, _foil(reading, method, steps, state.get("foil")), options)


def shown_steps(reading: Reading, state: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the steps that a page in this *state* explains: those held, or the word shown at first."""
    steps = tuple(state.get("held") or first_word(reading))
    if not steps:
        raise AttrWidgetError("Nothing was generated, so there is no score to draw.")
    reading.check_steps(steps)
    return steps


def _foil(
    reading: Reading, method: MethodInfo, steps: tuple[int, ...], given: Mapping[str, Any] | None
) -> Foil | None:
    """Return the foil of *steps* if the method takes it."""
    contrasts = reading.contrasts
    if given is None or contrasts is None or given["step"] != steps[0]:
        return None
    whole = len(given["ids"]) > 1
    known = contrasts.whole_descriptions() if whole else contrasts.descriptions()
    if method.name not in known or (len(steps) > 1 and not whole):
        return None
    return contrasts.find(given["step"], given["ids"])


def chosen_state(
    reading: Reading,
    state: Mapping[str, Any],
    *,
    view: str | None,
    method: str | None,
    steps: int | Sequence[int] | None,
    layer: int | None,
    head: int | Sequence[int] | None,
    part: str | None,
) -> dict[str, Any]:
    """Return the *state* of a page with what is chosen instead; None leaves it as it is."""
    chosen = dict(state)
    if view is not None:
        chosen["view"] = check_choice(view, "view", VIEWS)
    if method is not None:
        chosen["method"] = reading.method(method).name
    if steps is not None:
        if isinstance(steps, Sized) and not len(steps):
            raise AttrWidgetError("steps= is empty: name at least one.")
        several = steps if isinstance(steps, Iterable) and not isinstance(steps, str) else [steps]
        chosen |= {"held": check_steps(reading, several), "foil": None}
    if part is not None:
        chosen["options"] = {**(chosen.get("options") or DEFAULT_OPTIONS), "part": _known_part(reading, part)}
    if layer is None and head is not None:
        raise AttrWidgetError(f"head={head!r} needs its layer: give layer= too.")
    if layer is not None:
        chosen |= _chosen_heads(reading, chosen, method, layer, head)
    return chosen


def _chosen_heads(
    reading: Reading,
    chosen: Mapping[str, Any],
    method: str | None,
    layer: int,
    head: int | Sequence[int] | None,
) -> dict[str, Any]:
    """Return what is chosen by a *layer* and perhaps a *head*, by trait."""
    heads = [] if head is None else list(head) if isinstance(head, Iterable) else [head]
    options = chosen.get("options") or DEFAULT_OPTIONS
    if chosen.get("view") == "heads" and options["part"] == "encoder":
        if len(heads) != 1:
            raise AttrWidgetError("Of the encoder one head is enlarged: give layer= and head=, or neither.")
        [one] = check_heads([(layer, heads[0])], *reading.parts["encoder"].heads)
        return {"options": {**options, "enlarged": list(one)}}
    found: dict[str, Any] = {
        "layer": check_shown_layer(reading, layer),
        "heads": check_shown_heads(reading, [(layer, one) for one in heads]),
    }
    if chosen.get("view") == "heads":
        return found
    own = reading.method(chosen["method"]) if "method" in chosen else reading.methods()[0]
    if method is None and not own.attention:
        found["method"] = next(info.name for info in reading.methods() if info.attention)
    elif not own.attention:
        raise AttrWidgetError(f"{own.title} has no layers and heads: leave out layer=, or take attention.")
    return found


def _known_part(reading: Reading, part: Any) -> str:
    """Return *part*, a part of the attention that the heads view shows."""
    if not reading.parts:
        raise AttrWidgetError("Parts of the attention need the model, and a method that shows attention.")
    return check_choice(part, "part of the attention", tuple(reading.parts))
