"""Find the system messages that a chat template writes by itself."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from attrwidget.text.chat_cut import cut
from attrwidget.text.chat_probes import chat
from attrwidget.text.chat_template import mark, try_template, variables

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from attrwidget.text.chat_layout import Layout

SYSTEM_ROLES = {"system", "developer"}
# Two lists that have nothing in common, for what the template writes around them.
_TOOLS = (
    [{"type": "function", "function": {"name": "alphaqz", "description": "d", "parameters": {}}}],
    [
        {
            "type": "function",
            "function": {
                "name": "betaqz",
                "description": "e",
                "parameters": {
                    "type": "object",
                    "properties": {"keyqz": {"type": "string", "description": "f"}},
                    "required": ["keyqz"],
                },
                "strict": True,
            },
        },
    ],
)
_DOCUMENTS = ([{"title": "alphaqz", "text": "d"}], [{"title": "betaqz", "text": "e", "doc_id": "f"}])


def own_systems(tokenizer: PreTrainedTokenizerBase, layout: Layout) -> list[re.Pattern[str]]:
    """Return patterns of the system messages that the template writes by itself, which may hold tools or documents."""
    plain = [_systems(tokenizer, layout, **options) for options in ({}, {"enable_thinking": False})]
    found = {re.escape(text) for texts in plain for text in texts}
    for name in variables(tokenizer) or {"tools"}:
        given = _TOOLS if "tools" in name else _DOCUMENTS if name == "documents" else ()
        both = [_systems(tokenizer, layout, **{name: some}) for some in given]
        for text, twin in zip(*both, strict=False):
            start, end = _common(text, twin), _common(text[::-1], twin[::-1])[::-1]
            found.add(re.escape(text) if text == twin else re.escape(start) + ".*" + re.escape(end))
    return [re.compile(pattern, re.DOTALL) for pattern in found]


def _systems(tokenizer: PreTrainedTokenizerBase, layout: Layout, **options: Any) -> list[str]:
    """Return the system messages that the template writes when only a user has said something."""
    written = try_template(tokenizer, chat("user"), add_generation_prompt=True, **options)
    text = mark(tokenizer, written or "")
    cuts = cut(text, layout)
    ends = [*(message.start for message in cuts[1:]), len(text)]
    return [
        squeezed(text[message.start : end])
        for message, end in zip(cuts, ends, strict=False)  # no messages, one end
        if message.role in SYSTEM_ROLES
    ]


def _common(one: str, other: str) -> str:
    """Return how both texts begin."""
    return "".join(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def is_own(text: str, defaults: list[re.Pattern[str]]) -> bool:
    """Return whether *text* is a system message that the template writes by itself."""
    return any(default.fullmatch(squeezed(text)) for default in defaults)


def squeezed(text: str) -> str:
    """Return *text* without white space, which templates trim and tokenizers add."""
    return "".join(text.split())
