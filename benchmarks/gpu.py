"""A model with the shape of Llama 3.2 1B on a GPU, in under eight minutes: ``python -m benchmarks.gpu [--tiny]``.

It writes a table beside this file. ``--tiny`` runs every part on a small model, on a CPU where there is no GPU: it
shows that the script works, and its numbers mean nothing.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from rich.console import Console

import attrwidget as aw
from benchmarks.models import random_text, save_llama
from benchmarks.table import Result, table, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RESULTS = Path(__file__).with_name("gpu.md")
_LIMIT = 420.0  # seconds after which no other part is begun
_REPEATS = 3
_OCCLUDED = 4  # tokens of the answer that inputs are left out for: Inseq runs the model for each of both
_ROWS, _COLUMNS = (
    4096,
    8,
)  # of the matrix product: rows, and how many times as wide as the model its weight is at most


class Shape(NamedTuple):
    """The size of the model and of its text."""

    layers: int
    heads: int
    pairs: int  # heads of keys and values
    width: int
    inner: int
    vocabulary: int
    prompt: int
    output: int


LARGE = Shape(16, 32, 8, 2048, 8192, 128_256, 448, 64)
TINY = Shape(2, 4, 2, 64, 128, 500, 24, 4)


class Bench:
    """A random model of a shape in bfloat16, and one text.

    Args:
        folder: Where the model is saved.
        shape: Its size.
        device: Where it runs.
    """

    def __init__(self, folder: str, shape: Shape, device: str) -> None:
        self.folder, self.shape, self.device = folder, shape, device
        self.cuda = device == "cuda"
        self.prompt = random_text(shape.prompt, shape.vocabulary, seed=1)
        self.output = " " + random_text(shape.output, shape.vocabulary, seed=2)
        self.model: Any = aw.load(folder, dtype="bfloat16", device=device)
        self.size = f"{shape.prompt} + {shape.output} tokens"
        self.model.explain(self.prompt, output=self.output).scores("saliency")  # trials, and warm kernels

    def explain(self) -> aw.Explanation:
        """Return a fresh explanation of the text."""
        found: aw.Explanation = self.model.explain(self.prompt, output=self.output)
        return found

    def seconds(self, work: Callable[[], Any], repeats: int = _REPEATS) -> tuple[float, int]:
        """Return the median wall-clock seconds of *work*, and the most bytes of the GPU that it took."""
        times = []
        if self.cuda:
            torch.cuda.reset_peak_memory_stats()
        for _ in range(repeats):
            self._wait()
            begun = time.perf_counter()
            work()
            self._wait()
            times.append(time.perf_counter() - begun)
        return statistics.median(times), torch.cuda.max_memory_allocated() if self.cuda else 0

    def _wait(self) -> None:
        if self.cuda:
            torch.cuda.synchronize()

    def products_per_second(self) -> float:
        """Return how many floating-point operations a second the model's largest product reaches by itself."""
        rows = min(_ROWS, _COLUMNS * self.shape.width)
        a = torch.randn(rows, self.shape.width, device=self.device, dtype=torch.bfloat16)
        b = torch.randn(self.shape.width, self.shape.inner, device=self.device, dtype=torch.bfloat16)
        count = 50 if self.cuda else 2
        taken, _ = self.seconds(lambda: [a @ b for _ in range(count)])
        return 2 * rows * self.shape.width * self.shape.inner * count / taken

    @property
    def operations(self) -> int:
        """The floating-point operations of the products of one plain forward pass, without the LM head."""
        hf = self.model.hf
        weights = sum(p.numel() for p in hf.model.layers.parameters())
        return 2 * weights * (self.shape.prompt + self.shape.output - 1)


def gradients(bench: Bench, limit: float) -> Iterator[Result]:
    """Yield the times of saliency, its first row and all."""
    steps = range(bench.shape.output)
    for what, some in (("the first row", [0]), ("all rows", steps)):
        # A forward pass of the trace, one with the graph, and a backward pass for each row, twice as dear.
        passes = 2 + 2 * len(some)
        taken, peak = bench.seconds(lambda some=some: bench.explain().reading.rows("saliency", some))  # type: ignore[misc]
        yield bench_row(f"saliency, {what}, {bench.size}", taken, peak, passes * bench.operations, limit)


def leave_one_out(bench: Bench, limit: float) -> Iterator[Result]:
    """Yield the time of leaving each token out."""
    steps = range(bench.shape.output)
    taken, peak = bench.seconds(lambda: bench.explain().reading.rows("leave_one_out", steps), repeats=1)
    passes = bench.shape.prompt + bench.shape.output
    yield bench_row(f"leave one out, each token, {bench.size}", taken, peak, passes * bench.operations, limit)


def against_inseq(bench: Bench, _limit: float) -> Iterator[Result]:
    """Yield the times of saliency and of attribution by occlusion in Inseq, with the largest difference of shares."""
    if find_spec("inseq") is None:
        yield Result("saliency against Inseq", "", "", "Inseq is not installed")
        return
    import inseq
    from transformers import AutoModelForCausalLM

    hf = AutoModelForCausalLM.from_pretrained(
        bench.folder, dtype=torch.bfloat16, attn_implementation="eager"
    ).to(bench.device)
    for ours_by, theirs_by, count in (
        ("saliency", "saliency", bench.shape.output),
        ("leave_one_out_replaced", "occlusion", _OCCLUDED),
    ):
        output = " " + " ".join(bench.output.split()[:count])
        theirs = inseq.load_model(hf, theirs_by, tokenizer=bench.folder, device=bench.device)
        mine: list[Any] = []
        found: list[Any] = []

        def explain(
            by: str = ours_by, output: str = output, count: int = count, mine: list[Any] = mine
        ) -> None:
            ex: Any = bench.model.explain(bench.prompt, output=output)
            mine.append(ex.reading.rows(by, range(count)))

        def attribute(theirs: Any = theirs, output: str = output, found: list[Any] = found) -> None:
            found.append(
                theirs.attribute(
                    bench.prompt,
                    bench.prompt + output,
                    show_progress=False,
                    generation_args={"skip_special_tokens": True},
                )
            )

        explain()
        ours, _ = bench.seconds(explain, repeats=1)
        taken, peak = bench.seconds(attribute, repeats=1)
        what = f"{theirs_by}, all rows, {bench.shape.prompt} + {count} tokens"
        if theirs_by == "saliency":
            shares = found[0].sequence_attributions[0].aggregate().target_attributions.float().cpu().numpy().T
            difference = float(np.nanmax(np.abs(mine[0] - shares[:, : mine[0].shape[1]])))
            what += f" (largest difference of shares {difference:.0e})"
        yield Result(
            what, f"{ours:.2f} s", f"Inseq {taken:.2f} s{_memory(peak)}", f"{taken / ours:.1f} times faster"
        )


def in_eight_bits(bench: Bench, _limit: float) -> Iterator[Result]:
    """Yield the time of saliency with weights of 8 bits."""
    if find_spec("bitsandbytes") is None:
        yield Result("saliency with weights of 8 bits", "", "", "bitsandbytes is not installed")
        return
    from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

    hf = AutoModelForCausalLM.from_pretrained(
        bench.folder,
        quantization_config=BitsAndBytesConfig(load_in_8bit=True),
        dtype=torch.bfloat16,
        device_map=bench.device,
    )
    model: Any = aw.load(hf, AutoTokenizer.from_pretrained(bench.folder))
    rows: list[Any] = []

    def all_rows() -> None:
        ex = model.explain(bench.prompt, output=bench.output)
        rows.append(ex.reading.rows("saliency", range(bench.shape.output)))

    all_rows()
    taken, peak = bench.seconds(all_rows)
    whole = bench.explain().reading.rows("saliency", range(bench.shape.output))
    alike = float(
        np.nanmean([np.corrcoef(*pair)[0, 1] for pair in zip(*map(_filled, (rows[0], whole)), strict=True)])
    )
    yield Result(
        f"saliency with weights of 8 bits, all rows, {bench.size}",
        f"{taken:.2f} s{_memory(peak)}",
        "",
        f"correlation with bfloat16 {alike:.3f}",
    )


def bench_row(what: str, taken: float, peak: int, operations: int, limit: float) -> Result:
    """Return a row that compares a time with that of the same operations at the speed of the matrix product."""
    fastest = operations / limit
    return Result(
        what,
        f"{taken:.3g} s{_memory(peak)}",
        f"plain passes at the speed of a matrix product {fastest:.3g} s",
        f"{100 * fastest / taken:.0f} % of it",
    )


def _memory(peak: int) -> str:
    return f", {peak / 1e9:.1f} GB at most" if peak else ""


def _filled(rows: Any) -> Any:
    return np.nan_to_num(np.asarray(rows, dtype=np.float64))


def run(shape: Shape, device: str) -> Iterator[Result]:
    """Yield the rows of the table, until time is short."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        save_llama(Path(folder), **shape._asdict())
        bench = Bench(folder, shape, device)
        limit = bench.products_per_second()
        yield Result("matrix product of that width, bfloat16", f"{limit / 1e12:.3g} TFLOP/s", "", "")
        for part in (gradients, leave_one_out, in_eight_bits, against_inseq):
            if time.monotonic() - begun > _LIMIT:
                yield Result(part.__name__.replace("_", " "), "", "", "not run: time was short")
                continue
            try:
                yield from part(bench, limit)
            except Exception as error:  # noqa: BLE001 - one part that fails must not cost the others' numbers
                yield Result(
                    part.__name__.replace("_", " "), "", "", f"failed: {type(error).__name__}: {error}"
                )


def main() -> None:
    """Run the benchmark, and write its table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="a small model, on a CPU where there is no GPU")
    parser.add_argument("--to", type=Path, default=RESULTS, help="the file that the table is written to")
    given = parser.parse_args()
    if not given.tiny and not torch.cuda.is_available():
        parser.error("there is no GPU here: --tiny shows that the script works")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    logging.disable(logging.WARNING)
    shape, device = TINY if given.tiny else LARGE, "cuda" if torch.cuda.is_available() else "cpu"
    begun = time.monotonic()
    results = list(run(shape, device))
    Console().print(table(results))
    where = torch.cuda.get_device_name() if device == "cuda" else "a CPU, on which these numbers mean nothing"
    note = (
        f"Llama's shape: {shape.layers} layers × {shape.width}, {shape.heads} heads, vocabulary "
        f"{shape.vocabulary:,}, random weights in bfloat16, on {where}; wall-clock seconds, the median of {_REPEATS} "
        "runs for saliency. A plain pass is one forward pass of the text; a backward pass counts as two. "
        f"{time.monotonic() - begun:.0f} s in all."
    )
    write(results, [note], given.to, f"python -m benchmarks.gpu{' --tiny' * given.tiny}")


if __name__ == "__main__":
    main()
