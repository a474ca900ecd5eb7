"""The trace: one run of one model over one text, and all that is read from it."""

from __future__ import annotations

from abc import abstractmethod
from copy import copy
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

import torch

from attrwidget.engine.compared_runs import ComparedRuns
from attrwidget.errors import AttrWidgetError
from attrwidget.hf.exclusive_use import exclusive_use
from attrwidget.text.tokens import token_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from attrwidget.engine.attention.recorder import AttentionReader
    from attrwidget.engine.capabilities import Capabilities
    from attrwidget.engine.gradients.attention_gradients import AttentionGradients
    from attrwidget.engine.gradients.graph import ScoreFunction
    from attrwidget.engine.logit_lens import LogitLens
    from attrwidget.hf.adapter import Adapter
    from attrwidget.progress import Progress
    from attrwidget.text.edits import Edit, Edits
    from attrwidget.text.sections import Section


class Trace(ComparedRuns):
    """One run of a model over the inputs of its steps, whatever kind of model it is.

    Step *s* is token ``first_step + s`` of the text and sees the first ``seen(s)`` inputs.

    Attributes:
        task: The kind of model, by its name in Transformers' pipelines.
        writes_text: Whether the steps are tokens that the model wrote, each read by the next.
        sees_own_token: Whether a step is read at an input, and sees it even if it is masked.
        answer_text: The model's answer in words, if the steps' own texts are not enough.
        step_noun: Singular and plural of what a step is.
        places: The input at which each step is read, where it is a word of the text itself.
        always_kept: The inputs that stay in every changed text with many inputs left out.
        needs_end: Whether the text must end with a special token for anything to be read.
        sections: The parts of the text.
        messages: The spans of a chat's messages, which cover the prompt.
        context_spans: The spans of what was given with the question, by kind: ``"document"``, ``"tool"``.
    """

    task: str
    writes_text: bool = False
    sees_own_token: bool = False
    answer_text: str | None = None
    step_noun: tuple[str, str] = ("token", "tokens")
    places: tuple[int, ...] = ()
    always_kept: Collection[int] = ()
    needs_end: bool = False
    sections: list[Section]
    messages: Sequence[Section] = ()
    context_spans: Mapping[str, Sequence[Section]] = MappingProxyType({})

    def __init__(self, model: Adapter, capabilities: Capabilities) -> None:
        super().__init__(model, capabilities)
        self.partial_results: dict[Any, Any] = {}  # of methods that run input by input

    @abstractmethod
    def _run(self) -> tuple[torch.Tensor, AttentionReader | None]:
        """Return the logits ``[n_steps, outputs]`` of the first run, and the recorded attention."""

    def again(self, model: Adapter) -> Self:
        """Return a trace of the same text by *model*, which is this one in another precision."""
        other = copy(self)
        vars(other).pop("attention", None)
        Trace.__init__(other, model, self.capabilities)
        logits, other._recorded = other._run()  # noqa: SLF001 - its own class
        other._read(logits)  # noqa: SLF001
        other._require_recorded()  # noqa: SLF001
        return other

    def seen(self, step: int) -> int:
        """Return how many inputs *step* sees, counted from the first."""
        return self.first_step + step

    def first_to_see(self, index: int) -> int:
        """Return the first step that sees input *index*."""
        return max(0, index - self.first_step + 1)

    def position(self, step: int) -> int:
        """Return the row of the attention weights at which *step* is read."""
        return self.first_step - 1 + step

    def seen_from(self, position: int) -> int:
        """Return how many inputs the row of the attention weights at *position* sees."""
        return position + 1

    def before(self, step: int) -> list[int]:
        """Return the token ids before *step*'s token."""
        return self.tokens.ids[: self.first_step + step]

    def output_text(self, step: int, output: int) -> str:
        """Return *output* as text at *step*; it may be ``outputs[step]`` or another one."""
        return token_text(self.model.tokenizer, output, self.before(step))

    def named(self, what: Any) -> tuple[int, ...] | None:  # noqa: ARG002
        """Look up the outputs that *what* names, one for each step; return None if outputs are tokens of a text.

        Raises:
            AttrWidgetError: If *what* names no output.
        """
        return None

    def instead(self, output: Sequence[int]) -> Trace:  # noqa: ARG002
        """Return the trace of another *output* for the same input. Raises AttrWidgetError if the model writes none."""
        raise AttrWidgetError(self._writes_nothing())

    def continued(
        self,
        output: Sequence[int],  # noqa: ARG002
        count: int,  # noqa: ARG002
        progress: Progress | None = None,  # noqa: ARG002
    ) -> Trace:
        """Return the trace of *output* and what the model writes after it, *count* tokens at most, for the same input.

        Raises:
            AttrWidgetError: The model writes no text, or they do not fit in its context.
        """
        raise AttrWidgetError(self._writes_nothing())

    @abstractmethod
    def edited(self, edits: Edits, step: int) -> Trace:
        """Return the trace of the text with *edits* made, whose answer is kept up to *step*.

        *step* is the last of the new trace of a model that writes text. No edit crosses from the prompt to the answer.

        Raises:
            AttrWidgetError: No text is left, it does not fit in the model's context, or *step* is read at an edit.
        """

    @abstractmethod
    def answered_anew(self, edits: Edits, progress: Progress | None = None) -> Trace:
        """Return the trace of the text with *edits* made, and of what the model answers after the last one.

        Args:
            edits: Edits of the inputs, none of which crosses from the prompt to the answer.
            progress: Called with ``(tokens done, tokens at most)`` of what the model writes.

        Raises:
            AttrWidgetError: No text is left, or it does not fit in the model's context.
        """

    def same_step(self, step: int, edits: Edits, edited: Trace) -> tuple[int, int]:  # noqa: ARG002
        """Return *step* in the trace *edited*, which ``edited`` returned, and its output there.

        Raises:
            AttrWidgetError: The edits took away the token at which the step is read.
        """
        return edited.n_steps - 1, self.outputs[step]

    def likely(self, edit: Edit) -> list[int]:  # noqa: ARG002
        """Return the likeliest tokens in the place of *edit*'s, by the model's own reading; none if it has no such."""
        return []

    def _writes_nothing(self) -> str:
        return f"{self.model.name} writes no text, so there is no other answer to explain."

    @property
    def decoder_reads_inputs(self) -> bool:
        """Whether an encoder and a decoder both read the inputs, as in BART with a classification head."""
        return self.model.encoder_decoder and not self.n_source

    @property
    def n_layers(self) -> int:
        """How many layers have attention to show; 0 if the model shows none."""
        return self.attention.n_layers if self.capabilities.attention else 0

    @property
    def n_heads(self) -> int:
        """How many heads a layer has; 0 if the model shows no attention."""
        return self.attention.n_heads if self.capabilities.attention else 0

    def tables(self) -> list[tuple[int, torch.nn.Module]]:
        """Return the embedding modules in the order of the inputs, each with how many inputs it embeds."""
        return [(self.n_inputs, self.model.hf.get_input_embeddings())]

    def embeddings(self) -> torch.Tensor:
        """Return the embeddings of the inputs ``[n_inputs, d]`` as the model makes them, scaled if it scales them."""
        tables = self.tables()
        parts = self._ids[0].split([count for count, _ in tables])
        return torch.cat([self.embed(ids, table) for ids, (_, table) in zip(parts, tables, strict=True)])

    def embed(self, ids: torch.Tensor, table: torch.nn.Module | None = None) -> torch.Tensor:
        """Return the embeddings of *ids* as the model makes them, by its first *table*: ``[len(ids), d]``."""
        with exclusive_use(self.model.hf), torch.no_grad():
            # Detached: gradient checkpointing makes embeddings require a gradient by a hook, whatever the mode.
            return (table or self.tables()[0][1])(ids[None])[0].detach()  # type: ignore[no-any-return]

    def keys_of(self, module: torch.nn.Module, group: Sequence[int]) -> list[int]:  # noqa: ARG002
        """Return the keys of the attention *module* that belong to the inputs *group*."""
        return list(group)

    def at_inputs(self, side: str, values: torch.Tensor) -> torch.Tensor:  # noqa: ARG002
        """Return *values* at a *side*'s positions (see ``blocks_by_side``) by input; NaN for inputs not read there."""
        return values

    def attention_gradients(self, steps: Sequence[int], score: ScoreFunction) -> AttentionGradients:
        """Yield ``(step, weights, gradients)`` of *steps*: the score's gradients at all attention weights."""
        raise NotImplementedError

    def make_lens(self) -> LogitLens:
        """Return what reads the prediction of each layer at a step. Raises AttrWidgetError if that cannot be read."""
        raise AttrWidgetError(
            f"Predictions of single layers can be read of models that predict tokens, and {self.model.name} is of "
            "another kind."
        )
