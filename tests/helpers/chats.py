"""A short chat, and tokenizers with the chat templates of four families of models."""

from __future__ import annotations

from typing import Any

from helpers.tiny import byte_tokenizer

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# Writes a preamble of its own into the system message, and trims contents.
LLAMA3 = (
    "{{ bos_token }}<|head|>system<|tail|>\n\nToday is Monday.\n\n"
    "{% if messages[0]['role'] == 'system' %}{{ messages[0]['content'] | trim }}{% set messages = messages[1:] %}"
    "{% endif %}<|end|>{% for m in messages %}<|head|>{{ m['role'] }}<|tail|>\n\n{{ m['content'] | trim }}<|end|>"
    "{% endfor %}{% if add_generation_prompt %}<|head|>assistant<|tail|>\n\n{% endif %}"
)
# Puts the system message into the user's, and writes nothing to begin an answer.
MISTRAL = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'] + '\n\n' %}"
    "{% set messages = messages[1:] %}{% else %}{% set system = '' %}{% endif %}"
    "{% for m in messages %}{% if m['role'] == 'user' %}[INST]{{ system if loop.first else '' }}{{ m['content'] }}"
    "[/INST]{% else %}{{ m['content'] }}</s>{% endif %}{% endfor %}"
)
# Leaves out what an earlier assistant thought, so that a shorter chat is no beginning of a longer one.
THINKING = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n"
    "{% if m['role'] == 'assistant' and loop.last %}<think>\n\n</think>\n\n{% endif %}{{ m['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
ADDED = {
    CHATML: ["<|im_start|>", "<|im_end|>"],
    THINKING: ["<|im_start|>", "<|im_end|>"],
    LLAMA3: ["<|head|>", "<|tail|>", "<|end|>"],
    MISTRAL: ["[INST]", "[/INST]", "</s>"],
}
SYSTEM = {"role": "system", "content": "Be brief."}
CHAT = [
    {"role": "user", "content": "Who was first?"},
    {"role": "assistant", "content": "George"},
    {"role": "user", "content": "And then? user assistant"},
]


def chat_tokenizer(template: str) -> Any:
    tokenizer = byte_tokenizer()
    added = next(tokens for known, tokens in ADDED.items() if template.startswith(known))
    tokenizer.add_tokens(added, special_tokens=True)
    tokenizer.chat_template = template
    return tokenizer


OWN_SYSTEM = "system (added by the template)"


def prompt(tokenizer: Any, messages: Any, **options: Any) -> list[int]:
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True, **options)
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def shown(tokenizer: Any, ids: list[int], spans: Any) -> list[tuple[str, str]]:
    assert [span.start for span in spans[1:]] == [span.end for span in spans[:-1]]
    assert (spans[0].start, spans[-1].end) == (0, len(ids))
    return [(span.title, tokenizer.decode(ids[span.start : span.end])) for span in spans]


TURNS = [
    {"role": "user", "content": "How warm is Oslo?"},
    {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"type": "function", "function": {"name": "weather", "arguments": {"city": "Rome"}}}],
    },
    {"role": "tool", "name": "weather", "content": "Minus"},
    {"role": "assistant", "content": "<think>\nCold.\n</think>\n\nIcy."},
    {"role": "user", "content": "And Bergen?"},
]
# Each word stands in one message only, and says under which role the template wrote it.
PLANTED = {"Oslo": "user", "weather": "assistant", "Minus": "tool", "Icy": "assistant", "Bergen": "user"}


TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "How warm it is.",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
            },
        },
    }
]
BONN = {"type": "function", "function": {"name": "weather", "arguments": {"city": "Bonn"}}}
PLUS = {"role": "tool", "name": "weather", "content": "Plus"}
CALLED = {"Bonn": "assistant", "Plus": "tool"}
