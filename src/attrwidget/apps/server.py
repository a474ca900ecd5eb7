"""Serve the app's notebook with Voilà, with settings that show only the app."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from attrwidget.apps import course
from attrwidget.apps.served import PLACES, THEMES, Served
from attrwidget.errors import AttrWidgetError
from attrwidget.serve.run import require_free

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent
NOTEBOOKS = {"explore": HERE / "explain.ipynb", "compare": HERE / "compare.ipynb"}
APPS = (*NOTEBOOKS, "course")
TEMPLATES = HERE / "jupyter"
HOST = "127.0.0.1"


def run(
    name: str = "explore",
    *,
    port: int,
    browser: bool,
    theme: str,
    places: int = PLACES,
    hostnames: Sequence[str] = (),
    allowed: Served | None = None,
) -> None:
    """Serve on ``http://127.0.0.1:port`` until interrupted.

    Args:
        name: Which app, one of ``APPS``.
        port: The port.
        browser: Whether a browser is opened, where there is a screen.
        theme: ``"light"`` or ``"dark"``.
        places: How many visitors may use the app at the same time.
        hostnames: Names under which visitors reach the app, besides localhost, such as that of a proxy before it.
        allowed: What visitors may do; by default, use the bundled models.

    Raises:
        AttrWidgetError: The port is taken, the app or the theme is unknown, or Voilà is not installed.
    """
    if name not in APPS:
        raise AttrWidgetError(f"No app is called {name!r}: take one of {', '.join(APPS)}.")
    if theme not in THEMES:
        raise AttrWidgetError(f"The theme {theme!r} is not known: take one of {', '.join(THEMES)}.")
    try:
        from attrwidget.apps.forked_kernel import start_server
        from attrwidget.apps.guarded_server import GuardedServer
    except ImportError as error:
        raise AttrWidgetError("The app needs Voilà: pip install 'attrwidget[app]'.") from error
    if name == "course" and allowed is not None and allowed.served:
        raise AttrWidgetError(
            "The course takes five small models in the visitor's own process: one exercise differentiates with their "
            "weights, one runs Inseq beside them, and one compares the states of a corpus. Leave out --model-url."
        )
    served = course.folder() if name == "course" else NOTEBOOKS[name]
    require_free(HOST, port)
    paths = [str(TEMPLATES), os.environ.get("JUPYTER_PATH", "")]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, paths))
    (allowed or Served()).announce()
    print(f"The app is at http://{HOST}:{port}/ (Ctrl-C stops it)", flush=True)  # noqa: T201
    logging.getLogger("tornado.general").addFilter(_is_useful)
    if can_fork():
        start_server()
    GuardedServer.launch_instance(
        arguments(
            served,
            port=port,
            browser=browser and has_screen(),
            theme=theme,
            places=places,
            hostnames=hostnames,
        )
    )


def arguments(
    notebook: Path,
    *,
    port: int,
    browser: bool,
    theme: str,
    places: int = PLACES,
    hostnames: Sequence[str] = (),
) -> list[str]:
    """Return Voilà's command line for *notebook*.

    The address may override the theme, visitors see no traceback, and kernels of closed pages end after a while.
    """
    return [
        str(notebook),
        f"--GuardedServer.places={places}",
        *(f"--GuardedServer.hostnames={name}" for name in hostnames),
        f"--Voila.ip={HOST}",
        f"--Voila.port={port}",
        "--Voila.port_retries=0",
        f"--Voila.open_browser={browser}",
        "--Voila.log_level=ERROR",
        "--VoilaConfiguration.template=attrwidget",
        f"--VoilaConfiguration.theme={theme}",
        "--VoilaConfiguration.allow_theme_override=YES",
        "--VoilaConfiguration.strip_sources=True",
        "--VoilaConfiguration.classic_tree=True",
        "--VoilaConfiguration.show_tracebacks=False",
        # The first page may come while the kernels' process still imports, and thirty at once on a slow machine.
        "--VoilaExecutor.startup_timeout=600",
        "--VoilaExecutor.iopub_timeout=600",
        # A closed page ends its kernel; one that was never opened, or lost its connection, ends like this.
        "--MappingKernelManager.cull_idle_timeout=120",
        "--MappingKernelManager.cull_interval=15",
        *(["--KernelProvisionerFactory.default_provisioner_name=attrwidget-fork"] if can_fork() else []),
        *_encryption(),
    ]


def can_fork() -> bool:
    """Return whether a process that has imported torch can be forked safely: on Windows and macOS it cannot."""
    return sys.platform == "linux"


def _encryption() -> list[str]:
    """Return the options that encrypt messages to kernels, where Jupyter can: ipykernel warns when they are plain."""
    import zmq
    from jupyter_client.manager import KernelManager

    known = KernelManager.class_traits().get("transport_encryption")
    return ["--KernelManager.transport_encryption=auto"] if known and zmq.has("curve") else []


def _is_useful(record: logging.LogRecord) -> bool:
    """Return False for a warning on jupyter_server's own settings, which nobody who starts the app can act on."""
    return not record.getMessage().startswith("The websocket_ping_timeout")


def has_screen() -> bool:
    """Return whether a browser can open a window on this machine."""
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return sys.platform in {"darwin", "win32"} or bool(display)
