"""Documents damaged at random places, and whether what is made of them can be shown."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

import attrwidget as aw
from attrwidget.page.content import content_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VALUES = [
    None,
    True,
    0,
    -1,
    1,
    3,
    2.5,
    10**30,
    -(2**63),
    float("nan"),
    float("inf"),
    "",
    "NaN",
    "7",
    "\ud800",
    "<img src=x onerror=alert(1)>\0",
    [],
    [[]],
    [1, 2],
    [["a", 0.5]],
    {},
    {"a": 1},
]


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all values in a JSON document."""
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    below = [place for key, value in entries for place in places(value, (*path, key))]
    return [path, *below] if path else below


@st.composite
def damaged(draw: st.DrawFn, document: Any) -> Any:
    """Return *document* with one to three values put in, taken out or repeated."""
    document = deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        found = places(document)
        if not found:
            break
        *path, last = draw(st.sampled_from(found))
        holder = document
        for key in path:
            holder = holder[key]
        what = draw(st.sampled_from(["put", "put", "put", "take", "repeat"]))
        if what == "put":
            holder[last] = deepcopy(draw(st.sampled_from(VALUES)))
        elif what == "take":
            del holder[last]
        elif isinstance(holder, list):
            holder.insert(last, deepcopy(holder[last]))
    return document


def refused_or_shown(make: Callable[[], Any], folder: Path) -> None:
    """Assert that *make* raises one sentence, or makes an explanation that can be printed, shown, written and read."""
    try:
        made = make()
    except aw.AttrWidgetError as error:
        sentence = str(error)
        assert sentence.endswith("."), sentence
        assert "\n" not in sentence, sentence
        assert len(sentence) < 400, sentence
        return
    for ex in made if isinstance(made, list) else [made]:
        assert repr(ex)
        json.dumps(content_of(ex.reading), allow_nan=False, ensure_ascii=False).encode()
        for method in ex.methods():
            ex.reading.rows(method.name, range(ex.reading.n_steps))
        ex._repr_mimebundle_()
        ex.to_html(folder / "page.html")
        ex.save(folder / "again")
        aw.open(folder / "again")
