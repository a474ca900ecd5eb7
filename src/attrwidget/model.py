"""The front door: load a model, explain what it says."""

from __future__ import annotations

import contextlib
from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrwidget.checks import is_whole
from attrwidget.errors import AttrWidgetError
from attrwidget.explanation import Explanation
from attrwidget.models.load import load_causal
from attrwidget.models.prompt import is_batch, split_batch
from attrwidget.progress import progress_bar
from attrwidget.trace.abilities import find_abilities
from attrwidget.trace.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from attrwidget.models.causal import CausalLM
    from attrwidget.trace.abilities import Abilities

_NEW_TOKENS = 20


def load(
    model: str | Path | PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase | None = None,
    *,
    device: str | None = None,
    dtype: str | torch.dtype | None = None,
    trust_remote_code: bool = False,
) -> Model:
    """Load a causal language model to explain.

    *model* is ``"demo"`` (bundled, tiny, works offline), a name on the Hugging Face hub, a folder, or a
    Transformers model of your own, with its *tokenizer*. Your own object is left exactly as it was. *device*
    (such as ``"cuda"``) and *dtype* (``"float32"``, ``"bfloat16"``, ``"float16"``) are for models loaded by
    name; by default a model stays on the CPU in the precision it was saved in. Code that comes with a model is
    run only with ``trust_remote_code=True``.

    Raises AttrWidgetError, in one sentence with what to do, when there is no such model or it is of another
    kind.
    """
    return Model(
        load_causal(model, tokenizer, device=device, dtype=dtype, trust_remote_code=trust_remote_code)
    )


class Model:
    """A model that can be explained; made by ``attrwidget.load``."""

    def __init__(self, adapter: CausalLM) -> None:
        self._adapter = adapter

    def __repr__(self) -> str:
        return f"Model({self.name!r}, {type(self.hf).__name__})"

    @property
    def name(self) -> str:
        """The name or folder it was loaded from."""
        return self._adapter.name

    @property
    def hf(self) -> PreTrainedModel:
        """The Transformers model itself."""
        return self._adapter.own

    @property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        """Its tokenizer."""
        return self._adapter.tokenizer

    @cached_property
    def _abilities(self) -> Abilities:
        return find_abilities(self._adapter)

    def explain(
        self,
        prompt: Any,
        *,
        max_new_tokens: int | None = None,
        output: Any = None,
        progress: Callable[[int, int], None] | None = None,
        **generation_options: Any,
    ) -> Any:
        """Generate a continuation of *prompt*, or take *output*, and return its Explanation.

        *prompt* is a text, a list of token ids, or chat messages (``[{"role": "user", "content": …}]``, put
        through the tokenizer's chat template). A list of prompts, or a padded batch from a tokenizer, is
        generated as one batch and gives a list of Explanations, with the same numbers as one by one.
        *max_new_tokens* (20 unless given) and *generation_options* (``do_sample=``, ``num_beams=``, …) go to
        the model's ``generate``. *output*, a text or token ids, is explained instead of generating. *progress*
        is called with ``(tokens done, tokens at most)``; an exception raised in it stops. What was generated is
        what is explained: ids are never decoded and tokenised again.

        Raises AttrWidgetError, in one sentence with what to do, for bad input, before any work is wasted.
        """
        adapter = self._adapter = self._adapter.renewed()
        batch = is_batch(prompt)
        prompts = split_batch(prompt) if batch else [prompt]
        ids = [self._adapter.encode(p) for p in prompts]
        if output is None:
            outputs = self._generate(ids, max_new_tokens, generation_options, progress)
        else:
            if max_new_tokens is not None or generation_options:
                extra = "max_new_tokens" if max_new_tokens is not None else next(iter(generation_options))
                raise AttrWidgetError(
                    f"With output= nothing is generated, so {extra}= has no meaning: leave out one of the two."
                )
            outputs = self._given(prompts, ids, output, batch=batch)
        explanations = [
            Explanation(Trace(adapter, p, o, self._abilities)) for p, o in zip(ids, outputs, strict=True)
        ]
        return explanations if batch else explanations[0]

    def _generate(
        self, ids: list[list[int]], count: int | None, options: dict[str, Any], progress: Any
    ) -> list[list[int]]:
        count = _NEW_TOKENS if count is None else count
        if not is_whole(count):
            raise AttrWidgetError(f"max_new_tokens must be a whole number, not {count!r}.")
        if count < 1:
            raise AttrWidgetError(
                f"max_new_tokens is {count}, so nothing would be generated to explain: ask for 1 or more."
            )
        self._adapter.require_room(max(map(len, ids)), count)
        with contextlib.nullcontext(progress) if progress else progress_bar("Generating") as report:
            return self._adapter.generate(ids, int(count), options, report)

    def _given(
        self, prompts: list[Any], ids: list[list[int]], output: Any, *, batch: bool
    ) -> list[list[int]]:
        wanted = list(output) if batch and isinstance(output, list | tuple) else [output] * len(prompts)
        if len(wanted) != len(prompts):
            raise AttrWidgetError(
                f"There are {len(prompts)} prompts and {len(wanted)} outputs: give one output for each prompt."
            )
        outputs = [self._adapter.encode_output(p, i, o) for p, i, o in zip(prompts, ids, wanted, strict=True)]
        for prompt, out in zip(ids, outputs, strict=True):
            self._adapter.require_room(len(prompt), len(out))
        return outputs
