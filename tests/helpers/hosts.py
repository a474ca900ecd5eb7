"""Starts the servers that browser tests visit: Jupyter (Lab and Notebook 7) and the Voilà app."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from helpers.waiting import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "127.0.0.1"
HOSTILE = "</script><img src=x onerror=window.hacked=1>"  # a token of the app's model


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def environment(home: Path) -> dict[str, str]:
    """Return an environment whose Jupyter, IPython and Hugging Face keep to *home* and to this virtual environment."""
    folders = {
        name: home / name.lower()
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "DISPLAY"))},
        **{name: str(folder) for name, folder in folders.items()},
        "IPYTHONDIR": str(home / "ipython"),
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }


@contextmanager
def serve(command: list[str], port: int, home: Path) -> Iterator[str]:
    """Run *command* until the block ends; yield its address once it answers on *port*."""
    home.mkdir(parents=True, exist_ok=True)
    log = home / "server.log"
    with log.open("w") as out:
        server = subprocess.Popen(
            command, stdout=out, stderr=out, cwd=home, env=environment(home), start_new_session=True
        )
    try:
        _wait(server, port, log)
        yield f"http://{HOST}:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection((HOST, port), timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"nothing answers on port {port}; the server's log ends:\n{log.read_text()[-3000:]}")


FORKED = "attrwidget-forked"
"""A kernel that has its imports from the start, as those of the app do: they take seconds in each."""


def offer_forked_kernel(home: Path) -> None:
    """Have the Jupyter server of the folder *home* offer the kernel ``FORKED``."""
    spec = {
        "argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "metadata": {"kernel_provisioner": {"provisioner_name": "attrwidget-fork"}},
    }
    folder = home / "jupyter_data_dir/kernels" / FORKED
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(spec))
    start = "from attrwidget.apps.forked_kernel import start_server\nstart_server()\n"
    (home / "jupyter_config_dir/jupyter_server_config.py").write_text(start)


@contextmanager
def jupyter(home: Path) -> Iterator[str]:
    """Serve JupyterLab and Notebook 7 over the folder *home*: no token, loopback only, no look at the network."""
    port = free_port()
    settings = home / "jupyter_config_dir/lab/user-settings/@jupyterlab/apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    offer_forked_kernel(home)
    options = [
        "--no-browser",
        f"--ServerApp.ip={HOST}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={home}",
        "--ServerApp.allow_root=True",
        "--ServerApp.disable_check_xsrf=True",
        "--IdentityProvider.token=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        "--LabApp.expose_app_in_browser=True",  # as jupyterapp, which opens notebooks
    ]
    with serve([sys.executable, "-m", "jupyterlab", *options], port, home) as url:
        yield url


@contextmanager
def app(home: Path, *options: str) -> Iterator[str]:
    """Serve the Voilà app as `attrwidget app` does with *options*."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "attrwidget.apps.cli",
        "app",
        "--port",
        str(port),
        "--no-browser",
        *options,
    ]
    with serve(command, port, home) as url:
        yield url


class Server:
    """`attrwidget serve demo` as a process that can be killed and started again on the same port."""

    def __init__(self, home: Path, port: int) -> None:
        self._home, self._port = home, port
        self._stack = ExitStack()
        self._running = False

    def start(self) -> None:
        """Start it, unless it runs."""
        if not self._running:
            command = [
                sys.executable,
                "-m",
                "attrwidget.apps.cli",
                "serve",
                "demo",
                "--port",
                str(self._port),
            ]
            self._stack.enter_context(serve(command, self._port, self._home))
            self._running = True

    def stop(self) -> None:
        """Kill it."""
        self._stack.close()
        self._running = False


def command(process: psutil.Process) -> str:
    """Return the command line; empty if the process has just ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def forks() -> list[psutil.Process]:
    """Return the kernels that an app of this test has forked, the newest last."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "multiprocessing.forkserver" in command(process) and "forkserver" in command(process.parent()):
                found.append((process.create_time(), process.pid, process))
    return [process for *_, process in sorted(found, key=lambda one: one[:2])]


def newest_fork() -> psutil.Process:
    """Return the kernel that an app of this test has forked last."""
    return forks()[-1]


def write_notebook(path: Path, *cells: str, kernel: str = "python3") -> None:
    """Write a notebook of code cells."""
    import nbformat  # takes seconds, and every run of the tests reads this file

    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell, id=f"cell-{i}") for i, cell in enumerate(cells)],
        metadata={"kernelspec": {"name": kernel, "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(notebook, path)
