"""One call of ``generate``: what went in, and what came out, kept as plain lists."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from attrwidget.models.borrow import weights_state

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
class Generated:
    """A call of ``generate``.

    ``prompts`` are the rows of input ids, None when it was given none, and ``masks`` their attention masks;
    ``sequences`` are the rows that it returned, of which ``per_prompt`` in turn belong to a prompt. ``refusal`` says
    why these cannot be told. ``ends`` are the tokens that end a text, ``pad`` fills rows up; ``changes`` names what
    changed the distribution that tokens were chosen from. ``weights`` is the model's ``weights_state`` then.
    """

    prompts: Rows | None = None
    masks: Rows | None = None
    sequences: Rows = field(default_factory=list)
    refusal: str | None = None
    ends: frozenset[int] = frozenset()
    pad: int | None = None
    stops: Sequence[str] = ()
    changes: list[str] = field(default_factory=list)
    weights: int = 0

    @property
    def per_prompt(self) -> int:
        """How many sequences belong to each prompt, one after the other."""
        return max(1, len(self.sequences) // len(self.prompts or [()]))

    def prompt_of(self, row: int) -> list[int]:
        """Return the ids of the prompt of sequence *row*, without padding."""
        if self.prompts is None:
            return self.sequences[row][:1]  # the token that generate begins a text with
        at = row // self.per_prompt
        mask = self.masks[at] if self.masks else [1] * len(self.prompts[at])
        return [i for i, kept in zip(self.prompts[at], mask, strict=True) if kept]

    def answer_of(self, row: int, start: int) -> list[int]:
        """Return what was generated in sequence *row* from its token *start* on, without padding."""
        ids = self.sequences[row][start:]
        end = next((at + 1 for at, token in enumerate(ids) if token in self.ends), len(ids))
        ids = ids[:end]
        while len(self.sequences) > 1 and len(ids) > 1 and ids[-1] == self.pad and self.pad not in self.ends:
            ids.pop()
        return ids

    def receive(self, result: Any) -> None:
        """Take what ``generate`` returned."""
        rows = getattr(result, "sequences", result)
        if getattr(rows, "ndim", None) != 2:
            self.refusal = f"generate returned {type(result).__name__} and no sequences of token ids"
        elif self.refusal is None:
            self.sequences = rows.tolist()


def generate_called(model: PreTrainedModel, *args: Any, **kwargs: Any) -> Generated:
    """Return what is known of a call of ``model.generate`` before it runs."""
    try:
        bound = inspect.signature(type(model).generate).bind_partial(model, *args, **kwargs)  # type: ignore[attr-defined]
    except TypeError as error:  # generate itself will say so
        return Generated(refusal=str(error))
    given = {**bound.arguments, **bound.arguments.get("kwargs", {})}
    ids = next((given[name] for name in ("inputs", "input_ids") if given.get(name) is not None), None)
    call = Generated(weights=weights_state(model))
    call.ends = frozenset(_as_list(_option(model, given, "eos_token_id")))
    call.pad = next(iter(_as_list(_option(model, given, "pad_token_id"))), None)
    call.changes = list(_changes(model, given))
    if given.get("inputs_embeds") is not None:
        call.refusal = (
            "generate was given inputs_embeds, which do not say which tokens they are of: give it token ids"
        )
    elif ids is not None and (getattr(ids, "ndim", None) != 2 or ids.is_floating_point()):
        call.refusal = "generate was given inputs that are no token ids"
    elif ids is not None:
        call.prompts = ids.tolist()
        call.masks = _masks(given.get("attention_mask"), call)
    return call


def _masks(mask: Any, call: Generated) -> Rows | None:
    if getattr(mask, "ndim", None) == 2:
        return mask.tolist()  # type: ignore[no-any-return]
    # As generate itself infers a mask where none is given.
    if call.pad is None or call.pad in call.ends or mask is not None:
        return None
    return [[int(i != call.pad) for i in row] for row in call.prompts or []]


def _option(model: PreTrainedModel, given: dict[str, Any], name: str) -> Any:
    """Return what generate goes by: the option given, or else the generation configurations', or its default."""
    own = model.generation_config
    for value in (
        given.get(name),
        getattr(given.get("generation_config"), name, None),
        getattr(own, name, None),
    ):
        if value is not None:
            return value
    return own._get_default_generation_params().get(name)  # noqa: SLF001


def _as_list(value: Any) -> list[int]:
    value = value.tolist() if hasattr(value, "tolist") else value
    return (
        [] if value is None else [int(i) for i in value] if isinstance(value, list | tuple) else [int(value)]
    )


def _changes(model: PreTrainedModel, given: dict[str, Any]) -> list[str]:
    names = {**_ALWAYS, **(_SAMPLING if _option(model, given, "do_sample") else {})}
    changes = []
    for name, neutral in names.items():
        value = _option(model, given, name)
        if value is not None and value not in neutral:
            changes.append(f"{name}={value}" if isinstance(value, int | float) else name)
    changes += [type(processor).__name__ for processor in given.get("logits_processor") or ()]
    return changes + ["prefix_allowed_tokens_fn"] * (given.get("prefix_allowed_tokens_fn") is not None)
