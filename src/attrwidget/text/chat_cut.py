"""Cut a text into messages where the headers of a chat template stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from attrwidget.text.chat_any_role import ANY_ROLE
from attrwidget.text.chat_template import END, MARK, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.text.chat_layout import Layout

_CONTROLS = re.compile(rf"^(?:{MARK}[^{END}]*{END}|\s)+")


class Cut(NamedTuple):
    """Where a message begins in a marked text, with its header; its role; and where its content begins."""

    start: int
    role: str
    content: int

    @property
    def begins_bare(self) -> bool:
        """Whether it has no header."""
        return self.start == self.content


class Footer(NamedTuple):
    """Where the end of a message stands in a marked text, and of which kind of turn it is."""

    start: int
    end: int
    kind: str


def cut(text: str, layout: Layout, systems: Sequence[str] = ()) -> list[Cut]:
    """Return where each message begins in a marked text.

    *systems* are the contents of system messages, if these are known: they may stand before an answer without a border.
    """
    if not layout.headers:
        return []
    either = "|".join(f"(?P<h{n}>{header})" for n, (header, _) in enumerate(layout.headers))
    found = [
        (match.start(), match.end(), layout.headers[int(str(match.lastgroup)[1:])][1] or match["role"])
        for match in re.finditer(either, text)
    ]
    if not found:
        return []
    first, content, first_role = found[0]
    begun = [Cut(0, first_role, content)]
    if words(text[:first]):
        begun = [*_before_headers(text, first, layout, systems), Cut(first, first_role, content)]
    for number, (start, end, role) in enumerate(found):
        if number and not _goes_on(text, begun[-1], start, role, layout):
            begun.append(Cut(start, role, end))
        stop = found[number + 1][0] if number + 1 < len(found) else len(text)
        begun += _without_header(text, end, stop, role, layout)
    return begun


def _before_headers(text: str, stop: int, layout: Layout, systems: Sequence[str]) -> list[Cut]:
    """Return what begins without a header before *stop*, where the first header stands.

    It is a system message, a tool's call or result if it begins as one, and an answer if it ends as answers alone do.
    """
    tool = _of_tool(text, 0, stop, layout)
    if tool or "assistant" not in layout.bare:
        return [tool or Cut(0, "system", 0)]
    at, ends = 0, [re.compile(end) for end in layout.footers.get("system", ())]
    start = len(text) - len(_CONTROLS.sub("", text, count=1))  # a begin token may be an end token too
    for system in systems:
        known = text.find(system, at, stop)
        at = known + len(system) if known >= 0 else at
    if at:
        closed = next((match for end in ends if (match := end.match(text, at, stop))), None)
        at = closed.end() if closed else at
    found = footer(text, max(at, start), stop, "assistant", layout)
    either = found and not at and any(end.fullmatch(text, found.start, found.end) for end in ends)
    if not found or (either and len(layout.bare) > 1):
        return [Cut(0, "system", 0)]
    begun = [Cut(0, "system", 0)] if at else []
    if words(text[at : found.start]):
        begun.append(Cut(at, "assistant", at))
    return [*begun, *_without_header(text, at, stop, "assistant", layout)]


def _goes_on(text: str, last: Cut, start: int, role: str, layout: Layout) -> bool:
    """Return whether the header of *role* at *start* stands in a message of that role that has not ended."""
    closes = role == last.role and bool(layout.footers.get(role))
    return closes and footer(text, last.content, start, role, layout) is None


def _of_tool(text: str, at: int, stop: int, layout: Layout) -> Cut | None:
    """Return the call or result of a tool that begins without a header at *at*, after begin tokens and space alone."""
    for begin, role in ((layout.bare_tool, "tool"), (layout.bare_call, "assistant")):
        found = re.compile(begin).search(text, at, stop) if begin else None
        if found and not words(text[at : found.start()]):
            return Cut(at, role, found.end() if role == "tool" else found.start())
    return None


def footer(text: str, at: int, stop: int, role: str, layout: Layout) -> Footer | None:
    """Return the footer of a message of *role* between *at* and *stop*; None without one."""
    own = role if role in layout.footers else ANY_ROLE
    kinds = (role, "call") if role == "assistant" else (own,)
    ends = [(kind, re.compile(end)) for kind in kinds for end in layout.footers.get(kind, ())]
    found = [Footer(*match.span(), kind) for kind, end in ends if (match := end.search(text, at, stop))]
    return min(found, key=lambda one: (one.start, -one.end), default=None)


def _without_header(text: str, at: int, stop: int, role: str, layout: Layout) -> list[Cut]:
    """Return what begins between *at* and *stop* without a header, after the footer of a message of *role*."""
    found = footer(text, at, stop, role, layout)
    if not found:
        return []
    tool = _of_tool(text, found.end, stop, layout) if role == "system" else None
    if tool:
        return [tool]
    begun = layout.headerless.get(found.kind)
    if not begun:
        return []
    rest = text[found.end : stop]
    if not (rest.strip() if begun == "assistant" else words(rest)):
        return []
    return [Cut(found.end, begun, found.end), *_without_header(text, found.end, stop, begun, layout)]
