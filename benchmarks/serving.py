"""A served model under load: ten clients for ten minutes, and thirty visitors at once.

python -m benchmarks.serving soak --seconds 600
python -m benchmarks.serving visitors
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNTRIES = (
    "Japan",
    "France",
    "Peru",
    "Spain",
    "Italy",
    "Chile",
    "Egypt",
    "Kenya",
    "Cuba",
    "Greece",
    "India",
    "Iran",
)
CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("scores", {}),
    ("scores", {"method": "saliency"}),
    ("scores", {"method": "gim", "normalize": None}),
    ("scores", {"method": "span_regression", "samples": 16}),
    ("attention", {"layer": 1}),
    ("heads", {"step": 0}),
    ("check", {"step": 0, "k": 2}),
    ("logit_lens", {}),
    ("summary", {}),
)
KEPT = 6  # fewer than there are texts, so that many are made again


@contextmanager
def server(*options: str) -> Iterator[psutil.Process]:
    """Run ``attrwidget serve demo``."""
    command = [sys.executable, "-m", "attrwidget.apps.cli", "serve", "demo", "--port", str(_port()), *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            while socket.socket().connect_ex(("127.0.0.1", _port())):
                time.sleep(0.2)
            yield psutil.Process(process.pid)
        finally:
            process.terminate()


@cache
def _port() -> int:
    """Return a port that nothing listened on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def address() -> str:
    """Return where the server is."""
    return f"http://127.0.0.1:{_port()}"


def megabytes(process: psutil.Process) -> float:
    """Return the memory of its own that a process has."""
    return float(process.memory_full_info().uss) / 2**20


def explained(model: Any, country: str, *, changed: bool) -> Any:
    """Return an explanation; a changed one is made of two calls."""
    ex = model.explain(f"The capital of {country} is", max_new_tokens=3)
    return ex.edit({country: "Norway"}) if changed else ex


def equal(found: Any, wanted: Any) -> bool:
    """Return whether a served result is the local one."""
    if hasattr(wanted, "to_numpy"):
        if list(found.columns) != list(wanted.columns) or list(found.index) != list(wanted.index):
            return False
        numbers = wanted.select_dtypes("number")
        return bool(np.allclose(found[numbers.columns], numbers, atol=1e-6, equal_nan=True))
    return str(found) == str(wanted)


class Soak:
    """Clients that ask at random, and compare each answer with the local one."""

    def __init__(self, clients: int, seconds: float) -> None:
        local = aw.load("demo")
        self.wanted = {
            (country, changed, i): getattr(explained(local, country, changed=changed), call)(**given)
            for country in COUNTRIES
            for changed in (False, True)
            for i, (call, given) in enumerate(CALLS)
        }
        self.end = time.monotonic() + seconds
        self.counts: Counter[str] = Counter()
        self.times: list[float] = []
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.ask, args=(i,)) for i in range(clients)]
        self.threads += [threading.Thread(target=self.dawdle), threading.Thread(target=self.leave)]

    def ask(self, seed: int) -> None:
        """Ask again and again, as a person who reads for a moment does."""
        draw = random.Random(seed)  # noqa: S311
        model = aw.connect(address())
        while time.monotonic() < self.end:
            key = draw.choice(list(self.wanted))
            country, changed, i = key
            call, given = CALLS[i]
            begin = time.monotonic()
            try:
                found = getattr(explained(model, country, changed=changed), call)(**given)
                outcome = "right" if equal(found, self.wanted[key]) else f"wrong: {key}"
            except aw.AttrWidgetError as error:
                outcome = f"refused: {error}"
            with self.lock:
                self.counts[outcome] += 1
                self.times.append(time.monotonic() - begin)
            time.sleep(draw.random() * 0.5)

    def dawdle(self) -> None:
        """Send heads and bodies letter by letter, and read nothing."""
        while time.monotonic() < self.end:
            slow = [socket.create_connection(("127.0.0.1", _port())) for _ in range(10)]
            for one in slow:
                one.sendall(b"POST /v1/explain HTTP/1.1\r\nContent-Length: 50\r\n")
            time.sleep(5)
            for one in slow:
                one.close()
            self.counts["dawdled"] += len(slow)

    def leave(self) -> None:
        """Ask for much, and leave before it is there."""
        model = aw.connect(address())

        def gone(_done: int, _total: int) -> None:
            raise aw.Cancelled

        while time.monotonic() < self.end:
            try:
                model.explain("The capital of Japan is", output=" Tokyo.").scores(
                    "span_regression", samples=3000, progress=gone
                )
            except aw.Cancelled:
                self.counts["left"] += 1
            time.sleep(2)


def soak(clients: int, seconds: float) -> None:
    """Print what became of the answers, and how the server's memory went."""
    with server("--max-kept", str(KEPT)) as process:
        load = Soak(clients, seconds)
        for thread in load.threads:
            thread.start()
        memory = []
        while time.monotonic() < load.end:
            time.sleep(min(seconds / 20, 30))
            memory.append(megabytes(process))
        for thread in load.threads:
            thread.join()
        print(f"{clients} clients, {seconds:g} s: {dict(load.counts)}")
        p50, p95 = np.percentile(load.times, [50, 95])
        print(f"an explanation and a call: median {p50:.2f} s, 95th percentile {p95:.2f} s")
        print("the server's own memory, MB: " + ", ".join(f"{one:.0f}" for one in memory))
        print(
            f"connections left open: {len(process.net_connections()) - 1}; threads: {process.num_threads()}"
        )


def visit(begin: Any, out: Any, seed: int, pause: float) -> None:
    """Connect, explain, and ask for the first row; put seconds, megabytes and processor seconds."""
    begin.wait()
    used = time.process_time()
    time.sleep(random.Random(seed).random() * pause)  # noqa: S311
    at = time.monotonic()
    ex = aw.connect(address()).explain(f"The capital of {COUNTRIES[seed % 12]} is", max_new_tokens=5)
    ex.scores(target=(0, 1))
    out.put((time.monotonic() - at, megabytes(psutil.Process()), time.process_time() - used))


def visitors(count: int, pause: float) -> None:
    """Print what *count* visitors take, who come within *pause* seconds."""
    import attrwidget.served.model  # noqa: F401 - visitors' kernels are forked from a process that has it

    context = multiprocessing.get_context("fork")
    begin, out = context.Barrier(count), context.Queue()
    with server() as owner:
        aw.connect(address()).explain("The capital of Japan is", max_new_tokens=1).scores()
        before = sum(owner.cpu_times()[:2])
        processes = [context.Process(target=visit, args=(begin, out, i, pause)) for i in range(count)]
        for process in processes:
            process.start()
        seconds, memory, used = zip(*[out.get() for _ in processes], strict=True)
        of_server = sum(owner.cpu_times()[:2]) - before
        for process in processes:
            process.join()
    p50, p95 = np.percentile(seconds, [50, 95])
    print(f"{count} visitors within {pause:g} s: first row median {p50:.2f} s, 95th percentile {p95:.2f} s")
    print(f"processor seconds: server {of_server:.2f}, all visitors {sum(used):.2f}")
    print(f"memory of their own: at most {max(memory):.0f} MB each")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["soak", "visitors"])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--clients", type=int, default=10)
    parser.add_argument("--pause", type=float, default=0, help="visitors come within so many seconds")
    given = parser.parse_args()
    if given.what == "soak":
        soak(given.clients, given.seconds)
    else:
        visitors(30, given.pause)


if __name__ == "__main__":
    main()
