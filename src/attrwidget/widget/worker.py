"""A background thread that runs jobs, the cheapest first, so that messages are received meanwhile."""

from __future__ import annotations

import atexit
import heapq
import itertools
import logging
import threading
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

_IDLE = 10.0  # seconds without work after which the thread ends; the next job starts another
_LAST_WAIT = 2.0  # seconds the interpreter waits at its end: a thread inside torch must not outlive it


class Preempted(Exception):  # noqa: N818 - like Cancelled, no fault
    """Raised inside a job to let a cheaper one run first; the job is started again afterwards."""


@dataclass(order=True)
class Job:
    """Work to do. Cheaper jobs go first, then older ones.

    Attributes:
        cost: What the job is compared by.
        run: Called with the job, in the worker's thread.
        number: Counts up with each job.
        cancelled: True once the job is not wanted any more; ``run`` has to check it.
    """

    cost: int
    run: Callable[[Job], None] = field(compare=False)
    number: int = field(default_factory=itertools.count().__next__)
    cancelled: bool = field(default=False, compare=False)


class Worker:
    """A queue of jobs and a daemon thread that lives while there is work."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: list[Job] = []
        self._current: Job | None = None
        self._thread: threading.Thread | None = None
        self._closed = False
        self._changed = threading.Condition()
        _workers.add(self)

    def submit(self, job: Job) -> bool:
        """Queue *job* and return True; after ``close``, do nothing and return False."""
        with self._changed:
            if self._closed:
                return False
            if self._thread is None:
                thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                thread.start()  # fails where there is no memory for it: the next job tries again
                self._thread = thread
            heapq.heappush(self._jobs, job)
            self._changed.notify()
            return True

    def withdraw(self, job: Job) -> bool:
        """Mark *job* as cancelled; return True if it had not begun, and then drop it."""
        with self._changed:
            job.cancelled = True
            if job not in self._jobs:
                return False
            self._jobs.remove(job)
            heapq.heapify(self._jobs)
            return True

    def has_cheaper(self, job: Job) -> bool:
        """Return whether a job cheaper than *job* is waiting."""
        with self._changed:
            return bool(self._jobs) and self._jobs[0].cost < job.cost

    def close(self, timeout: float = 0) -> None:
        """Drop all jobs, mark the one under way ``cancelled``, and wait up to *timeout* seconds for the thread."""
        with self._changed:
            self._closed = True
            self._jobs.clear()
            if self._current is not None:
                self._current.cancelled = True
            thread = self._thread
            self._changed.notify_all()
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)

    def _work(self) -> None:
        """Run jobs until there are none; runs in the thread."""
        while (job := self._next()) is not None:
            try:
                job.run(job)
            except Preempted:
                with self._changed:
                    if not self._closed:
                        heapq.heappush(self._jobs, job)
            except Exception:
                logger.exception("a job failed")

    def _next(self) -> Job | None:
        with self._changed:
            self._current = None
            self._changed.wait_for(lambda: self._jobs or self._closed, _IDLE)
            if not self._jobs:
                self._thread = None
                return None
            self._current = heapq.heappop(self._jobs)
            return self._current


class Workers(NamedTuple):
    """Two workers: one for what has to be computed, and one for what is known already.

    A gradient of a long text holds the first for seconds.
    """

    usual: Worker
    at_once: Worker

    @classmethod
    def named(cls, name: str) -> Workers:
        """Return two new workers, called *name*."""
        return cls(Worker(name), Worker(f"{name}-at-once"))

    def withdraw(self, job: Job) -> bool:
        """Mark *job* as cancelled; return True if it had not begun, and then drop it."""
        return self.usual.withdraw(job) or self.at_once.withdraw(job)

    def close(self) -> None:
        """Drop all jobs; see ``Worker.close``."""
        self.usual.close()
        self.at_once.close()


_workers: weakref.WeakSet[Worker] = weakref.WeakSet()


@atexit.register
def _stop_all() -> None:
    for worker in list(_workers):
        worker.close(_LAST_WAIT)
