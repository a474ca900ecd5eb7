"""Learn how a chat template begins and ends messages of whatever role it is given, if it writes the name itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from attrwidget.text.chat_pieces import after_footer, has_control, stripped, without
from attrwidget.text.chat_probes import probe
from attrwidget.text.chat_template import END, MARK, pattern

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from attrwidget.text.chat_probes import Pieces

ANY_ROLE = ""
_MADE_UP = "roleqz"


class AnyRole(NamedTuple):
    """Patterns of what begins a message, whose group ``role`` is the name, and of what ends it."""

    header: str
    footers: tuple[str, ...]


def any_role(
    tokenizer: PreTrainedTokenizerBase, footers: dict[str, list[Pieces]], users: list[Pieces]
) -> AnyRole | None:
    """Return how the template writes a message of a role that it does not know; None where no header names it.

    *users* are the headers of a user's messages.
    """
    gaps = probe(tokenizer, "user", _MADE_UP, "user")
    header = after_footer(gaps[1].text, footers.get("user", [])) if gaps else None
    if not header or header.count(_MADE_UP) != 1 or not has_control(header[:1]):
        return None
    end = stripped(without(stripped(gaps[2].text), users))
    to_line_end = has_control(header[-1:]) or "\n" in gaps[1].text[-1]
    space = r"\n" if to_line_end else r"\s"
    name = rf"(?P<role>[^{space}{MARK}{END}]+)"
    return AnyRole(pattern(header).replace(_MADE_UP, name), (pattern(end),) if has_control(end) else ())
