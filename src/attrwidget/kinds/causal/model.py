"""Causal language models, which continue a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from attrwidget.errors import AttrWidgetError
from attrwidget.explanation import Explanation
from attrwidget.explanations import Explanations
from attrwidget.hf.generation import Written
from attrwidget.kinds.answers import each_output, generate_answers, require_nothing_generated
from attrwidget.kinds.causal.adapter import CausalLM
from attrwidget.kinds.causal.chats import (
    CAPTURED_BARE,
    bare_warning,
    message_warnings,
    other_chat,
    require_chats,
    spans_of,
    split_options,
    text_contents,
    was_trained_on_chats,
    words_warning,
)
from attrwidget.kinds.causal.context import Asked, asked_with, given_context
from attrwidget.kinds.causal.trace import CausalTrace
from attrwidget.kinds.causal.trials import probe
from attrwidget.kinds.causal.word_boundary import joined_word_warning
from attrwidget.kinds.model import Model
from attrwidget.kinds.table import BARE
from attrwidget.results.live import LiveReading
from attrwidget.text.chat import message_spans
from attrwidget.text.context_spans import template_spans
from attrwidget.text.prompt import is_batch, is_messages, split_batch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.hf.call_record import Generated
    from attrwidget.progress import Progress
    from attrwidget.text.prompt import Chat, Encoded, Prompt, Prompts, Text, Texts

_TWO_BEGINS = (
    "The prompt begins with two begin tokens: the tokenizer adds one, so leave out the one that you typed."
)
_PADDED_BEHIND = (
    "This prompt was padded on the right, so its answer was begun after padding, and is explained as if it followed "
    "the prompt: pad on the left (tokenizer.padding_side = 'left')."
)


class CausalModel(Model):
    """A causal language model that can be explained; made by ``attrwidget.load``."""

    adapter = CausalLM
    _adapter: CausalLM

    @property
    def is_chat_model(self) -> bool:
        """Whether it was trained on chats: it ends its answers with a token that its chat template writes."""
        return was_trained_on_chats(self.hf, self.tokenizer)

    def _probe(self, progress: Progress) -> Capabilities:
        return probe(self._adapter, progress)

    @overload
    def explain(
        self,
        prompt: Prompt,
        *,
        max_new_tokens: int | None = None,
        output: Text | None = None,
        documents: Sequence[str | Mapping[str, Any]] | None = None,
        tools: Sequence[Any] | None = None,
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
        documents: Sequence[str | Mapping[str, Any]] | None = None,
        tools: Sequence[Any] | None = None,
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
        documents: Sequence[str | Mapping[str, Any]] | None = None,
        tools: Sequence[Any] | None = None,
        progress: Progress | None = None,
        **generation_options: Any,
    ) -> Explanation | list[Explanation]: ...
    def explain(
        self,
        prompt: Prompt | Prompts | Encoded,
        *,
        max_new_tokens: int | None = None,
        output: Text | Texts | None = None,
        documents: Sequence[str | Mapping[str, Any]] | None = None,
        tools: Sequence[Any] | None = None,
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
            documents: Texts that the question is about, each a text or a mapping such as ``{"title": …, "text": …}``;
                ``by_unit`` then says which of them each sentence of the answer rests on. They go through the chat
                template's argument of this name. Where it writes none, or there is no template, they stand before the
                question, each as a paragraph that begins with its number, ``[1]``, and a warning says so. For a model
                that was trained on chats, a text becomes a user's message.
            tools: Tools that the model may call, each a Python function or its JSON schema; like *documents*, or each
                as a line of JSON after a line ``Tools:``.
            progress: Called with ``(tokens done, tokens at most)``; an exception raised in it stops the work.
            **generation_options: Options of the model's ``generate``, such as ``do_sample=`` or ``num_beams=``; for
                chat messages also arguments of the template, such as ``enable_thinking=``.

        Returns:
            The Explanation, or a list of them.

        Raises:
            AttrWidgetError: The input is bad, or longer than the model can see; before anything is run.

        Example:
            >>> model = aw.load("demo")
            >>> model.explain("The capital of Japan is", max_new_tokens=2)
            >>> model.explain("The capital of Japan is", output=" Tokyo")
            >>> chat_model.explain("When did it open?", documents=["The bridge opened in 1973.", "It is 1,560 m long."])
        """
        adapter = self._adapter = self._adapter.renewed()
        batch = is_batch(prompt)
        prompts = split_batch(prompt) if batch else [prompt]
        generation_options, chosen = split_options(self.tokenizer, generation_options)
        given = given_context(documents, tools)
        asked = [self._asked(prompt, given, chosen) for prompt in prompts]
        prompts = [one.prompt for one in asked]
        for one in asked:
            require_chats([one.prompt], one.options)
        ids = [adapter.encode(one.prompt, **one.options) for one in asked]
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
            outputs = [Written(out, None) for out in self._given(prompts, ids, wanted)]
        traces = (
            CausalTrace(
                adapter,
                encoded,
                answer.ids,
                capabilities,
                spans_of(self.tokenizer, encoded, one.prompt, one.options),
                context_spans=one.spans(self.tokenizer, encoded),
                log_probs=answer.log_probs,
                cut_short=answer.cut_short,
            )
            for one, encoded, answer in zip(asked, ids, outputs, strict=True)
        )
        explanations = [Explanation(LiveReading(trace)) for trace in traces]
        for explanation, one, encoded in zip(explanations, asked, ids, strict=True):
            explanation.warnings.extend(self._prompt_warnings(one.prompt, encoded, one.options))
            explanation.warnings.extend(one.warnings)
            if output is None and not is_messages(one.prompt):
                explanation.warnings.extend(bare_warning(self.hf, self.tokenizer, encoded, BARE))
        if output is not None:
            for explanation, text, wish in zip(explanations, prompts, wanted, strict=True):
                explanation.warnings.extend(filter(None, [joined_word_warning(text, wish, explanation)]))
        return Explanations(explanations) if batch else explanations[0]

    def explain_call(self, call: Generated, chats: Sequence[Chat] = ()) -> list[Explanation]:
        """Return an Explanation of each sequence of *call*; *chats* are what its prompts were made of."""
        adapter = self._adapter = self._adapter.renewed()
        start = len(call.prompts[0]) if call.prompts else 1
        explanations = []
        for row in range(len(call.sequences)):
            prompt, answer = call.prompt_of(row), call.answer_of(row, start)
            if not answer:
                raise AttrWidgetError("generate wrote no token, so there is nothing to explain.")
            chat = chats[row // call.per_prompt] if chats else None
            messages, options = chat or (None, {})
            spans = spans_of(adapter.tokenizer, prompt, messages, options)
            cut_short = call.is_cut_short(answer)
            context = template_spans(adapter.tokenizer, messages, prompt, options) if messages else {}
            trace = CausalTrace(
                adapter, prompt, answer, self.capabilities, spans, context_spans=context, cut_short=cut_short
            )
            explanation = Explanation(LiveReading(trace))
            explanation.warnings.extend(self._prompt_warnings(messages, prompt, options))
            if call.is_padded_behind(row):
                explanation.warnings.append(_PADDED_BEHIND)
            if chat and not message_spans(adapter.tokenizer, chat.messages, prompt, **options):
                explanation.warnings.append(other_chat(spans))
            elif not chat:
                explanation.warnings.extend(bare_warning(self.hf, self.tokenizer, prompt, CAPTURED_BARE))
            explanations.append(explanation)
        return explanations

    def _asked(self, prompt: Any, given: Mapping[str, list[Any]], options: Mapping[str, Any]) -> Asked:
        """Return *prompt* with the *given* documents and tools in it, its contents as texts."""
        texts = text_contents(self.tokenizer, prompt, options)
        return asked_with(self.tokenizer, texts, given, options, chat=bool(given) and self.is_chat_model)

    def _prompt_warnings(self, given: Any, ids: list[int], options: Mapping[str, Any]) -> list[str]:
        begin = self.tokenizer.bos_token_id
        doubled = [_TWO_BEGINS] if begin is not None and ids[:2] == [begin, begin] else []
        if is_messages(given):
            return doubled + message_warnings(self.tokenizer, given, options)
        return doubled + words_warning(self.tokenizer, ids)

    def _given(self, prompts: list[Any], ids: list[list[int]], wanted: list[Any]) -> list[list[int]]:
        outputs = [self._adapter.encode_output(p, i, o) for p, i, o in zip(prompts, ids, wanted, strict=True)]
        for prompt, out in zip(ids, outputs, strict=True):
            self._adapter.require_room(len(prompt), len(out))
        return outputs
