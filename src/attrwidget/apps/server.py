"""Serve the app's notebook with Voilà, with settings that show only the app."""

from __future__ import annotations

import logging
import os
import socket
import sys
from pathlib import Path

from attrwidget.apps.forms import CHAT
from attrwidget.errors import AttrWidgetError

HERE = Path(__file__).parent
NOTEBOOK = HERE / "explain.ipynb"
TEMPLATES = HERE / "jupyter"
HOST = "127.0.0.1"
THEMES = ("light", "dark")


def run(*, port: int, browser: bool, theme: str, chat: bool | None = None) -> None:
    """Serve on ``http://127.0.0.1:port`` until interrupted; *chat* is how visitors' texts are given at first.

    Raises AttrWidgetError when the port is taken, the theme is unknown or Voilà is not installed.
    """
    if theme not in THEMES:
        raise AttrWidgetError(f"The theme {theme!r} is not known: take one of {', '.join(THEMES)}.")
    try:
        from voila.app import Voila
    except ImportError as error:
        raise AttrWidgetError("The app needs Voilà: pip install 'attrwidget[app]'.") from error
    require_free(port)
    paths = [str(TEMPLATES), os.environ.get("JUPYTER_PATH", "")]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, paths))
    if chat is not None:
        os.environ[CHAT] = "yes" if chat else "no"
    print(f"The app is at http://{HOST}:{port}/ (Ctrl-C stops it)", flush=True)  # noqa: T201
    logging.getLogger("tornado.general").addFilter(_is_useful)
    Voila.launch_instance(arguments(port=port, browser=browser and has_screen(), theme=theme))


def arguments(*, port: int, browser: bool, theme: str) -> list[str]:
    """Return Voilà's command line.

    The address may override the theme, visitors see no traceback, and kernels of closed pages end after a while.
    """
    return [
        str(NOTEBOOK),
        f"--Voila.ip={HOST}",
        f"--Voila.port={port}",
        "--Voila.port_retries=0",
        f"--Voila.open_browser={browser}",
        "--Voila.log_level=ERROR",
        "--VoilaConfiguration.template=attrwidget",
        f"--VoilaConfiguration.theme={theme}",
        "--VoilaConfiguration.allow_theme_override=YES",
        "--VoilaConfiguration.strip_sources=True",
        "--VoilaConfiguration.show_tracebacks=False",
        "--MappingKernelManager.cull_idle_timeout=600",
        *_encryption(),
    ]


def _encryption() -> list[str]:
    """Return the options that encrypt messages to kernels, where Jupyter can: ipykernel warns when they are plain."""
    import zmq
    from jupyter_client.manager import KernelManager

    known = KernelManager.class_traits().get("transport_encryption")
    return ["--KernelManager.transport_encryption=auto"] if known and zmq.has("curve") else []


def _is_useful(record: logging.LogRecord) -> bool:
    """Return False for a warning on jupyter_server's own settings, which nobody who starts the app can act on."""
    return not record.getMessage().startswith("The websocket_ping_timeout")


def require_free(port: int) -> None:
    """Raise AttrWidgetError when *port* is in use already."""
    with socket.socket() as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise AttrWidgetError(f"Port {port} is not for ordinary users: choose one above 1023.") from error
        except OSError as error:
            raise AttrWidgetError(f"Port {port} is in use: choose another, or end what uses it.") from error


def has_screen() -> bool:
    """Return whether a browser can open a window on this machine."""
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return sys.platform in {"darwin", "win32"} or bool(display)
