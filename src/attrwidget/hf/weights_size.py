"""Find out how many bytes a model's weights take, before they are loaded into memory that they do not fit in."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from attrwidget.hf.load_options import LoadOptions

# Names of safetensors' precisions.
_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2}


def require_room(name: str, folder: str, how: LoadOptions) -> None:
    """Raise AttrWidgetError if the weights of a model do not fit in the memory that is free where they will be.

    Nothing is said of weights that Transformers spreads over several places, or quantises, nor of weights whose size is
    not known beforehand, which those in Safetensors' files are.
    """
    if "device_map" in how.options or "quantization_config" in how.options:
        return
    counts = _weights(folder)
    dtype = how.options["dtype"]
    needed = sum(count * _size(kind, dtype) for kind, count in counts.items())
    free = free_bytes(how.device)
    if needed <= free:
        return
    large = max(counts, key=lambda kind: counts[kind])
    half = dtype not in ("bfloat16", "float16", torch.bfloat16, torch.float16) and _BYTES.get(large, 0) > 2
    smaller = sum(count * min(2, _BYTES.get(kind, 1)) for kind, count in counts.items())
    shorter = f"load it with dtype='bfloat16', which needs {in_words(smaller)}; " if half else ""
    raise AttrWidgetError(
        f"The weights of {name!r} need {in_words(needed)} and {in_words(free)} are free: {shorter}take a smaller "
        "model, quantise it with quantization_config=, or let device='auto' put a part of it on the disk."
    )


def _weights(folder: str) -> Counter[str]:
    """Return how many weights there are of each of safetensors' precisions; none where that is not known."""
    path = Path(folder)
    if path.is_dir():
        return sum((_in_file(file) for file in path.glob("model*.safetensors")), Counter())
    from huggingface_hub import get_safetensors_metadata

    try:
        return Counter(get_safetensors_metadata(folder).parameter_count)
    except Exception:  # noqa: BLE001 - no such files, or no answer: the weights are loaded without a check
        return Counter()


def _in_file(file: Path) -> Counter[str]:
    from safetensors import SafetensorError, safe_open

    counts: Counter[str] = Counter()
    try:
        with safe_open(file, framework="pt") as opened:
            for key in opened.keys():  # noqa: SIM118 - it is no dictionary
                part = opened.get_slice(key)
                counts[part.get_dtype()] += torch.Size(part.get_shape()).numel()
    except SafetensorError:  # Transformers says what is wrong with the file
        return Counter()
    return counts


def _size(kind: str, dtype: Any) -> int:
    """Return the bytes of a weight that was saved as *kind* once it is loaded as *dtype*."""
    saved = _BYTES.get(kind)
    if saved is None:
        return 1
    if dtype == "auto":
        return saved
    return (dtype if isinstance(dtype, torch.dtype) else getattr(torch, dtype)).itemsize


def free_bytes(device: torch.device | None) -> int:
    """Return how many bytes are free on *device*; None stands for the main memory."""
    if device is not None and device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    import psutil

    return int(psutil.virtual_memory().available)


def in_words(count: float) -> str:
    """Return a number of bytes with its unit."""
    return f"{count / 1e9:.1f} GB" if count >= 1e8 else f"{count / 1e6:.1f} MB"
