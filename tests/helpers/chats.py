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
    "smollm2": (
        "{% for m in messages %}{% if loop.first and m['role'] != 'system' %}<|im_start|>system\nYou are a helpful "
        "model<|im_end|>\n{% endif %}"
        + _ANSWER
        + "<|im_start|>{{ m['role'] }}\n{{ c }}"
        + _CALLS
        + "<|im_end|>\n"
        "{% endfor %}" + _OPEN,
        ["<|im_start|>", "<|im_end|>"],
    ),
    # Always writes a system message, takes a switch out of the user's own, and begins a thought or an empty one.
    "smollm3": (
        "{% set own = messages[0]['content'] if messages[0]['role'] == 'system' else '' %}"
        "{% set quiet = '/no_think' in own or enable_thinking is false %}"
        "<|im_start|>system\n## Metadata\n\nReasoning: {{ '/no_think' if quiet else '/think' }}\n\n"
        "## Instructions\n\n{{ own | replace('/no_think', '') | trim if own else 'You are a helpful model.' }}\n\n"
        "{% if xml_tools %}### Tools\n{% for t in xml_tools %}{{ t | tojson }}\n{% endfor %}{% endif %}<|im_end|>\n"
        "{% for m in messages if m['role'] != 'system' %}" + _ANSWER + "<|im_start|>"
        "{{ 'user' if m['role'] == 'tool' else m['role'] }}\n{{ '<tool_response>\n' if m['role'] == 'tool' }}{{ c }}"
        "{{ '\n</tool_response>' if m['role'] == 'tool' }}" + _CALLS + "<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{{ '<think>\n\n</think>\n' if quiet }}{% endif %}",
        ["<|im_start|>", "<|im_end|>", "<think>", "</think>", "<tool_response>", "</tool_response>"],
    ),
    # One control token before every turn, whose role is a word; a system turn without words if there is no message.
    "nemotron2": (
        "<SPECIAL_10>System\n{% if messages[0]['role'] == 'system' %}{{ messages[0]['content'] }}"
        "{% set messages = messages[1:] %}{% endif %}{% if tools %}\n<AVAILABLE_TOOLS>{{ tools | tojson }}"
        "</AVAILABLE_TOOLS>{% endif %}\n{% for m in messages %}" + _ANSWER + "{% if m['role'] == 'user' %}"
        "<SPECIAL_11>User\n{{ c }}\n{% elif m['role'] == 'tool' %}<SPECIAL_11>User\n<TOOL_RESPONSE>[{{ c }}]"
        "</TOOL_RESPONSE>\n{% else %}<SPECIAL_11>Assistant\n{{ c }}" + _CALLS + "\n<SPECIAL_12>\n{% endif %}"
        "{% endfor %}{% if add_generation_prompt %}<SPECIAL_11>Assistant\n"
        "{{ '<think></think>' if enable_thinking is false else '<think>\n' }}{% endif %}",
        ["<SPECIAL_10>", "<SPECIAL_11>", "<SPECIAL_12>", "<TOOL_RESPONSE>", "</TOOL_RESPONSE>"],
    ),
    # Writes tools before the system message, which may be empty.
    "nemotron3": (
        "<|im_start|>system\n{% if tools %}# Tools\n<tools>{% for t in tools %}\n<function>\n<name>"
        "{{ t['function']['name'] }}</name>\n<parameters>{{ t['function']['parameters'] | tojson }}</parameters>\n"
        "</function>{% endfor %}\n</tools>\n{% endif %}{% if messages[0]['role'] == 'system' %}"
        "{{ messages[0]['content'] }}{% set messages = messages[1:] %}{% endif %}<|im_end|>\n{% for m in messages %}"
        + _ANSWER
        + "{% if m['role'] == 'tool' %}{% if loop.previtem['role'] != 'tool' %}<|im_start|>user\n{% endif %}"
        "<tool_response>\n{{ c }}\n</tool_response>\n{% if loop.last or loop.nextitem['role'] != 'tool' %}"
        "<|im_end|>\n{% endif %}{% else %}<|im_start|>{{ m['role'] }}\n{{ '<think></think>' if m['role'] == "
        "'assistant' }}{{ c }}" + _CALLS + "<|im_end|>\n{% endif %}{% endfor %}{% if add_generation_prompt %}"
        "<|im_start|>assistant\n{{ '<think></think>' if enable_thinking is false else '<think>\n' }}{% endif %}",
        ["<|im_start|>", "<|im_end|>", "<think>", "</think>", "<tool_response>", "</tool_response>"],
    ),
    "llama4": (
        "{{ bos_token }}{% for m in messages %}" + _ANSWER + "<|header_start|>"
        "{{ 'ipython' if m['role'] == 'tool' else m['role'] }}<|header_end|>\n\n{{ c }}" + _CALLS + "<|eot|>"
        "{% endfor %}{% if add_generation_prompt %}<|header_start|>assistant<|header_end|>\n\n{% endif %}",
        ["<|header_start|>", "<|header_end|>", "<|eot|>"],
    ),
    # The system message goes into the first turn of the user.
    "gemma3": (
        "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{% set own = messages[0]['content'] + '\n\n' %}"
        "{% set messages = messages[1:] %}{% else %}{% set own = '' %}{% endif %}{% for m in messages %}"
        + _ANSWER
        + "<start_of_turn>{{ 'model' if m['role'] == 'assistant' else m['role'] }}\n"
        "{{ own if loop.first }}{{ c }}" + _CALLS + "<end_of_turn>\n{% endfor %}"
        "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}",
        ["<start_of_turn>", "<end_of_turn>"],
    ),
    "llama2": (
        "{% if messages[0]['role'] == 'system' %}{% set own = messages[0]['content'] %}"
        "{% set own = '<<SYS>>\n' + own + '\n<</SYS>>\n\n' %}"
        "{% set messages = messages[1:] %}{% else %}{% set own = '' %}{% endif %}{% for m in messages %}"
        + _ANSWER
        + "{% if m['role'] == 'assistant' %} {{ c }}"
        + _CALLS
        + " </s>{% elif m['role'] == 'tool' %}"
        "[TOOL]{{ c }}[/TOOL]{% else %}<s>[INST] {{ own if loop.first }}{{ c }} [/INST]{% endif %}{% endfor %}",
        ["<s>", "</s>", "[INST]", "[/INST]", "[TOOL]", "[/TOOL]"],
    ),
    "mistral-small": (
        "<s>{% if messages[0]['role'] == 'system' %}[SYSTEM_PROMPT]{{ messages[0]['content'] }}[/SYSTEM_PROMPT]"
        "{% set messages = messages[1:] %}{% else %}[SYSTEM_PROMPT]You are a helpful model.[/SYSTEM_PROMPT]{% endif %}"
        "{% for m in messages %}" + _ANSWER + "{% if m['role'] == 'user' %}[INST]{{ c }}[/INST]"
        "{% elif m['role'] == 'tool' %}[TOOL_RESULTS]{{ c }}[/TOOL_RESULTS]{% else %}{{ c }}"
        + _CALLS
        + "</s>"
        "{% endif %}{% endfor %}",
        [
            "<s>",
            "</s>",
            "[INST]",
            "[/INST]",
            "[SYSTEM_PROMPT]",
            "[/SYSTEM_PROMPT]",
            "[TOOL_RESULTS]",
            "[/TOOL_RESULTS]",
        ],
    ),
    # Ends a text that asks for no answer with a token of its own.
    "phi3": (
        "{% for m in messages %}"
        + _ANSWER
        + "<|{{ m['role'] }}|>\n{{ c }}"
        + _CALLS
        + "<|end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|assistant|>\n{% else %}</s>{% endif %}",
        ["<|system|>", "<|user|>", "<|assistant|>", "<|tool|>", "<|end|>", "</s>"],
    ),
    "kimi": (
        "{% if messages[0]['role'] != 'system' %}<|im_system|>system<|im_middle|>You are a helpful model.<|im_end|>"
        "{% endif %}{% for m in messages %}"
        + _ANSWER
        + "{% if m['role'] == 'user' %}<|im_user|>user<|im_middle|>"
        "{% elif m['role'] == 'assistant' %}<|im_assistant|>assistant<|im_middle|>{% else %}<|im_system|>"
        "{{ m['role'] }}<|im_middle|>{% endif %}{{ c }}" + _CALLS + "<|im_end|>{% endfor %}"
        "{% if add_generation_prompt %}<|im_assistant|>assistant<|im_middle|>{% endif %}",
        ["<|im_system|>", "<|im_user|>", "<|im_assistant|>", "<|im_middle|>", "<|im_end|>"],
    ),
    "granite4": (
        "{% if messages[0]['role'] != 'system' %}<|start|>system<|end_role|>You are a helpful model."
        "{% if tools %}\n<tools>{% for t in tools %}\n{{ t | tojson }}{% endfor %}\n</tools>{% endif %}<|end|>\n"
        "{% endif %}{% for m in messages %}"
        + _ANSWER
        + "{% if m['role'] == 'tool' %}<|start|>user<|end_role|>\n"
        "<tool_response>\n{{ c }}\n</tool_response><|end|>\n{% else %}<|start|>{{ m['role'] }}<|end_role|>{{ c }}"
        + _CALLS
        + "<|end|>\n{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}<|start|>assistant<|end_role|>{% endif %}",
        ["<|start|>", "<|end_role|>", "<|end|>", "<tool_response>", "</tool_response>"],
    ),
}
# Those that write a system message into the user's turn, and those that call it a developer's.
INTO_USERS = {"gemma3", "llama2"}
DEVELOPERS = {"gpt-oss"}


def family_tokenizer(family: str) -> Any:
    tokenizer = byte_tokenizer()
    template, added = FAMILIES[family]
    tokenizer.add_tokens(added, special_tokens=True)
    tokenizer.chat_template = template
    return tokenizer
