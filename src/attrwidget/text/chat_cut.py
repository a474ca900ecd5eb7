"""Cut a text into messages where the headers of a chat template stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrwidget.text.chat_template import words

if TYPE_CHECKING:
    from attrwidget.text.chat_layout import Layout


def cut(text: str, layout: Layout) -> list[tuple[int, str]]:
    """Return where each message begins in a marked text, and its role."""
    if not layout.headers:
        return []
    either = "|".join(f"(?P<h{n}>{header})" for n, (header, _) in enumerate(layout.headers))
    found = [
        (match.start(), match.end(), layout.headers[int(str(match.lastgroup)[1:])][1])
        for match in re.finditer(either, text)
    ]
    if not found:
        return []
    begun = [(0, found[0][2])]
    if words(text[: found[0][0]]):
        begun = [(0, "system"), (found[0][0], found[0][2])]
    for number, (start, end, role) in enumerate(found):
        if number:
            begun.append((start, role))
        stop = found[number + 1][0] if number + 1 < len(found) else len(text)
        begun += _without_header(text, end, stop, role, layout)
    return begun


def _without_header(text: str, at: int, stop: int, role: str, layout: Layout) -> list[tuple[int, str]]:
    """Return what begins between *at* and *stop* without a header, after the footer of a message of *role*."""
    ends = layout.footers.get(role, ()) + (layout.footers.get("call", ()) if role == "assistant" else ())
    matches = [match for end in ends if (match := re.compile(end).search(text, at, stop))]
    if not matches:
        return []
    after = min(matches, key=lambda match: (match.start(), -match.end())).end()
    if role in layout.headerless and text[after:stop].strip():
        return [(after, "assistant"), *_without_header(text, after, stop, "assistant", layout)]
    return [(after, "system")] if words(text[after:stop]) else []
