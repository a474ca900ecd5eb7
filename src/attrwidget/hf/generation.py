"""Generate text with progress and cancelling, and check the logits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from attrwidget.checks import is_index
from attrwidget.errors import AttrWidgetError, did_you_mean, first_line
from attrwidget.hf.internals.models import generation_default, is_unknown_option
from attrwidget.hf.meant_options import meant
from attrwidget.hf.model_errors import RAISED, is_out_of_memory, model_error
from attrwidget.text.chat_template import variables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

NEW_TOKENS = 20
"""How many tokens are generated at most where no number is given."""

_OURS = (
    "input_ids",
    "inputs",
    "inputs_embeds",
    "attention_mask",
    "decoder_input_ids",
    "decoder_attention_mask",
    "encoder_outputs",
    "labels",
    "logits_to_keep",
    "max_length",
    "output_logits",
    "past_key_values",
    "position_ids",
    "return_dict_in_generate",
)


_LOGITS = 256 << 20  # bytes of the logits of all steps, which generate would keep


class Written(NamedTuple):
    """An answer that the model wrote.

    Attributes:
        ids: Its token ids.
        log_probs: The log-probability (nats) that the model gave each token as it wrote it, before any option of
            ``generate`` changed it; None if that is not known, as after a beam search.
        cut_short: Whether it ends because no more tokens were allowed.
    """

    ids: list[int]
    log_probs: list[float] | None
    cut_short: bool = False


class Generating(Protocol):
    """A model of a kind that generates; an ``Adapter``."""

    hf: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase

    @property
    def vocabulary(self) -> int:
        """How many token ids it knows."""

    @property
    def pad_id(self) -> int:
        """The token that pads its batches."""

    def batch(self, prompts: list[Any], pad: int) -> tuple[dict[str, Any], int]:
        """Return the inputs of its ``generate`` for *prompts*, and the index of the first new token in its output."""


def generate(
    model: Generating,
    prompts: list[Any],
    max_new_tokens: int,
    options: dict[str, Any],
    progress: Callable[[int, int], None] | None = None,
) -> list[Written]:
    """Return what is generated after each of *prompts*, as one batch.

    Args:
        model: The adapter of the model.
        prompts: What the model's ``batch`` takes.
        max_new_tokens: How many tokens to generate at most.
        options: Options of the model's ``generate``.
        progress: Called with ``(tokens done, tokens at most)``; an exception raised in it stops generation.

    Raises:
        AttrWidgetError: An option is unknown to ``generate`` or set by ``explain`` itself, or logits are not finite.
    """
    import torch
    from transformers import LogitsProcessorList, StoppingCriteriaList

    _check(options, model.vocabulary)
    if len(prompts) > 1 and _stops_by_text(model, options):
        # A row that stops before the others is padded, and only an end-of-text token shows where.
        return [generate(model, [prompt], max_new_tokens, dict(options), progress)[0] for prompt in prompts]
    hf, pad = model.hf, options.pop("pad_token_id", model.pad_id)
    inputs, width = model.batch(prompts, pad)
    monitor = _Monitor(width, max_new_tokens, progress)
    own_processors = options.pop("logits_processor", None) or []
    own_criteria = options.pop("stopping_criteria", None) or []
    try:
        with torch.no_grad():
            output = hf.generate(  # type: ignore[operator]
                **inputs,
                max_new_tokens=max_new_tokens,
                logits_processor=LogitsProcessorList([monitor.check, *own_processors]),
                stopping_criteria=StoppingCriteriaList([monitor.report, *own_criteria]),
                pad_token_id=pad,
                return_dict_in_generate=True,
                output_logits=_keeps_logits(model, options, len(prompts), max_new_tokens),
                **{"tokenizer": model.tokenizer, **options, "num_return_sequences": 1},
            )
    except RAISED as error:
        ours = isinstance(error, AttrWidgetError) or error in monitor.interrupted
        if ours or is_out_of_memory(error):
            raise
        refused = options or isinstance(error, ValueError | TypeError)
        sentence = (
            _refused(error, options, model.tokenizer)
            if refused
            else model_error(type(hf).__name__, "generated", error)
        )
        raise AttrWidgetError(sentence) from error
    outputs = [row[width:].tolist() for row in output.sequences]
    ends = _ends(model, options)
    if len(outputs) > 1:
        outputs = [_cut(ids, ends) for ids in outputs]
    return [
        Written(ids, _log_probs(output, row, ids), len(ids) == max_new_tokens and ids[-1] not in ends)
        for row, ids in enumerate(outputs)
    ]


def _keeps_logits(model: Generating, options: dict[str, Any], rows: int, steps: int) -> bool:
    """Return whether generate is to keep its logits; after a beam search they are not those of the answer alone."""
    beams = generation_option(model.hf, options, "num_beams") or 1
    return beams == 1 and 4 * rows * steps * model.vocabulary <= _LOGITS


def _log_probs(output: Any, row: int, ids: list[int]) -> list[float] | None:
    logits = getattr(output, "logits", None)
    if not logits or len(logits) < len(ids) or logits[0].shape[0] <= row:
        return None
    return [
        float(step[row].double().log_softmax(-1)[token]) for step, token in zip(logits, ids, strict=False)
    ]


class _Monitor:
    """Reports progress after each token, and stops at logits that are not finite; new tokens begin at *width*."""

    def __init__(self, width: int, most: int, progress: Callable[[int, int], None] | None) -> None:
        self.interrupted: list[BaseException] = []
        self._width, self._most, self._progress = width, most, progress

    def report(self, seen: torch.Tensor, _scores: Any, **_: Any) -> torch.Tensor:
        """Report progress and stop no row: a stopping criterion."""
        import torch

        if self._progress is not None:
            try:
                self._progress(seen.shape[1] - self._width, self._most)
            except BaseException as error:
                self.interrupted.append(error)
                raise
        return torch.zeros(seen.shape[0], dtype=torch.bool, device=seen.device)

    def check(self, seen: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Raise AttrWidgetError unless *scores* are finite; return them: a logits processor."""
        import torch

        if not bool(torch.isfinite(scores.amax(-1)).all()):
            raise AttrWidgetError(not_finite(seen.shape[1] - self._width))
        return scores


def not_finite(step: int, token: str | None = None) -> str:
    """Return the sentence for logits that are NaN or infinite at *step* (from 0)."""
    name = f" ({token!r})" if token else ""
    return (
        f"The model's logits are not finite (NaN or infinity) at generated token {step + 1}{name}, so nothing after it "
        "means anything: check the weights, or load the model with dtype='float32'."
    )


def _refused(error: Exception, options: dict[str, Any], tokenizer: PreTrainedTokenizerBase) -> str:
    from transformers import GenerationConfig

    unknown = [name for name in options if repr(name) in str(error)] if is_unknown_option(error) else []
    if unknown:
        known = [name for name in vars(GenerationConfig()) if not name.startswith("_")]
        known += sorted(variables(tokenizer) or ()) if tokenizer.chat_template else []
        close = did_you_mean(unknown[0], known)
        say = meant(unknown[0])
        return f"There is no generation option {unknown[0]!r}" + (
            f": {say}." if say else f"{close}: see GenerationConfig in Transformers."
        )
    return f"The model's generate refused its options: {first_line(error)}."


def _check(options: dict[str, Any], vocabulary: int) -> None:
    pad = options.get("pad_token_id", 0)
    if not is_index(pad, vocabulary):
        raise AttrWidgetError(
            f"pad_token_id must be a token id from 0 to {vocabulary - 1}, not {pad!r}: or leave it out."
        )
    clash = [name for name in _OURS if name in options]
    if clash:
        say = meant(clash[0]) or "leave it out"
        raise AttrWidgetError(f"The generation option {clash[0]!r} is set by explain itself: {say}.")
    if options.get("num_return_sequences", 1) != 1:
        raise AttrWidgetError(
            "num_return_sequences must be 1: one output is explained at a time; call explain again for others."
        )


def generation_option(model: PreTrainedModel, given: Mapping[str, Any], name: str) -> Any:
    """Return the value of the generation option *name* that ``generate`` uses when it is *given* these options.

    The option itself comes first, then the generation configuration given, then the model's, then the default.
    """
    own = model.generation_config
    for value in (
        given.get(name),
        getattr(given.get("generation_config"), name, None),
        getattr(own, name, None),
    ):
        if value is not None:
            return value
    return generation_default(own, name)


def _stops_by_text(model: Generating, options: dict[str, Any]) -> bool:
    return bool(options.get("stopping_criteria") or generation_option(model.hf, options, "stop_strings"))


def _ends(model: Generating, options: dict[str, Any]) -> set[int]:
    ends = generation_option(model.hf, options, "eos_token_id")
    return set() if ends is None else set(ends) if isinstance(ends, list | tuple) else {int(ends)}


def _cut(ids: list[int], ends: set[int]) -> list[int]:
    """Cut the padding that follows the first end of text in a batch."""
    at = next((position for position, token in enumerate(ids) if token in ends), len(ids))
    return ids[: at + 1]
