"""The trace of an encoder–decoder model: one teacher-forced run over source and target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import torch

from attrwidget.engine.attention.recorder import NOT_TOKENS, has_token_axes
from attrwidget.engine.compare import same
from attrwidget.engine.forward import encode, run
from attrwidget.engine.gradients.batched import GradientGraph
from attrwidget.engine.logit_lens import LogitLens
from attrwidget.engine.readings import first_not_finite
from attrwidget.engine.trace import Trace
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.adapter import require_length
from attrwidget.hf.attention_interface import is_own_attention
from attrwidget.hf.generation import NEW_TOKENS, not_finite
from attrwidget.kinds.answers import generate_answers
from attrwidget.kinds.seq2seq.adapter import Beginning
from attrwidget.kinds.seq2seq.trials import record, returned, run_target
from attrwidget.limits import allowed_tokens
from attrwidget.text.edits import NOTHING_LEFT
from attrwidget.text.sections import Section, answer_section
from attrwidget.text.tokens import joined, read_tokens
from attrwidget.text.unknown_words import note_on_listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.engine.attention.joint import JointAttention
    from attrwidget.engine.attention.recorder import AttentionReader, RecordedAttention
    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.kinds.seq2seq.adapter import Seq2SeqLM
    from attrwidget.progress import Progress
    from attrwidget.text.edits import Edits


class Seq2SeqTrace(Trace):
    """One teacher-forced run of *model* over a *source* (encoder) and ``start + output`` (decoder).

    Tokens are those of the source, the start and the output, in this order. Step *s* is the output's token *s*; it sees
    the whole source, the start, and the output before it. *log_probs* and *cut_short* are as in ``CausalTrace``.
    """

    task = "text2text-generation"
    writes_text = True
    model: Seq2SeqLM

    def __init__(
        self,
        model: Seq2SeqLM,
        source: Sequence[int],
        start: Sequence[int],
        output: Sequence[int],
        capabilities: Capabilities,
        *,
        log_probs: Sequence[float] | None = None,
        cut_short: bool = False,
    ) -> None:
        super().__init__(model, capabilities)
        self.n_source = len(source)
        self.first_step = len(source) + len(start)
        self.n_steps = len(output)
        self.n_inputs = self.first_step + len(output) - 1
        read = read_tokens(model.tokenizer, source, len(source))
        unknown = note_on_listed(model.tokenizer, read)
        self.warnings = (unknown,) if unknown else ()
        self.tokens = joined(
            read,
            read_tokens(model.tokenizer, [*start, *output], len(start)),
        )
        self.outputs = tuple(self.tokens.ids[self.first_step :])
        self.sections = [
            Section("Source", 0, self.n_source),
            Section("Target", self.n_source, self.first_step),
            answer_section(self.first_step, len(self.tokens), cut_short=cut_short),
        ]
        ids = torch.tensor([self.tokens.ids[:-1]], device=model.device)
        self._ids, self._source, self._target = ids, ids[:, : self.n_source], ids[:, self.n_source :]
        logits, self._recorded = self._run()
        bad = first_not_finite(logits, output)
        if bad is not None:
            raise AttrWidgetError(not_finite(bad, self.tokens.labels[self.first_step + bad]))
        self._read(logits, log_probs)
        self._require_recorded()

    def _run(self) -> tuple[torch.Tensor, JointAttention | None]:
        """Return the logits ``[n_steps, vocabulary]`` of the model as loaded, and the recorded attention."""
        text = (self.model, self._source, self._target, self.n_steps)
        if self.capabilities.attention != "recorded":
            return run_target(*text), None
        if is_own_attention(self.model.hf):
            return record(*text)
        plain, (logits, attention) = run_target(*text), record(*text)
        return plain, attention if same(plain, logits, low_precision=self.model.low_precision) else None

    def instead(self, output: Sequence[int]) -> Seq2SeqTrace:
        """Return the trace of another *output* to the same source."""
        self.require_same_weights()
        source = self.tokens.ids[: self.n_source]
        return Seq2SeqTrace(self.model, source, self._start, output, self.capabilities)

    def continued(self, output: Sequence[int], count: int, progress: Progress | None = None) -> Seq2SeqTrace:
        """Return the trace of *output* and what the model writes after it, *count* tokens at most."""
        return self._written(self.tokens.ids[: self.n_source], self._start, output, count, progress)

    def edited(self, edits: Edits, step: int) -> Seq2SeqTrace:
        """Return the trace of the text with *edits* made, whose answer is kept up to *step*; see ``Trace.edited``."""
        self.require_same_weights()
        source, start, answer = self._edited(edits)
        output = answer.applied(self.outputs[: step + 1])
        self.model.require_room(len(start), len(output))
        return Seq2SeqTrace(self.model, source, start, output, self.capabilities)

    def answered_anew(self, edits: Edits, progress: Progress | None = None) -> Seq2SeqTrace:
        """Return the trace of the text with *edits* made, and of what the model answers after the last one."""
        source, start, answer = self._edited(edits)
        kept = answer.applied(self.outputs[: answer.end])
        return self._written(source, start, kept, max(self.n_steps - len(kept), NEW_TOKENS), progress)

    def _edited(self, edits: Edits) -> tuple[list[int], list[int], Edits]:
        """Return the edited source, the edited start of the target, and the edits of the answer."""
        ids, n, first = self.tokens.ids, self.n_source, self.first_step
        source = edits.within(0, n).applied(ids[:n])
        start = edits.within(n, first).applied(self._start)
        if not source or not start:
            raise AttrWidgetError(NOTHING_LEFT)
        require_length(
            "source", len(source), f"the encoder of {self.model.name}", self.model.limit("encoder")
        )
        return source, start, edits.within(first, first + self.n_steps)

    @property
    def _start(self) -> list[int]:
        return self.tokens.ids[self.n_source : self.first_step]

    def _written(
        self,
        source: list[int],
        start: list[int],
        output: Sequence[int],
        count: int,
        progress: Progress | None,
    ) -> Seq2SeqTrace:
        """Return the trace of *output* after *start*, and of what the model writes after both."""
        self.require_same_weights()
        beginning = Beginning(source, [*start, *output])
        count = allowed_tokens(len(output), count)
        if count == 0:
            return Seq2SeqTrace(self.model, source, start, output, self.capabilities, cut_short=True)
        (written,) = generate_answers(
            self.model,
            [beginning],
            before=len(start) + len(output),
            count=count,
            options={},
            progress=progress,
        )
        whole = [*output, *written.ids]
        return Seq2SeqTrace(self.model, source, start, whole, self.capabilities, cut_short=written.cut_short)

    def make_lens(self) -> LogitLens:
        """Return what reads the prediction of each of the decoder's layers at a step; see ``engine.logit_lens``."""
        hf, source, target = self.model.hf, self._source, self._target

        def one(count: int) -> torch.Tensor:
            context = encode(hf, source[:, :1].expand(count, -1))
            return run(hf, target[:, :1].expand(count, -1), 1, **context).logits  # type: ignore[no-any-return]

        rows = [self.position(step) - self.n_source for step in range(self.n_steps)]
        return LogitLens(self, rows, lambda: run_target(self.model, source, target, 1), one)

    def before(self, step: int) -> list[int]:
        """Return the token ids that *step*'s token follows in the target."""
        return self.tokens.ids[self.n_source : self.first_step + step]

    def _returned(self) -> tuple[JointAttention | None, torch.Tensor]:
        return returned(self.model, self._source, self._target, self.n_steps)

    def _require_token_axes(self, found: AttentionReader) -> None:
        """Raise AttrWidgetError unless the decoder's attentions are of the tokens; the encoder's is left out if not."""
        joint, m, n = cast("JointAttention", found), self.n_source, self.n_inputs - self.n_source
        if not (has_token_axes(joint.decoder, n) and has_token_axes(joint.cross, n, m)):
            raise AttrWidgetError(NOT_TOKENS.format(self.model.name))
        if not has_token_axes(joint.encoder, m):
            joint.encoder_note = NOT_TOKENS.format(f"the encoder of {self.model.name}")

    def _make_graph(self, capabilities: Capabilities, options: dict[str, Any]) -> GradientGraph:
        first = self.first_step - self.n_source
        return GradientGraph(self.model, self._target, first, capabilities, source=self._source, **options)

    def tables(self) -> list[tuple[int, torch.nn.Module]]:
        """Return the module that embeds the source, and that of the target."""
        counts = (self.n_source, self.n_inputs - self.n_source)
        return list(zip(counts, self.model.tables, strict=True))

    def keys_of(self, module: torch.nn.Module, group: Sequence[int]) -> list[int]:
        """Return which keys of the attention *module* are of the inputs *group*."""
        decoder = cast("RecordedAttention", cast("JointAttention", self.attention).decoder)
        if any(record.module is module for record in decoder.records):
            return [i - self.n_source for i in group if i >= self.n_source]
        return [i for i in group if i < self.n_source]

    def at_inputs(self, side: str, values: torch.Tensor) -> torch.Tensor:
        """Return *values* of a *side*'s tokens by input: NaN for those of the other."""
        before = values.new_full((self.n_source if side == "decoder" else 0,), torch.nan)
        return torch.cat([before, values])
