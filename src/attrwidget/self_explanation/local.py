"""A loaded chat model as what is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.self_explanation.chat import Reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrwidget.kinds.model import Model
    from attrwidget.self_explanation.chat import Alternatives, Message

_LIKELIEST = 50


class LocalChat:
    """A chat model that ``attrwidget.load`` loaded."""

    at_once = False

    def __init__(self, model: Model, name: str | None = None) -> None:
        from attrwidget.kinds.causal.adapter import CausalLM

        adapter = model._adapter.renewed()  # noqa: SLF001 - as explain does, of the model as it is now
        if not isinstance(adapter, CausalLM) or not model.is_chat_model:
            raise AttrWidgetError(
                f"{model.name} was not trained on chats, so it cannot be asked about its decision: load a chat model, "
                "such as aw.load('HuggingFaceTB/SmolLM2-135M-Instruct')."
            )
        self.name = name or model.name
        self._adapter = adapter

    def reply(self, messages: Sequence[Message], *, tokens: int, temperature: float, seed: int) -> Reply:
        """Return what the model writes; the same for the same *seed*."""
        import torch

        adapter = self._adapter
        ids = adapter.encode(list(messages))
        adapter.require_room(len(ids), tokens)
        options: dict[str, Any] = {"do_sample": False}
        if temperature > 0:
            options = {"do_sample": True, "temperature": float(temperature), "top_k": 0, "top_p": 1.0}
        devices = [adapter.device] if adapter.device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(seed)
            (written,) = adapter.generate([ids], tokens, options)
        text = adapter.tokenizer.decode(written.ids, skip_special_tokens=True)
        return Reply(str(text), finished=not written.cut_short)

    def first_tokens(self, messages: Sequence[Message]) -> Alternatives:
        """Return the likeliest first tokens, of all that the model gives a probability."""
        import torch

        from attrwidget.engine.forward import logits_of
        from attrwidget.hf.exclusive_use import exclusive_use

        adapter = self._adapter
        ids = adapter.encode(list(messages))
        adapter.require_room(len(ids), 1)
        with exclusive_use(adapter.hf), torch.no_grad():
            logits = logits_of(adapter.hf, torch.tensor([ids], device=adapter.device), 1)
        likely = logits[0].double().softmax(-1).topk(min(_LIKELIEST, logits.shape[-1]))
        pairs = zip(likely.indices.tolist(), likely.values.tolist(), strict=True)
        return tuple((str(adapter.tokenizer.decode([token])), float(p)) for token, p in pairs)
