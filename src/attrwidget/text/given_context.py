"""Documents and tools that are given with a question: their names, and a plain layout for templates without them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from attrwidget.checks import short
from attrwidget.errors import AttrWidgetError

DOCUMENT, TOOL = "document", "tool"
KINDS = {"documents": DOCUMENT, "tools": TOOL}
"""The arguments of ``explain`` and of chat templates, and what one of them is called."""

_TITLES = ("title", "name", "source", "id")
_TEXTS = ("text", "content", "contents", "snippet", "body")
_LONGEST = 32  # letters of a name on screen


class Stretch(NamedTuple):
    """A named part of a text: a *kind* such as ``"document"``, a *title*, and characters ``start`` up to ``end``."""

    kind: str
    title: str
    start: int
    end: int


def documents_of(given: Any) -> list[dict[str, Any]]:
    """Return the *given* documents as chat templates take them: a text alone becomes ``{"text": …}``.

    Raises:
        AttrWidgetError: They are no list of texts and mappings, or one of them has no text.
    """
    if isinstance(given, str | Mapping) or not isinstance(given, Sequence):
        raise AttrWidgetError(
            f"documents= is a list of texts, or of mappings like {{'title': …, 'text': …}}, not {short(given)}."
        )
    found: list[dict[str, Any]] = [{"text": one} if isinstance(one, str) else one for one in given]
    for at, one in enumerate(found, 1):
        if not isinstance(one, Mapping) or not text_of(one).strip():
            raise AttrWidgetError(
                f"Document {at} is {short(given[at - 1])}: give a text, or a mapping like {{'title': …, 'text': …}}."
            )
    return [dict(one) for one in found]


def tools_of(given: Any) -> list[Any]:
    """Return the *given* tools as chat templates take them: Python functions become JSON schemas.

    Raises:
        AttrWidgetError: They are no list, or a function has no type hints and docstring to make a schema of.
    """
    if isinstance(given, str | Mapping) or not isinstance(given, Sequence):
        raise AttrWidgetError(f"tools= is a list of functions or of their JSON schemas, not {short(given)}.")
    return [_schema(one) if callable(one) else one for one in given]


def _schema(function: Any) -> Any:
    from transformers.utils import get_json_schema  # type: ignore[attr-defined]  # documented there

    try:
        return get_json_schema(function)
    except Exception as error:  # Transformers raises errors of several kinds
        raise AttrWidgetError(
            f"The tool {short(getattr(function, '__name__', function))} cannot be described ({error}): give type hints "
            "and a docstring with a line for each argument, or its JSON schema."
        ) from error


def text_of(document: Mapping[str, Any]) -> str:
    """Return the text of a document: its ``text``, else the longest of its texts that is no title."""
    texts = [value for name, value in document.items() if isinstance(value, str) and name not in _TITLES]
    named = (document[name] for name in _TEXTS if isinstance(document.get(name), str))
    return next(named, max(texts, key=len, default=""))


def title_of(kind: str, at: int, item: Any) -> str:
    """Return the name of item *at*, from 0: "[1] Ottawa" of a document, "get_weather" of a tool."""
    if kind == TOOL:
        return tool_name(item) or f"tool {at + 1}"
    named = next(
        (item[name] for name in _TITLES if isinstance(item.get(name), str) and item[name].strip()), None
    )
    return f"[{at + 1}] {shortened(named or text_of(item))}"


def tool_name(tool: Any) -> str:
    """Return the name of a tool by its JSON schema; an empty text if it has none."""
    inner = tool.get("function", tool) if isinstance(tool, Mapping) else {}
    return str(inner.get("name", "")) if isinstance(inner, Mapping) else ""


def shortened(text: str) -> str:
    """Return *text* on one line, cut at a word where it is long."""
    line = " ".join(text.split())
    if len(line) <= _LONGEST:
        return line
    return line[:_LONGEST].rsplit(" ", 1)[0].rstrip(" ,.;:") + " …"


def plain_layout(given: Mapping[str, Sequence[Any]]) -> tuple[str, list[Stretch]]:
    """Return *given* tools and documents as text to stand before a question, and where each of them stands in it.

    Tools come first, after a line "Tools:", a line of JSON for each. Of documents each has a paragraph that begins with
    its number, "[1]", and its title if it has one.
    """
    text, found = "", []
    for name in ("tools", "documents"):
        kind, items = KINDS[name], given.get(name, ())
        text += "Tools:\n" if kind == TOOL and items else ""
        for at, item in enumerate(items):
            written = json.dumps(item, ensure_ascii=False) if kind == TOOL else _paragraph(at, item)
            found.append(Stretch(kind, title_of(kind, at, item), len(text), len(text) + len(written)))
            text += written + ("\n" if kind == TOOL else "\n\n")
        text += "\n" if kind == TOOL and items else ""
    return text, found


def before_question(messages: Sequence[Mapping[str, Any]], layout: str) -> list[dict[str, Any]]:
    """Return *messages* with *layout* at the beginning of the user's last one.

    Raises:
        AttrWidgetError: No message is a user's.
    """
    copies = [dict(message) for message in messages]
    last = next((message for message in reversed(copies) if message.get("role") == "user"), None)
    if last is None:
        raise AttrWidgetError(
            "There is no message of a user in this chat, before which documents and tools could stand: add one."
        )
    content = last.get("content") or ""
    last["content"] = (
        layout + content if isinstance(content, str) else [{"type": "text", "text": layout}, *content]
    )
    return copies


def _paragraph(at: int, document: Mapping[str, Any]) -> str:
    title = next((document[name] for name in _TITLES if isinstance(document.get(name), str)), "").strip()
    return (
        f"[{at + 1}] {title}\n{text_of(document).strip()}"
        if title
        else f"[{at + 1}] {text_of(document).strip()}"
    )
