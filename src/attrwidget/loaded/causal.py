"""A loaded causal language model: it continues a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.explanation import Explanation
from attrwidget.loaded.answers import each_output, generated, require_nothing_generated
from attrwidget.loaded.model import Model
from attrwidget.models.causal import CausalLM
from attrwidget.models.chat import message_spans
from attrwidget.models.prompt import is_batch, is_messages, split_batch
from attrwidget.trace.abilities import find_abilities
from attrwidget.trace.causal import CausalTrace

if TYPE_CHECKING:
    from collections.abc import Callable

    from attrwidget.trace.abilities import Abilities


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
            longest = max(map(len, ids))
            outputs = generated(
                adapter,
                ids,
                before=longest,
                count=max_new_tokens,
                options=generation_options,
                progress=progress,
            )
        else:
            require_nothing_generated(max_new_tokens, generation_options)
            outputs = self._given(prompts, ids, each_output(output, len(prompts), "prompt", batch=batch))
        explanations = []
        for given, encoded, said in zip(prompts, ids, outputs, strict=True):
            trace = CausalTrace(adapter, encoded, said, self._abilities)
            if is_messages(given):
                trace.messages = message_spans(adapter.tokenizer, given, encoded)
            explanations.append(Explanation(trace))
        return explanations if batch else explanations[0]

    def _given(self, prompts: list[Any], ids: list[list[int]], wanted: list[Any]) -> list[list[int]]:
        outputs = [self._adapter.encode_output(p, i, o) for p, i, o in zip(prompts, ids, wanted, strict=True)]
        for prompt, out in zip(ids, outputs, strict=True):
            self._adapter.require_room(len(prompt), len(out))
        return outputs
