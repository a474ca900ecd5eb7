"""Causal language models, which continue a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from attrwidget.errors import AttrWidgetError
from attrwidget.explanation import Explanation
from attrwidget.hf.generation import Written
from attrwidget.kinds.answers import each_output, generate_answers, require_nothing_generated
from attrwidget.kinds.causal.adapter import CausalLM
from attrwidget.kinds.causal.trace import CausalTrace
from attrwidget.kinds.causal.trials import probe
from attrwidget.kinds.causal.word_boundary import joined_word_warning
from attrwidget.kinds.model import Model
from attrwidget.text.chat import find_spans, message_spans
from attrwidget.text.chat_template import variables
from attrwidget.text.prompt import is_batch, is_messages, split_batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.hf.call_record import Generated
    from attrwidget.progress import Progress
    from attrwidget.text.prompt import Encoded, Prompt, Prompts, Text, Texts
    from attrwidget.text.sections import Section

_OTHER_CHAT = (
    "The messages given are not what this prompt was made of by the tokenizer's chat template, "
    "so its parts are named by the headers of the template alone."
)
_TWO_BEGINS = (
    "The prompt begins with two begin tokens: the tokenizer adds one, so leave out the one that you typed."
)
_BARE = (
    "This model was trained on chats, and the prompt is a bare text: give messages like "
    "[{'role': 'user', 'content': 'Hello'}] to have it answer."
)
_TEMPLATE = {"tools", "documents", "enable_thinking", "add_generation_prompt", "continue_final_message"}


class CausalModel(Model):
    """A causal language model that can be explained; made by ``attrwidget.load``."""

    adapter = CausalLM
    _adapter: CausalLM

    def _probe(self, progress: Progress) -> Capabilities:
        return probe(self._adapter, progress)

    @overload
    def explain(
        self,
        prompt: Prompt,
        *,
        max_new_tokens: int | None = None,
        output: Text | None = None,
        progress: Progress | None = None,
        **generation_options: Any,
    ) -> Explanation: ...
    @overload
    def explain(
        self,
        prompt: Prompts,
        *,
        max_new_tokens: int | None = None,
        output: Text | Texts | None = None,
        progress: Progress | None = None,
        **generation_options: Any,
    ) -> list[Explanation]: ...
    @overload
    def explain(
        self,
        prompt: Encoded,
        *,
        max_new_tokens: int | None = None,
        output: Text | Texts | None = None,
        progress: Progress | None = None,
        **generation_options: Any,
    ) -> Explanation | list[Explanation]: ...
    def explain(
        self,
        prompt: Prompt | Prompts | Encoded,
        *,
        max_new_tokens: int | None = None,
        output: Text | Texts | None = None,
        progress: Progress | None = None,
        **generation_options: Any,
    ) -> Explanation | list[Explanation]:
        """Generate a continuation of a prompt, or take the given one, and explain it; each of its tokens is a step.

        The generated ids themselves are explained; they are never decoded and tokenised again.

        Args:
            prompt: A text, a list of token ids, or chat messages (``[{"role": "user", "content": …}]``, which go
                through the tokenizer's chat template). A list of prompts, or a padded batch from a tokenizer, is
                generated as one batch and gives a list of Explanations, with the same numbers as one by one.
            max_new_tokens: How many tokens to generate at most; 20 if not given.
            output: A continuation, a text or token ids, to explain instead of generating one.
            progress: Called with ``(tokens done, tokens at most)``; an exception raised in it stops the work.
            **generation_options: Options of the model's ``generate``, such as ``do_sample=`` or ``num_beams=``; for
                chat messages also arguments of the template, such as ``tools=`` or ``enable_thinking=``.

        Returns:
            The Explanation, or a list of them.

        Raises:
            AttrWidgetError: The input is bad, or longer than the model can see; before anything is run.

        Example:
            >>> model = aw.load("demo")
            >>> model.explain("The capital of Japan is", max_new_tokens=2)
            >>> model.explain("The capital of Japan is", output=" Tokyo")
        """
        adapter = self._adapter = self._adapter.renewed()
        batch = is_batch(prompt)
        prompts = split_batch(prompt) if batch else [prompt]
        generation_options, chosen = self._split(prompts, generation_options)
        ids = [self._adapter.encode(p, **chosen) for p in prompts]
        capabilities = self.capabilities  # before generating: a model that reads later tokens is refused
        if output is None:
            longest = max(map(len, ids))
            outputs = generate_answers(
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
            outputs = [Written(given, None) for given in self._given(prompts, ids, wanted)]
        explanations = [
            Explanation(
                CausalTrace(
                    adapter,
                    encoded,
                    answer.ids,
                    capabilities,
                    self._messages(encoded, given, chosen),
                    log_probs=answer.log_probs,
                )
            )
            for given, encoded, answer in zip(prompts, ids, outputs, strict=True)
        ]
        for explanation, given, encoded in zip(explanations, prompts, ids, strict=True):
            begin = adapter.tokenizer.bos_token_id
            if begin is not None and encoded[:2] == [begin, begin]:
                explanation.warnings.append(_TWO_BEGINS)
            chat = bool(adapter.tokenizer.chat_template)
            if output is None and chat and isinstance(given, str) and not explanation.trace.messages:
                explanation.warnings.append(_BARE)
        if output is not None:
            for explanation, given, wish in zip(explanations, prompts, wanted, strict=True):
                explanation.warnings.extend(filter(None, [joined_word_warning(given, wish, explanation)]))
        return explanations if batch else explanations[0]

    def explain_call(self, call: Generated, messages: Sequence[Any] | None = None) -> list[Explanation]:
        """Return an Explanation of each sequence of *call*; *messages* are the chat of its prompt."""
        adapter = self._adapter = self._adapter.renewed()
        start = len(call.prompts[0]) if call.prompts else 1
        explanations = []
        for row in range(len(call.sequences)):
            prompt, answer = call.prompt_of(row), call.answer_of(row, start)
            if not answer:
                raise AttrWidgetError("generate wrote no token, so there is nothing to explain.")
            spans = self._messages(prompt, messages, {})
            explanations.append(Explanation(CausalTrace(adapter, prompt, answer, self.capabilities, spans)))
            if messages is not None and not message_spans(adapter.tokenizer, messages, prompt):
                explanations[-1].warnings.append(_OTHER_CHAT)
        return explanations

    def _messages(self, ids: list[int], given: Any, options: dict[str, Any]) -> list[Section]:
        tokenizer = self._adapter.tokenizer
        told = message_spans(tokenizer, given, ids, **options) if is_messages(given) else []
        return told or find_spans(tokenizer, ids)

    def _split(self, prompts: list[Any], options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the options of ``generate``, and those of the chat template."""
        from transformers import GenerationConfig

        known = _TEMPLATE | (variables(self._adapter.tokenizer) - set(vars(GenerationConfig())))
        chosen = {name: value for name, value in options.items() if name in known}
        if chosen and not all(is_messages(prompt) for prompt in prompts):
            raise AttrWidgetError(
                f"{next(iter(chosen))}= is an argument of a chat template, and this prompt is no chat: give it as "
                "messages like [{'role': 'user', 'content': 'Hello'}]."
            )
        return {name: value for name, value in options.items() if name not in chosen}, chosen

    def _given(self, prompts: list[Any], ids: list[list[int]], wanted: list[Any]) -> list[list[int]]:
        outputs = [self._adapter.encode_output(p, i, o) for p, i, o in zip(prompts, ids, wanted, strict=True)]
        for prompt, out in zip(ids, outputs, strict=True):
            self._adapter.require_room(len(prompt), len(out))
        return outputs
