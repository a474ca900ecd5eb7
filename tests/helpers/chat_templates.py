"""Chat templates that begin every message in one way, as those of many families of models do."""

from __future__ import annotations

_OPEN = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
CALLS = (
    "{% for t in m.get('tool_calls') or [] %}<tool_call>{{ t['function']['name'] }} "
    "{{ t['function']['arguments'] | tojson }}</tool_call>{% endfor %}"
)
ANSWER = "{% set c = (m['content'] or '').split('</think>')[-1] | trim %}"
_QWEN = (
    "{% for m in messages %}"
    + ANSWER
    + "{% if m['role'] == 'tool' %}<|im_start|>user\n<tool_response>\n{{ c }}\n"
    "</tool_response><|im_end|>\n{% else %}<|im_start|>{{ m['role'] }}\n{% if m['role'] == 'assistant' and loop.last %}"
    "<think>\n\n</think>\n\n{% endif %}{{ c }}" + CALLS + "<|im_end|>\n{% endif %}{% endfor %}"
)
_DEFAULT = "{% if messages[0]['role'] != 'system' %}<|im_start|>system\nYou are a helpful model.<|im_end|>\n{% endif %}"
_QWEN_TOKENS = ["<|im_start|>", "<|im_end|>", "<think>", "</think>"]
# Templates and their control tokens, by family.
PLAIN = {
    "qwen2.5": (_DEFAULT + _QWEN + _OPEN, _QWEN_TOKENS),
    "qwen3": (_QWEN + _OPEN, _QWEN_TOKENS),
    "qwen3.5": (_QWEN + _OPEN.replace("assistant\n", "assistant\n<think>\n"), _QWEN_TOKENS),
    "llama": (
        "{{ bos_token }}<|h|>system<|t|>\n\nYou are a helpful model.<|e|>{% for m in messages %}"
        + ANSWER
        + "<|h|>"
        "{{ 'ipython' if m['role'] == 'tool' else m['role'] }}<|t|>\n\n{{ c }}" + CALLS + "<|e|>{% endfor %}"
        "{% if add_generation_prompt %}<|h|>assistant<|t|>\n\n{% endif %}",
        ["<|h|>", "<|t|>", "<|e|>"],
    ),
    "phi4": (
        "{% for m in messages %}"
        + ANSWER
        + "<|im_start|>{{ m['role'] }}<|im_sep|>{{ c }}"
        + CALLS
        + "<|im_end|>"
        "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant<|im_sep|>{% endif %}",
        ["<|im_start|>", "<|im_sep|>", "<|im_end|>"],
    ),
    "mistral": (
        "{{ bos_token }}{% for m in messages %}" + ANSWER + "{% if m['role'] == 'user' %}[INST]{{ c }}[/INST]"
        "{% elif m['role'] == 'tool' %}[TOOL_RESULTS]{{ c }}[/TOOL_RESULTS]{% else %}{{ c }}"
        + CALLS
        + "</s>{% endif %}"
        "{% endfor %}",
        ["[INST]", "[/INST]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]", "</s>"],
    ),
    "glm4": (
        "[gMASK]<sop>{% for m in messages %}"
        + ANSWER
        + "{% if m['role'] == 'tool' %}<|observation|>\n{{ c }}{% else %}"
        "<|{{ m['role'] }}|>\n{{ c }}" + CALLS + "{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}<|assistant|>\n{% endif %}",
        ["[gMASK]", "<sop>", "<|user|>", "<|assistant|>", "<|observation|>", "<|system|>"],
    ),
    "deepseek": (
        "{{ bos_token }}{% set ns = namespace(tool=false) %}{% for m in messages %}"
        + ANSWER
        + "{% if m['role'] == 'user' %}<｜User｜>{{ c }}{% set ns.tool = false %}{% elif m['role'] == 'tool' %}"
        "<｜outputs｜>{{ c }}<｜/outputs｜>{% set ns.tool = true %}{% elif m['role'] == 'assistant' %}"
        "{% if not ns.tool %}<｜Assistant｜>{% endif %}{{ c }}"
        + CALLS
        + "<｜end｜>{% set ns.tool = false %}{% else %}{{ c }}"
        "{% endif %}{% endfor %}{% if add_generation_prompt %}<｜Assistant｜><think>\n{% endif %}",
        ["<｜User｜>", "<｜Assistant｜>", "<｜outputs｜>", "<｜/outputs｜>", "<｜end｜>", "<think>"],
    ),
    "gemma": (
        "{{ bos_token }}{% for m in messages %}" + ANSWER + "<start_of_turn>"
        "{{ 'model' if m['role'] == 'assistant' else m['role'] }}\n{{ c }}"
        + CALLS
        + "<end_of_turn>\n{% endfor %}"
        "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}",
        ["<start_of_turn>", "<end_of_turn>"],
    ),
    "command": (
        "{{ bos_token }}{% for m in messages %}"
        + ANSWER
        + "<|START|>{% if m['role'] == 'user' %}<|USER|>{{ c }}"
        "{% elif m['role'] == 'assistant' %}<|CHATBOT|>{{ c }}"
        + CALLS
        + "{% elif m['role'] == 'tool' %}<|SYSTEM|>"
        "<|RESULT|>{{ c }}{% else %}<|SYSTEM|>{{ c }}{% endif %}<|END|>{% endfor %}"
        "{% if add_generation_prompt %}<|START|><|CHATBOT|>{% endif %}",
        ["<|START|>", "<|USER|>", "<|CHATBOT|>", "<|SYSTEM|>", "<|RESULT|>", "<|END|>"],
    ),
    "granite": (
        "{% for m in messages %}"
        + ANSWER
        + "<|role|>{{ m['role'] }}<|/role|>{{ c }}"
        + CALLS
        + "<|end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|role|>assistant<|/role|>{% endif %}",
        ["<|role|>", "<|/role|>", "<|end|>"],
    ),
    "gpt-oss": (
        "<|start|>system<|message|>You are a helpful model.<|end|>{% for m in messages %}"
        + ANSWER
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
        + ANSWER
        + "<|im_start|>{{ m['role'] }}\n{{ c }}"
        + CALLS
        + "<|im_end|>\n"
        "{% endfor %}" + _OPEN,
        ["<|im_start|>", "<|im_end|>"],
    ),
    "llama4": (
        "{{ bos_token }}{% for m in messages %}" + ANSWER + "<|header_start|>"
        "{{ 'ipython' if m['role'] == 'tool' else m['role'] }}<|header_end|>\n\n{{ c }}" + CALLS + "<|eot|>"
        "{% endfor %}{% if add_generation_prompt %}<|header_start|>assistant<|header_end|>\n\n{% endif %}",
        ["<|header_start|>", "<|header_end|>", "<|eot|>"],
    ),
    "mistral-small": (
        "<s>{% if messages[0]['role'] == 'system' %}[SYSTEM_PROMPT]{{ messages[0]['content'] }}[/SYSTEM_PROMPT]"
        "{% set messages = messages[1:] %}{% else %}[SYSTEM_PROMPT]You are a helpful model.[/SYSTEM_PROMPT]{% endif %}"
        "{% for m in messages %}" + ANSWER + "{% if m['role'] == 'user' %}[INST]{{ c }}[/INST]"
        "{% elif m['role'] == 'tool' %}[TOOL_RESULTS]{{ c }}[/TOOL_RESULTS]{% else %}{{ c }}" + CALLS + "</s>"
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
        "{% for m in messages %}" + ANSWER + "<|{{ m['role'] }}|>\n{{ c }}" + CALLS + "<|end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|assistant|>\n{% else %}</s>{% endif %}",
        ["<|system|>", "<|user|>", "<|assistant|>", "<|tool|>", "<|end|>", "</s>"],
    ),
    "kimi": (
        "{% if messages[0]['role'] != 'system' %}<|im_system|>system<|im_middle|>You are a helpful model.<|im_end|>"
        "{% endif %}{% for m in messages %}"
        + ANSWER
        + "{% if m['role'] == 'user' %}<|im_user|>user<|im_middle|>"
        "{% elif m['role'] == 'assistant' %}<|im_assistant|>assistant<|im_middle|>{% else %}<|im_system|>"
        "{{ m['role'] }}<|im_middle|>{% endif %}{{ c }}" + CALLS + "<|im_end|>{% endfor %}"
        "{% if add_generation_prompt %}<|im_assistant|>assistant<|im_middle|>{% endif %}",
        ["<|im_system|>", "<|im_user|>", "<|im_assistant|>", "<|im_middle|>", "<|im_end|>"],
    ),
    "granite4": (
        "{% if messages[0]['role'] != 'system' %}<|start|>system<|end_role|>You are a helpful model."
        "{% if tools %}\n<tools>{% for t in tools %}\n{{ t | tojson }}{% endfor %}\n</tools>{% endif %}<|end|>\n"
        "{% endif %}{% for m in messages %}"
        + ANSWER
        + "{% if m['role'] == 'tool' %}<|start|>user<|end_role|>\n"
        "<tool_response>\n{{ c }}\n</tool_response><|end|>\n{% else %}<|start|>{{ m['role'] }}<|end_role|>{{ c }}"
        + CALLS
        + "<|end|>\n{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}<|start|>assistant<|end_role|>{% endif %}",
        ["<|start|>", "<|end_role|>", "<|end|>", "<tool_response>", "</tool_response>"],
    ),
}
