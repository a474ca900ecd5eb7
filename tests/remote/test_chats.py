"""Messages reach a server as the text that the chat template makes, and are its units."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.chat_server import serving
from helpers.completions_server import Completions
from helpers.tiny import build, byte_tokenizer

import attrwidget as aw
from attrwidget.remote.chats import Chats
from attrwidget.remote.echo import read_echo
from attrwidget.remote.server import CompletionsServer

TEMPLATE = (
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
CHAT = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Say what you see."}]


def as_text(messages: list[dict[str, Any]]) -> str:
    return "".join(f"[{m['role']}] {m['content']}\n" for m in messages) + "[assistant]"


@pytest.fixture(scope="module")
def chatting() -> Any:
    tokenizer = byte_tokenizer()
    tokenizer.chat_template = TEMPLATE
    return aw.load(build("llama"), tokenizer)


def test_messages_are_those_of_the_model_itself(chatting: Any) -> None:
    here = chatting.explain(CHAT, output="I see.")
    with serving(Completions(chatting)) as address:
        ex = aw.connect(address, "tiny", tokenizer=chatting.tokenizer).explain(CHAT, output="I see.")
        assert ex.reading.sections == here.reading.sections
        np.testing.assert_allclose(ex.steps["probability"], here.steps["probability"], atol=1e-5)
        found = ex.scores(units="message", normalize=None)
    wanted = here.scores("leave_one_out_deleted", units="message", normalize=None)
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_a_function_makes_the_text(served: Completions, address: str) -> None:
    ex = aw.connect(address, "demo", tokenizer=as_text).explain(CHAT, output=" Yes.")
    assert served.requests[0]["prompt"].startswith(as_text(CHAT))
    assert [section.title for section in ex.reading.sections] == ["system", "user", "assistant", "Answer"]
    body = ex.reading.sections[1].body
    assert body is not None
    assert ex.reading.remote.text(*body).strip() == CHAT[1]["content"]
    assert np.isfinite(ex.scores(units="message").to_numpy()[0, : ex.reading.first_step]).all()
    edited = ex.edit({ex.reading.sections[0].body: " Be rude."})
    assert [section.title for section in edited.reading.sections] == ["system", "user", "assistant", "Answer"]
    assert "rude" in edited.reading.remote.prompt.text
    assert "kind" not in edited.reading.remote.prompt.text


@pytest.mark.parametrize(
    ("tokenizer", "words"),
    [
        (None, "which the server of 'demo' does not tell: give connect tokenizer="),
        (lambda _: 7, "made 7 of the messages"),
        (lambda _: 1 / 0, "raised on these messages: division by zero"),
    ],
)
def test_without_a_template_there_is_a_sentence(
    served: Completions, address: str, tokenizer: Any, words: str
) -> None:
    served.trouble = lambda _: (404, {"detail": "Not Found"})
    with pytest.raises(aw.AttrWidgetError, match=words):
        aw.connect(address, "demo", tokenizer=tokenizer).explain(CHAT)
    with pytest.raises(aw.AttrWidgetError, match="not 3"):
        aw.connect(address, "demo", tokenizer=as_text).explain([{"role": "user", "content": "a"}, 3])


def test_bad_tokenizers_are_sentences(local: Any, address: str) -> None:
    for tokenizer in (3, local.tokenizer):  # the latter has no chat template
        with pytest.raises(aw.AttrWidgetError, match="tokenizer= is a model's name"):
            aw.connect(address, "demo", tokenizer=tokenizer)


def test_control_tokens_that_llama_cpp_leaves_out_or_blank_are_found_in_the_text() -> None:
    text = "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
    names = ["user", "\n", "Hi", "", "\n", "assistant", "\n", "Yes"]
    choice = {
        "text": text + "Yes",
        "logprobs": {
            "tokens": names,
            "token_logprobs": [None, *(-float(k) for k in range(1, 8))],
            "top_logprobs": [None, *({"x": -0.5} for _ in names[1:])],
            "text_offset": [0, 4, 5, 7, 7, 8, 17, 18],
        },
    }
    for more in ("", "Yes"):
        echo = read_echo(choice, text + more, "m")
        assert echo.names[:7] == ("<|im_start|>", "user", "\n", "Hi", "<|im_end|>", "\n", "<|im_start|>")
        assert "".join(echo.text[slice(*echo.span(i))] for i in range(len(echo))) == text + more
        assert echo.begins_unnamed
        expected = [np.nan, np.nan, -1, -2, -3, -4, np.nan, -5, -6, -7]
        np.testing.assert_array_equal(echo.log_probs, expected[: len(echo)])


class Templating:
    """A client of a server that tells the text of messages, as vLLM's does; *begins* stands before every text."""

    base_url, api_key = "http://localhost:8000/v1/", "none"

    def __init__(self, begins: str, template: str) -> None:
        self.begins, self.template = begins, template
        self.asked: list[str] = []

    def post(self, address: str, *, cast_to: Any, body: dict[str, Any]) -> dict[str, Any]:
        assert cast_to is object
        self.asked.append(address)
        if "messages" in body:
            assert body["add_generation_prompt"]
            return {"tokens": [ord(c) for c in self.template.format(body["messages"][-1]["content"])]}
        if address.endswith("/detokenize"):
            return {"prompt": "".join(map(chr, body["tokens"]))}
        return {"tokens": [ord(c) for c in self.begins + body["prompt"]]}


@pytest.mark.parametrize(
    ("begins", "template", "wanted"),
    [("", "[{}]", "[Hi]"), ("<", "<[{}]", "[Hi]"), ("", "<[{}]", "<[Hi]"), ("<", "[{}]", "[Hi]")],
)
def test_the_text_of_a_servers_template_has_one_beginning(begins: str, template: str, wanted: str) -> None:
    client = Templating(begins, template)
    server = CompletionsServer(client, "m", 1)
    assert server.templated([{"role": "user", "content": "Hi"}]) == wanted
    assert client.asked[0] == "http://localhost:8000/tokenize"
    assert Chats(None, server).prompt([{"role": "user", "content": "Hi"}]).text == wanted
