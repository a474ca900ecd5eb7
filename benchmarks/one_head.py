"""Peak memory of reading one attention head, against ``output_attentions=True`` under eager attention."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from benchmarks.models import random_text, save_gpt2
from benchmarks.table import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOTE = (
    "One head: GPT-2 shape, 12 layers × 12 heads × 768, 2,048 tokens; the whole weight matrix of one head. Peak "
    "resident memory above what the process held with the model loaded and used once on a short text, median of "
    "three processes for each side. The peer runs the model with `output_attentions=True` under eager attention, asks "
    "for the last logits only (as ours does), and takes the head from what comes back. Both heads are compared first."
)
_TOKENS, _VOCABULARY, _LAYER, _HEAD = 2048, 32_000, 3, 5
_TARGET, _REPEATS = 0.1, 3
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def ours(folder: str) -> Callable[[str], torch.Tensor]:
    """Return a function that reads the head's weights ``[n, n]`` of a text by attrwidget."""
    import attrwidget as aw

    model = aw.load(folder)

    def read(text: str) -> torch.Tensor:
        explanation = model.explain(text, output=" w1")
        return torch.from_numpy(explanation.attention(_LAYER, _HEAD, targets="all").to_numpy(copy=False))

    return read


def peer(folder: str) -> Callable[[str], torch.Tensor]:
    """Return a function that reads the same from the attentions that Transformers returns."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager").eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)

    def read(text: str) -> torch.Tensor:
        ids = tokenizer(text, return_tensors="pt")["input_ids"]
        with torch.no_grad():
            run = model(ids, output_attentions=True, use_cache=False, logits_to_keep=1)
        weights: torch.Tensor = run.attentions[_LAYER][0, _HEAD]
        return weights

    return read


def run() -> Iterator[Result]:
    """Yield one result, after checking that both sides read the same weights."""
    with tempfile.TemporaryDirectory() as folder:
        save_gpt2(
            Path(folder),
            layers=12,
            heads=12,
            width=768,
            vocabulary=_VOCABULARY,
            context=_TOKENS + 1,
            spread=0.02,
        )
        mine, theirs = (
            statistics.median(_measure(side, folder) for _ in range(_REPEATS)) for side in ("ours", "peer")
        )
        difference = (_weights(folder, "ours") - _weights(folder, "peer")).abs().nan_to_num().max()
    if difference > 1e-5:
        raise RuntimeError(f"the head's weights differ from output_attentions' by {difference:.1e}")
    yield Result(
        f"peak memory of one head at {_TOKENS:,} tokens",
        f"{mine / 2**20:,.0f} MiB",
        f"output_attentions {theirs / 2**20:,.0f} MiB",
        f"{mine / theirs:.3f} of it",
        f"{_TARGET} of it",
        mine <= _TARGET * theirs,
    )


def _measure(side: str, folder: str) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.one_head", side, folder],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return int(json.loads(done.stdout.splitlines()[-1]))


def _weights(folder: str, side: str) -> torch.Tensor:
    weights: torch.Tensor = torch.load(Path(folder) / f"{side}.pt")
    return weights


def _resident(line: str) -> int:
    """Return the bytes in a line of the process's status, such as ``VmHWM:``, its peak resident memory."""
    found = next(row for row in _STATUS.read_text(encoding="ascii").splitlines() if row.startswith(line))
    return int(found.split()[1]) * 1024


def _main(side: str, folder: str) -> None:
    """Print the peak memory of one side, above what was held before; save its weights to *folder*."""
    if not _CLEAR.exists():
        raise SystemExit("Peak memory is read from /proc, so this benchmark runs on Linux only.")
    torch.set_num_threads(1)
    read = {"ours": ours, "peer": peer}[side](folder)
    read(random_text(32, _VOCABULARY, seed=1))
    text = random_text(_TOKENS, _VOCABULARY, seed=0)
    before = _resident("VmRSS:")
    _CLEAR.write_text("5", encoding="ascii")  # sets the peak back to what is held now
    weights = read(text)
    peak = _resident("VmHWM:")
    torch.save(weights.contiguous().clone(), Path(folder) / f"{side}.pt")
    print(json.dumps(peak - before))


if __name__ == "__main__":
    _main(*sys.argv[1:])
