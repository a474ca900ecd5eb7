"""What a model says with inputs masked, replaced or deleted: every step from the same batched forward passes."""

from __future__ import annotations

import inspect
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import chain, takewhile
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.engine.forward import encode, run
from attrwidget.engine.gradients.batched import is_out_of_memory
from attrwidget.engine.prefix_cache import Prefix
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import exclusive_use, lock_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from transformers import DynamicCache

    from attrwidget.hf.adapter import Adapter

    Read = Callable[[torch.Tensor], torch.Tensor]
    Group = tuple[int, ...]
    Around = Callable[[Sequence[Group]], AbstractContextManager[Any]]

_WORTH = 16  # tokens in common that are worth a cache
_CPU_BYTES, _GPU_BYTES = 64 << 20, 1 << 30  # of one batch's logits and widest activations, roughly


@dataclass
class Perturber:
    """Runs one text many times over, each time with a group of inputs changed together.

    *ids* are ``[1, n]``; the last *steps* positions are read. *change* is ``"mask"``: no later position attends
    to the inputs, and positions stay; ``"delete"``: they are gone and later ones move up; or a token id that
    stands in their place. None changes nothing by itself: *around* then gives, for the groups of a batch, a context in
    which the model runs them, under the *attention* named. With *hidden*, the unembedding's inputs are read instead of
    its logits. The first *source* tokens are those of an encoder. With *reuse*, what comes before the first input that
    a batch changes is not run again; see ``Abilities.pieces``.
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
    size: int = 0

    def __post_init__(self) -> None:
        config, tokens = self.model.text_config, self.ids.shape[1]
        width = 8 * int(config.hidden_size) + int(getattr(config, "num_attention_heads", 0) or 0) * tokens
        bytes_each = 4 * (2 * self.steps * self.model.vocabulary + tokens * width)
        budget = _CPU_BYTES if self.ids.device.type == "cpu" else _GPU_BYTES
        reuse = self.reuse and "position_ids" in inspect.signature(self.model.hf.forward).parameters
        # Inputs one after the other have the more in common before them the fewer are taken at once.
        most = max(16, tokens // 8) if reuse else 64
        self.size = self.size or max(1, min(64, most, budget // bytes_each))
        self._prefix = Prefix(self.model, self.ids, self.attention) if reuse else None

    def batch(self, groups: Sequence[Group], read: Read) -> list[torch.Tensor]:
        """Run as many of *groups* as fit at once and return ``read(logits [steps, vocabulary])`` of each.

        A step that has nothing left before it, or no source, all of that being masked or deleted, has logits of NaN.
        Raises AttrWidgetError when memory does not suffice for one group.
        """
        while True:
            some = self._alike(groups)
            try:
                logits = self.logits(some)
                return [read(rows) for rows in logits]
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                if self.size == 1:
                    raise AttrWidgetError(
                        f"There is not enough memory to run {self.ids.shape[1]:,} tokens once more: shorten the "
                        "prompt, or load the model with dtype='bfloat16'."
                    ) from error
                self.size = max(1, len(some) // 2)

    def unchanged(self, read: Read) -> torch.Tensor:
        """Return ``read`` of the text as it is, run as the others are."""
        with lock_of(self.model.hf):
            ones = torch.ones_like(self.ids)
            return read(self._run(self.ids, ones, self.steps, self.source)[0])

    def forget(self) -> None:
        """Free what is kept from one batch for the next."""
        if self._prefix is not None:
            self._prefix = Prefix(self.model, self.ids, self.attention)

    def logits(self, groups: Sequence[Group]) -> torch.Tensor:
        """Return logits ``[len(groups), steps, vocabulary]``, see ``batch``."""
        keep_mask = torch.ones(len(groups), self.ids.shape[1], dtype=torch.bool, device=self.ids.device)
        for row, group in zip(keep_mask, groups, strict=True):
            row[list(group)] = False
        ids = self.ids.expand(keep_mask.shape)
        past = self._past(groups)
        if self.change not in ("mask", "delete"):
            ids = ids if self.change is None else ids.masked_fill(~keep_mask, int(self.change))
            with self.around(groups) if self.around else nullcontext():
                return self._run(ids, torch.ones_like(ids), self.steps, self.source, past)
        # How many inputs are left up to the position of each step, in what it reads itself.
        before = keep_mask[:, self.source :].cumsum(1)[:, -self.steps :]
        if self.source:
            before = before * keep_mask[:, : self.source].any(1, keepdim=True)
        if self.change == "mask":
            logits = self._run(ids, keep_mask.to(ids), self.steps, self.source, past)
        else:
            logits = self._deleted(ids, keep_mask, before, past)
        return logits.masked_fill((before == 0)[..., None], torch.nan)

    def _alike(self, groups: Sequence[Group]) -> list[Group]:
        """Return the first groups, of which those to be deleted are as large as each other: texts are not padded."""
        some = list(groups[: self.size])
        if self.change != "delete":
            return some

        def size(group: Group) -> tuple[int, int]:
            return len(group), sum(i < self.source for i in group)

        return list(takewhile(lambda group: size(group) == size(some[0]), some))

    def _past(self, groups: Sequence[Group]) -> DynamicCache | None:
        """Return the cache of what comes before all changes and all that is read, if it is worth while."""
        gone = max(map(len, groups)) if self.change == "delete" else 0
        tokens = min((*chain(*groups), self.ids.shape[1] - gone - self.steps))
        if self._prefix is None or tokens < _WORTH:
            return None
        return self._prefix.cache(tokens, len(groups))

    def _deleted(
        self, ids: torch.Tensor, keep_mask: torch.Tensor, before: torch.Tensor, past: DynamicCache | None
    ) -> torch.Tensor:
        """Return each step's logits at the last position that is left before it."""
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
    ) -> torch.Tensor:
        return _rows(
            self.model,
            ids,
            mask,
            rows,
            source,
            past=past,
            attention=self.attention,
            hidden=self.hidden,
        )


def masked_logits(
    model: Adapter, ids: torch.Tensor, mask: torch.Tensor, rows: int, source: int = 0
) -> torch.Tensor:
    """Return the logits ``[b, rows, vocabulary]`` of the last *rows* positions of *ids* ``[b, n]``, without gradients.

    No position attends to a token whose *mask* ``[b, n]`` is 0, and all positions stay. The first *source* tokens are
    those of an encoder.
    """
    return _rows(model, ids, mask, rows, source)


def find_masking(model: Adapter, ids: torch.Tensor, source: int = 0) -> str:
    """Say what becomes of a token masked from attention, by trying it on *ids* ``[1, n]``.

    ``"kept"``: nothing later depends on it, and all positions stay. ``"moves"``: later positions are counted
    without it, as in models whose ALiBi is made from the mask. ``"ignored"``: the model uses it all the same. The
    first *source* tokens are those of an encoder, where it is tried too.
    """
    tried = [(source + ids.shape[1]) // 2, *([source // 2] if source else [])]
    found = [_masking(model, ids, source, at) for at in tried]
    return next((what for what in ("ignored", "moves") if what in found), "kept")


def _masking(model: Adapter, ids: torch.Tensor, source: int, at: int) -> str:
    other = ids.clone()
    other[0, at] = (other[0, at] + 1) % model.vocabulary
    mask = torch.ones_like(ids)
    mask[0, at] = 0
    later = ids.shape[1] - max(at + 1, source)
    if later < 1:
        return "ignored"
    try:
        masked = _rows(model, ids, mask, later, source)[0]
        alone = _rows(model, other, mask, later, source)[0]
        beside = _rows(model, torch.cat([ids, other]), mask.repeat(2, 1), later, source)[1]
        fewer = source - (at < source)
        deleted = _rows(model, ids[mask.bool()][None], torch.ones_like(mask[:, 1:]), later, fewer)[0]
    except (RuntimeError, ValueError, TypeError, NotImplementedError):
        return "ignored"
    if not (_close(model, masked, alone) and _close(model, masked, beside)):
        return "ignored"
    return "moves" if _close(model, masked, deleted) else "kept"


def _rows(
    model: Adapter,
    ids: torch.Tensor,
    mask: torch.Tensor,
    rows: int,
    source: int = 0,
    *,
    past: DynamicCache | None = None,
    attention: str | None = None,
    hidden: bool = False,
) -> torch.Tensor:
    """Return logits ``[b, rows, vocabulary]`` of *ids* ``[b, n]`` at explicit positions, without gradients.

    With *hidden*, the unembedding's inputs ``[b, rows, d]``. The tokens that *past* holds are not run again.
    """
    options: dict[str, Any] = {"attention_mask": mask}
    known = 0 if past is None else int(past.get_seq_length())
    if "position_ids" in inspect.signature(model.hf.forward).parameters:
        # Counted from the mask, positions after a masked token would move.
        options["position_ids"] = torch.arange(known, ids.shape[1], device=ids.device).expand(len(ids), -1)
    if past is not None:
        ids = ids[:, known:]
    seen: list[torch.Tensor] = []
    with exclusive_use(model.hf, attention), torch.no_grad():
        if source:
            options = encode(model.hf, ids[:, :source], mask[:, :source])
            options["decoder_attention_mask"], ids = mask[:, source:], ids[:, source:]
        handle = model.hf.get_output_embeddings().register_forward_pre_hook(
            lambda _module, args: seen.append(args[0]) if hidden else None
        )
        try:
            logits = run(model.hf, ids, rows, cache=past, **options).logits
        finally:
            handle.remove()
    return seen[-1][:, -rows:] if hidden else logits[:, -rows:]


def _close(model: Adapter, one: torch.Tensor, other: torch.Tensor) -> bool:
    tolerance = 5e-2 if model.low_precision else 1e-4
    finite = torch.isfinite(one)
    scale = one[finite].abs().max().clamp_min(1e-12) if bool(finite.any()) else 1.0
    return bool((one - other)[finite].abs().max() <= tolerance * scale) if bool(finite.any()) else True
