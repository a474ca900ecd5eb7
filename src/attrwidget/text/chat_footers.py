"""Find what a chat template writes after the last message of each role."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrwidget.text.chat_pieces import after_footer, common_start, has_control, stripped
from attrwidget.text.chat_probes import START, STOP

if TYPE_CHECKING:
    from attrwidget.text.chat_probes import Gap, Pieces

_ASSISTANT = re.compile("assistant|chatbot", re.IGNORECASE)


def find_footers(gaps: list[Gap]) -> dict[str, list[Pieces]]:
    """Return what stands after the last message of each role, longest first."""
    ends: dict[str, set[Pieces]] = {}
    for gap in gaps:
        if gap.after == STOP and gap.before != START:
            text = gap.text
            if gap.before == "user":  # some templates begin the answer without being asked to
                at = next((i for i, piece in enumerate(text) if _ASSISTANT.search(piece)), len(text))
                text = text[:at]
            # Some templates write the end of the text behind the last message's, or instead of it.
            others = [other.text for other in gaps if other.before == gap.before and other.after != STOP]
            shared = [stripped(common_start([text, other])) for other in others]
            whole = [] if gap.before == "user" and others and not any(shared) else [stripped(text)]
            ends.setdefault(gap.before, set()).update([*whole, *filter(has_control, shared)])
    return {role: sorted(filter(None, found), key=len, reverse=True) for role, found in ends.items()}


def before_openers(footers: dict[str, list[Pieces]], gaps: list[Gap], begin: str) -> dict[str, list[Pieces]]:
    """Return *footers* without the control tokens that begin messages, which a template may write behind the last."""
    openers = {
        next((p for p in gap.text if has_control((p,)) and p != begin), "")
        for gap in gaps
        if gap.before == START
    }
    for gap in gaps:
        rest = after_footer(gap.text, footers[gap.before]) if footers.get(gap.before) else None
        if rest and gap.after != STOP and has_control(rest[:1]):
            openers.add(rest[0])
        if gap.before == gap.after == "tool":
            openers.update([piece for piece in gap.text if has_control((piece,))][1:][-1:])

    def ended(footer: Pieces) -> Pieces:
        at = next((i for i, piece in enumerate(footer) if i and piece in openers), len(footer))
        return stripped(footer[:at])

    return {
        role: sorted(filter(None, set(map(ended, found))), key=len, reverse=True)
        for role, found in footers.items()
    }
