"""A loaded causal language model: it continues a text."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from attrwidget.checks import is_whole
from attrwidget.errors import AttrWidgetError
from attrwidget.explanation import Explanation
from attrwidget.loaded.model import Model
from attrwidget.models.causal import CausalLM
from attrwidget.models.chat import message_spans
from attrwidget.models.prompt import is_batch, is_messages, split_batch
from attrwidget.progress import progress_bar
from attrwidget.trace.abilities import find_abilities
from attrwidget.trace.causal import CausalTrace

if TYPE_CHECKING:
    from collections.abc import Callable

    from attrwidget.trace.abilities import Abilities

_NEW_TOKENS = 20


class CausalModel(Model[CausalLM]):
    """A causal language model that can be explained; made by ``attrwidget.load``."""

    adapter = CausalLM

    def _find_abilities(self) -> Abilities:
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
        explanations = []
        for given, encoded, said in zip(prompts, ids, outputs, strict=True):
            trace = CausalTrace(adapter, encoded, said, self._abilities)
            if is_messages(given):
                trace.messages = message_spans(adapter.tokenizer, given, encoded)
            explanations.append(Explanation(trace))
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
