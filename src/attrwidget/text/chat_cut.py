"""Cut a text into messages where the headers of a chat template stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from attrwidget.text.chat_template import words

if TYPE_CHECKING:
    from attrwidget.text.chat_layout import Layout


class Cut(NamedTuple):
    """Where a message begins in a marked text, with its header; its role; and where its content begins."""

    start: int
    role: str
    content: int


class Footer(NamedTuple):
    """Where the end of a message stands in a marked text, and of which kind of turn it is."""

    start: int
    end: int
    kind: str


def cut(text: str, layout: Layout) -> list[Cut]:
    """Return where each message begins in a marked text."""
    if not layout.headers:
        return []
    either = "|".join(f"(?P<h{n}>{header})" for n, (header, _) in enumerate(layout.headers))
    found = [
        (match.start(), match.end(), layout.headers[int(str(match.lastgroup)[1:])][1])
        for match in re.finditer(either, text)
    ]
    if not found:
        return []
    first, content, first_role = found[0]
    begun = [Cut(0, first_role, content)]
    if words(text[:first]):
        begun = [Cut(0, "system", 0), Cut(first, first_role, content)]
    for number, (start, end, role) in enumerate(found):
        if number:
            begun.append(Cut(start, role, end))
        stop = found[number + 1][0] if number + 1 < len(found) else len(text)
        begun += _without_header(text, end, stop, role, layout)
    return begun


def footer(text: str, at: int, stop: int, role: str, layout: Layout) -> Footer | None:
    """Return the footer of a message of *role* between *at* and *stop*; None without one."""
    kinds = (role, "call") if role == "assistant" else (role,)
    ends = [(kind, re.compile(end)) for kind in kinds for end in layout.footers.get(kind, ())]
    found = [Footer(*match.span(), kind) for kind, end in ends if (match := end.search(text, at, stop))]
    return min(found, key=lambda one: (one.start, -one.end), default=None)


def _without_header(text: str, at: int, stop: int, role: str, layout: Layout) -> list[Cut]:
    """Return what begins between *at* and *stop* without a header, after the footer of a message of *role*."""
    found = footer(text, at, stop, role, layout)
    begun = found and layout.headerless.get(found.kind)
    if not found or not begun:
        return []
    rest = text[found.end : stop]
    if not (rest.strip() if begun == "assistant" else words(rest)):
        return []
    return [Cut(found.end, begun, found.end), *_without_header(text, found.end, stop, begun, layout)]
