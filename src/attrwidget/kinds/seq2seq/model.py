"""A loaded encoder–decoder language model: it writes a text to a source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.explanation import Explanation
from attrwidget.kinds.answers import each_output, generated, require_nothing_generated
from attrwidget.kinds.model import Model
from attrwidget.kinds.seq2seq.adapter import Beginning, Seq2SeqLM
from attrwidget.kinds.seq2seq.trace import Seq2SeqTrace
from attrwidget.kinds.seq2seq.trials import probe
from attrwidget.text.prompt import is_batch, split_batch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.hf.call_record import Generated

_OF_START = ("decoder_start_token_id", "forced_bos_token_id")


class Seq2SeqModel(Model[Seq2SeqLM]):
    """An encoder–decoder model that can be explained; made by ``attrwidget.load``."""

    adapter = Seq2SeqLM

    def _probe(self) -> Capabilities:
        return probe(self._adapter)

    def explain(
        self,
        source: Any,
        *,
        max_new_tokens: int | None = None,
        output: Any = None,
        src_lang: str | None = None,
        tgt_lang: str | None = None,
        target_prefix: Any = None,
        progress: Callable[[int, int], None] | None = None,
        **generation_options: Any,
    ) -> Any:
        """Generate what the model writes to *source*, or take *output*, and return its Explanation.

        *source* is a text or a list of token ids. A list of sources, or a padded batch from a tokenizer, is
        generated as one batch and gives a list of Explanations, with the same numbers as one by one. *src_lang* and
        *tgt_lang* are codes of the tokenizer's, for models of many languages. *target_prefix*, a text or token ids,
        is what the answer goes on from. *max_new_tokens* (20 unless given) and *generation_options*
        (``num_beams=``, ``forced_bos_token_id=``, …) go to the model's ``generate``. *output*, a text or token ids, is
        explained instead of generating; a text ends with the token that the tokenizer ends targets with. *progress* is
        called with ``(tokens done, tokens at most)``; an exception raised in it stops.

        The inputs of a step are all tokens of the source and the earlier ones of the target: the decoder's start, a
        forced language and the prefix, which are not explained, and then the answer.

        Raises AttrWidgetError, in one sentence with what to do, for bad input, before any work is wasted.
        """
        adapter = self._adapter = self._adapter.renewed()
        batch = is_batch(source)
        sources = split_batch(source) if batch else [source]
        start = adapter.start(generation_options, tgt_lang, target_prefix)
        beginnings = [Beginning(adapter.encode(s, src_lang), start) for s in sources]
        if output is None:
            options = {k: v for k, v in generation_options.items() if k not in _OF_START}
            outputs = generated(
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
            outputs = [adapter.encode_output(o, start, tgt_lang) for o in wanted]
            adapter.require_room(len(start), max(map(len, outputs)))
        explanations = [
            Explanation(Seq2SeqTrace(adapter, *beginning, answer, self._abilities))
            for beginning, answer in zip(beginnings, outputs, strict=True)
        ]
        return explanations if batch else explanations[0]

    def explain_call(self, call: Generated, messages: Sequence[Any] | None = None) -> list[Explanation]:
        """Return an Explanation of each sequence of *call*; the decoder's start is part of no answer."""
        if messages is not None:
            raise AttrWidgetError(f"{self.name} reads a source and no chat: leave out messages=.")
        if call.prompts is None:
            raise AttrWidgetError(
                "generate was given the encoder's outputs alone, which do not say which tokens they are of: give it "
                "token ids too."
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
            trace = Seq2SeqTrace(adapter, call.prompt_of(row), sequence[:start], answer, self._abilities)
            explanations.append(Explanation(trace))
        return explanations
