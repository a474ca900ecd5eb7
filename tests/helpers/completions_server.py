"""A server on loopback that speaks OpenAI's completions protocol over a loaded model, well or badly."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from attrwidget.kinds.model import Model


@dataclass
class Completions:
    """What a completions server does; ``helpers.chat_server.serving`` serves it.

    Attributes:
        model: The model that it has.
        trouble: Called with the number of the request, from 0: a status and a body to send instead, or None.
        change: Called with the number of the request and the choice, which it may change.
        begins: What it calls a control token before each text, if it writes one; that has no place in the text.
        by_offset: Whether tokens are named as a vocabulary does, so that only offsets tell where they stand.
        slow: Seconds before each answer.
        requests: What was asked.
    """

    model: Model
    trouble: Callable[[int], tuple[int, Any] | None] = lambda _: None
    change: Callable[[int, dict[str, Any]], None] = lambda _number, _choice: None
    begins: str = ""
    by_offset: bool = False
    slow: float = 0.0
    streams: bool = False
    requests: list[dict[str, Any]] = field(default_factory=list)
    lock: Any = field(default_factory=threading.Lock)

    def reply(self, asked: dict[str, Any]) -> tuple[int, Any]:
        with self.lock:
            number = len(self.requests)
            self.requests.append(asked)
            wrong = self.trouble(number)
            if wrong is not None:
                return wrong
            choice = self.choice(asked)
        self.change(number, choice)
        return 200, {
            "id": "1",
            "object": "text_completion",
            "created": 0,
            "model": "demo",
            "choices": [choice],
        }

    def choice(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return what the model reads and writes, by plain calls of it, one forward pass for each token written."""
        assert asked["echo"]
        assert asked["temperature"] == 0
        tokenizer, hf = self.model.tokenizer, self.model.hf
        ids = tokenizer.encode(asked["prompt"])
        before, reason = len(ids), "length"
        with torch.no_grad():
            for _ in range(asked["max_tokens"]):
                best = int(hf(torch.tensor([ids])).logits[0, -1].argmax())
                if best == tokenizer.eos_token_id:
                    reason = "stop"
                    break
                ids.append(best)
            log_probs = hf(torch.tensor([ids])).logits[0].double().log_softmax(-1)
        starts = [len(tokenizer.decode(ids[:i])) for i in range(len(ids) + 1)]
        text = asked["prompt"] + tokenizer.decode(ids)[starts[before] :]
        names = [text[a:b] for a, b in pairwise(starts)]
        if self.by_offset:
            names = [name if name.strip().isalpha() else f"bytes:{name.encode().hex()}" for name in names]
        known = [float(log_probs[i - 1, token]) for i, token in enumerate(ids) if i]
        tops = []
        for i in range(1, len(ids)):
            best5 = log_probs[i - 1].topk(asked["logprobs"])
            words = [tokenizer.decode([token]) for token in best5.indices.tolist()]
            tops.append(dict(zip(words, best5.values.tolist(), strict=True)))
        begins = [self.begins] if self.begins else []
        return {
            "index": 0,
            "text": text,
            "finish_reason": reason,
            "logprobs": {
                "tokens": begins + names,
                "token_logprobs": [None] * len(begins) + [None, *known],
                "top_logprobs": [None] * len(begins) + [None, *tops],
                "text_offset": [0] * len(begins) + [start + len(self.begins) for start in starts[:-1]],
            },
        }
