"""The queue before a model: one worker computes, and clients take turns."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import OrderedDict, deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError, Cancelled
from attrwidget.progress import stoppable

if TYPE_CHECKING:
    from collections.abc import Callable

    from attrwidget.progress import Progress
    from attrwidget.wire.recipe import Recipe

    Work = Callable[[Progress], Any]

_TURN = 1.0  # seconds after which work gives way

TOO_LONG = (
    "This takes longer than the {:g} s that the server allows: "
    "ask for less, such as fewer methods or a shorter text."
)


class BusyError(AttrWidgetError):
    """The queue is full."""


class _GiveWay(Exception):  # noqa: N818 - no error: others come first
    """The work has had its turn, and others wait."""


class _Ended(BaseException):
    """Work ends here. Work that tries one thing after another catches errors, and must not take this for one.

    Args:
        reason: What its caller is told.
    """

    def __init__(self, reason: Exception) -> None:
        self.reason = reason


class _Job:
    """Work that waits or is under way."""

    def __init__(self, work: Work, seconds: float, recipe: Recipe | None) -> None:
        self.work, self._seconds, self.recipe = work, seconds, recipe
        self.given_up = threading.Event()
        self.done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._turn, self._spent = _TURN, 0.0

    def run(self, others_wait: Callable[[], bool]) -> Any:
        """Do the work; it ends early when it is given up, takes too long, or others wait after its turn."""
        begin = time.monotonic()

        def look() -> float:
            now = time.monotonic() - begin
            if self.given_up.is_set():
                raise _Ended(Cancelled())
            if self._spent + now > self._seconds:
                raise _Ended(AttrWidgetError(TOO_LONG.format(self._seconds)))
            return now

        def report(_done: int, _total: int) -> None:
            # What counts its work goes on from what is finished; other work would begin anew.
            if look() > self._turn and others_wait():
                raise _Ended(_GiveWay())

        try:
            with stoppable(look):
                return self.work(report)
        except _Ended as end:
            raise end.reason from None
        finally:
            self._spent += time.monotonic() - begin
            self._turn *= 2  # what is begun again each time, such as writing an answer, comes to its end


class Queue:
    """Work for one model, done one at a time by a thread of its own.

    Clients take turns: each gives one piece of work, then the next client's comes. Work that takes longer than its turn
    gives way to others, and goes on from what is finished: the rows of scores that an explanation keeps.

    Args:
        most: How many pieces may wait in all.
        most_each: How many of them of one client.
        seconds: How long one may take.
        prepare: Called before a piece of work with the recipes of the explanations that it and those who wait need.
    """

    def __init__(
        self,
        most: int,
        most_each: int,
        seconds: float,
        prepare: Callable[[list[Recipe]], None] = lambda _recipes: None,
    ) -> None:
        self._most, self._most_each, self._seconds, self._prepare = most, most_each, seconds, prepare
        self._waiting: OrderedDict[str, deque[_Job]] = OrderedDict()
        self._thread = ThreadPoolExecutor(1, "attrwidget-model")
        self._running: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    async def run(self, client: str, work: Work, recipe: Recipe | None = None) -> Any:
        """Return the result of *work*, which is called with a progress function; it needs the explanation of *recipe*.

        When the caller is cancelled, work that waits is dropped, and work under way stops at its next report.

        Raises:
            BusyError: Too much waits already.
        """
        mine = self._waiting.get(client, ())
        if len(mine) >= self._most_each or len(self) >= self._most:
            whose = f"{len(mine)} of your requests wait" if mine else f"{len(self)} requests wait"
            raise BusyError(f"The server is busy: {whose} already. Try again in a few seconds.")
        job = _Job(work, self._seconds, recipe)
        self._waiting.setdefault(client, deque()).append(job)
        if self._running is None:
            self._running = asyncio.create_task(self._work())
        try:
            return await job.done
        finally:
            job.given_up.set()
            self._withdraw(client, job)

    def close(self) -> None:
        """Give up all work."""
        for jobs in self._waiting.values():
            for job in jobs:
                job.done.cancel()
        self._waiting.clear()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _withdraw(self, client: str, job: _Job) -> None:
        jobs = self._waiting.get(client)
        if jobs is not None and job in jobs:
            jobs.remove(job)
            if not jobs:
                del self._waiting[client]

    def _next(self) -> tuple[str, _Job]:
        """Take the oldest job of the client whose turn it is, and let the next client come."""
        client, jobs = next(iter(self._waiting.items()))
        job = jobs.popleft()
        self._waiting.move_to_end(client)
        if not jobs:
            del self._waiting[client]
        return client, job

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                client, job = self._next()
                try:
                    if job.recipe is not None:
                        waiting = [job, *(jobs[0] for jobs in self._waiting.values())]
                        recipes = [one.recipe for one in waiting if one.recipe is not None]
                        await loop.run_in_executor(self._thread, self._prepare, recipes)
                    result = await loop.run_in_executor(self._thread, job.run, lambda: bool(self._waiting))
                except _GiveWay:
                    self._waiting.setdefault(client, deque()).appendleft(job)
                except Exception as error:  # noqa: BLE001 - it is the caller's
                    if not job.done.done():
                        job.done.set_exception(error)
                else:
                    if not job.done.done():
                        job.done.set_result(result)
        finally:
            self._running = None
