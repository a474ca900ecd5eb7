"""Read Inseq's results, objects or JSON files, as plain arrays; Inseq itself is not needed."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.errors import AttrWidgetError
from attrwidget.formats.read.parts import read_text, read_whole_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_GZIP = b"\x1f\x8b"
_MOST_BYTES = 1 << 30  # that a zipped file may hold
_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}


@dataclass(frozen=True)
class InseqSequence:
    """One attributed sequence.

    Attributes:
        source: Tokens as ``(text, id)``.
        target: Tokens as ``(text, id)``.
        source_scores: ``[tokens, steps, …]`` or None.
        target_scores: ``[tokens, steps, …]`` or None.
        step_scores: Readings of each step, by name.
        start: The target token of step 0.
        end: The target token after the last step.
        layered: A third dimension is of layers, not of embeddings.
    """

    source: list[tuple[str, int]]
    target: list[tuple[str, int]]
    source_scores: NDArray[np.float32] | None
    target_scores: NDArray[np.float32] | None
    step_scores: dict[str, NDArray[np.float32]]
    start: int
    end: int
    layered: bool


def parse_object(out: Any) -> tuple[list[InseqSequence], dict[str, Any]]:
    """Return the sequences and the ``info`` of an Inseq output, or of one of its sequences."""
    one = hasattr(out, "attr_pos_start") and hasattr(out, "target_attributions")
    if one or hasattr(out, "sequence_attributions"):
        with _told("This Inseq result", ""):
            info = {} if one else dict(out.info or {})
            sequences = [out] if one else out.sequence_attributions
            return [_of_sequence(vars(s), type(s).__name__, info) for s in sequences], info
    raise AttrWidgetError(
        f"A {type(out).__name__} is no result of Inseq's: give what model.attribute() returned, or the path of a JSON "
        "file of it."
    )


def parse_file(data: bytes, name: str) -> tuple[list[InseqSequence], dict[str, Any]]:
    """Return the sequences and the ``info`` of an Inseq JSON file with the bytes *data*, gzipped or not.

    Raises AttrWidgetError when it is none, or was cut short or altered.
    """
    try:
        node = json.loads(_unzipped(data) if data[:2] == _GZIP else data)
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise AttrWidgetError(
            f"{name} is no JSON file of Inseq's, or it was cut short: save it again."
        ) from error
    with _told(name, ": save it again"):
        whole = _attributes(node)
        info = dict(whole.get("info") or {})
        sequences = [
            _of_sequence(_attributes(s), str((s.get("__instance_type__") or ["", ""])[1]), info)
            for s in whole["sequence_attributions"]
        ]
    return sequences, info


def _unzipped(data: bytes) -> bytes:
    with gzip.open(BytesIO(data)) as file:
        text: bytes = file.read(_MOST_BYTES + 1)
    if len(text) > _MOST_BYTES:
        raise ValueError("a small file of a gigabyte")
    return text


@contextmanager
def _told(name: str, advice: str) -> Iterator[None]:
    """Raise one sentence, with *advice* at its end, for contents of *name* that Inseq does not write."""
    try:
        yield
    except AttrWidgetError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, MemoryError) as error:
        raise AttrWidgetError(f"{name} does not hold what Inseq writes{advice}.") from error


def _attributes(node: Any) -> dict[str, Any]:
    return dict(node.get("attributes", node))


def _of_sequence(parts: dict[str, Any], kind: str, info: dict[str, Any]) -> InseqSequence:
    """Return a sequence from the attributes of an Inseq output of this *kind*."""
    target = [_token(token) for token in parts["target"]]
    start, end = parts["attr_pos_start"], parts["attr_pos_end"]
    sequence = InseqSequence(
        [_token(token) for token in parts["source"] or []],
        target,
        _array(parts["source_attributions"]),
        _array(parts["target_attributions"]),
        {read_text(name): _vector(values) for name, values in (parts["step_scores"] or {}).items()},
        read_whole_number(start),
        len(target) if end is None else read_whole_number(end),
        kind.startswith("MultiDimensional")
        or info.get("attribution_method") in ("attention", "value_zeroing"),
    )
    _require_fit(sequence)
    return sequence


def _require_fit(sequence: InseqSequence) -> None:
    """Raise AttrWidgetError unless the tokens and scores of *sequence* fit together."""
    start, end = sequence.start, sequence.end
    fits = 0 <= start < end <= len(sequence.target)
    for scores, count in (
        (sequence.source_scores, len(sequence.source)),
        (sequence.target_scores, end),
    ):
        fits &= scores is None or (
            2 <= scores.ndim <= 4 and scores.shape[:2] == (count, end - start) and scores.size > 0
        )
    fits &= all(len(values) == end - start for values in sequence.step_scores.values())
    if not fits:
        raise AttrWidgetError("The tokens and scores of this Inseq result do not fit together.")
    if any(s is not None and np.isinf(s).any() for s in (sequence.source_scores, sequence.target_scores)):
        raise AttrWidgetError("The scores of this Inseq result hold an infinite number.")


def _token(token: Any) -> tuple[str, int]:
    if hasattr(token, "token"):
        return read_text(token.token), read_whole_number(token.id)
    parts = _attributes(token)
    return read_text(parts["token"]), read_whole_number(parts["id"])


def _vector(values: Any) -> NDArray[np.float32]:
    array = _array(values)
    return np.empty(0, np.float32) if array is None else array.reshape(-1)


def _array(values: Any) -> NDArray[np.float32] | None:
    if values is None:
        return None
    if isinstance(values, str):
        return _tensor(values)
    if hasattr(values, "detach"):
        values = values.detach().cpu().float().numpy()
    with np.errstate(over="ignore"):  # told as an infinite number
        return np.array(values, dtype=np.float32)


def _tensor(text: str) -> NDArray[np.float32]:
    """Return the one tensor of a safetensors file in base64; its reader for NumPy does not know float8."""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    size = int.from_bytes(data[:8], "little")
    entry = json.loads(data[8 : 8 + size])["attribution"]
    start, end = entry["data_offsets"]
    raw, shape = data[8 + size + start : 8 + size + end], tuple(map(read_whole_number, entry["shape"]))
    if min(shape, default=0) < 0:
        raise ValueError(f"a tensor of the shape {list(shape)}")
    if entry["dtype"] in _TYPES:
        return np.frombuffer(raw, _TYPES[entry["dtype"]]).reshape(shape).astype(np.float32)
    if entry["dtype"] == "BF16":
        return (np.frombuffer(raw, "<u2").astype(np.uint32) << 16).view(np.float32).reshape(shape)
    if entry["dtype"] == "F8_E4M3":
        return _eight_bits(raw).reshape(shape)
    raise ValueError(f"numbers of the type {entry['dtype']}")


def _eight_bits(raw: bytes) -> NDArray[np.float32]:
    """Return the numbers of a float8 E4M3 tensor, a type that NumPy does not have."""
    import torch

    codes = torch.frombuffer(bytearray(raw), dtype=torch.uint8)
    values: NDArray[np.float32] = codes.view(torch.float8_e4m3fn).float().numpy()
    return values
