"""Find out whether an address is one of ``attrwidget serve``."""

from __future__ import annotations

import os

from attrwidget.errors import AttrWidgetError
from attrwidget.served.model import ServedModel
from attrwidget.wire.transport import SECONDS, AwayError, ServedServer

TOKEN = "ATTRWIDGET_TOKEN"  # noqa: S105 - the name of the variable
"""The environment variable that holds the token of a server."""


def find_served(address: str, token: str | None, timeout: float | None) -> ServedModel | None:
    """Return the model that the server at *address* serves, or None if it is another kind of server.

    Raises:
        AttrWidgetError: The server wants a token, or nothing answers there.
    """
    server = _server(address, token, timeout)
    try:
        # Without the token: nobody knows yet whose server it is.
        health = ServedServer(address).get("/v1/health")
    except AwayError as away:
        raise AttrWidgetError(
            f"The server at {away.host} does not answer ({away.why}): start it, such as by “attrwidget serve demo”, or "
            "see whether the address is right."
        ) from None
    except AttrWidgetError:
        return None
    return ServedModel(server) if "attrwidget" in health else None


def served_model(address: str, token: str | None = None, timeout: float | None = None) -> ServedModel:
    """Return the model that the server at *address* serves.

    Raises:
        AttrWidgetError: It does not answer, wants a token, or is another kind of server.
    """
    return ServedModel(_server(address, token, timeout))


def _server(address: str, token: str | None, timeout: float | None) -> ServedServer:
    return ServedServer(address, token or os.environ.get(TOKEN) or None, timeout or SECONDS)
