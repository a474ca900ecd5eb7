"""Read a prompt with its answer, which the model writes or is given: twice, since servers' caches may go stale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.remote.trace import RemoteTrace

if TYPE_CHECKING:
    from attrwidget.remote.echo import Echo
    from attrwidget.remote.prompt import Prompt
    from attrwidget.remote.server import CompletionsServer

NEW_TOKENS = 20
_NEAR = 0.5  # of the likeliest token's probability: rounding may have changed which it is
_SAME = 1e-4  # nats that two readings of one text may differ by
_STALE = (
    "The server read the same text twice, and the log-probabilities of {!r} differ by {:.2g}: scores of that size are "
    "noise. A prefix cache, or what else is read in a batch, can do that; see the server's options."
)
_OTHER_SPLIT = "The server split the same text into other tokens the second time: trust no score."
_WRITTEN = (
    "The server reads this answer otherwise than it wrote it, and the reading is explained: log-probabilities "
    "of {!r} differ by {:.2g}."
)
_NOT_THEIRS = (
    "The server of {!r} gives log-probabilities that are not those of the tokens: it wrote {} as the likeliest, and "
    "gives it a probability of {:.2g}. llama-cpp-python's server does so for models without a beginning token: take "
    "another one."
)
_WRITTEN_OTHER_SPLIT = (
    "The server reads this answer in other tokens than it wrote it in, and the reading is explained."
)


def read_text(
    server: CompletionsServer, prompt: Prompt, begun: str = "", count: int = 0
) -> tuple[RemoteTrace, list[str]]:
    """Return a prompt with its answer, and warnings.

    Args:
        server: Who is asked.
        prompt: The prompt.
        begun: The answer, or its beginning.
        count: How many tokens the model writes after it, at most.

    Raises:
        AttrWidgetError: The server gives no answer, no log-probabilities or no echo, or the answer is empty.
    """
    text, written, cut_short = prompt.text + begun, None, False
    first = len(text)
    if count:
        text, written, cut_short = server.write(text, count)
    if text == prompt.text:
        raise AttrWidgetError(f"{server.name} wrote nothing, so there is nothing to explain.")
    echo = server.read(text)
    again = server.read(text)
    trace = RemoteTrace(server, echo, prompt, cut_short=cut_short)
    warnings = [*prompt.warnings, _unequal(trace, again, _STALE, _OTHER_SPLIT)]
    if written is not None:
        _require_likeliest(trace, first)
        warnings.append(_unequal(trace, written, _WRITTEN, _WRITTEN_OTHER_SPLIT))
    return trace, list(filter(None, warnings))


def _require_likeliest(trace: RemoteTrace, written: int) -> None:
    """Raise AttrWidgetError unless most of what the model wrote, after *written* characters, is the likeliest."""
    echo = trace.echo
    steps = [step for step in range(trace.first_step, len(echo)) if echo.starts[step] >= written]
    known = [step for step in steps if echo.top[step]]
    wrong = [step for step in known if np.exp(echo.log_probs[step] - echo.top[step][0][1]) < _NEAR]
    if 2 * len(wrong) > len(known):
        p = float(np.exp(echo.log_probs[wrong[0]]))
        raise AttrWidgetError(_NOT_THEIRS.format(trace.model.name, repr(trace.tokens.labels[wrong[0]]), p))


def _unequal(trace: RemoteTrace, other: Echo, unequal: str, split: str) -> str | None:
    """Return a warning if the answer had other log-probabilities another time, or was *split* otherwise."""
    echo, first = trace.echo, trace.first_step
    if other.starts[: len(echo)] != echo.starts:
        return split
    apart = np.abs(other.log_probs[first : len(echo)] - echo.log_probs[first:])
    if not len(apart) or not np.nanmax(apart) > _SAME:
        return None
    worst = int(np.nanargmax(apart))
    return unequal.format(trace.tokens.labels[first + worst], apart[worst])
