"""One text with its answer, as a server reads it: what methods of changed texts need of a trace."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.remote.perturber import RemotePerturber
from attrwidget.text.context_spans import spans_by_offsets
from attrwidget.text.sections import Section, answer_section
from attrwidget.text.tokens import TextPiece, Tokens, visible

if TYPE_CHECKING:
    from attrwidget.remote.echo import Echo
    from attrwidget.remote.prompt import Prompt
    from attrwidget.remote.server import CompletionsServer


@dataclass(frozen=True)
class Named:
    """A model of which the name is known."""

    name: str
    encoder_decoder: bool = False


class RemoteTrace:
    """The counterpart of ``Trace`` for methods that compare changed texts; it has no other readings.

    Many inputs left out at once are those of the prompt: the answer's own words stay, as its steps are read there.

    Args:
        server: Who is asked.
        echo: The text with its answer.
        prompt: The prompt, with which the text begins.
        cut_short: Whether the answer ends because no more tokens were allowed.

    Attributes:
        context_spans: The tokens of the documents that were given with the question, by their kind.
    """

    task = "text-generation"
    output_kind = "softmax"
    writes_text = True
    capabilities = None
    is_half = False
    needs_end = False
    sees_own_token = False

    def __init__(
        self,
        server: CompletionsServer,
        echo: Echo,
        prompt: Prompt,
        *,
        cut_short: bool = False,
    ) -> None:
        spans = [echo.span(token) for token in range(len(echo))]
        self._ends = [end for _, end in spans]
        first = next((token for token, (_, end) in enumerate(spans) if end > len(prompt.text)), len(spans))
        if first == len(spans):
            raise AttrWidgetError(f"{server.name} wrote nothing, so there is nothing to explain.")
        if first == 0:
            raise AttrWidgetError(
                "The prompt is a part of the first token, and its answer has no probability: give a longer prompt."
            )
        self.model, self.server, self.echo, self.prompt = Named(server.name), server, echo, prompt
        self.first_step, self.n_steps, self.n_inputs = first, len(spans) - first, len(spans) - 1
        self.tokens = tokens_of(echo, first)
        self.messages = _messages(echo, prompt, first)
        self.context_spans = spans_by_offsets(prompt.documents, spans[:first])
        self.sections = [
            *(self.messages or [Section("Prompt", 0, first)]),
            answer_section(first, len(spans), cut_short=cut_short),
        ]
        self.always_kept = range(first, self.n_inputs)
        self.partial_results: dict[Any, Any] = {}
        self.changed = RemotePerturber(server, echo, first)

    def seen(self, step: int) -> int:
        """Return how many inputs *step* sees, counted from the first."""
        return self.first_step + step

    def first_to_see(self, index: int) -> int:
        """Return the first step that sees input *index*."""
        return max(0, index - self.first_step + 1)

    def text(self, start: int, end: int) -> str:
        """Return the text of the tokens *start* up to *end*."""
        echo = self.echo
        return "" if start >= end else echo.text[echo.starts[start] : echo.span(end - 1)[1]]

    def place(self, token: int) -> int:
        """Return the character at which *token* begins."""
        return self.echo.starts[token] if token < len(self.echo) else len(self.echo.text)

    def token_at(self, character: int) -> int:
        """Return the token that *character* belongs to."""
        return bisect_right(self._ends, character)

    def step_text(self, step: int) -> str:
        """Return the text of a step's token."""
        at = self.first_step + step
        return self.text(at, at + 1)

    def require_same_weights(self) -> None:
        """Do nothing: nobody here can see the server's weights."""

    def perturber(self, change: str | int, *, step: int | None = None) -> RemotePerturber:  # noqa: ARG002
        """Return what scores changed texts; whatever the *change*, inputs are deleted, as a server cannot mask them."""
        return self.changed


def tokens_of(echo: Echo, first_step: int) -> Tokens:
    """Return the tokens of *echo*; those of a part of a character are drawn together, none across *first_step*."""
    pieces: list[TextPiece] = []
    special, labels = [False] * len(echo), [""] * len(echo)
    start = 0
    for token in range(len(echo)):
        begin, end = echo.span(token)
        if begin == end == 0:
            pieces.append(TextPiece(token, token + 1, echo.names[token]))
            special[token], start = True, token + 1
        elif begin < end or token + 1 in (first_step, len(echo)):
            text = echo.text[echo.starts[start] : end]
            pieces.append(TextPiece(start, token + 1, text))
            start = token + 1
    for piece in pieces:
        size, name = piece.end - piece.start, visible(piece.text)
        for k in range(size):
            labels[piece.start + k] = name if size == 1 else f"{name} {k + 1}/{size}"
    return Tokens([-1] * len(echo), pieces, special, labels)


def _messages(echo: Echo, prompt: Prompt, first_step: int) -> list[Section]:
    """Return a section for each message of *prompt*, which together cover it."""
    ends = [echo.span(token)[1] for token in range(first_step)]
    token_at = partial(bisect_right, ends)

    found: list[Section] = []
    for message in prompt.messages:
        start, end = token_at(message.start), token_at(message.end)
        body = message.body and (token_at(message.body[0]), token_at(message.body[1]))
        if start < end:
            found.append(Section(message.title, start if found else 0, end, body))
    return found
