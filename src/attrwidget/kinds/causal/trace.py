"""The trace of a causal language model: one teacher-forced run over prompt and output."""

from __future__ import annotations

from bisect import bisect_left
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import torch

from attrwidget.engine.compare import same
from attrwidget.engine.forward import logits_of, run
from attrwidget.engine.gradients.attention_gradients import attention_gradients
from attrwidget.engine.gradients.batched import GradientGraph
from attrwidget.engine.logit_lens import LogitLens
from attrwidget.engine.readings import LIKELY, first_not_finite
from attrwidget.engine.trace import Trace
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.hf.generation import NEW_TOKENS, not_finite
from attrwidget.hf.internals.cache import allocated_cache
from attrwidget.kinds.answers import generate_answers
from attrwidget.kinds.causal.record import record, records_as_loaded
from attrwidget.kinds.causal.trials import returned
from attrwidget.limits import allowed_tokens
from attrwidget.text.edits import NOTHING_LEFT
from attrwidget.text.sections import Section, answer_section
from attrwidget.text.tokens import read_tokens
from attrwidget.text.unknown_words import note_on_listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from attrwidget.engine.attention.recorder import AttentionReader, RecordedAttention
    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.engine.gradients.attention_gradients import AttentionGradients
    from attrwidget.engine.gradients.graph import ScoreFunction
    from attrwidget.kinds.causal.adapter import CausalLM
    from attrwidget.progress import Progress
    from attrwidget.text.edits import Edit, Edits

    Parts = tuple[Sequence[Section], Mapping[str, Sequence[Section]]]

# Tokens: the temporary memory of a forward pass grows with them, so a longer text is run in pieces.
_ONE_RUN, _PIECE = 512, 128


class CausalTrace(Trace):
    """One teacher-forced run of *model* over ``ids = prompt + output``.

    The text is run by the model's own fast attention, and again with a graph when a gradient is first asked for. Step
    *s* is the output's token *s*, predicted at position ``first_step - 1 + s``; it sees the tokens up to that position.

    Args:
        model: The adapter of the model.
        prompt: Token ids.
        output: The token ids that are explained.
        capabilities: What the model allows.
        messages: The messages of a chat, which cover the prompt.
        context_spans: The documents and tools in the prompt, by kind.
        log_probs: The log-probabilities (nats) of the output as the model wrote it, if that is known.
        cut_short: Whether the output ends because no more tokens were allowed.
    """

    task = "text-generation"
    writes_text = True
    model: CausalLM

    def __init__(
        self,
        model: CausalLM,
        prompt: Sequence[int],
        output: Sequence[int],
        capabilities: Capabilities,
        messages: Sequence[Section] = (),
        *,
        context_spans: Mapping[str, Sequence[Section]] = MappingProxyType({}),
        log_probs: Sequence[float] | None = None,
        cut_short: bool = False,
    ) -> None:
        super().__init__(model, capabilities)
        self.messages, self.context_spans = messages, context_spans
        self.first_step = len(prompt)
        self.n_steps = len(output)
        self.n_inputs = len(prompt) + len(output) - 1
        self.tokens = read_tokens(model.tokenizer, [*prompt, *output], len(prompt))
        self.outputs = tuple(self.tokens.ids[len(prompt) :])
        unknown = note_on_listed(model.tokenizer, read_tokens(model.tokenizer, prompt, len(prompt)))
        self.warnings = (unknown,) if unknown else ()
        self.sections = [
            *(messages or [Section("Prompt", 0, self.first_step)]),
            answer_section(self.first_step, len(self.tokens), cut_short=cut_short),
        ]
        self._ids = torch.tensor([self.tokens.ids[:-1]], device=model.device)
        logits, self._recorded = self._run()
        bad = first_not_finite(logits, output)
        if bad is not None:
            bad = self._first_bad(bad, output)
            raise AttrWidgetError(not_finite(bad, self.tokens.labels[len(prompt) + bad]))
        self._read(logits, log_probs)
        self._require_recorded()

    def _run(self) -> tuple[torch.Tensor, RecordedAttention | None]:
        """Return the logits ``[n_steps, vocabulary]`` of the model as loaded, and the recorded attention."""
        if self.capabilities.attention != "recorded":
            return self._plain(), None
        model, pieces = self.model, self.capabilities.pieces and self.n_inputs > _ONE_RUN
        cache = allocated_cache(model.hf.config, self.n_inputs) if self.capabilities.pieces else None
        plain = None if not pieces and records_as_loaded(model) else self._plain()
        logits, attention = record(model, self._ids, self.n_steps, _PIECE if pieces else None, cache)
        if plain is not None and not same(plain, logits, low_precision=model.low_precision):
            return plain, None
        if cache is not None:
            self._shared_prefix(cache)
        return logits if plain is None else plain, attention

    def _plain(self) -> torch.Tensor:
        with exclusive_use(self.model.hf), torch.no_grad():
            return logits_of(self.model.hf, self._ids, self.n_steps)

    def _returned(self) -> tuple[AttentionReader | None, torch.Tensor]:
        return returned(self.model, self._ids, self.n_steps)

    def instead(self, output: Sequence[int]) -> CausalTrace:
        """Return the trace of another *output* to the same prompt."""
        self.require_same_weights()
        self.model.require_room(self.first_step, len(output))
        prompt = self.tokens.ids[: self.first_step]
        return self._with(prompt, output, self._parts)

    def continued(self, output: Sequence[int], count: int, progress: Progress | None = None) -> CausalTrace:
        """Return the trace of *output* and what the model writes after it, *count* tokens at most."""
        return self._written(self.tokens.ids[: self.first_step], output, self._parts, count, progress)

    def edited(self, edits: Edits, step: int) -> CausalTrace:
        """Return the trace of the text with *edits* made, whose answer is kept up to *step*; see ``Trace.edited``."""
        self.require_same_weights()
        prompt, parts, answer = self._edited(edits)
        output = answer.applied(self.outputs[: step + 1])
        self.model.require_room(len(prompt), len(output))
        return self._with(prompt, output, parts)

    def answered_anew(self, edits: Edits, progress: Progress | None = None) -> CausalTrace:
        """Return the trace of the text with *edits* made, and of what the model answers after the last one."""
        prompt, parts, answer = self._edited(edits)
        kept = answer.applied(self.outputs[: answer.end])
        return self._written(prompt, kept, parts, max(self.n_steps - len(kept), NEW_TOKENS), progress)

    @property
    def _parts(self) -> Parts:
        return self.messages, self.context_spans

    def _edited(self, edits: Edits) -> tuple[list[int], Parts, Edits]:
        """Return the edited prompt, its messages and context, and the edits of the answer."""
        first = self.first_step
        prompt = edits.within(0, first).applied(self.tokens.ids[:first])
        if not prompt:
            raise AttrWidgetError(NOTHING_LEFT)
        messages = [edits.moved_section(message) for message in self.messages]
        context = {
            kind: [moved for moved in map(edits.moved_section, spans) if moved.start < moved.end]
            for kind, spans in self.context_spans.items()
        }
        return prompt, (messages, context), edits.within(first, first + self.n_steps)

    def likely(self, edit: Edit) -> list[int]:
        """Return the likeliest tokens after what stands before *edit*."""
        if edit.start == 0:
            return []
        with exclusive_use(self.model.hf), torch.no_grad():
            logits = logits_of(self.model.hf, self._ids[:, : edit.start], 1)
        best: list[int] = logits[0].topk(min(LIKELY, logits.shape[-1])).indices.tolist()
        return best

    def _written(
        self,
        prompt: Sequence[int],
        output: Sequence[int],
        parts: Parts,
        count: int,
        progress: Progress | None,
    ) -> CausalTrace:
        """Return the trace of *output* after *prompt*, and of what the model writes after both."""
        self.require_same_weights()
        before = [*prompt, *output]
        count = allowed_tokens(len(output), count)
        if count == 0:
            return self._with(prompt, output, parts, cut_short=True)
        (written,) = generate_answers(
            self.model, [before], before=len(before), count=count, options={}, progress=progress
        )
        whole = [*output, *written.ids]
        return self._with(prompt, whole, parts, cut_short=written.cut_short)

    def _with(
        self, prompt: Sequence[int], output: Sequence[int], parts: Parts, *, cut_short: bool = False
    ) -> CausalTrace:
        messages, spans = parts
        return CausalTrace(
            self.model, prompt, output, self.capabilities, messages, context_spans=spans, cut_short=cut_short
        )

    def _make_graph(self, capabilities: Capabilities, options: dict[str, Any]) -> GradientGraph:
        return GradientGraph(self.model, self._ids, self.first_step, capabilities, **options)

    def attention_gradients(self, steps: Sequence[int], score: ScoreFunction) -> AttentionGradients:
        """Yield ``(step, weights, gradients)`` of *steps*: the score's gradients at all attention weights."""
        self.require_same_weights()
        return attention_gradients(self.model.hf, self._ids, self.n_steps, steps, score)

    def make_lens(self) -> LogitLens:
        """Return what reads the prediction of each layer at a step; see ``engine.logit_lens``."""
        hf, ids, steps = self.model.hf, self._ids, range(self.n_steps)

        def one(count: int) -> torch.Tensor:
            return run(hf, ids[:, :1].expand(count, -1), 1).logits  # type: ignore[no-any-return]

        rows = [self.position(step) for step in steps]
        return LogitLens(self, rows, lambda: logits_of(hf, ids, 1), one)

    def _first_bad(self, at_least: int, output: Sequence[int]) -> int:
        """Return the first step with bad logits on its own prefix; a later NaN spoils earlier rows (0 · NaN = NaN)."""

        def bad(step: int) -> bool:
            with exclusive_use(self.model.hf), torch.no_grad():
                logits = logits_of(self.model.hf, self._ids[:, : self.first_step + step], 1)
            return first_not_finite(logits, [output[step]]) is not None

        steps = range(at_least, self.n_steps)
        return at_least if bad(at_least) else steps[bisect_left(steps[:-1], x=True, key=bad)]
