"""What loaded models that read a whole text at once have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from attrwidget.errors import AttrWidgetError
from attrwidget.explanation import Explanation
from attrwidget.kinds.encoder.adapter import Encoder
from attrwidget.kinds.encoder.inputs import split_passages
from attrwidget.kinds.encoder.trials import EncoderCapabilities, probe_encoder
from attrwidget.kinds.model import Model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from attrwidget.engine.trace import Trace
    from attrwidget.hf.call_record import Read
    from attrwidget.kinds.encoder.inputs import Passage
    from attrwidget.kinds.encoder.text import EncoderText

E = TypeVar("E", bound=Encoder)


class EncoderModel(Model[E]):
    """A model that reads a whole text at once."""

    _abilities: EncoderCapabilities

    def _probe(self) -> EncoderCapabilities:
        # Of a twin of its own: BigBird goes over to full attention for good once it has seen a short text.
        return probe_encoder(self._adapter.renewed())

    def _each(self, text: Any, pair: Any, explain: Callable[[Passage], Trace]) -> Any:
        """Return the Explanation of *text*, alone or with its *pair*; of a batch, a list of them."""
        self._adapter = self._adapter.renewed()
        batch = split_passages(text, pair)
        several = [(text, pair)] if batch is None else batch
        passages = [self._adapter.encode(*one) for one in several]
        explanations = [Explanation(explain(passage)) for passage in passages]
        return explanations[0] if batch is None else explanations

    def explain_call(self, call: Read, messages: Sequence[Any] | None = None) -> list[Explanation]:
        """Return an Explanation of each text that the model was called with."""
        if messages is not None:
            raise AttrWidgetError(f"{self.name} reads a text and no chat: leave out messages=.")
        texts: list[dict[str, Any]] = [
            {"input_ids": call.prompt(row)} for row in range(len(call.prompts or []))
        ]
        for row, text in enumerate(texts):
            if call.types is not None:
                text["token_type_ids"] = call.unmasked(call.types, row)
        return [self._called(text) for text in texts]

    def _called(self, text: dict[str, Any]) -> Explanation:
        """Return the Explanation of a *text* that the model was called with."""
        explanation: Explanation = self.explain(text)
        return explanation

    def _text(self, passage: Passage, rows: tuple[int, ...], allowed: range | None = None) -> EncoderText:
        """Return *passage* as the model runs it, read at *rows*; answers may begin and end in *allowed*."""
        import torch

        device = self._adapter.device
        types = None if passage.types is None else torch.tensor([passage.types], device=device)
        places = torch.zeros(len(passage.ids), dtype=torch.bool, device=device)
        places[slice(None) if allowed is None else slice(allowed.start, allowed.stop)] = True
        ids = torch.tensor([passage.ids], device=device)
        return self._abilities.text(self._adapter, ids, types, rows, places)
