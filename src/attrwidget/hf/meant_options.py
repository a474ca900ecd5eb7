"""Name the argument of ``explain`` that was meant by a name it does not have."""

from __future__ import annotations

_OUTPUT = "the answer to explain is output="
_TEXT = "the text to explain goes first, without a name"
_COUNT = "how many tokens to write is max_new_tokens="
_METHOD = "that is an argument of the scores, such as ex.scores({})"
_MEANT = {
    **dict.fromkeys(
        (
            "answer",
            "target",
            "targets",
            "continuation",
            "completion",
            "response",
            "generated_text",
            "outputs",
        ),
        _OUTPUT,
    ),
    **dict.fromkeys(("translation", "reference", "label", "labels"), _OUTPUT),
    **dict.fromkeys(("text", "texts", "prompt", "prompts", "input", "source", "question", "messages"), _TEXT),
    **dict.fromkeys(("inputs", "input_ids"), _TEXT),
    **dict.fromkeys(("max_length", "max_tokens", "new_tokens", "n_tokens", "num_tokens", "tokens"), _COUNT),
    **dict.fromkeys(("length", "max_new_token", "max_output_tokens", "max_completion_tokens"), _COUNT),
    **dict.fromkeys(
        ("context", "contexts", "docs", "document", "passages"), "texts to answer from are documents=[…]"
    ),
    **dict.fromkeys(("tool", "functions"), "tools that may be called are tools=[…]"),
    "method": _METHOD.format("'saliency'"),
    "foil": _METHOD.format("'input_x_gradient', foil=' other'"),
}


def meant(name: str) -> str | None:
    """Return what to write in the place of *name*, as the rest of a sentence; None for a name that nobody guesses."""
    return _MEANT.get(name)
