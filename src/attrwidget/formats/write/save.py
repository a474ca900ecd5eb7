"""Save an explanation to one file."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from attrwidget.checks import check_megabytes
from attrwidget.errors import AttrWidgetError
from attrwidget.files import public_name, writable, write_whole
from attrwidget.formats.container import pack
from attrwidget.progress import part_of
from attrwidget.results.choice import announced_work, methods_of_file
from attrwidget.results.recorded import record_heads, seen_before
from attrwidget.results.saved import SavedReading
from attrwidget.version import __version__

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from attrwidget.progress import Progress
    from attrwidget.results.base import MethodInfo, Reading

_MB = 1_000_000
_HEADS = ("auto", "float32", "float16", "none")
_SPARE_BYTES = 8192  # names of arrays, and the sentence on what was left out


class _Plan(NamedTuple):
    """What goes into a file: methods as rows, and heads with a precision or None."""

    methods: list[MethodInfo]
    precision: str | None
    left_out: list[str]


def save(
    reading: Reading,
    path: str | os.PathLike[str],
    *,
    methods: str | Sequence[str] | None = None,
    shown: str | None = None,
    everything: bool = False,
    heads: str = "auto",
    max_mb: float = 50.0,
    also: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write *reading* to one file, which ``attrwidget.open`` reads without model or torch.

    The file is a safetensors file: tokens, readings of the steps, the raw scores of *methods*, and attention.

    Args:
        reading: What to save.
        path: Where to write it.
        methods: Names; by default the one *shown*, or else the first, those computed already, and leave one out, GIM,
            saliency, input × gradient and attention, as far as they take under a minute together.
        shown: The method that the widget shows.
        everything: Carry all methods that need no other library.
        heads: Attention of all heads as ``"float32"``, ``"float16"`` or ``"none"``, which keeps their mean; ``"auto"``
            takes the first that keeps the file under *max_mb*, and warns of what it left out.
        max_mb: The largest size in megabytes.
        also: What else the file's document holds, as JSON.
        progress: Called with ``(done, total)`` instead of a sentence and a bar; an exception raised in it stops, and
            nothing is written.

    Returns:
        The path written.

    Raises:
        AttrWidgetError: A method does not exist, the scores do not fit *max_mb*, or the path cannot be written.
    """
    target = writable(path, "why.attrwidget")
    data = saved_bytes(
        reading,
        target.name,
        methods=methods,
        shown=shown,
        everything=everything,
        heads=heads,
        max_mb=max_mb,
        also=also,
        progress=progress,
    )
    write_whole(target, data)
    return target


def saved_bytes(
    reading: Reading,
    name: str = "the file",
    *,
    methods: str | Sequence[str] | None = None,
    shown: str | None = None,
    everything: bool = False,
    heads: str = "auto",
    max_mb: float = 50.0,
    also: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> bytes:
    """Return the bytes of the file that ``save`` writes; *name* is what its progress calls it."""
    if heads not in _HEADS:
        raise AttrWidgetError(f"heads is one of {', '.join(map(repr, _HEADS))}, not {heads!r}.")
    limit = check_megabytes(max_mb)
    document, arrays = texts_of(reading)
    document.update(also or {})
    texts = len(pack(document, arrays)) + _SPARE_BYTES
    chosen = methods_of_file(reading, methods, [shown] if shown else [], everything=everything)
    plan = _plan(reading, chosen, heads, limit, texts)
    for sentence in plan.left_out:
        warnings.warn(sentence, stacklevel=4)
    with announced_work(reading, plan.methods, progress, name) as report:
        failed = _numbers(reading, plan, document, arrays, report, may_fail=methods is None)
    document["warnings"] = [*reading.warnings, *plan.left_out, *failed]
    return pack(document, arrays)


def _has_heads(reading: Reading, info: MethodInfo) -> bool:
    """Return whether ``head_weights`` gives the rows of a method."""
    if isinstance(reading, SavedReading):
        return reading.recorded[info.name].rows is None
    return info.attention and (info.name == "attention" or info.source is not None)


def _plan(reading: Reading, methods: list[MethodInfo], heads: str, max_mb: float, texts: int) -> _Plan:
    """Return the first plan that fits *max_mb* beside the *texts* bytes of tokens and steps."""
    count = reading.n_layers * reading.n_heads
    has_heads = any(_has_heads(reading, info) for info in methods)
    row_bytes = 8 * reading.n_steps * reading.n_inputs
    weights = count * seen_before(reading.first_step, reading.n_inputs, reading.n_steps)
    offered = (heads,) if heads != "auto" else _HEADS[1:] if has_heads else ("none",)
    for precision in offered:
        carried = has_heads and precision != "none"
        bytes_each = {"float32": 4, "float16": 2}.get(precision, 0) if carried else 0
        size = texts + row_bytes * (len(methods) - carried) + bytes_each * weights
        if size > max_mb * _MB:
            continue
        left_out = []
        if heads == "auto" and precision == "float16":
            left_out = [f"Attention is rounded to float16 in the saved file, to keep it under {max_mb:g} MB."]
        elif heads == "auto" and has_heads and not carried:
            mean = (
                f"Single attention heads are not in the saved file, to keep it under {max_mb:g} MB: all {count} would "
                f"take {2 * weights / _MB:.1f} MB; their mean is kept."
            )
            left_out = [mean]
        return _Plan(methods, precision if carried else None, left_out)
    needed = -(-size // 10_000) / 100
    raise AttrWidgetError(
        f"max_mb={max_mb:g} is too small: these scores take {needed:g} MB; give max_mb={needed:g} or fewer methods."
    )


def texts_of(reading: Reading) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return tokens and steps as a document and arrays."""
    tokens, steps = reading.tokens, reading.steps
    readings = [str(name) for name in steps.select_dtypes("number").columns]
    document = {
        "attrwidget": __version__,
        "model": public_name(reading.model_name),
        "first_step": int(reading.first_step),
        "inputs": int(reading.n_inputs),
        "units": [[int(unit.start), int(unit.end), unit.text] for unit in tokens.units],
        "labels": list(tokens.labels),
        "special": [i for i, special in enumerate(tokens.special) if special],
        "sections": [[section.title, int(section.start), int(section.end)] for section in reading.sections],
        "section_bodies": [section.body for section in reading.sections],
        "section_notes": [section.note for section in reading.sections],
        "top": [[[text, float(p)] for text, p in top] for top in steps["top"]],
        "readings": readings,
        "attention_note": reading.attention_note,
        "answer_text": reading.answer_text,
        "step_noun": list(reading.step_noun),
        **({"places": [int(at) for at in reading.places]} if reading.places else {}),
    }
    arrays: dict[str, NDArray[Any]] = {"ids": np.asarray(tokens.ids, dtype=np.int64)}
    for name in readings:
        arrays[f"steps.{name}"] = np.ascontiguousarray(steps[name].to_numpy())
    return document, arrays


def _numbers(
    reading: Reading,
    plan: _Plan,
    document: dict[str, Any],
    arrays: dict[str, NDArray[Any]],
    progress: Progress,
    *,
    may_fail: bool,
) -> list[str]:
    """Add the scores and the attention to *document* and *arrays*; return a sentence for each method left out.

    A method is left out if it *may_fail* and the model turns out not to allow it for this text.
    """
    count = reading.n_steps
    total = count * len(plan.methods)
    entries: list[dict[str, Any]] = []
    failed: list[str] = []
    for index, info in enumerate(plan.methods):
        report = part_of(progress, index * count, count, total)
        from_heads = plan.precision is not None and _has_heads(reading, info)
        if from_heads and "attention" not in arrays:
            arrays["attention"] = record_heads(reading, plan.precision or "float32", report)
        elif not from_heads:
            try:
                rows = reading.raw_rows(info.name, report)
            except AttrWidgetError as error:
                if not may_fail:
                    raise
                failed.append(f"{info.title} is not in the saved file: {error}")
                if len(failed) < len(plan.methods):
                    continue
                rows = np.full((count, reading.n_inputs), np.nan)  # the text can be shown without any score
            arrays[f"scores.{info.name}"] = np.ascontiguousarray(rows)
        report(count, count)
        entries.append(_entry(reading, info, from_heads=from_heads))
    document["methods"] = entries
    return failed


def _entry(reading: Reading, info: MethodInfo, *, from_heads: bool) -> dict[str, Any]:
    """Return the description of one saved method as JSON."""
    saved = reading.recorded[info.name] if isinstance(reading, SavedReading) else None
    mean = info.attention and not from_heads
    kept = info.mean_of_heads(reading.n_layers * reading.n_heads) if mean else info
    notes = [reading.note(info.name, [step]) for step in range(reading.n_steps)]
    sums = [reading.sums(info.name, step) for step in range(reading.n_steps)]
    return {
        **kept._asdict(),
        "target_function": reading.target_function_of(info.name),
        "divided": saved.divided if saved else not (info.signed or info.attention),
        "note": reading.note(info.name, range(reading.n_steps)),
        "notes": notes if any(notes) else [],
        "sums": sums if any(sums) else [],
    }
