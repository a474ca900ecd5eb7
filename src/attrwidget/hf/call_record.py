"""One call that a user made of a model: what went in, and what came out, kept as plain lists."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from attrwidget.hf.exclusive_use import weights_state
from attrwidget.hf.generation import generation_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedModel

    Rows = list[list[int]]

# What changes the distribution that tokens are chosen from, with the values that change nothing.
_ALWAYS: dict[str, tuple[Any, ...]] = {
    "guidance_scale": (1,),
    "sequence_bias": (),
    "encoder_repetition_penalty": (1,),
    "repetition_penalty": (1,),
    "no_repeat_ngram_size": (0,),
    "encoder_no_repeat_ngram_size": (0,),
    "bad_words_ids": (),
    "min_length": (0,),
    "min_new_tokens": (0,),
    "forced_eos_token_id": (),
    "exponential_decay_length_penalty": (),
    "suppress_tokens": (),
    "begin_suppress_tokens": (),
    "watermarking_config": (),
}
_SAMPLING: dict[str, tuple[Any, ...]] = {
    "temperature": (1,),
    "top_h": (),
    "top_k": (0,),
    "top_p": (1,),
    "min_p": (0,),
    "typical_p": (1,),
    "epsilon_cutoff": (0,),
    "eta_cutoff": (0,),
}


@dataclass
class Call:
    """A call of a model.

    Attributes:
        prompts: The rows of input ids, or None if the call was given none.
        masks: The attention masks of the prompts, or None.
        refusal: Why inputs or outputs are unknown, for an error, or None.
        weights: The model's ``weights_state`` at the call.
    """

    prompts: Rows | None = None
    masks: Rows | None = None
    refusal: str | None = None
    weights: int = 0

    def prompt(self, row: int) -> list[int]:
        """Return the ids of a row of input, without padding."""
        return self.unmasked(self.prompts or [], row)

    def unmasked(self, rows: Rows, row: int) -> list[int]:
        """Return *row* of *rows*, which are as long as the prompts, without the items at padding."""
        mask = self.masks[row] if self.masks else [1] * len(rows[row])
        return [i for i, kept in zip(rows[row], mask, strict=True) if kept]

    def receive(self, result: Any) -> None:
        """Record what the call returned."""


@dataclass
class Read(Call):
    """A call of a model that reads a text; ``types`` are the rows of its ``token_type_ids``, or None."""

    types: Rows | None = None


@dataclass
class Generated(Call):
    """A call of ``generate``.

    Attributes:
        sequences: The rows that it returned: ``per_prompt`` for the first prompt, then as many for the next.
        begun: The rows that a decoder was given, or None.
        forced: The token that the decoder had to begin with, or None.
        ends: The tokens that end a text.
        pad: The token that pads rows, or None.
        by_text: Whether texts or criteria of the user's own may have ended it.
        changes: Names of what changed the distribution that tokens were chosen from.
    """

    sequences: Rows = field(default_factory=list)
    begun: Rows | None = None
    forced: int | None = None
    ends: frozenset[int] = frozenset()
    pad: int | None = None
    by_text: bool = False
    changes: list[str] = field(default_factory=list)

    @property
    def per_prompt(self) -> int:
        """How many sequences belong to each prompt, one after the other."""
        return max(1, len(self.sequences) // len(self.prompts or [()]))

    def prompt_of(self, row: int) -> list[int]:
        """Return the ids of the prompt of sequence *row*, without padding."""
        if self.prompts is None:
            return self.sequences[row][:1]  # the token that generate begins a text with
        return self.prompt(row // self.per_prompt)

    def is_padded_behind(self, row: int) -> bool:
        """Return whether padding stands between the prompt of sequence *row* and its answer."""
        mask = self.masks[row // self.per_prompt] if self.masks else []
        return bool(mask) and not mask[-1]

    def answer_of(self, row: int, start: int) -> list[int]:
        """Return what was generated in sequence *row* from its token *start* on, without padding."""
        ids = self.sequences[row][start:]
        end = next((at + 1 for at, token in enumerate(ids) if token in self.ends), len(ids))
        ids = ids[:end]
        while len(self.sequences) > 1 and len(ids) > 1 and ids[-1] == self.pad and self.pad not in self.ends:
            ids.pop()
        return ids

    def is_cut_short(self, answer: list[int]) -> bool:
        """Return whether *answer* ends because no more tokens were allowed."""
        return bool(answer) and answer[-1] not in self.ends and not self.by_text

    def receive(self, result: Any) -> None:
        """Record what ``generate`` returned."""
        rows = getattr(result, "sequences", result)
        if getattr(rows, "ndim", None) != 2:
            self.refusal = f"generate returned {type(result).__name__} and no sequences of token ids"
        elif self.refusal is None:
            self.sequences = rows.tolist()


def record_generate(model: PreTrainedModel, *args: Any, **kwargs: Any) -> Generated:
    """Record a call of ``model.generate`` before it runs."""
    call = Generated(weights=weights_state(model))
    given = _bound(type(model).generate, (model, *args), kwargs)  # type: ignore[attr-defined]
    call.ends = frozenset(_as_list(generation_option(model, given, "eos_token_id")))
    call.pad = next(iter(_as_list(generation_option(model, given, "pad_token_id"))), None)
    call.changes = list(_changes(model, given))
    call.by_text = bool(given.get("stopping_criteria") or generation_option(model, given, "stop_strings"))
    call.forced = generation_option(model, given, "forced_bos_token_id")
    begun = given.get("decoder_input_ids")
    call.begun = None if begun is None else begun.tolist()
    _take_inputs(call, given, ("inputs", "input_ids"))
    inferred = given.get("attention_mask") is None and call.pad is not None and call.pad not in call.ends
    if call.prompts and inferred:  # as generate itself infers a mask where none is given
        call.masks = [[int(i != call.pad) for i in row] for row in call.prompts]
    return call


def record_forward(model: PreTrainedModel, *args: Any, **kwargs: Any) -> Read:
    """Record a call of *model* itself."""
    call = Read(weights=weights_state(model))
    given = _bound(type(model).forward, (model, *args), kwargs)
    _take_inputs(call, given, ("input_ids",))
    decoded = [name for name in ("decoder_input_ids", "decoder_inputs_embeds") if given.get(name) is not None]
    if decoded:
        call.refusal = f"its decoder was given {decoded[0]} beside the text: leave them to the model"
    if call.prompts is None and call.refusal is None:
        call.refusal = "the model was given no token ids"
    types = given.get("token_type_ids")
    call.types = None if types is None else types.tolist()
    return call


def _bound(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments by name; none if *function* does not accept them."""
    try:
        arguments = inspect.signature(function).bind_partial(*args, **kwargs).arguments
    except TypeError:
        return {}
    return {**arguments, **arguments.get("kwargs", {})}


def _take_inputs(call: Call, given: dict[str, Any], names: Sequence[str]) -> None:
    ids = next((given[name] for name in names if given.get(name) is not None), None)
    mask: Any = given.get("attention_mask")
    if given.get("inputs_embeds") is not None:
        call.refusal = (
            "it was given inputs_embeds, from which the tokens cannot be recovered: give it token ids"
        )
    elif ids is not None and (getattr(ids, "ndim", None) != 2 or ids.is_floating_point()):
        call.refusal = "it was given inputs that are no token ids"
    elif ids is not None:
        call.prompts = ids.tolist()
        call.masks = mask.tolist() if getattr(mask, "ndim", None) == 2 else None


def _as_list(value: Any) -> list[int]:
    value = value.tolist() if hasattr(value, "tolist") else value
    return (
        [] if value is None else [int(i) for i in value] if isinstance(value, list | tuple) else [int(value)]
    )


def _changes(model: PreTrainedModel, given: dict[str, Any]) -> list[str]:
    names = {**_ALWAYS, **(_SAMPLING if generation_option(model, given, "do_sample") else {})}
    changes = []
    for name, neutral in names.items():
        value = generation_option(model, given, name)
        if value is not None and value not in neutral:
            changes.append(f"{name}={value}" if isinstance(value, int | float) else name)
    changes += [type(processor).__name__ for processor in given.get("logits_processor") or ()]
    return changes + ["prefix_allowed_tokens_fn"] * (given.get("prefix_allowed_tokens_fn") is not None)
