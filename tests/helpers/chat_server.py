"""A server on loopback that speaks OpenAI's chat protocol, well or badly, and models with a planted reason."""

from __future__ import annotations

import json
import re
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY = "sk-planted-0123456789"
NUMBERED = re.compile(r"^(\d+)\. (.*)$", re.MULTILINE)


@dataclass
class Planted:
    """A model that answers positive where *uses* is in the text, and names *says* as its reason."""

    uses: str
    says: str

    def probability(self, text: str) -> float:
        """Return the probability of positive."""
        return 0.95 if self.uses in text.split() else 0.1

    def __call__(self, messages: list[dict[str, str]]) -> str:
        asked = messages[-1]["content"]
        text = messages[0]["content"].split("<text>")[1].split("</text>")[0]
        if "Answer with" in asked:
            return "positive" if self.probability(text) > 0.5 else "negative"
        units = [(int(number), word) for number, word in NUMBERED.findall(asked)]
        if "How important" in asked:
            return str([(n, word, 0.9 if word == self.says else 0.0) for n, word in units])
        if "smallest change" in asked:
            return f"<text>{' '.join(word for word in text.split() if word != self.says)}</text>"
        if "Python list" in asked:
            return str([(word, 0.9 if word == self.says else 0.0) for word in text.split()])
        if "double quotes" in asked:
            return f'I chose it because of "{self.says}".'
        number = next(n for n, word in units if word == self.says)
        return f"For: {number}, it decides.\nAgainst: none"


@dataclass
class Served:
    """What a server does.

    Attributes:
        answer: Answers chat messages.
        log_probs: Whether it gives log-probabilities.
        trouble: Called with the number of the request, from 0: a status and a body to send instead, or None.
        refuses: Options that it refuses with status 400.
        streams: Whether it sends a stream, though none was asked for.
        slow: Seconds before each answer.
        requests: What was asked.
    """

    answer: Callable[[list[dict[str, str]]], str]
    log_probs: bool = True
    trouble: Callable[[int], tuple[int, Any] | None] = lambda _: None
    refuses: tuple[str, ...] = ()
    streams: bool = False
    slow: float = 0.0
    requests: list[dict[str, Any]] = field(default_factory=list)

    def reply(self, asked: dict[str, Any]) -> tuple[int, Any]:
        number = len(self.requests)
        self.requests.append(asked)
        wrong = self.trouble(number)
        if wrong is not None:
            return wrong
        refused = [name for name in self.refuses if name in asked]
        if refused:
            return 400, {"error": {"message": f"Unsupported parameter: '{refused[0]}'.", "type": "invalid"}}
        text = self.answer(asked["messages"])
        choice: dict[str, Any] = {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": text},
        }
        if self.log_probs and asked.get("logprobs") and isinstance(self.answer, Planted):
            content = asked["messages"][-1]["content"]
            p = self.answer.probability(content.split("<text>")[1].split("</text>")[0])
            choice["logprobs"] = {"content": [token(p)]}
        return 200, {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}


def token(p: float) -> dict[str, Any]:
    """Return a first token of which a quarter of the probability is on other words."""
    import math

    shares = {"positive": 0.5 * p, " Pos": 0.25 * p, "negative": 0.75 * (1 - p), "Sorry": 0.25}
    top = [{"token": t, "logprob": math.log(s), "bytes": None} for t, s in shares.items()]
    return {**top[0], "top_logprobs": top}


@contextmanager
def serving(served: Served) -> Iterator[str]:
    """Serve on loopback; yield the base address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(served.slow)
            status, body = served.reply(asked)
            if served.streams and status == 200:
                self.send(status, "text/event-stream", stream(body["choices"][0]["message"]["content"]))
            elif isinstance(body, str):
                self.send(status, "application/json" if body.startswith("{") else "text/html", body)
            else:
                self.send(status, "application/json", json.dumps(body))

        def send(self, status: int, kind: str, text: str) -> None:
            data = text.encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                if status == 429:
                    self.send_header("Retry-After-Ms", "1")
                if status == 307:
                    self.send_header("Location", self.path)
                self.end_headers()
                self.wfile.write(data)
            except OSError:  # the client has waited long enough
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def stream(text: str) -> str:
    """Return *text* as server-sent events, a word in each."""
    pieces = [
        json.dumps({"choices": [{"delta": {"content": piece}}]}) for piece in re.findall(r"\S+\s*", text)
    ]
    end = json.dumps({"choices": [{"delta": {}, "finish_reason": "stop"}]})
    return "".join(f"data: {piece}\n\n" for piece in (*pieces, end, "[DONE]"))
