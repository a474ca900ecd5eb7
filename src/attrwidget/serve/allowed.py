"""What clients may ask for: lengths, numbers, and options of ``generate`` that only say how words are drawn."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrwidget.checks import short
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.generation import NEW_TOKENS
from attrwidget.text.chat_template import variables

if TYPE_CHECKING:
    from attrwidget.kinds.model import Model
    from attrwidget.limits import Limits

# Others of ``generate`` name code, files or other models, or keep more than one answer.
_DRAWING = {
    "bad_words_ids",
    "do_sample",
    "early_stopping",
    "encoder_repetition_penalty",
    "forced_bos_token_id",
    "length_penalty",
    "min_new_tokens",
    "min_p",
    "no_repeat_ngram_size",
    "num_beams",
    "repetition_penalty",
    "stop_strings",
    "temperature",
    "top_k",
    "top_p",
    "typical_p",
}
_BEAMS = 8
_TEMPLATE_OPTIONS = {"enable_thinking", "reasoning_effort", "thinking", "thinking_budget", "date_string"}
_LARGEST: dict[str, float] = {
    "draws": 200,
    "samples": 5000,
    "evaluations": 5000,
    "n_steps": 1000,
    "points": 1000,
    "steps": 1000,
    "max_mb": 50,
    "scale": 6,
    "k": 1000,
}
"""The largest numbers of a request, by name."""
_LARGEST_OTHER = 1_000_000  # token ids are smaller, and so are positions
_MOST_NAMES = 4096


def check_explain(model: Model, text: Any, options: Mapping[str, Any], limits: Limits) -> None:
    """Raise AttrWidgetError unless a client may have *text* explained so."""
    size, most = _characters([text, dict(options)]), limits.new_tokens or NEW_TOKENS
    if limits.characters is not None and size > limits.characters:
        raise AttrWidgetError(
            f"The text is too long for this server: it has {size:,} characters, with all that goes with it, and "
            f"{limits.characters:,} are taken."
        )
    parameters = list(inspect.signature(model.explain).parameters.items())[1:]  # the first is the text
    named = {name for name, p in parameters if p.kind is not p.VAR_KEYWORD and name != "progress"}
    template = getattr(model.tokenizer, "chat_template", None)
    read = _TEMPLATE_OPTIONS & (variables(model.tokenizer) or set()) if template else set()
    for name in options:
        if name not in named | _DRAWING | read:
            raise AttrWidgetError(f"The server takes no {name}= in explain().")
    count = options.get("max_new_tokens")
    if "max_new_tokens" in named and isinstance(count, int) and count > most:
        raise AttrWidgetError(
            f"max_new_tokens={count} is too many for this server: it writes up to {most:,}."
        )
    beams = options.get("num_beams", 1)
    if isinstance(beams, int) and beams > _BEAMS:
        raise AttrWidgetError(f"num_beams={beams} is too many for this server: it takes up to {_BEAMS}.")


def check_given(given: Mapping[str, Any]) -> None:
    """Raise AttrWidgetError for a number that would take all time or memory."""
    for name, value in given.items():
        most = _LARGEST.get(name, _LARGEST_OTHER)
        if isinstance(value, int | float) and not -most <= value <= most:
            raise AttrWidgetError(
                f"{name}={short(value)} is too much for this server: it takes up to {most:,g}."
            )


def check_names(value: Any) -> list[str]:
    """Return the methods whose scores a client has asked for; raise AttrWidgetError unless they are names."""
    if (
        not isinstance(value, list)
        or len(value) > _MOST_NAMES
        or not all(isinstance(name, str) for name in value)
    ):
        raise AttrWidgetError("The methods at hand are a list of names.")
    return value


def _characters(value: Any) -> int:
    """Return how many characters all texts in *value* have, and the numbers as so many tokens."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return _characters([*value.keys(), *value.values()])
    if isinstance(value, list | tuple):
        return sum(map(_characters, value))
    return 1
