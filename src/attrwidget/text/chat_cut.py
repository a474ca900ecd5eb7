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


def footer(text: str, at: int, stop: int, role: str, layout: Layout) -> tuple[int, int] | None:
    """Return where the footer of a message of *role* begins and ends between *at* and *stop*; None without one."""
    ends = layout.footers.get(role, ()) + (layout.footers.get("call", ()) if role == "assistant" else ())
    matches = [match for end in ends if (match := re.compile(end).search(text, at, stop))]
    return min((match.span() for match in matches), key=lambda span: (span[0], -span[1]), default=None)


def _without_header(text: str, at: int, stop: int, role: str, layout: Layout) -> list[Cut]:
    """Return what begins between *at* and *stop* without a header, after the footer of a message of *role*."""
    found = footer(text, at, stop, role, layout)
    if found is None:
        return []
    after = found[1]
    if role in layout.headerless and text[after:stop].strip():
        return [Cut(after, "assistant", after), *_without_header(text, after, stop, "assistant", layout)]
    return [Cut(after, "system", after)] if words(text[after:stop]) else []
