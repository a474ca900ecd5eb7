"""Run the server of a model until Ctrl-C."""

from __future__ import annotations

import errno
import ipaddress
import logging
import os
import socket
from importlib.util import find_spec
from typing import TYPE_CHECKING

from attrwidget.errors import AttrWidgetError
from attrwidget.servers.address import require_key

if TYPE_CHECKING:
    from attrwidget.kinds.model import Model
    from attrwidget.serve.limits import ServeLimits

_INSTALL = (
    "A model is served by FastAPI and uvicorn, which are not installed: pip install 'attrwidget[serve]'."
)
_ALONE = (
    "At {!r} others can reach the server, so it needs a token that clients must know: give --token, or set "
    "ATTRWIDGET_TOKEN."
)


def is_local(host: str) -> bool:
    """Return whether only this machine reaches *host*."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def require_safe(host: str, token: str | None) -> None:
    """Raise AttrWidgetError if others could ask without a token, or FastAPI or uvicorn is missing."""
    require_key(token, "--token, or ATTRWIDGET_TOKEN,")
    if token is None and not is_local(host):
        raise AttrWidgetError(_ALONE.format(host))
    if not all(find_spec(name) for name in ("fastapi", "uvicorn")):
        raise AttrWidgetError(_INSTALL)


def require_free(host: str, port: int) -> None:
    """Raise AttrWidgetError when *host* is no address of this machine, or *port* is in use already."""
    try:
        family, kind, *_, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise AttrWidgetError(
            f"{host!r} is no address of this machine: give 127.0.0.1 or 0.0.0.0."
        ) from error
    with socket.socket(family, kind) as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place)
        except PermissionError as error:
            raise AttrWidgetError(f"Port {port} is not for ordinary users: choose one above 1023.") from error
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise AttrWidgetError(
                    f"{host!r} is no address of this machine: give 127.0.0.1 or 0.0.0.0."
                ) from error
            raise AttrWidgetError(f"Port {port} is in use: choose another, or end what uses it.") from error


def run(model: Model, host: str, port: int, token: str | None, limits: ServeLimits) -> None:
    """Serve *model* until Ctrl-C; see ``require_safe``."""
    import uvicorn

    from attrwidget.serve.app import make_app
    from attrwidget.serve.patience import Patient

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s")
    model.capabilities  # noqa: B018 - tries the model now, and not before the first visitor
    uvicorn.run(
        make_app(model, token=token, limits=limits),
        host=host,
        port=port,
        http=Patient,
        loop="asyncio",
        ws="none",
        log_level="warning",
        access_log=False,  # who asks, and when, is nobody's business
        server_header=False,
        limit_concurrency=limits.connections,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=2,
    )
