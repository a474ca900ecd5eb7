"""Choose what an exported page carries within its size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from attrwidget.errors import AttrWidgetError
from attrwidget.export.recorded import attention_size, given_size, scores_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from attrwidget.results.base import MethodInfo, Reading

MB = 1_000_000
_FINE_MB = 1.0  # a page that stays under it has attention with 16 bits
_LEAST = 0.3  # what attention is compressed to, at best


@dataclass(frozen=True)
class Plan:
    """What a page carries.

    Attributes:
        methods: The methods carried.
        bits: Bits of a weight of each head's attention, 16, 11 or 8; 0 without single heads. Attention is then a method
            like others: the mean of all heads.
        max_mb: The megabytes within which the page is by this plan.
        left_out: Sentences on what the page does not carry.
    """

    methods: tuple[MethodInfo, ...]
    bits: int
    max_mb: float
    left_out: tuple[str, ...] = ()

    def without(self, method: MethodInfo, reason: str) -> Plan:
        """Return this plan without a *method* that cannot be computed, which a sentence says; the last one stays."""
        sentence = f"{method.title} is left out: {reason}"
        rest = tuple(one for one in self.methods if one != method) or self.methods
        return replace(self, methods=rest, left_out=(*self.left_out, sentence))

    def recorded(self) -> list[MethodInfo]:
        """Return the methods carried as rows of scores."""
        return [m for m in self.methods if not (m.attention and self.bits)]


def make_plans(reading: Reading, methods: Sequence[MethodInfo], room: float, max_mb: float) -> Iterator[Plan]:
    """Yield plans whose numbers may take at most *room* bytes, the richest first; those of the last one surely do.

    Heads have 16 bits in a page under 1 MB. They go to 11, then 8, then to their mean; then methods are dropped, the
    last one first. How far attention can be compressed is known only once it is there. Raises AttrWidgetError when even
    the first method does not fit.
    """
    smallest = 0
    for plan in _plans(reading, tuple(methods), max_mb):
        attention = attention_size(reading, plan.bits) if plan.bits else 0
        smallest = scores_size(reading) * len(plan.recorded())
        smallest += given_size(reading) if plan.bits else 0
        own_room = room - (max_mb - plan.max_mb) * MB
        if smallest + _LEAST * attention <= own_room:
            yield plan
        if smallest + attention <= own_room:
            return
    # A tenth more, so that the advised size does not fail again.
    least = max_mb + 1.1 * (smallest - room) / MB
    raise AttrWidgetError(
        f"max_mb={max_mb:g} is too small: even the text with the scores of one method, {methods[0].title}, "
        f"takes more; give max_mb={_up(least):g} or more."
    )


def _plans(reading: Reading, methods: tuple[MethodInfo, ...], max_mb: float) -> Iterator[Plan]:
    """Yield plans, the richest first."""
    limit = f"to keep it under {max_mb:g} MB"
    plan = Plan(methods, 0, max_mb)
    if any(method.attention for method in methods):
        yield replace(plan, bits=16, max_mb=min(_FINE_MB, max_mb))
        yield replace(plan, bits=11)
        coarse = f"Attention weights are rounded to 1/255 of each row's largest in this file, {limit}."
        yield replace(plan, bits=8, left_out=(coarse,))
        size = attention_size(reading, 8) / MB
        count = reading.n_layers * reading.n_heads
        heads = f"Single attention heads are not in this file, {limit}: all {count} would take {size:.1f} MB."
        plan = replace(
            plan,
            methods=tuple(m.mean_of_heads(count) if m.attention else m for m in methods),
            left_out=(heads,),
        )
    yield plan
    for kept in range(len(methods) - 1, 0, -1):
        gone = ", ".join(method.title for method in methods[kept:])
        carried = replace(plan, methods=plan.methods[:kept])
        head_notes = plan.left_out if any(m.attention for m in methods[:kept]) else ()
        yield replace(carried, left_out=(*head_notes, f"Not in this file, {limit}: {gone}."))


def _up(value: float) -> float:
    """Return *value* rounded up to a hundredth."""
    return -(-int(value * 10_000) // 100) / 100
