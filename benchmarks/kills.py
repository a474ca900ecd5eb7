"""Kill workers and drivers of a data set at random, and compare every byte with a run that nobody killed.

``python -m benchmarks.kills local 2000 20`` explains 2,000 texts on a bundled model, by two workers, killing one of
them or their driver 20 times; ``ray`` instead of ``local`` does so under Ray.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, cast

import psutil

import attrwidget as aw

_DRAW = random.Random(0)  # noqa: S311 - victims
_HOW: dict[str, Any] = {"workers": 2, "shard_size": 16, "batch_size": 16}
_ADJECTIVES = ("good", "bad", "not good", "great", "terrible", "very good", "dull", "")


def main(engine: str, count: int, kills: int) -> None:
    """Run *engine* over *count* texts with *kills*, and print whether the files are those of an uninterrupted run."""
    texts = [f"The film {k} was {_DRAW.choice(_ADJECTIVES)}." if k % 97 else "" for k in range(count)]
    with tempfile.TemporaryDirectory() as place:
        whole, killed = Path(place) / "whole", Path(place) / "killed"
        start = time.perf_counter()
        aw.explain_dataset("demo-sentiment", texts, to=whole, **_HOW)
        print(f"uninterrupted, local: {time.perf_counter() - start:.0f} s", flush=True)
        start = time.perf_counter()
        victims = _run(engine, texts, killed, kills)
        print(f"{engine}, killed {victims}: {time.perf_counter() - start:.0f} s", flush=True)
        files = [_files(folder) for folder in (whole, killed)]
        ids = list(aw.open(killed).table()["id"])
        print(f"files: {len(files[1])} of {len(files[0])}, bytes equal: {files[0] == files[1]}")
        print(f"ids: {len(ids):,}, each once and in order: {ids == list(range(count))}")
        print(f"texts with a sentence: {len(aw.open(killed).failed())}")


def _run(engine: str, texts: list[str], folder: Path, kills: int) -> dict[str, int]:
    """Run a driver until the folder is finished, killing one process each time that some more shards are there."""
    script = (
        "import json, sys, attrwidget as aw\n"
        f"how = dict(to={str(folder)!r}, engine={engine!r}, **{_HOW!r})\n"
        "aw.explain_dataset('demo-sentiment', json.load(sys.stdin), **how)\n"
    )
    shards = -(-len(texts) // _HOW["shard_size"])
    marks = sorted(_DRAW.sample(range(1, shards - 1), kills))
    victims = {"driver": 0, "worker": 0}
    while True:
        driver = _start(script, texts)
        while driver.poll() is None:
            time.sleep(0.05)
            if not marks or len(_files(folder, read=False)) < marks[0]:
                continue
            time.sleep(_DRAW.uniform(0, 0.5))
            victim = _victim(driver.pid)
            if victim is None:
                continue
            marks.pop(0)
            _kill(driver, victim)
            victims["driver" if victim.pid == driver.pid else "worker"] += 1
        if driver.returncode == 0:
            return victims


def _start(script: str, texts: list[str]) -> subprocess.Popen[str]:
    import json

    driver = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    with cast("IO[str]", driver.stdin) as pipe:
        pipe.write(json.dumps(texts))
    return driver


def _victim(driver: int) -> psutil.Process | None:
    """Return the driver or a worker of it, at random; None if they are just gone."""
    with suppress(psutil.Error):
        parent = psutil.Process(driver)
        workers = [child for child in parent.children(recursive=True) if _is_worker(child)]
        return _DRAW.choice([parent, *workers, *workers])
    return None


def _is_worker(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return any(name in " ".join(process.cmdline()) for name in ("attrwidget.dataset.worker", "MapWorker"))
    return False


def _kill(driver: subprocess.Popen[str], victim: psutil.Process) -> None:
    family = psutil.Process(driver.pid).children(recursive=True)
    victim.kill()
    if victim.pid == driver.pid:
        driver.wait(60)
        _, alive = psutil.wait_procs(family, timeout=60)
        if alive:
            print(f"after the driver: {[process.name() for process in alive]} were still alive", flush=True)
        for process in alive:
            with suppress(psutil.Error):
                process.kill()


def _files(folder: Path, *, read: bool = True) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() if read else b""
        for path in sorted((folder / "shards").glob("*.parquet"))
    }


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
