"""Receive a page's messages at once and answer them from a background thread; see docs/protocol.md."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError, Cancelled
from attrwidget.hf.model_errors import NO_MEMORY, is_out_of_memory
from attrwidget.page.content import VERSION
from attrwidget.progress import stoppable
from attrwidget.widget.queries import read_query
from attrwidget.widget.worker import Job, Preempted, Workers
from attrwidget.wire.frames import CANCELLED

if TYPE_CHECKING:
    from attrwidget.progress import Progress
    from attrwidget.results.base import Reading
    from attrwidget.widget.query import Answer, Query

logger = logging.getLogger(__name__)

_PROGRESS_EVERY = 0.1  # seconds

Send = Callable[[dict[str, Any], list[bytes]], None]
Id = str | int


class Session:
    """Answers the requests of one widget's displays.

    ``receive`` returns at once and never raises; answers go through *send*, called with a message and its buffers from
    any thread; *answered* is called after each, and *replaced* with another reading that an answer brought. *workers*
    are its own unless they are given; *within* makes what surrounds each answer while it is computed.

    Attributes:
        reading: What is explained now.
    """

    def __init__(
        self,
        reading: Reading,
        send: Send,
        answered: Callable[[], None] = lambda: None,
        replaced: Callable[[Reading], None] = lambda _: None,
        *,
        workers: Workers | None = None,
        within: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self.reading = reading
        self._send = send
        self._replaced = replaced
        self._answered = answered
        self.within = within
        self._pending: dict[Id, Job] = {}
        self._lock = threading.Lock()
        self._workers = workers or Workers.named("attrwidget-answers")

    def receive(self, message: Any) -> None:
        """Take one message: a request, a batch of them, or a cancel."""
        if not isinstance(message, Mapping):
            logger.warning("ignored a message that is no object: %.100r", message)
        elif message.get("op") == "batch" and isinstance(message.get("requests"), list | tuple):
            for request in message["requests"]:
                if isinstance(request, Mapping):
                    self._request({**request, "v": message.get("v")})
                else:
                    logger.warning("ignored a request that is no object: %.100r", request)
        elif message.get("op") == "cancel":
            self._cancel(_id_of(message))
        else:
            self._request(message)

    def prepare(self, method: str, steps: Sequence[int], seconds: float) -> bool:
        """Compute rows; return whether they are finished after at most *seconds*. Unfinished work goes on."""
        if self.reading.has_rows(method, steps):
            return True
        over = threading.Event()

        def compute(job: Job) -> None:
            try:
                self.reading.rows(method, steps, progress=partial(self.raise_if_stopped, job))
            except Preempted:
                raise
            except (AttrWidgetError, Cancelled):
                pass  # the page asks again, and shows the sentence
            except Exception:
                logger.exception("scores could not be computed")
            over.set()

        if self._workers.usual.submit(Job(len(steps), compute)):
            over.wait(seconds)
        return self.reading.has_rows(method, steps)

    def close(self) -> None:
        """Give up all work; later messages are ignored."""
        self._workers.close()
        with self._lock:
            self._pending.clear()

    def _request(self, message: Mapping[str, Any]) -> None:
        """Queue one request, or refuse it."""
        request = _id_of(message)
        if request is None:
            logger.warning("ignored a message without an id: %.100r", message)
            return
        try:
            _require_version(message.get("v"))
            query = read_query(self.reading, message.get("op"), message.get("args"))
            job = self._enter(request, query)
        except Exception as error:  # noqa: BLE001 - nothing may reach the comm layer
            self._refuse(request, error)
        else:
            try:
                (self._workers.at_once if query.at_once else self._workers.usual).submit(job)
            except RuntimeError as error:  # no thread could be started
                self.fail(request, error)

    def _enter(self, request: Id, query: Query) -> Job:
        job = Job(query.cost, _Task(self, request, query).run)
        with self._lock:
            if request in self._pending:
                raise AttrWidgetError(f"A request with the id {request!r} is already under way.")
            self._pending[request] = job
        return job

    def _cancel(self, request: Id | None) -> None:
        if request is None:
            logger.warning("ignored a cancel without an id")
            return
        with self._lock:
            job = self._pending.get(request)
        if job is not None and self._workers.withdraw(job):
            self.fail(request, Cancelled())

    def raise_if_stopped(self, job: Job, done: int, total: int) -> None:
        """Raise Cancelled when *job* was cancelled, and Preempted when it has more to do and a cheaper job waits."""
        if job.cancelled:
            raise Cancelled
        if done < total and self._workers.usual.has_cheaper(job):
            raise Preempted

    def finish(self, request: Id, answer: Answer) -> None:
        """Answer *request*, which was under way."""
        self._forget(request)
        if answer.reading is not None:
            self.reading = answer.reading
        self._deliver({"v": VERSION, "id": request, "ok": True, "meta": answer.meta}, [answer.buffer])
        if answer.reading is not None:
            self._tell(lambda: self._replaced(self.reading))
        self._workers.usual.submit(Job(0, lambda _: self._tell(self._answered)))

    def fail(self, request: Id, error: Exception) -> None:
        """Answer *request*, which was under way, with what went wrong."""
        self._forget(request)
        self._refuse(request, error)

    def progress(self, request: Id, done: int, total: int) -> None:
        """Report the progress of *request*."""
        self._deliver({"v": VERSION, "id": request, "op": "progress", "done": done, "total": total}, [])

    def _refuse(self, request: Id, error: Exception) -> None:
        self._deliver({"v": VERSION, "id": request, "ok": False, "error": _sentence(error)}, [])

    def _forget(self, request: Id) -> None:
        with self._lock:
            self._pending.pop(request, None)

    def _tell(self, tell: Callable[[], None]) -> None:
        try:
            tell()
        except AttrWidgetError:
            pass  # such as a server that is gone: the page's own requests say so
        except Exception:
            logger.exception("what is on show could not be kept")

    def _deliver(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        try:
            self._send(message, buffers)
        except Exception:
            logger.exception("an answer could not be sent")


class _Task:
    """One request in progress."""

    def __init__(self, session: Session, request: Id, query: Query) -> None:
        self._session, self._request, self._query = session, request, query
        self._total = 0
        self._reported = 0.0

    def run(self, job: Job) -> None:
        """Compute and send the answer. Raises Preempted when a cheaper request is waiting."""
        self._reported = self._reported or time.monotonic()
        report = self._watch(job)
        try:
            report(0, 0)
            with self._session.within(), stoppable(partial(report, 0, 0)):
                answer = self._query.answer(report)
            report(0, 0)
        except Preempted:
            raise
        except Exception as error:  # noqa: BLE001 - the page shows any error
            self._session.fail(self._request, error)
        else:
            self._session.finish(self._request, answer)

    def _watch(self, job: Job) -> Progress:
        """Return the progress callback of a job: it stops the job when needed, and reports now and then."""

        def report(done: int, total: int) -> None:
            self._session.raise_if_stopped(job, done, total)
            if not total:
                return
            # Work that starts again counts only what is still missing.
            self._total = max(self._total, total)
            now = time.monotonic()
            if now - self._reported >= _PROGRESS_EVERY:
                self._reported = now
                self._session.progress(self._request, self._total - (total - done), self._total)

        return report


def _require_version(version: Any) -> None:
    if version != VERSION:
        raise AttrWidgetError(
            f"This page speaks version {str(version)[:20]} of the protocol and Python version {VERSION}: "
            "restart the kernel and reload the page."
        )


def _sentence(error: Exception) -> str:
    if isinstance(error, Cancelled):
        return CANCELLED
    if isinstance(error, AttrWidgetError):
        return str(error)
    logger.error("a request failed", exc_info=error)
    if is_out_of_memory(error):
        return NO_MEMORY
    reason = " ".join(str(error).split())[:300]
    return f"Python failed with {type(error).__name__}: {reason or 'no reason given'}"


def _id_of(message: Mapping[str, Any]) -> Id | None:
    request = message.get("id")
    return request if isinstance(request, str | int) and not isinstance(request, bool) else None
