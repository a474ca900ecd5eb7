"""Connect to a model behind an API: ``connect``."""

from __future__ import annotations

from typing import Any

from attrwidget.checks import check_whole
from attrwidget.errors import AttrWidgetError
from attrwidget.remote.model import RemoteModel
from attrwidget.remote.server import CompletionsServer
from attrwidget.servers.client import open_client

_RETRIES = (
    4  # of a request, by the client: on 408, 409, 429, 5xx and broken connections; it heeds Retry-After
)


def connect(
    server: Any,
    model: str | None = None,
    *,
    api_key: str | None = None,
    parallel: int = 8,
    timeout: float = 60,
) -> RemoteModel:
    """Connect to a model behind an OpenAI-style completions server that gives log-probabilities.

    Such are vLLM's and llama-cpp-python's. The model is explained by what becomes of its answer when words of the
    prompt are deleted; nothing is loaded here.

    Args:
        server: The base address, such as ``"http://localhost:8000/v1"``, OpenAI's client, or None for what
            ``OPENAI_BASE_URL`` says.
        model: The name by which the server knows the model; by default ``OPENAI_MODEL``.
        api_key: The key; by default that of ``OPENAI_API_KEY``. It is sent to the server, and never shown or saved.
        parallel: How many requests are under way at the same time, until the server limits their rate.
        timeout: Seconds to wait for an answer.

    Returns:
        The model; its ``explain`` takes a prompt.

    Raises:
        AttrWidgetError: The address or the model's name is missing, or OpenAI's client is not installed.

    Example:
        >>> model = aw.connect("http://localhost:8000/v1", "gpt2")
        >>> model.explain("The capital of Japan is")
    """
    if check_whole(parallel, "parallel") < 1:
        raise AttrWidgetError(f"parallel= is a whole number above 0, not {parallel}.")
    if server is None or isinstance(server, str):
        client = open_client(server, api_key, timeout=timeout, max_retries=_RETRIES)
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
    return RemoteModel(CompletionsServer(client, model, parallel), str(getattr(client, "base_url", "")))
