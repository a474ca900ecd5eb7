"""Drive workers on this machine: a process each, restarted when one dies."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, cast

from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_TRIES = 3  # of a shard whose worker dies
_DIED = (
    f"The process that explains shard {{}} ended {_TRIES} times, perhaps for want of memory: take fewer workers=, or a "
    "smaller shard_size= in another folder. What is finished stays."
)


class _Stopped(Exception):  # noqa: N818 - no error: another worker failed, or the user stopped it
    """The run ends."""


def run_locally(folder: Path, shards: Sequence[int], workers: int, done: Callable[[int], None]) -> None:
    """Explain *shards* of *folder* by some *workers*, and call *done* with each when its file is there.

    Raises:
        AttrWidgetError: The model cannot be loaded, or a shard's workers died three times. What is finished stays.
    """
    waiting: queue.SimpleQueue[tuple[int, int]] = queue.SimpleQueue()
    for shard in shards:
        waiting.put((shard, 0))
    told: queue.SimpleQueue[int | BaseException] = queue.SimpleQueue()
    stop = threading.Event()
    count = max(1, min(workers, len(shards)))
    # By the workers asked for, not by those that are needed: sums depend on the number of threads in their last bit.
    cores = max(1, (os.cpu_count() or 1) // workers)
    crew = [_Crew(folder, cores, waiting, told, stop) for _ in range(count)]
    threads = [threading.Thread(target=member.work, daemon=True) for member in crew]
    for thread in threads:
        thread.start()
    try:
        for _ in shards:
            news = told.get()
            if isinstance(news, BaseException):
                raise news
            done(news)
    finally:
        stop.set()
        for member in crew:
            member.end()
        for thread in threads:
            thread.join()


class _Crew:
    """One worker at a time, and the thread that gives it shards."""

    def __init__(self, folder: Path, cores: int, waiting: Any, told: Any, stop: threading.Event) -> None:
        self._folder, self._cores = folder, cores
        self._waiting, self._told, self._stop = waiting, told, stop
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def work(self) -> None:
        """Explain shards until none waits."""
        try:
            while not self._stop.is_set():
                try:
                    shard, tries = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if self._explain(shard):
                    self._told.put(shard)
                elif tries + 1 < _TRIES:
                    self._waiting.put((shard, tries + 1))
                else:
                    self._told.put(AttrWidgetError(_DIED.format(shard)))
                    break
        except _Stopped:
            pass
        except Exception as error:  # noqa: BLE001 - it is raised where the run was started
            self._told.put(error)
        finally:
            self.end()

    def _explain(self, shard: int) -> bool:
        """Return whether the worker finished the shard; it is gone where it did not."""
        try:
            process = self._ready()
            if process is None:
                return False
            pipe = cast("IO[str]", process.stdin)
            pipe.write(f"{shard}\n")
            pipe.flush()
            return self._heard(process).get("done") == shard
        except AttrWidgetError:
            raise
        except (OSError, ValueError):  # its pipe is closed
            return False
        finally:
            if self._process is not None and self._process.poll() is not None:
                self.end()

    def _ready(self) -> subprocess.Popen[str] | None:
        """Return the worker, a new one if there is none; None if it died before it was ready."""
        with self._lock:
            if self._stop.is_set():
                raise _Stopped
            if self._process is not None:
                return self._process
            process = self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "attrwidget.dataset.worker", str(self._folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env={"OMP_NUM_THREADS": str(self._cores), **os.environ},
            )
        return process if self._heard(process).get("ready") else None

    def _heard(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        """Return the worker's next answer; nothing if it ended."""
        line = cast("IO[str]", process.stdout).readline()
        if not line:
            process.wait()
            return {}
        said: dict[str, Any] = json.loads(line)
        if "error" in said:
            raise AttrWidgetError(said["error"])
        return said

    def end(self) -> None:
        """End the worker."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):  # what was not written yet finds nobody
                    cast("IO[str]", pipe).close()
