"""Find the system messages that a chat template writes by itself."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from attrwidget.text.chat_contents import content_of
from attrwidget.text.chat_cut import cut, footer
from attrwidget.text.chat_probes import TOOL_LISTS, chat, switched
from attrwidget.text.chat_template import END, MARK, mark, switches, try_template, variables, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from transformers import PreTrainedTokenizerBase

    from attrwidget.text.chat_cut import Cut
    from attrwidget.text.chat_layout import Layout

SYSTEM_ROLES = {"system", "developer"}
_BEGINNING = re.compile(rf"({MARK}[^{END}]*{END}\w*(?={MARK}))*{MARK}[^{END}]*{END}")
_VALUES = (("alphaqz", "betaqy"), (7, 980))  # words and numbers
_WORDS = (["alphaqz"], ["betaqy"])  # names of a model's own tools
_DOCUMENTS = ([{"title": "alphaqz", "text": "d"}], [{"title": "betaqy", "text": "e", "doc_id": "f"}])


def own_systems(tokenizer: PreTrainedTokenizerBase, layout: Layout) -> list[re.Pattern[str]]:
    """Return patterns of the system messages that the template writes by itself, whatever arguments it is given."""
    found: set[str] = set()
    for options in switched(tokenizer):
        found |= {re.escape(text) for text in _systems(tokenizer, layout, "user", **options)}
        for name in variables(tokenizer) or {"tools"}:
            given = TOOL_LISTS if "tools" in name else _DOCUMENTS if name == "documents" else ()
            found.update(_around(tokenizer, layout, [{**options, name: some} for some in given]))
            if "tools" in name:
                found.update(_around(tokenizer, layout, [{**options, name: some} for some in _WORDS]))
    for name in switches(tokenizer):
        for values in _VALUES:
            found.update(_around(tokenizer, layout, [{name: value} for value in values]))
    begin = re.escape(mark(tokenizer, tokenizer.bos_token or ""))  # before the first message alone
    found |= {f"{re.escape(header)}.*" for header in _own_beginnings(tokenizer, layout)}
    patterns = [re.compile(f"(?:{begin})?{one.removeprefix(begin)}", re.DOTALL) for one in found]
    told = [
        text
        for text in _systems(tokenizer, layout, "system", "user")
        if content_of(chat("system")[0]) in text
    ]
    return [one for one in patterns if not any(one.fullmatch(text) for text in told)]


def _own_beginnings(tokenizer: PreTrainedTokenizerBase, layout: Layout) -> set[str]:
    """Return the control tokens, and words between, that begin system messages without the user's words.

    Such as gpt-oss's, which writes what it is told under the developer's role.
    """
    own: set[str] = set()
    told: set[str] = set()
    for role in SYSTEM_ROLES:
        messages = chat(role, "user")
        text = mark(tokenizer, try_template(tokenizer, messages, add_generation_prompt=True) or "")
        cuts = cut(text, layout)
        ends = [*(message.start for message in cuts[1:]), len(text)]
        for message, end in zip(cuts, ends, strict=False):  # no messages, one end
            whole = squeezed(whole_of(text, message, end, layout))
            begun = _BEGINNING.match(whole)
            if begun and message.role in SYSTEM_ROLES:
                (told if content_of(messages[0]) in whole else own).add(begun[0])
    return own - told


def _around(
    tokenizer: PreTrainedTokenizerBase, layout: Layout, both: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """Yield patterns of the system messages that the template writes around what differs between *both* options."""
    for text, twin in zip(
        *(_systems(tokenizer, layout, "user", **options) for options in both), strict=False
    ):
        start, end = _common(text, twin), _common(text[::-1], twin[::-1])[::-1]
        yield re.escape(text) if text == twin else re.escape(start) + ".*" + re.escape(end)


def _systems(tokenizer: PreTrainedTokenizerBase, layout: Layout, *roles: str, **options: Any) -> list[str]:
    """Return the system messages that the template writes in a chat of *roles*."""
    written = try_template(tokenizer, chat(*roles), add_generation_prompt=True, **options)
    text = mark(tokenizer, written or "")
    cuts = cut(text, layout)
    ends = [*(message.start for message in cuts[1:]), len(text)]
    return [
        squeezed(whole_of(text, message, end, layout))
        for message, end in zip(cuts, ends, strict=False)  # no messages, one end
        if message.role in SYSTEM_ROLES
    ]


def whole_of(text: str, message: Cut, end: int, layout: Layout) -> str:
    """Return a message that ends at *end* in a marked text, from its header to its footer.

    An empty turn may follow, such as Cohere 2's of a tool's result, of which it writes no word.
    """
    found = footer(text, message.content, end, message.role, layout)
    return text[message.start : found.end if found and not words(text[found.end : end]) else end]


def _common(one: str, other: str) -> str:
    """Return how both texts begin."""
    return "".join(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def is_own(text: str, defaults: list[re.Pattern[str]]) -> bool:
    """Return whether *text* is a system message that the template writes by itself."""
    return any(default.fullmatch(squeezed(text)) for default in defaults)


def squeezed(text: str) -> str:
    """Return *text* without white space, which templates trim and tokenizers add."""
    return "".join(text.split())
