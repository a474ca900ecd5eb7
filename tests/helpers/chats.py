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


_OPEN = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
_CALLS = (
    "{% for t in m.get('tool_calls') or [] %}<tool_call>{{ t['function']['name'] }} "
    "{{ t['function']['arguments'] | tojson }}</tool_call>{% endfor %}"
)
_ANSWER = "{% set c = (m['content'] or '').split('</think>')[-1] | trim %}"
_QWEN = (
    "{% for m in messages %}"
    + _ANSWER
    + "{% if m['role'] == 'tool' %}<|im_start|>user\n<tool_response>\n{{ c }}\n"
    "</tool_response><|im_end|>\n{% else %}<|im_start|>{{ m['role'] }}\n{% if m['role'] == 'assistant' and loop.last %}"
    "<think>\n\n</think>\n\n{% endif %}{{ c }}" + _CALLS + "<|im_end|>\n{% endif %}{% endfor %}"
)
_DEFAULT = "{% if messages[0]['role'] != 'system' %}<|im_start|>system\nYou are a helpful model.<|im_end|>\n{% endif %}"
_QWEN_TOKENS = ["<|im_start|>", "<|im_end|>", "<think>", "</think>"]
# Templates in the ways of families of models, and their control tokens.
FAMILIES = {
    "qwen2.5": (_DEFAULT + _QWEN + _OPEN, _QWEN_TOKENS),
    "qwen3": (_QWEN + _OPEN, _QWEN_TOKENS),
    "qwen3.5": (_QWEN + _OPEN.replace("assistant\n", "assistant\n<think>\n"), _QWEN_TOKENS),
    "llama": (
        "{{ bos_token }}<|h|>system<|t|>\n\nYou are a helpful model.<|e|>{% for m in messages %}"
        + _ANSWER
        + "<|h|>"
        "{{ 'ipython' if m['role'] == 'tool' else m['role'] }}<|t|>\n\n{{ c }}" + _CALLS + "<|e|>{% endfor %}"
        "{% if add_generation_prompt %}<|h|>assistant<|t|>\n\n{% endif %}",
        ["<|h|>", "<|t|>", "<|e|>"],
    ),
    "phi4": (
        "{% for m in messages %}"
        + _ANSWER
        + "<|im_start|>{{ m['role'] }}<|im_sep|>{{ c }}"
        + _CALLS
        + "<|im_end|>"
        "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant<|im_sep|>{% endif %}",
        ["<|im_start|>", "<|im_sep|>", "<|im_end|>"],
    ),
    "mistral": (
        "{{ bos_token }}{% for m in messages %}"
        + _ANSWER
        + "{% if m['role'] == 'user' %}[INST]{{ c }}[/INST]"
        "{% elif m['role'] == 'tool' %}[TOOL_RESULTS]{{ c }}[/TOOL_RESULTS]{% else %}{{ c }}"
        + _CALLS
        + "</s>{% endif %}"
        "{% endfor %}",
        ["[INST]", "[/INST]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]", "</s>"],
    ),
    "glm4": (
        "[gMASK]<sop>{% for m in messages %}"
        + _ANSWER
        + "{% if m['role'] == 'tool' %}<|observation|>\n{{ c }}{% else %}"
        "<|{{ m['role'] }}|>\n{{ c }}" + _CALLS + "{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}<|assistant|>\n{% endif %}",
        ["[gMASK]", "<sop>", "<|user|>", "<|assistant|>", "<|observation|>", "<|system|>"],
    ),
    "deepseek": (
        "{{ bos_token }}{% set ns = namespace(tool=false) %}{% for m in messages %}"
        + _ANSWER
        + "{% if m['role'] == 'user' %}<｜User｜>{{ c }}{% set ns.tool = false %}{% elif m['role'] == 'tool' %}"
        "<｜outputs｜>{{ c }}<｜/outputs｜>{% set ns.tool = true %}{% elif m['role'] == 'assistant' %}"
        "{% if not ns.tool %}<｜Assistant｜>{% endif %}{{ c }}"
        + _CALLS
        + "<｜end｜>{% set ns.tool = false %}{% else %}{{ c }}"
        "{% endif %}{% endfor %}{% if add_generation_prompt %}<｜Assistant｜><think>\n{% endif %}",
        ["<｜User｜>", "<｜Assistant｜>", "<｜outputs｜>", "<｜/outputs｜>", "<｜end｜>", "<think>"],
    ),
    "gemma": (
        "{{ bos_token }}{% for m in messages %}" + _ANSWER + "<start_of_turn>"
        "{{ 'model' if m['role'] == 'assistant' else m['role'] }}\n{{ c }}"
        + _CALLS
        + "<end_of_turn>\n{% endfor %}"
        "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}",
        ["<start_of_turn>", "<end_of_turn>"],
    ),
    "command": (
        "{{ bos_token }}{% for m in messages %}"
        + _ANSWER
        + "<|START|>{% if m['role'] == 'user' %}<|USER|>{{ c }}"
        "{% elif m['role'] == 'assistant' %}<|CHATBOT|>{{ c }}"
        + _CALLS
        + "{% elif m['role'] == 'tool' %}<|SYSTEM|>"
        "<|RESULT|>{{ c }}{% else %}<|SYSTEM|>{{ c }}{% endif %}<|END|>{% endfor %}"
        "{% if add_generation_prompt %}<|START|><|CHATBOT|>{% endif %}",
        ["<|START|>", "<|USER|>", "<|CHATBOT|>", "<|SYSTEM|>", "<|RESULT|>", "<|END|>"],
    ),
    "granite": (
        "{% for m in messages %}"
        + _ANSWER
        + "<|role|>{{ m['role'] }}<|/role|>{{ c }}"
        + _CALLS
        + "<|end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|role|>assistant<|/role|>{% endif %}",
        ["<|role|>", "<|/role|>", "<|end|>"],
    ),
    "gpt-oss": (
        "<|start|>system<|message|>You are a helpful model.<|end|>{% for m in messages %}"
        + _ANSWER
        + "{% if m['role'] == 'system' %}<|start|>developer<|message|>{{ c }}<|end|>{% elif m['role'] == 'tool' %}"
        "<|start|>functions.{{ m['name'] }} to=assistant<|message|>{{ c }}<|end|>{% elif m.get('tool_calls') %}"
        "<|start|>assistant to=functions.{{ m['tool_calls'][0]['function']['name'] }}<|message|>"
        "{{ m['tool_calls'][0]['function']['arguments'] | tojson }}<|call|>{% elif m['role'] == 'assistant' %}"
        "<|start|>assistant<|channel|>final<|message|>{{ c }}{{ '<|return|>' if loop.last else '<|end|>' }}{% else %}"
        "<|start|>{{ m['role'] }}<|message|>{{ c }}<|end|>{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}<|start|>assistant{% endif %}",
        ["<|start|>", "<|message|>", "<|end|>", "<|call|>", "<|return|>", "<|channel|>"],
    ),
}


def family_tokenizer(family: str) -> Any:
    tokenizer = byte_tokenizer()
    template, added = FAMILIES[family]
    tokenizer.add_tokens(added, special_tokens=True)
    tokenizer.chat_template = template
    return tokenizer
