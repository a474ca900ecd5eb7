"""Thirty visitors on one model: how soon each has a first row, and what the Python of each takes."""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from urllib.request import urlopen

from benchmarks.table import Result

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from helpers import hosts

if TYPE_CHECKING:
    from collections.abc import Iterator

VISITORS = 30
_SECONDS, _MIB = 1.5, 100
_COUNTRIES = [
    "Japan",
    "Italy",
    "France",
    "Germany",
    "Kenya",
    "Egypt",
    "Russia",
    "Brazil",
    "Canada",
    "Greece",
    "Spain",
    "Portugal",
    "Norway",
    "Sweden",
    "Finland",
    "Denmark",
    "Poland",
    "Austria",
    "Hungary",
    "Ireland",
    "Iceland",
    "Turkey",
    "India",
    "China",
    "Peru",
    "Chile",
    "Cuba",
    "Mexico",
    "Ghana",
    "Nigeria",
]
NOTE = (
    f"Visitors: `attrwidget serve demo`, and {VISITORS} clients of one machine at the same moment, each with a text "
    "of its own: `connect` before, then `explain` (5 tokens), what the page needs first, and the row of the first word "
    "by the first method as a page asks for it. All clients are threads of one process beside the server. Memory: "
    "`attrwidget app --model-url`, a kernel for each visitor, forked as for a browser's page, after it has explained "
    "its text: what it has of its own (USS), and that with its part of what is shared (PSS), the greatest of all. "
    "`python -m benchmarks served`."
)


def run() -> Iterator[Result]:
    """Yield the 95th percentile of the first row, and the memory of a visitor."""
    with tempfile.TemporaryDirectory() as folder:
        server = hosts.Server(Path(folder, "model"), port := hosts.free_port())
        server.start()
        try:
            address = f"http://{hosts.HOST}:{port}"
            yield from _rows(address)
            with hosts.app(Path(folder, "app"), "--model-url", address) as url:
                yield _memory(url)
        finally:
            server.stop()


def _rows(address: str) -> Iterator[Result]:
    import attrwidget as aw

    models = [aw.connect(address) for _ in range(VISITORS)]
    ready, times = threading.Barrier(VISITORS), dict[str, Any]()

    def visit(country: str, model: Any) -> None:
        ready.wait()
        begin = time.perf_counter()
        explanation = model.explain(f"The capital of {country} is", max_new_tokens=5)
        reading = explanation.reading
        word = reading.content["steps"]["suggested"]
        asked = time.perf_counter()
        reading.rows(reading.methods()[0].name, word)
        times[country] = (time.perf_counter() - begin, time.perf_counter() - asked)

    models[0].explain(
        "The first president of America is"
    ).scores()  # the first visitor of all tries the model
    threads = [threading.Thread(target=visit, args=pair) for pair in zip(_COUNTRIES, models, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(times) < VISITORS:
        raise RuntimeError(f"{VISITORS - len(times)} visitors got no row")
    for what, index in (("from the button to the first row", 0), ("the first row alone", 1)):
        found = [pair[index] for pair in times.values()]
        last = quantiles(found, n=20)[-1]
        yield Result(
            f"{VISITORS} visitors at once on the bundled model: {what} (95th percentile)",
            f"{last:.2f} s (median {median(found):.2f} s)",
            "–",
            f"{last:.2f} s",
            f"{_SECONDS} s",
            last <= _SECONDS,
        )


def _memory(url: str) -> Result:
    """Return what the kernels of all visitors take once each has explained its text."""
    for country in _COUNTRIES:
        query = urlencode({"text": f"The capital of {country} is"})
        with urlopen(f"{url}/?{query}") as page:  # noqa: S310 - on loopback
            page.read()
    time.sleep(5)  # the last one explains after its page was sent
    kernels = hosts.forks()
    infos = [kernel.memory_full_info() for kernel in kernels]
    if len(infos) != VISITORS or any(
        "torch" in one.path for kernel in kernels for one in kernel.memory_maps()
    ):
        raise RuntimeError(f"{len(infos)} kernels, or torch in one of them")
    own, part = (max(getattr(info, name) for info in infos) / 2**20 for name in ("uss", "pss"))
    return Result(
        f"{VISITORS} visitors of the app on a served model: memory of a visitor's kernel",
        f"{own:.0f} MiB of its own, {part:.0f} MiB with its part of what is shared",
        "–",
        f"{part:.0f} MiB",
        f"{_MIB} MiB",
        part <= _MIB,
    )
