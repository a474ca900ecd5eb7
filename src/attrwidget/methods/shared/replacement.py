"""Find the token that replaces an input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.checks import is_whole
from attrwidget.errors import AttrWidgetError
from attrwidget.text.tokenizing import token_name

if TYPE_CHECKING:
    from attrwidget.engine.trace import Trace

_NAMES = ("auto", "mask", "pad", "unknown")


def replacement(trace: Trace, token: Any) -> tuple[int, str]:
    """Find the token that replaces inputs.

    Args:
        trace: The run that is explained.
        token: A token id, or ``"mask"``, ``"unknown"`` or ``"pad"`` for the tokenizer's; ``"auto"`` takes the first of
            these that the tokenizer has, else the token that ends a text.

    Returns:
        The token's id, and a name for it.

    Raises:
        AttrWidgetError: The tokenizer has no such token, or the id does not exist.
    """
    tokenizer, last = trace.model.tokenizer, trace.model.vocabulary - 1
    special = {
        "mask": tokenizer.mask_token_id,
        "unknown": tokenizer.unk_token_id,
        "pad": tokenizer.pad_token_id,
        "end": tokenizer.eos_token_id,
    }
    if is_whole(token):
        if not 0 <= token <= last:
            raise AttrWidgetError(f"Token id {token} does not exist: this model's ids go from 0 to {last}.")
        return int(token), f"token {token}"
    if token not in _NAMES:
        raise AttrWidgetError(f"token must be {', '.join(map(repr, _NAMES))} or a token id, not {token!r}.")
    for name in special if token == "auto" else [token]:  # noqa: S105 - a token of text
        found = special[name]
        if isinstance(found, int) and found <= last:
            return found, f"the {name} token {token_name(tokenizer, found)!r}"
    raise AttrWidgetError(
        f"This tokenizer has no {token} token: give the id of another with token=, or leave tokens out by mask."
    )
