"""Find where a chat template writes the words of a message that also calls a tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrwidget.text.chat_probes import chat
from attrwidget.text.chat_template import try_template

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_WORDS = "wordsqz"


def speaks_after_results(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Return whether they stand behind the tool's result, as Gemma 4's template has it."""
    messages = chat("user", "call", "tool", "user")
    messages[1]["content"] = _WORDS
    text = try_template(tokenizer, messages) or ""
    result = text.find(messages[2]["content"])
    return 0 <= result < text.find(_WORDS)
