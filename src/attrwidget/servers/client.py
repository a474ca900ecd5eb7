"""Open OpenAI's client for a server."""

from __future__ import annotations

import os
import weakref
from typing import Any

from attrwidget.errors import AttrWidgetError
from attrwidget.servers.address import read_address, require_key
from attrwidget.servers.at_once import require_wanted
from attrwidget.servers.hidden_keys import without_secrets

_INSTALL = (
    "A server is asked through OpenAI's client, which is not installed: pip install 'attrwidget[chat]'."
)
_SECONDS = 60.0


def open_client(address: str | None, key: str | None = None, **options: Any) -> Any:
    """Return OpenAI's client for a base *address*, or the one that ``OPENAI_BASE_URL`` and its key say.

    Args:
        address: The base address, such as ``"http://localhost:8000/v1"``.
        key: The key; by default that of ``OPENAI_API_KEY``.
        **options: Options of the client, such as ``timeout=`` (60 s by default).

    Raises:
        AttrWidgetError: The client is not installed, or no server is known.
    """
    try:
        import openai
    except ImportError:
        raise AttrWidgetError(_INSTALL) from None
    if address is not None and read_address(address, "http://localhost:8000/v1")[0].password is not None:
        raise AttrWidgetError(
            f"The base address {without_secrets(address)!r} holds a password, which logs would show: leave it "
            "out, and give the key by itself or in OPENAI_API_KEY, or an OpenAI client with its own headers."
        )
    require_key(key, "The key of a server")
    key = key or os.environ.get("OPENAI_API_KEY") or None
    if key is None and address is None and not os.environ.get("OPENAI_BASE_URL"):
        raise AttrWidgetError(
            "No server is known: give its base address, such as 'http://localhost:8000/v1', or set OPENAI_BASE_URL, or "
            "OPENAI_API_KEY for OpenAI's own."
        )
    # The client repeats what fails by itself: not once nobody waits for it.
    web = openai.DefaultHttpxClient(event_hooks={"request": [lambda _request: require_wanted()]})
    client = openai.OpenAI(
        base_url=address, api_key=key or "none", http_client=web, **{"timeout": _SECONDS, **options}
    )
    weakref.finalize(client, web.close)
    return client
