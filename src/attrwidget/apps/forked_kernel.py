"""Start kernels as forks of one process, so that visitors of the app share its imports in memory."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from attrwidget.apps.served import served

if TYPE_CHECKING:
    from collections.abc import Mapping

# The process that is forked has no thread but its main one: it imports, and computes nothing.
PRELOADED = "attrwidget.apps.preloaded"


def start_server() -> None:
    """Start the process that is forked, which imports meanwhile."""
    from multiprocessing import forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([PRELOADED])
    forkserver.ensure_running()


class ForkedKernel(LocalProvisioner):
    """A kernel that is forked instead of started anew."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork a process that runs the kernel of *cmd*, and return its connection."""
        context = multiprocessing.get_context("forkserver")
        # Voilà's names are members of an enumeration, for which unpickling would import Voilà in every kernel.
        environment = {"".join(name): value for name, value in (kwargs.get("env") or os.environ).items()}
        process = context.Process(
            target=run_kernel, args=(cmd[-1], environment, kwargs.get("cwd")), daemon=True
        )
        process.start()
        self.process = ForkedProcess(process)  # type: ignore[assignment]  # has all of Popen that Jupyter calls
        self.pid = process.pid
        return self.connection_info


class ForkedProcess:
    """A process of ``multiprocessing`` with the methods of ``subprocess.Popen`` that Jupyter calls."""

    stdin = stdout = stderr = None

    def __init__(self, process: multiprocessing.process.BaseProcess) -> None:
        self._process = process

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs."""
        return self._process.exitcode

    def wait(self) -> int | None:
        """Wait for the end; return the exit code."""
        self._process.join()
        return self._process.exitcode

    def send_signal(self, signum: int) -> None:
        """Send a signal, unless the process has ended."""
        if self._process.pid is not None and self.poll() is None:
            os.kill(self._process.pid, signum)

    def terminate(self) -> None:
        """Ask the process to end."""
        self._process.terminate()

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()


def cap_memory(megabytes: int) -> None:
    """Let this process take so many MB more than it has; what asks for more fails, and the process goes on."""
    import resource

    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    held = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:"))
    most = held + megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def run_kernel(connection_file: str, environment: Mapping[str, str], folder: str | None) -> None:
    """Run a kernel in this process until it is shut down."""
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()  # Ctrl-C in the server's terminal is not for kernels
    os.environ.clear()
    os.environ.update(environment)
    if folder:
        os.chdir(folder)
    if (memory := served().memory) is not None:
        cap_memory(memory)
    # The kernel ends when its parent has.
    IPKernelApp.launch_instance(["-f", connection_file, f"--IPKernelApp.parent_handle={os.getppid()}"])
