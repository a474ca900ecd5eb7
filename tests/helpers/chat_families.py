"""The chat templates of families of models, and tokenizers with them."""

from __future__ import annotations

from functools import cache
from typing import Any

from helpers.chat_templates import PLAIN
from helpers.chat_templates_odd import ODD
from helpers.tiny import byte_tokenizer

FAMILIES = {**PLAIN, **ODD}
# Those that write a system message into the user's turn, and those that call it a developer's.
INTO_USERS = {"gemma3", "llama2", "mistral-tools"}
DEVELOPERS = {"gpt-oss"}
ONE_CALL = {"gpt-oss"}  # writes the first of several calls
LOOK_BACK = {"apertus", "glm4.5"}  # take a tool's result after another message alone


@cache
def family_tokenizer(family: str) -> Any:
    tokenizer = byte_tokenizer()
    template, added = FAMILIES[family]
    tokenizer.add_tokens(added, special_tokens=True)
    tokenizer.chat_template = template
    return tokenizer
