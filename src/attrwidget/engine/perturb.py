"""Run a text with inputs masked, replaced or deleted, and read all its steps from each forward pass."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.engine.forward import encode, run
from attrwidget.engine.hooks import hooked
from attrwidget.engine.memory import require_room, run_bytes, smaller_batch, texts_at_once
from attrwidget.engine.padding import Unpadded, pad
from attrwidget.engine.prefix_cache import Prefix
from attrwidget.hf.exclusive_use import exclusive_use, lock_of
from attrwidget.hf.internals.modules import takes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from transformers import DynamicCache

    from attrwidget.hf.adapter import Adapter

    Read = Callable[[torch.Tensor], torch.Tensor]
    Group = tuple[int, ...]
    Around = Callable[[Sequence[Group]], AbstractContextManager[Any]]

_WORTH = 16  # tokens in common that are worth a cache
_ONE_MORE = 16  # tokens that take as long as one more run, by measurement on a CPU
_UNCHANGED = (
    64  # tokens of the unchanged text, run over a cache at least: a model may read long runs otherwise
)


@dataclass
class Perturber:
    """Runs one text many times, each time with a group of inputs changed together.

    Attributes:
        model: The adapter of the model.
        ids: int64 ``[1, n]``.
        steps: How many of the last positions are read.
        change: ``"mask"`` (no later position attends to the inputs, and positions stay), ``"delete"`` (later ones move
            up), a token id that replaces the inputs, or None for *around* alone.
        source: How many of the first tokens are an encoder's.
        around: Makes, for the groups of a batch, a context in which the model runs them.
        attention: The attention implementation; None means the model's own.
        hidden: Whether to read the LM head's inputs instead of its logits.
        reuse: Whether tokens before the first change of a batch are run only once; see ``Capabilities.pieces``.
        positions: Whether positions are given to the model; see ``Capabilities.positions``.
        prefix: The cache that is taken where *reuse* allows it, of a text that begins with *ids*; None makes one.
        gaps: Whether masked inputs may be left out where *reuse* allows it; see ``Capabilities.gaps``.
        before: The logits ``[steps, vocabulary]`` of the unchanged text, if they are at hand.
        size: How many groups to run at once; 0 means as many as fit in memory.
    """

    model: Adapter
    ids: torch.Tensor
    steps: int
    change: str | int | None
    source: int = 0
    around: Around | None = None
    attention: str | None = None
    hidden: bool = False
    reuse: bool = False
    positions: bool = True
    prefix: Prefix | None = None
    gaps: bool = False
    before: torch.Tensor | None = None
    size: int = 0

    def __post_init__(self) -> None:
        tokens = self.ids.shape[1]
        reuse = self.reuse and self.positions and _takes_positions(self.model)
        # The fewer neighbouring inputs are changed at once, the more tokens a batch has in common.
        self._near = max(16, tokens // 8) if reuse else tokens
        self.size = self.size or texts_at_once(
            self.model, tokens, self.steps, *([self._near] if reuse else [])
        )
        if self.size == 1:
            require_room(
                self.model,
                run_bytes(self.model, tokens, self.steps),
                f"A run of {tokens:,} tokens",
                "shorten the prompt, or load the model with dtype='bfloat16'",
            )
        self.gaps = self.gaps and reuse
        self.prefix = self.prefix or Prefix(self.model, self.ids, self.attention) if reuse else None

    def batch(self, groups: Sequence[Group], read: Read) -> list[torch.Tensor]:
        """Run as many of *groups* as fit in memory at once, the first ones, and read the logits of each.

        Args:
            groups: Tuples of input indices, each changed together.
            read: Called with the logits ``[steps, vocabulary]`` of one changed text. They are NaN at a step with
                nothing left to read, because all inputs before it, or the whole source, are gone.

        Returns:
            What *read* returned for each group that was run.

        Raises:
            AttrWidgetError: Memory does not suffice for one group.
        """
        while True:
            some = self._first_batch(groups)
            try:
                logits = self.logits(some)
                return [read(rows) for rows in logits]
            except (RuntimeError, MemoryError) as error:
                self.size = smaller_batch(error, len(some), self.ids.shape[1])

    def unchanged(self, read: Read) -> torch.Tensor:
        """Return ``read`` of the unchanged text, run the same way as the changed ones."""
        with lock_of(self.model.hf):
            if self.before is None:
                ones, past = torch.ones_like(self.ids), self._past([()])
                self.before = self._run(self.ids, ones, self.steps, self.source, past)[0]
            before, self.before = self.before, None
            return read(before)

    @classmethod
    def together(cls, texts: Sequence[Perturber], groups: Sequence[Group]) -> list[torch.Tensor]:
        """Mask a group of inputs in each of several *texts* of one model, and run them in one batch.

        Shorter texts are padded on the right, on each side of an encoder–decoder.

        Returns:
            The logits ``[steps, vocabulary]`` of each; see ``batch``.
        """
        first, own = texts[0], [Unpadded(text.ids[0], text.source, text.steps) for text in texts]
        ids, mask, source, rows, places = padded = pad(own, first.model.pad_id)
        for row, text, group in zip(mask, own, groups, strict=True):
            row[[padded.column(text, index) for index in group]] = 0
        logits = masked_logits(first.model, ids, mask, rows, source, positions=first.positions)
        before = mask[:, source:].cumsum(1)
        if source:
            before = before * mask[:, :source].any(1, keepdim=True)
        logits = logits.masked_fill((before[:, -rows:] == 0)[..., None], torch.nan)
        return [logits[row, at] for row, at in enumerate(places)]

    def forget(self) -> None:
        """Free what is kept from one batch to the next; later ones run each text as a whole."""
        self.prefix = self.before = None

    def logits(self, groups: Sequence[Group]) -> torch.Tensor:
        """Return logits ``[len(groups), steps, vocabulary]``; see ``batch``."""
        keep_mask = torch.ones(len(groups), self.ids.shape[1], dtype=torch.bool, device=self.ids.device)
        for row, group in zip(keep_mask, groups, strict=True):
            row[list(group)] = False
        ids = self.ids.expand(keep_mask.shape)
        past = self._past(groups)
        if self.change not in ("mask", "delete"):
            ids = ids if self.change is None else ids.masked_fill(~keep_mask, int(self.change))
            with self.around(groups) if self.around else nullcontext():
                return self._run(ids, torch.ones_like(ids), self.steps, self.source, past)
        # How many inputs are left up to the position of each step, on the step's own side.
        before = keep_mask[:, self.source :].cumsum(1)[:, -self.steps :]
        if self.source:
            before = before * keep_mask[:, : self.source].any(1, keepdim=True)
        if self.change == "mask":
            logits = self._masked(ids, keep_mask, past)
        else:
            logits = self._deleted(ids, keep_mask, before, past)
        return logits.masked_fill((before == 0)[..., None], torch.nan)

    def _first_batch(self, groups: Sequence[Group]) -> list[Group]:
        """Return the first groups of a batch; when deleting, groups of one size, because texts are not padded.

        On a processor, where a batch of long texts takes as long as they do one by one, none is much longer in the
        batch than by itself.
        """
        some = list(groups[: self.size])
        if self.model.device.type == "cpu" and self.prefix is not None:
            some = self._of_a_length(some)
        if self.change != "delete":
            return some

        def size(group: Group) -> tuple[int, int]:
            return len(group), sum(i < self.source for i in group)

        return list(takewhile(lambda group: size(group) == size(some[0]), some))

    def _of_a_length(self, groups: Sequence[Group]) -> list[Group]:
        """Return the first of *groups*, each of which takes less time in the batch than by itself."""
        some: list[Group] = []
        length, together = self.ids.shape[1], 0
        first = fewest = length
        for group in groups:
            begin, gone = self._begin(group), self._left_out(group)
            first, fewest = min(first, begin), min(fewest, gone)
            longer = (len(some) + 1) * (length - first - fewest)
            if some and longer - together > length - begin - gone + _ONE_MORE:
                break
            some, together = [*some, group], longer
        return some

    def _begin(self, group: Group) -> int:
        """Return from where on the text must be run when the inputs in *group* are changed."""
        first = min(group, default=self.ids.shape[1] - _UNCHANGED)
        return max(0, min(first, self.ids.shape[1] - self.steps))

    def _left_out(self, group: Group) -> int:
        """Return how many of the inputs in *group* need not be run when they are changed."""
        if self.change == "delete":
            return len(group)
        return sum(i < self.ids.shape[1] - self.steps for i in group) if self.gaps else 0

    def _past(self, groups: Sequence[Group]) -> DynamicCache | None:
        """Return the cache of the tokens before the first change and the first step, if it is long enough."""
        gone = max(map(len, groups)) if self.change == "delete" else 0
        tokens = min(*map(self._begin, groups), self.ids.shape[1] - gone - self.steps)
        if self.prefix is None or tokens < _WORTH:
            return None
        return self.prefix.cache(tokens, len(groups))

    def _masked(self, ids: torch.Tensor, keep_mask: torch.Tensor, past: DynamicCache | None) -> torch.Tensor:
        """Return the steps' logits with inputs masked; those that are masked in each text and not read are left out."""
        at = None
        if self.gaps:
            masked = ~keep_mask
            masked[:, -self.steps :] = False
            stay = ~masked | (masked.cumsum(1) > masked.sum(1).min())
            ids, keep_mask, at = (
                x.expand_as(stay)[stay].view(len(stay), -1)
                for x in (ids, keep_mask, torch.arange(stay.shape[1], device=ids.device))
            )
        return self._run(ids, keep_mask.to(ids), self.steps, self.source, past, at=at)

    def _deleted(
        self, ids: torch.Tensor, keep_mask: torch.Tensor, before: torch.Tensor, past: DynamicCache | None
    ) -> torch.Tensor:
        """Return each step's logits, read at the last position left before it."""
        ids, source = ids[keep_mask].view(len(ids), -1), int(keep_mask[0, : self.source].sum())
        length = ids.shape[1] - source
        if length == 0 or source < min(1, self.source):
            return torch.zeros(*before.shape, self.model.vocabulary, device=ids.device)
        rows = min(self.steps, length)
        logits = self._run(ids, torch.ones_like(ids), rows, source, past)
        at = (before - 1 - (length - rows)).clamp_min(0)
        return logits.gather(1, at[..., None].expand(-1, -1, logits.shape[-1]))

    def _run(
        self,
        ids: torch.Tensor,
        mask: torch.Tensor,
        rows: int,
        source: int,
        past: DynamicCache | None = None,
        *,
        at: torch.Tensor | None = None,
    ) -> torch.Tensor:
        return masked_logits(
            self.model,
            ids,
            mask,
            rows,
            source,
            past=past,
            attention=self.attention,
            hidden=self.hidden,
            positions=self.positions,
            at=at,
        )


def masked_logits(
    model: Adapter,
    ids: torch.Tensor,
    mask: torch.Tensor,
    rows: int,
    source: int = 0,
    *,
    past: DynamicCache | None = None,
    attention: str | None = None,
    hidden: bool = False,
    positions: bool = True,
    at: torch.Tensor | None = None,
) -> torch.Tensor:
    """Return the logits ``[b, rows, vocabulary]`` of the last *rows* positions, without gradients.

    Args:
        model: The adapter of the model.
        ids: int64 ``[b, n]``.
        mask: ``[b, n]``; no position attends to a token whose mask is 0, and all positions stay.
        rows: How many of the last positions are read.
        source: How many of the first tokens are an encoder's.
        past: A cache of the first tokens, which are not run again.
        attention: The attention implementation; None means the model's own.
        hidden: Whether to return the LM head's inputs ``[b, rows, d]`` instead.
        positions: Whether positions are given to the model, if it takes them.
        at: int64 ``[b, n]``, the positions; by default they are counted.
    """
    known = 0 if past is None else int(past.get_seq_length())
    options = mask_options(model, mask, known, positions=positions)
    if at is not None:
        options["position_ids"] = at[:, known:]
    if past is not None:
        ids = ids[:, known:]
    seen: list[torch.Tensor] = []
    with exclusive_use(model.hf, attention), torch.no_grad():
        if source:
            options = encode(model.hf, ids[:, :source], mask[:, :source])
            options["decoder_attention_mask"], ids = mask[:, source:], ids[:, source:]
        head = model.hf.get_output_embeddings()
        hooks = [(head, lambda _module, args: seen.append(args[0]))] if hidden else []
        with hooked(hooks, before=True):
            logits = run(model.hf, ids, rows, cache=past, **options).logits
    return seen[-1][:, -rows:] if hidden else logits[:, -rows:]


def mask_options(model: Adapter, mask: torch.Tensor, known: int = 0, *, positions: bool) -> dict[str, Any]:
    """Return the options of *model* for a *mask* ``[b, n]``, with *positions* from *known* on if it takes them."""
    options: dict[str, Any] = {"attention_mask": mask}
    if positions and _takes_positions(model):
        # By default positions are counted from the mask, so those after a masked token would move.
        options["position_ids"] = torch.arange(known, mask.shape[1], device=mask.device).expand(len(mask), -1)
    return options


def _takes_positions(model: Adapter) -> bool:
    return "position_ids" in takes(model.hf)
