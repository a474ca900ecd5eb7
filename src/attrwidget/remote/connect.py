"""Connect to a model behind an API: ``connect``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.checks import check_whole, short
from attrwidget.errors import AttrWidgetError
from attrwidget.remote.chats import Chats
from attrwidget.remote.model import RemoteModel
from attrwidget.remote.server import CompletionsServer
from attrwidget.served.find import find_served
from attrwidget.servers.client import open_client

if TYPE_CHECKING:
    from attrwidget.served.model import ServedModel

_SECONDS = 60.0
_RETRIES = (
    4  # of a request, by the client: on 408, 409, 429, 5xx and broken connections; it heeds Retry-After
)


def connect(
    server: Any,
    model: str | None = None,
    *,
    api_key: str | None = None,
    tokenizer: Any = None,
    parallel: int = 8,
    timeout: float | None = None,
) -> RemoteModel | ServedModel:
    """Connect to a model that a server holds; nothing is loaded here.

    Behind ``attrwidget serve`` a model answers as it does where it is loaded. Behind an OpenAI-style completions server
    that gives log-probabilities, such as vLLM's and llama-cpp-python's, it is explained by what becomes of its answer
    when words of the prompt are deleted.

    Args:
        server: The address of an ``attrwidget serve``, such as ``"http://localhost:8900"``; the base address of a
            completions server, such as ``"http://localhost:8000/v1"``; OpenAI's client; or None for what
            ``OPENAI_BASE_URL`` says.
        model: The name by which a completions server knows the model; by default ``OPENAI_MODEL``.
        api_key: The key or token; by default that of ``ATTRWIDGET_TOKEN``, or ``OPENAI_API_KEY`` for a completions
            server. It is sent to the server, and never shown or saved.
        tokenizer: What makes a text of chat messages for a completions server: the model's name or folder, its
            tokenizer, or a function of messages; by default vLLM's server is asked.
        parallel: How many requests are under way at the same time, until a completions server limits their rate.
        timeout: Seconds to wait for an answer; 60 by default, and 600 for an ``attrwidget serve``.

    Returns:
        The model; its ``explain`` takes a prompt.

    Raises:
        AttrWidgetError: The address or the model's name is missing, or OpenAI's client is not installed.

    Example:
        >>> model = aw.connect("http://localhost:8900")
        >>> model = aw.connect("http://localhost:8000/v1", "gpt2")
        >>> model.explain("The capital of Japan is")
    """
    if check_whole(parallel, "parallel") < 1:
        raise AttrWidgetError(f"parallel= is a whole number above 0, not {parallel}.")
    number = isinstance(timeout, int | float) and not isinstance(timeout, bool)
    if timeout is not None and not (number and timeout > 0):
        raise AttrWidgetError(f"timeout= is a number of seconds above 0, not {short(timeout)}.")
    if isinstance(server, str) and model is None:
        served = find_served(server, api_key, timeout)
        if served is not None:
            return served
    if server is None or isinstance(server, str):
        client = open_client(server, api_key, timeout=timeout or _SECONDS, max_retries=_RETRIES)
    elif callable(getattr(getattr(server, "completions", None), "create", None)):
        if type(server).__name__.startswith("Async"):
            raise AttrWidgetError(
                "An asynchronous client cannot be asked here: give OpenAI(), not AsyncOpenAI()."
            )
        if api_key is not None:
            raise AttrWidgetError("A client has its own key: leave out api_key=.")
        client = server
    else:
        raise AttrWidgetError(
            f"A server is its base address, or OpenAI's client, not {type(server).__name__}."
        )
    known = CompletionsServer(client, model, parallel)
    return RemoteModel(known, str(getattr(client, "base_url", "")), Chats(tokenizer, known))
