"""The trace of a model that reads a whole text at once: one run, and its few outputs."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any, Self, cast

import torch

from attrwidget.engine.compare import same
from attrwidget.engine.readings import first_not_finite
from attrwidget.engine.trace import Trace
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.adapter import require_length
from attrwidget.hf.attention_interface import is_own_attention
from attrwidget.kinds.encoder.gradients import EncoderGradients, attention_gradients, run_padded
from attrwidget.kinds.encoder.perturb import EncoderPerturber
from attrwidget.text.edits import NOTHING_LEFT
from attrwidget.text.sections import Section
from attrwidget.text.tokens import followed_by, read_tokens
from attrwidget.text.unknown_words import note_on_unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from attrwidget.engine.attention.recorder import AttentionReader, RecordedAttention
    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.engine.gradients.attention_gradients import AttentionGradients
    from attrwidget.engine.gradients.graph import ScoreFunction
    from attrwidget.engine.gradients.padded import PaddedRun
    from attrwidget.engine.perturb import Perturber
    from attrwidget.hf.adapter import Adapter
    from attrwidget.kinds.encoder.adapter import Encoder
    from attrwidget.kinds.encoder.capabilities import EncoderCapabilities
    from attrwidget.kinds.encoder.inputs import Passage
    from attrwidget.kinds.encoder.text import EncoderText
    from attrwidget.progress import Progress
    from attrwidget.text.edits import Edits

_GONE = "This takes away the word that is explained: change another one."


def first_run(
    text: EncoderText, capabilities: EncoderCapabilities
) -> tuple[torch.Tensor, RecordedAttention | None]:
    """Return the logits ``[steps, outputs]`` of *text*, and its attention where that can be recorded.

    Raises AttrWidgetError for logits that are NaN or infinite.
    """
    recorder = None
    if capabilities.attention == "recorded" and is_own_attention(text.model.hf):
        logits, recorder = text.record()
    else:
        logits = text.logits(torch.ones_like(text.ids))[0]
        if capabilities.attention == "recorded":
            again, recorder = text.record()
            recorder = recorder if same(logits, again, low_precision=text.model.low_precision) else None
    if first_not_finite(logits, logits.argmax(-1).tolist()) is not None:
        raise AttrWidgetError(
            "The model's logits are not finite (NaN or infinity), so its outputs mean nothing: check the "
            "weights, or load the model with dtype='float32'."
        )
    return logits, recorder


class EncoderTrace(Trace):
    """One run over *text*: its logits at step *s* are read for ``outputs[s]``, which is shown as ``texts[s]``.

    Every step sees the whole text, and none of the steps before it.

    Args:
        text: The text and how the model is run on it.
        capabilities: What the model allows.
        run: The logits and the recorded attention, from ``first_run``.
        outputs: What is explained at each step.
        texts: The text to show for each step.
        sections: The sections of the text.
        title: The title of the section of the steps.
        ids: The token ids of the outputs, where outputs are tokens.
        output_kind: As in ``Trace``, like *answer_text*, *step_noun* and *warnings*.
        answer_text: See *output_kind*.
        step_noun: See *output_kind*.
        warnings: See *output_kind*.
    """

    model: Encoder
    capabilities: EncoderCapabilities

    def __init__(
        self,
        text: EncoderText,
        capabilities: EncoderCapabilities,
        run: tuple[torch.Tensor, RecordedAttention | None],
        *,
        outputs: Sequence[int],
        texts: Sequence[str],
        sections: Sequence[Section],
        title: str,
        ids: Sequence[int] | None = None,
        output_kind: str = "softmax",
        answer_text: str | None = None,
        step_noun: tuple[str, str] = ("token", "tokens"),
        warnings: Sequence[str] = (),
    ) -> None:
        super().__init__(text.model, capabilities)
        logits, self._recorded = run
        self.needs_end = capabilities.end is not None
        self.task, self.output_kind = text.model.task, output_kind
        self.sees_own_token = text.model.sees_own_token
        self._text, self.answer_text, self.step_noun = text, answer_text, step_noun
        self.places = () if text.model.one_output else text.rows
        self.first_step = self.n_inputs = text.length
        self.n_steps = len(outputs)
        self.outputs = tuple(outputs)
        read = read_tokens(text.model.tokenizer, text.ids[0].tolist(), text.length)
        unknown = note_on_unknown(text.model.tokenizer, read)
        self.warnings = (*warnings, *([unknown] if unknown else []))
        self._ids = text.ids
        self.tokens = followed_by(read, texts, ids or [-1] * len(texts))
        self.sections = [*sections, Section(title, text.length, len(self.tokens))]
        self._read(logits)
        self._require_recorded()

    def made_again_by(self, make: Callable[[Passage], EncoderTrace], passage: Passage) -> Self:
        """Keep how this trace was made of *passage*, so that an edited one can be; return this trace."""
        self._make_again, self._passage = make, passage
        return self

    def edited(self, edits: Edits, step: int) -> EncoderTrace:
        """Return the trace of the text with *edits* made, which must leave where *step* is read."""
        at_tokens = not (self.model.one_output or self.model.two_ends)
        if at_tokens and edits.replaces(self._text.rows[step]):
            raise AttrWidgetError(_GONE)
        return self.answered_anew(edits)

    def answered_anew(self, edits: Edits, progress: Progress | None = None) -> EncoderTrace:  # noqa: ARG002
        """Return the trace of the text with *edits* made."""
        self.require_same_weights()
        passage = self._passage.edited(edits)
        if not passage.ids:
            raise AttrWidgetError(NOTHING_LEFT)
        require_length("text", len(passage.ids), self.model.name, self.model.context)
        return self._make_again(passage).made_again_by(self._make_again, passage)

    def same_step(self, step: int, edits: Edits, edited: Trace) -> tuple[int, int]:
        """Return *step* in the trace *edited*, and its output there; see ``Trace.same_step``."""
        if self.model.one_output:
            return 0, self.outputs[step]
        if self.model.two_ends:
            return step, edits.moved(self.outputs[step])
        rows, row = cast("Self", edited)._text.rows, self._text.rows[step]  # noqa: SLF001 - its own class
        if edits.moved(row) not in rows:
            raise AttrWidgetError(_GONE)
        return rows.index(edits.moved(row)), self.outputs[step]

    def again(self, model: Adapter) -> Self:
        """Return a trace of the same text by *model*, which is this one in another precision."""
        own = copy(self)
        own._text = self._text.by(cast("Encoder", model))  # noqa: SLF001 - its own class
        return Trace.again(own, model)

    def _run(self) -> tuple[torch.Tensor, RecordedAttention | None]:
        return first_run(self._text, self.capabilities)

    def seen(self, step: int) -> int:  # noqa: ARG002
        """Return how many inputs *step* sees: all."""
        return self.n_inputs

    def first_to_see(self, index: int) -> int:  # noqa: ARG002
        """Return the first step that sees input *index*: all do."""
        return 0

    def seen_from(self, position: int) -> int:  # noqa: ARG002
        """Return how many inputs the row of the attention weights at *position* sees: all."""
        return self.n_inputs

    def position(self, step: int) -> int:
        """Return the row of the attention weights at which *step* is read."""
        return self._text.rows[step]

    def _returned(self) -> tuple[AttentionReader | None, torch.Tensor]:
        return self._text.returned()

    def _make_graph(self, capabilities: Capabilities, options: dict[str, Any]) -> EncoderGradients:
        return EncoderGradients(self._text, capabilities, **options)

    @property
    def can_be_padded(self) -> bool:
        """Whether it can be differentiated in one batch with texts of other lengths."""
        return self._text.can_be_padded

    @classmethod
    def run_padded(cls, traces: Sequence[Self], capabilities: Capabilities, **options: Any) -> PaddedRun:
        """Run the texts of *traces* in one batch with a gradient graph; see ``run_padded``."""
        texts = [trace._text for trace in traces]  # noqa: SLF001 - its own class
        return run_padded(texts, capabilities, **options)

    def tables(self) -> list[tuple[int, torch.nn.Module]]:
        """Return the module that embeds the text."""
        return [(self.n_inputs, self.model.reader.get_input_embeddings())]

    def keys_of(self, module: torch.nn.Module, group: Sequence[int]) -> list[int]:
        """Return which keys of the attention *module* are of the inputs *group*."""
        return self._text.keys_of(module, group)

    def at_inputs(self, side: str, values: torch.Tensor) -> torch.Tensor:
        """Return *values* of a *side*'s positions by input; see ``EncoderText.at_tokens``."""
        return self._text.at_tokens(side, values)

    def attention_gradients(self, steps: Sequence[int], score: ScoreFunction) -> AttentionGradients:
        """Yield ``(step, weights, gradients)`` of *steps*: the score's gradients at all attention weights."""
        self.require_same_weights()
        return attention_gradients(self._text, steps, score)

    def _make_perturber(
        self, change: str | int | None, *, step: int | range | None = None, **options: Any
    ) -> Perturber:
        # Memory depends on the rows of logits that the model computes, which are more than are read.
        rows = self.n_steps if self.model.one_output else self.n_inputs
        return EncoderPerturber(
            self.model, self._text.ids, rows, change, text=self._text, step=step, **options
        )
