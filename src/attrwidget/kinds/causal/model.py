"""A loaded causal language model: it continues a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.explanation import Explanation
from attrwidget.kinds.answers import each_output, generated, require_nothing_generated
from attrwidget.kinds.causal.adapter import CausalLM
from attrwidget.kinds.causal.trace import CausalTrace
from attrwidget.kinds.causal.trials import probe
from attrwidget.kinds.causal.word_boundary import joined
from attrwidget.kinds.model import Model
from attrwidget.text.chat import find_spans, message_spans
from attrwidget.text.prompt import is_batch, is_messages, split_batch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.hf.call_record import Generated
    from attrwidget.text.sections import Section

_OTHER_CHAT = (
    "The messages given are not what this prompt was made of by the tokenizer's chat template, "
    "so they are not told apart in it."
)


class CausalModel(Model[CausalLM]):
    """A causal language model that can be explained; made by ``attrwidget.load``."""

    adapter = CausalLM

    def _probe(self) -> Capabilities:
        return probe(self._adapter)

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
            wanted = each_output(output, len(prompts), "prompt", batch=batch)
            outputs = self._given(prompts, ids, wanted)
        explanations = [
            Explanation(CausalTrace(adapter, encoded, said, self._abilities, self._messages(encoded, given)))
            for given, encoded, said in zip(prompts, ids, outputs, strict=True)
        ]
        if output is not None:
            for explanation, given, wish in zip(explanations, prompts, wanted, strict=True):
                explanation.warnings += filter(None, [joined(given, wish, explanation)])
        return explanations if batch else explanations[0]

    def explain_call(self, call: Generated, messages: Sequence[Any] | None = None) -> list[Explanation]:
        """Return an Explanation of each sequence of *call*; *messages* are the chat that its prompt was made of."""
        adapter = self._adapter = self._adapter.renewed()
        start = len(call.prompts[0]) if call.prompts else 1
        explanations = []
        for row in range(len(call.sequences)):
            prompt, answer = call.prompt_of(row), call.answer_of(row, start)
            if not answer:
                raise AttrWidgetError("generate wrote no token, so there is nothing to explain.")
            spans = self._messages(prompt, messages)
            explanations.append(Explanation(CausalTrace(adapter, prompt, answer, self._abilities, spans)))
            if messages is not None and not spans:
                explanations[-1].warnings.append(_OTHER_CHAT)
        return explanations

    def _messages(self, ids: list[int], given: Any) -> list[Section]:
        tokenizer = self._adapter.tokenizer
        return message_spans(tokenizer, given, ids) if is_messages(given) else find_spans(tokenizer, ids)

    def _given(self, prompts: list[Any], ids: list[list[int]], wanted: list[Any]) -> list[list[int]]:
        outputs = [self._adapter.encode_output(p, i, o) for p, i, o in zip(prompts, ids, wanted, strict=True)]
        for prompt, out in zip(ids, outputs, strict=True):
            self._adapter.require_room(len(prompt), len(out))
        return outputs
