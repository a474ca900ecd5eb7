"""Find foils: the token that each step's chosen token is contrasted with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.limits import require_short
from attrwidget.text.prompt import encode_text, require_characters
from attrwidget.text.tokenizing import decode
from attrwidget.text.tokens import token_text, visible

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from attrwidget.engine.trace import Trace

_FIRST = "Of a foil with several tokens the first is used."
_PARTING = "The foil has {} tokens: the first is used, or, where the answer begins like the foil, the first to differ."
_WHAT = "a text, a token id, or a list with one of them for each step"


@dataclass(frozen=True)
class Foils:
    """The foil of each step: token ids, their texts, and a sentence on how they were found, or None."""

    ids: tuple[int, ...]
    labels: tuple[str, ...]
    note: str | None


def find_foils(trace: Trace, foil: Any) -> Foils:
    """Find the foil token of each step.

    A text is tokenised in the context of the step, with a space before it where the chosen token begins with one. Of
    several tokens the first is used or, where the answer begins like the foil, the first that differs: the context of
    each step is the answer's own, so later tokens of the foil have no counterpart. The note then gives
    the log-probability of the whole foil as an answer.

    Args:
        trace: The run that is explained.
        foil: A text or a token id for every step, or a list with one of them for each step.

    Raises:
        AttrWidgetError: The foil is anything else, or the chosen token at every step.
    """
    named = trace.named(foil)
    if named is not None:
        _require_other(trace, foil, named)
        return Foils(named, _labels(trace, named), _same(trace, named))
    several = isinstance(foil, Sequence) and not isinstance(foil, str)
    given = list(foil) if several else [foil] * trace.n_steps
    if len(given) != trace.n_steps:
        raise AttrWidgetError(
            f"There are {len(given)} foils and {trace.n_steps} steps: give one foil for each step, or one for all."
        )
    pieces = [foil_tokens(trace, step, item) for step, item in enumerate(given)]
    apart = several or not trace.writes_text
    ids = tuple(p[0] if apart else _aligned(trace, s, pieces) for s, p in enumerate(pieces))
    _require_other(trace, foil, ids)
    longest = max(map(len, pieces))
    counted = None if longest == 1 else _FIRST if apart else _PARTING.format(longest)
    whole = None if apart or longest == 1 else _as_answers(trace, pieces[0])
    note = " ".join(sentence for sentence in (counted, whole, _same(trace, ids)) if sentence)
    return Foils(ids, _labels(trace, ids), note or None)


def _as_answers(trace: Trace, foil: list[int]) -> str:
    """Return a sentence with the log-probabilities of the whole *foil* as an answer, and of the answer given."""
    other, own = (float(one.steps.log_probability.sum()) for one in (trace.instead(foil), trace))
    return f"As an answer the whole foil has log-probability {other:.3g}, and the answer given {own:.3g}."


def _require_other(trace: Trace, foil: Any, ids: tuple[int, ...]) -> None:
    if ids == trace.outputs:
        raise AttrWidgetError(
            f"The foil {_short(foil)} is the chosen token at every step, so there is nothing to contrast: "
            "take another."
        )


def _labels(trace: Trace, ids: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(visible(trace.output_text(step, output)) for step, output in enumerate(ids))


def foil_tokens(trace: Trace, step: int, foil: Any) -> list[int]:
    """Return the tokens of *foil*, a text or a token id, where *step*'s token stands; see ``find_foils``."""
    if isinstance(foil, Integral) and not isinstance(foil, bool):
        last = trace.model.vocabulary - 1
        if not 0 <= int(foil) <= last:
            raise AttrWidgetError(
                f"Token id {foil} as a foil does not exist: this model's ids go from 0 to {last}."
            )
        return [int(foil)]
    if not isinstance(foil, str):
        raise AttrWidgetError(f"foil must be {_WHAT}, not {_short(foil)}.")
    if not foil:
        raise AttrWidgetError(
            "The foil is an empty text: give the word that the model might have chosen instead."
        )
    require_characters(foil)
    require_short(len(foil))
    return tokens_in_place_of(trace.outputs[step], foil, trace.model.tokenizer, trace.before(step))


def tokens_in_place_of(
    chosen: int, text: str, tokenizer: PreTrainedTokenizerBase, before: list[int]
) -> list[int]:
    """Tokenise *text* after the tokens *before*, with a space before it where the token *chosen* has one there."""
    spaced = token_text(tokenizer, chosen, before)[:1] == " " and not text[0].isspace()
    return _in_context(tokenizer, before, f" {text}" if spaced else text) or _in_context(
        tokenizer, before, text
    )


def _in_context(tokenizer: PreTrainedTokenizerBase, before: list[int], text: str) -> list[int]:
    """Tokenise *text* after the tokens *before*, or alone if joining would change them."""
    joint = encode_text(tokenizer, f"{decode(tokenizer, before)}{text}", special=False)
    if joint[: len(before)] == before and len(joint) > len(before):
        return joint[len(before) :]
    return encode_text(tokenizer, text, special=False)


def _aligned(trace: Trace, step: int, pieces: list[list[int]]) -> int:
    """Return the foil's token at *step*: the next after the longest beginning that answer and foil share."""
    answer = list(trace.outputs)
    for shared in range(step, 0, -1):
        foil = pieces[step - shared]
        if shared < len(foil) and foil[:shared] == answer[step - shared : step]:
            return foil[shared]
    return pieces[step][0]


def _same(trace: Trace, ids: tuple[int, ...]) -> str | None:
    same = [s for s, (foil, chosen) in enumerate(zip(ids, trace.outputs, strict=True)) if foil == chosen]
    if not same:
        return None
    where = (
        f"step{'s' if len(same) > 1 else ''} {', '.join(map(str, same[:5]))}{'…' if len(same) > 5 else ''}"
    )
    return f"At {where} the foil is what was chosen, so all scores there are 0."


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 60 else text[:57] + "…"
