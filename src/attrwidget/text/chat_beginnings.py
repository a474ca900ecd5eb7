"""Find what begins a chat without a header: the call or the result of a tool, a system message, or an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.text.chat_pieces import common_start, has_control, stripped
from attrwidget.text.chat_probes import probe
from attrwidget.text.chat_template import pattern

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_LEADING = ("assistant", "system", "developer")  # may begin a chat before a user's message


def bare_tool(tokenizer: PreTrainedTokenizerBase) -> str | None:
    """Return what begins a tool's result where Qwen 3.5 and others write no header: at the beginning of a chat."""
    return _unlike_a_user(tokenizer, "tool", "user")


def bare_call(tokenizer: PreTrainedTokenizerBase) -> str | None:
    """Return what begins an answer that only calls a tool where Mistral's write no header: at the beginning."""
    return _unlike_a_user(tokenizer, "call", "tool", "user")


def _unlike_a_user(tokenizer: PreTrainedTokenizerBase, *roles: str) -> str | None:
    """Return the control tokens, and words between, that begin a chat of *roles* and none of a user's."""
    first, plain = probe(tokenizer, *roles)[:1], probe(tokenizer, "user")[:1]
    if not first or not plain:
        return None
    text, common = stripped(first[0].text), common_start([stripped(gap.text) for gap in (*first, *plain)])
    rest = stripped(text[len(common) :])
    controls = [at for at, piece in enumerate(rest) if has_control((piece,))]
    return pattern(rest[: controls[-1] + 1]) if controls and controls[0] == 0 else None


def bare_roles(tokenizer: PreTrainedTokenizerBase, begin: str) -> frozenset[str]:
    """Return the roles whose messages begin without a header at the beginning of a chat, after *begin* at most."""
    gaps = {role: probe(tokenizer, role, "user")[:1] for role in _LEADING}
    return frozenset(
        role for role, found in gaps.items() if found and set(stripped(found[0].text)) <= {begin}
    )


def answer_looks_like_system(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Return whether the template writes the same around an answer and a system message before a question."""
    answer, *others = ([gap.text for gap in probe(tokenizer, role, "user")[:2]] for role in _LEADING)
    return bool(answer) and answer in others
