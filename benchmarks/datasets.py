"""Measure data sets.

``python -m benchmarks.datasets batches`` (three minutes) compares texts at once with one by one, ``paths`` (three
minutes) the same for integrated gradients, ``smollm2`` (two minutes) for SmolLM2-135M-Instruct, and ``bound`` (a
minute) for its bare passes. ``workers`` (two minutes, two cores) compares two workers with one, and ``collection`` (a
minute) opens and searches a hundred thousand texts.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrwidget as aw
from attrwidget.dataset.batch import Text
from attrwidget.dataset.manifest import Manifest
from attrwidget.dataset.shard import explain_shard

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_DRAW = random.Random(0)  # noqa: S311 - words
_WORDS = {
    "demo": lambda: f"The capital of {_DRAW.choice(['Japan', 'France', 'Italy', 'Germany', 'Spain'])} is",
    "demo-sentiment": lambda: (
        f"The {_DRAW.choice(['film', 'plot', 'acting', 'music'])} was {_DRAW.choice(['not ', 'very ', ''])}"
        f"{_DRAW.choice(['good', 'bad', 'great', 'dull', 'terrible'])}{_DRAW.choice(['.', ', and the end was sad.'])}"
    ),
    "demo-masked": lambda: f"The capital of {_DRAW.choice(['Japan', 'France', 'Italy'])} is [MASK].",
    "demo-translation": lambda: _DRAW.choice(
        ["我們喜歡的手錶很重。", "我喜歡機器學習。", "他們的房子很大。"]
    ),
}
_OPTIONS: dict[str, dict[str, Any]] = {
    "demo": {"max_new_tokens": 5},
    "demo-translation": {"max_new_tokens": 12},
}


def batches() -> None:
    """Compare 32 texts at once with one by one, on the bundled models."""
    for name in _WORDS:
        _compare(name, aw.load(name), ("leave_one_out", "gim", "saliency"), count=64, size=32, runs=3)


def paths() -> None:
    """Compare 8 texts at once with one by one, for integrated gradients, which take many points of each."""
    for name in _WORDS:
        _compare(name, aw.load(name), ("integrated_gradients",), count=8, size=8, runs=1)


def smollm2() -> None:
    """Compare 16 texts at once with one by one, on SmolLM2-135M-Instruct."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from helpers.real import smollm2 as real

    model = real()
    model.rename("SmolLM2")
    _compare("demo", model, ("leave_one_out", "gim", "saliency"), count=16, size=16, runs=1)


def bound(texts: int = 16, tokens: int = 10, steps: int = 5) -> None:
    """Print how much faster SmolLM2's bare forward and backward passes are in a batch: what gradients can gain."""
    import torch

    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from helpers.real import smollm2 as real

    hf = real().hf.requires_grad_(requires_grad=False)
    hf.set_attn_implementation("eager")  # fused kernels have no batched backward

    def seconds(count: int) -> float:
        start = time.process_time()
        embeddings = hf.get_input_embeddings()(torch.full((count, tokens), 100)).requires_grad_()
        states = hf.base_model(inputs_embeds=embeddings, use_cache=False).last_hidden_state
        hf.lm_head(states[:, -steps:])
        cotangents = torch.zeros(steps, *states.shape)
        cotangents[range(steps), :, range(-steps, 0)] = 1
        torch.autograd.grad(states, embeddings, cotangents, is_grads_batched=True)
        return time.process_time() - start

    runs = [(sum(seconds(1) for _ in range(texts)), seconds(texts)) for _ in range(4)][1:]
    one, many = (1000 * statistics.median(taken) / texts for taken in zip(*runs, strict=True))
    print(f"bare passes: {one:.0f} ms one by one, {many:.0f} ms {texts} at once, {one / many:.1f} times")


def _compare(name: str, model: Any, methods: Sequence[str], *, count: int, size: int, runs: int) -> None:
    """Print the processor time that a text takes, one by one and *size* at once, medians of *runs* in turn."""
    texts = [Text(k, _WORDS[name](), None) for k in range(count)]
    for method in methods:
        taken: dict[int, list[float]] = {1: [], size: []}
        for _ in range(runs + 1):  # the first warms up
            for at_once, times in taken.items():
                how = Manifest(name, {}, [method], _OPTIONS.get(name, {}), count, at_once, count, "", {})
                times.append(_processor_time(model, texts, how))
        one, many = (1000 * statistics.median(times[1:]) / count for times in taken.values())
        what = f"{model.name}, {method}: {one:.1f} ms one by one, {many:.1f} ms {size} at once"
        print(f"{what}, {one / many:.1f} times", flush=True)


def _processor_time(model: Any, texts: list[Text], how: Manifest) -> float:
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        explain_shard(model, texts, how, Path(folder) / "shard.parquet")
        return time.process_time() - start


def workers(count: int = 1200) -> None:
    """Print how long two workers take for *count* texts, and one, without and with their start."""
    texts = [_WORDS["demo-sentiment"]() for _ in range(count)]
    taken = {}
    for crew in (1, 2):
        marks: list[tuple[int, float]] = []
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            aw.explain_dataset(
                "demo-sentiment",
                texts,
                to=Path(folder) / "scores",
                workers=crew,
                shard_size=20,
                progress=lambda done, _total, marks=marks: marks.append((done, time.perf_counter())),
            )
            whole = time.perf_counter() - start
        # From the moment that all workers have loaded their model.
        ready = next(k for k, (done, _) in enumerate(marks) if done >= 40 * crew)
        rate = (marks[-1][0] - marks[ready][0]) / (marks[-1][1] - marks[ready][1])
        taken[crew] = whole, rate
        print(f"{crew} workers: {whole:.1f} s in all; {rate:.1f} texts a second once they run", flush=True)
    (one, slow), (two, fast) = taken[1], taken[2]
    print(f"2 workers: {one / two:.2f} times as fast in all, {fast / slow:.2f} times once they run")


def collection(count: int = 100_000) -> None:
    """Print how long a collection of *count* texts, made of a few real explanations, takes to open and to search."""
    with tempfile.TemporaryDirectory() as where:
        folder = Path(where) / "scores"
        aw.explain_dataset("demo-sentiment", [_WORDS["demo-sentiment"]() for _ in range(64)], to=folder)
        _multiply(folder, count)
        _timed("open", lambda: aw.open(folder))
        _timed("open and search for the first time, writing the index", lambda: aw.open(folder).search("not"))
        _timed("open and search for a word", lambda: aw.open(folder).search("not", min_share=0.2))
        opened = aw.open(folder)
        _timed("search for a word", lambda: opened.search("not", min_share=0.2))
        _timed("words by class", lambda: opened.words(by="class"))
        _timed("one explanation", lambda: opened[count // 2])
        _timed("the table", opened.table)


def _multiply(folder: Path, count: int) -> None:
    """Make the one shard of *folder* many, whose texts have other shares and one word of their own."""
    import json

    import pyarrow.parquet as pq

    from attrwidget.dataset.shard import to_parquet

    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "count": count}))
    rows = pq.read_table(folder / "shards/000000.parquet").to_pylist()
    for shard in range(-(-count // 64)):
        texts = []
        for at in range(shard * 64, min(count, shard * 64 + 64)):
            row = dict(rows[at % 64])
            row["shares"] = [share * _DRAW.random() for share in row["shares"]]
            row["words"] = [*row["words"][:-1], f"word{at % 20_000}"]
            texts.append({**row, "id": at, "prompt": f"{row['prompt']} {at}"})
        (folder / f"shards/{shard:06}.parquet").write_bytes(to_parquet(texts))
    for path in (folder / "index").iterdir():
        path.unlink()


def _timed(what: str, work: Callable[[], Any]) -> None:
    start = time.perf_counter()
    work()
    print(f"{what}: {time.perf_counter() - start:.3f} s", flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    commands = (batches, paths, smollm2, bound, workers, collection)
    {command.__name__: command for command in commands}[sys.argv[1]]()
