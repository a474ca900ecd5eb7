"""A model behind an API: it writes, and reads texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload
from urllib.parse import urlsplit

from attrwidget.checks import check_whole, short
from attrwidget.errors import AttrWidgetError
from attrwidget.explanations import Explanations
from attrwidget.remote.explanation import RemoteExplanation
from attrwidget.remote.prompt import Prompt
from attrwidget.remote.read_text import NEW_TOKENS, read_text
from attrwidget.remote.reading import RemoteReading
from attrwidget.text.given_context import before_question, documents_of, plain_layout
from attrwidget.text.prompt import is_messages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from attrwidget.remote.chats import Chats
    from attrwidget.remote.server import CompletionsServer
    from attrwidget.text.prompt import Message


class RemoteModel:
    """A model behind a completions server; made by ``attrwidget.connect``.

    Example:
        >>> model = aw.connect("http://localhost:8000/v1", "gpt2")
        >>> model.explain("The capital of Japan is", max_new_tokens=2)
    """

    def __init__(self, server: CompletionsServer, address: str, chats: Chats) -> None:
        self._chats = chats
        self._server, self._host = server, urlsplit(address).hostname or ""

    def __repr__(self) -> str:
        return f"RemoteModel({self.name!r}, at {self._host!r}, {self.requests} requests)"

    @property
    def name(self) -> str:
        """The name by which the server knows it."""
        return self._server.name

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self._server.requests

    @overload
    def explain(
        self,
        prompt: str | Sequence[Message],
        *,
        max_new_tokens: int | None = None,
        output: str | None = None,
        documents: Sequence[str | Mapping[str, Any]] | None = None,
    ) -> RemoteExplanation: ...
    @overload
    def explain(
        self,
        prompt: list[str] | list[list[Message]],
        *,
        max_new_tokens: int | None = None,
        output: str | None = None,
        documents: Sequence[str | Mapping[str, Any]] | None = None,
    ) -> Explanations[RemoteExplanation]: ...
    def explain(
        self,
        prompt: Any,
        *,
        max_new_tokens: int | None = None,
        output: str | None = None,
        documents: Sequence[str | Mapping[str, Any]] | None = None,
    ) -> RemoteExplanation | Explanations[RemoteExplanation]:
        """Let the model answer a prompt, or read the answer given, and return why.

        It takes three requests, or two with *output*: the answer is written, and read twice. Scores take more when they
        are asked for.

        Args:
            prompt: A text, as the model reads it, or chat messages (``[{"role": "user", "content": …}]``), which go
                through the chat template. Several of them give a list.
            max_new_tokens: How many tokens the model writes at most; 20 by default.
            output: The answer to explain instead of the model's own; mostly it begins with a space.
            documents: Texts that the question is about, each a text or a mapping such as ``{"title": …, "text": …}``;
                ``by_unit`` then says which of them each sentence of the answer rests on. They stand before the
                question, each as a paragraph that begins with its number, ``[1]``.

        Returns:
            The explanation, or a list of them.

        Raises:
            AttrWidgetError: The server gives no answer, no log-probabilities or no echo of the prompt.

        Example:
            >>> model.explain("The capital of Japan is", output=" Tokyo")
        """
        if isinstance(prompt, list) and not is_messages(prompt):
            return Explanations(
                [
                    self.explain(one, max_new_tokens=max_new_tokens, output=output, documents=documents)
                    for one in prompt
                ]
            )
        count, asked = 0, self._prompt(prompt, documents)
        if output is None:
            count = NEW_TOKENS if max_new_tokens is None else check_whole(max_new_tokens, "max_new_tokens")
            if count < 1:
                raise AttrWidgetError(f"max_new_tokens= is a whole number above 0, not {count}.")
        elif max_new_tokens is not None:
            raise AttrWidgetError("output= is read, not written: leave out max_new_tokens=.")
        else:
            _require_text(output, "output=")
        return RemoteExplanation(RemoteReading(*read_text(self._server, asked, output or "", count)))

    def _prompt(self, prompt: Any, documents: Any) -> Prompt:
        """Return *prompt*, a text or messages, with *documents* before its question, as the server is sent it."""
        layout, stretches = plain_layout(
            {"documents": documents_of(documents)} if documents is not None else {}
        )
        if is_messages(prompt):
            made = self._chats.prompt(before_question(prompt, layout) if layout else prompt)
        else:
            _require_text(prompt, "A prompt")
            made = Prompt(layout + prompt)
        return made.with_documents(layout, stretches) if layout else made


def _require_text(value: Any, what: str) -> None:
    if not isinstance(value, str) or not value:
        raise AttrWidgetError(f"{what} for a model behind a server is a text, not {short(value)}.")
