"""The base class of models that read a whole text at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from attrwidget.errors import AttrWidgetError
from attrwidget.explanation import Explanation
from attrwidget.explanations import Explanations
from attrwidget.kinds.encoder.capabilities import EncoderCapabilities
from attrwidget.kinds.encoder.inputs import split_passages
from attrwidget.kinds.encoder.trials import probe_encoder
from attrwidget.kinds.model import Model
from attrwidget.results.live import LiveReading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from attrwidget.hf.call_record import Read
    from attrwidget.kinds.encoder.adapter import Encoder
    from attrwidget.kinds.encoder.inputs import Passage
    from attrwidget.kinds.encoder.text import EncoderText
    from attrwidget.kinds.encoder.trace import EncoderTrace
    from attrwidget.progress import Progress
    from attrwidget.text.prompt import Chat


class EncoderModel(Model):
    """A model that reads a whole text at once."""

    _adapter: Encoder

    @property
    def capabilities(self) -> EncoderCapabilities:
        """How attention and gradients of the model are computed; see ``Model.capabilities``."""
        found = super().capabilities
        assert isinstance(found, EncoderCapabilities)  # noqa: S101 - as _probe gives them
        return found

    def _probe(self, progress: Progress) -> EncoderCapabilities:
        return probe_encoder(self._adapter, progress)

    def _each(
        self,
        text: Any,
        pair: Any,
        trace: Callable[[Passage], EncoderTrace],
        edited: Callable[[Passage], EncoderTrace] | None = None,
    ) -> Explanation | list[Explanation]:
        """Return the Explanation of *text*, alone or with its *pair*, or a list of them for a batch.

        *trace* makes each trace, and *edited*, if it is another, that of an edited text.
        """
        self._adapter = self._adapter.renewed()
        batch = split_passages(text, pair)
        several = [(text, pair)] if batch is None else batch
        passages = [self._adapter.encode(*one) for one in several]
        explanations = [
            Explanation(LiveReading(trace(passage).made_again_by(edited or trace, passage)))
            for passage in passages
        ]
        return explanations[0] if batch is None else Explanations(explanations)

    def explain_call(self, call: Read, chats: Sequence[Chat] = ()) -> list[Explanation]:
        """Return an Explanation of each text that the model was called with."""
        if chats:
            raise AttrWidgetError(f"{self.name} reads a text and no chat: leave out messages=.")
        explanations = []
        for row in range(len(call.prompts or [])):
            inputs: dict[str, Any] = {"input_ids": call.prompt(row)}
            if call.types is not None:
                inputs["token_type_ids"] = call.unmasked(call.types, row)
            explanations.append(self._explain_inputs(inputs))
        return explanations

    def _explain_inputs(self, inputs: dict[str, Any]) -> Explanation:
        """Return the Explanation of one text that the model was called with, as its *inputs*."""
        return cast("Explanation", self.explain(inputs))

    def _text(self, passage: Passage, rows: tuple[int, ...], allowed: range | None = None) -> EncoderText:
        """Return *passage* as the model runs it, read at *rows*; an answer may begin and end in *allowed*."""
        import torch

        device = self._adapter.device
        types = None if passage.types is None else torch.tensor([passage.types], device=device)
        places = torch.zeros(len(passage.ids), dtype=torch.bool, device=device)
        places[slice(None) if allowed is None else slice(allowed.start, allowed.stop)] = True
        ids = torch.tensor([passage.ids], device=device)
        return self.capabilities.text(self._adapter, ids, types, rows, places)
