"""Encoder–decoder language models, which write a text to a source: a translation, a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from attrwidget.errors import AttrWidgetError
from attrwidget.explanation import Explanation
from attrwidget.explanations import Explanations
from attrwidget.hf.generation import Written
from attrwidget.kinds.answers import each_output, generate_answers, require_nothing_generated
from attrwidget.kinds.model import Model
from attrwidget.kinds.seq2seq.adapter import Beginning, Seq2SeqLM
from attrwidget.kinds.seq2seq.trace import Seq2SeqTrace
from attrwidget.kinds.seq2seq.trials import probe
from attrwidget.results.live import LiveReading
from attrwidget.text.prompt import is_batch, split_batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.hf.call_record import Generated
    from attrwidget.progress import Progress
    from attrwidget.text.prompt import Chat, Encoded, Text, Texts

_OF_START = ("decoder_start_token_id", "forced_bos_token_id")


class Seq2SeqModel(Model):
    """An encoder–decoder model that can be explained; made by ``attrwidget.load``."""

    adapter = Seq2SeqLM
    _adapter: Seq2SeqLM

    def _probe(self, progress: Progress) -> Capabilities:
        return probe(self._adapter, progress)

    @overload  # type: ignore[override]  # reads no chat
    def explain(
        self,
        source: Text,
        *,
        max_new_tokens: int | None = None,
        output: Text | None = None,
        src_lang: str | None = None,
        tgt_lang: str | None = None,
        target_prefix: Text | None = None,
        progress: Progress | None = None,
        **generation_options: Any,
    ) -> Explanation: ...
    @overload
    def explain(
        self,
        source: Texts,
        *,
        max_new_tokens: int | None = None,
        output: Text | Texts | None = None,
        src_lang: str | None = None,
        tgt_lang: str | None = None,
        target_prefix: Text | None = None,
        progress: Progress | None = None,
        **generation_options: Any,
    ) -> list[Explanation]: ...
    @overload
    def explain(
        self,
        source: Encoded,
        *,
        max_new_tokens: int | None = None,
        output: Text | Texts | None = None,
        src_lang: str | None = None,
        tgt_lang: str | None = None,
        target_prefix: Text | None = None,
        progress: Progress | None = None,
        **generation_options: Any,
    ) -> Explanation | list[Explanation]: ...
    def explain(
        self,
        source: Text | Texts | Encoded,
        *,
        max_new_tokens: int | None = None,
        output: Text | Texts | None = None,
        src_lang: str | None = None,
        tgt_lang: str | None = None,
        target_prefix: Text | None = None,
        progress: Progress | None = None,
        **generation_options: Any,
    ) -> Explanation | list[Explanation]:
        """Generate what the model writes to a source, or take the given output, and explain it, token by token.

        The inputs of a step are all tokens of the source and the earlier ones of the target: the decoder's start, a
        forced language and the prefix, which are not explained, and then the answer.

        Args:
            source: A text or a list of token ids. A list of sources, or a padded batch from a tokenizer, is generated
                as one batch and gives a list of Explanations, with the same numbers as one by one.
            max_new_tokens: How many tokens to generate at most; 20 if not given.
            output: A text or token ids to explain instead of generating; a text ends with the token that the tokenizer
                ends targets with.
            src_lang: The tokenizer's code of the source's language, for models of many languages.
            tgt_lang: The tokenizer's code of the language to write.
            target_prefix: A text or token ids that the answer begins with.
            progress: Called with ``(tokens done, tokens at most)``; an exception raised in it stops the work.
            **generation_options: Options of the model's ``generate``, such as ``num_beams=`` or
                ``forced_bos_token_id=``.

        Returns:
            The Explanation, or a list of them.

        Raises:
            AttrWidgetError: The input is bad, or longer than the model can see; before anything is run.

        Example:
            >>> model = aw.load("demo-translation")
            >>> model.explain("我們喜歡的手錶很重。", max_new_tokens=20)
        """
        adapter = self._adapter = self._adapter.renewed()
        batch = is_batch(source)
        sources = split_batch(source) if batch else [source]
        start = adapter.start(generation_options, tgt_lang, target_prefix)
        beginnings = [Beginning(adapter.encode(s, src_lang), start) for s in sources]
        capabilities = self.capabilities  # before generating: a decoder that reads later tokens is refused
        if output is None:
            options = {k: v for k, v in generation_options.items() if k not in _OF_START}
            outputs = generate_answers(
                adapter,
                beginnings,
                before=len(start),
                count=max_new_tokens,
                options=options,
                progress=progress,
            )
        else:
            require_nothing_generated(max_new_tokens, generation_options, _OF_START)
            wanted = each_output(output, len(sources), "source", batch=batch)
            outputs = [Written(adapter.encode_output(o, start, tgt_lang), None) for o in wanted]
            adapter.require_room(len(start), max(len(answer.ids) for answer in outputs))
        traces = (
            Seq2SeqTrace(
                adapter,
                *beginning,
                answer.ids,
                capabilities,
                log_probs=answer.log_probs,
                cut_short=answer.cut_short,
            )
            for beginning, answer in zip(beginnings, outputs, strict=True)
        )
        explanations = [Explanation(LiveReading(trace)) for trace in traces]
        return Explanations(explanations) if batch else explanations[0]

    def explain_call(self, call: Generated, chats: Sequence[Chat] = ()) -> list[Explanation]:
        """Return an Explanation of each sequence of *call*, without the decoder's start."""
        if chats:
            raise AttrWidgetError(f"{self.name} reads a source and no chat: leave out messages=.")
        if call.prompts is None:
            raise AttrWidgetError(
                "generate was given the encoder's outputs alone, which do not show the token ids of the source: give "
                "it token ids too."
            )
        adapter = self._adapter = self._adapter.renewed()
        explanations = []
        for row, sequence in enumerate(call.sequences):
            begun = call.begun[row // call.per_prompt] if call.begun else sequence[:1]
            # generate puts the decoder's start before what was given without it.
            start = len(begun) if sequence[: len(begun)] == begun else len(begun) + 1
            if call.forced is not None and sequence[start : start + 1] == [call.forced]:
                start += 1
            answer = call.answer_of(row, start)
            if not answer:
                raise AttrWidgetError("generate wrote no token, so there is nothing to explain.")
            trace = Seq2SeqTrace(
                adapter,
                call.prompt_of(row),
                sequence[:start],
                answer,
                self.capabilities,
                cut_short=call.is_cut_short(answer),
            )
            explanations.append(Explanation(LiveReading(trace)))
        return explanations
