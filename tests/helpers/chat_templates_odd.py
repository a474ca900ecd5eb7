"""Chat templates that write some message in a way of its own: without a header, first, or into another."""

from __future__ import annotations

from helpers.chat_templates import ANSWER, CALLS

_OF_ANSWERS = "{% if m['role'] == 'assistant' %}" + ANSWER + "{% else %}{% set c = m['content'] %}{% endif %}"

ODD = {
    # Always writes a system message, takes a switch out of the user's own, and begins a thought or an empty one.
    "smollm3": (
        "{% set own = messages[0]['content'] if messages[0]['role'] == 'system' else '' %}"
        "{% set quiet = '/no_think' in own or enable_thinking is false %}"
        "<|im_start|>system\n## Metadata\n\nReasoning: {{ '/no_think' if quiet else '/think' }}\n\n"
        "## Instructions\n\n{{ own | replace('/no_think', '') | trim if own else 'You are a helpful model.' }}\n\n"
        "{% if xml_tools %}### Tools\n{% for t in xml_tools %}{{ t | tojson }}\n{% endfor %}{% endif %}<|im_end|>\n"
        "{% for m in messages if m['role'] != 'system' %}" + ANSWER + "<|im_start|>"
        "{{ 'user' if m['role'] == 'tool' else m['role'] }}\n{{ '<tool_response>\n' if m['role'] == 'tool' }}{{ c }}"
        "{{ '\n</tool_response>' if m['role'] == 'tool' }}" + CALLS + "<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{{ '<think>\n\n</think>\n' if quiet }}{% endif %}",
        ["<|im_start|>", "<|im_end|>", "<think>", "</think>", "<tool_response>", "</tool_response>"],
    ),
    # One control token before every turn, whose role is a word; a system turn without words if there is no message.
    "nemotron2": (
        "<SPECIAL_10>System\n{% if messages[0]['role'] == 'system' %}{{ messages[0]['content'] }}"
        "{% set messages = messages[1:] %}{% endif %}{% if tools %}\n<AVAILABLE_TOOLS>{{ tools | tojson }}"
        "</AVAILABLE_TOOLS>{% endif %}\n{% for m in messages %}" + ANSWER + "{% if m['role'] == 'user' %}"
        "<SPECIAL_11>User\n{{ c }}\n{% elif m['role'] == 'tool' %}<SPECIAL_11>User\n<TOOL_RESPONSE>[{{ c }}]"
        "</TOOL_RESPONSE>\n{% else %}<SPECIAL_11>Assistant\n{{ c }}" + CALLS + "\n<SPECIAL_12>\n{% endif %}"
        "{% endfor %}{% if add_generation_prompt %}<SPECIAL_11>Assistant\n"
        "{{ '<think></think>' if enable_thinking is false else '<think>\n' }}{% endif %}",
        ["<SPECIAL_10>", "<SPECIAL_11>", "<SPECIAL_12>", "<TOOL_RESPONSE>", "</TOOL_RESPONSE>"],
    ),
    # Writes tools before the system message, which may be empty; no header of a tool's result that begins a chat.
    "nemotron3": (
        "<|im_start|>system\n{% if tools %}# Tools\n<tools>{% for t in tools %}\n<function>\n<name>"
        "{{ t['function']['name'] }}</name>\n<parameters>{{ t['function']['parameters'] | tojson }}</parameters>\n"
        "</function>{% endfor %}\n</tools>\n{% endif %}{% if messages[0]['role'] == 'system' %}"
        "{{ messages[0]['content'] }}{% set messages = messages[1:] %}{% endif %}<|im_end|>\n{% for m in messages %}"
        + ANSWER
        + "{% if m['role'] == 'tool' %}{% if loop.previtem and loop.previtem['role'] != 'tool' %}<|im_start|>user\n"
        "{% endif %}"
        "<tool_response>\n{{ c }}\n</tool_response>\n{% if loop.last or loop.nextitem['role'] != 'tool' %}"
        "<|im_end|>\n{% endif %}{% else %}<|im_start|>{{ m['role'] }}\n{{ '<think></think>' if m['role'] == "
        "'assistant' }}{{ c }}" + CALLS + "<|im_end|>\n{% endif %}{% endfor %}{% if add_generation_prompt %}"
        "<|im_start|>assistant\n{{ '<think></think>' if enable_thinking is false else '<think>\n' }}{% endif %}",
        ["<|im_start|>", "<|im_end|>", "<think>", "</think>", "<tool_response>", "</tool_response>"],
    ),
    # Writes no header of a tool's result that begins a chat, and those of one turn together.
    "qwen3.6": (
        "{% set own = messages[0]['content'] if messages[0]['role'] == 'system' else '' %}{% if tools or own %}"
        "<|im_start|>system\n{% if tools %}# Tools\n{{ tools | tojson }}{% endif %}{{ own }}<|im_end|>\n{% endif %}"
        "{% for m in messages %}" + ANSWER + "{% if m['role'] == 'system' %}{% elif m['role'] == 'tool' %}"
        "{{ '<|im_start|>user' if loop.previtem and loop.previtem['role'] != 'tool' }}"
        "\n<tool_response>\n{{ c }}\n</tool_response>"
        "{{ '<|im_end|>\n' if loop.last or loop.nextitem['role'] != 'tool' }}{% else %}<|im_start|>{{ m['role'] }}\n"
        "{{ '<think>\n\n</think>\n\n' if m['role'] == 'assistant' and loop.last }}{{ c }}"
        + CALLS
        + "<|im_end|>\n{% endif %}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n"
        "{{ '<think>\n\n</think>\n\n' if enable_thinking is false else '<think>\n' }}{% endif %}",
        ["<|im_start|>", "<|im_end|>", "<think>", "</think>", "<tool_response>", "</tool_response>"],
    ),
    # Writes the first system message first, wherever it stands, after a preamble of its own.
    "command2": (
        "{{ bos_token }}"
        "{% set own = messages | selectattr('role', 'equalto', 'system') | map(attribute='content') | list %}"
        "<|START|><|SYSTEM|># Preamble\nYou are a helpful model.{{ '\n\n# Developer\n' + own[0] if own }}<|END|>"
        "{% for m in messages if not own or m['content'] != own[0] %}"
        + ANSWER
        + "<|START|>{% if m['role'] == 'user' %}<|USER|>{{ c }}{% elif m['role'] == 'assistant' %}<|CHATBOT|>"
        "{{ '<|START_RESPONSE|>' + c + '<|END_RESPONSE|>' if c }}"
        + CALLS
        + "{% elif m['role'] == 'tool' %}<|SYSTEM|><|START_RESULT|>{{ c }}<|END_RESULT|>{% else %}<|SYSTEM|>{{ c }}"
        "{% endif %}<|END|>{% endfor %}"
        "{% if add_generation_prompt %}<|START|><|CHATBOT|><|START_RESPONSE|>{% endif %}",
        [
            *("<|START|>", "<|USER|>", "<|CHATBOT|>", "<|SYSTEM|>", "<|END|>"),
            *("<|START_RESPONSE|>", "<|END_RESPONSE|>", "<|START_RESULT|>", "<|END_RESULT|>"),
        ],
    ),
    # The system message goes into the first turn of the user.
    "gemma3": (
        "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{% set own = messages[0]['content'] + '\n\n' %}"
        "{% set messages = messages[1:] %}{% else %}{% set own = '' %}{% endif %}{% for m in messages %}"
        + ANSWER
        + "<start_of_turn>{{ 'model' if m['role'] == 'assistant' else m['role'] }}\n"
        "{{ own if loop.first }}{{ c }}" + CALLS + "<end_of_turn>\n{% endfor %}"
        "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}",
        ["<start_of_turn>", "<end_of_turn>"],
    ),
    "llama2": (
        "{% if messages[0]['role'] == 'system' %}{% set own = messages[0]['content'] %}"
        "{% set own = '<<SYS>>\n' + own + '\n<</SYS>>\n\n' %}"
        "{% set messages = messages[1:] %}{% else %}{% set own = '' %}{% endif %}{% for m in messages %}"
        + ANSWER
        + "{% if m['role'] == 'assistant' %} {{ c }}"
        + CALLS
        + " </s>{% elif m['role'] == 'tool' %}"
        "[TOOL]{{ c }}[/TOOL]{% else %}<s>[INST] {{ own if loop.first }}{{ c }} [/INST]{% endif %}{% endfor %}",
        ["<s>", "</s>", "[INST]", "[/INST]", "[TOOL]", "[/TOOL]"],
    ),
    # Begins an answer with the end of a thought, or with its beginning; the system message has no header.
    "deepseek3.1": (
        "{{ bos_token }}{% set ns = namespace(user=false) %}{% for m in messages if m['role'] == 'system' %}"
        "{{ m['content'] }}{% endfor %}{% for m in messages %}"
        + _OF_ANSWERS
        + "{% if m['role'] == 'user' %}<|User|>{{ c }}{% elif m['role'] == 'tool' %}<|output|>{{ c }}<|/output|>"
        "{% elif m['role'] == 'assistant' %}{{ '<|Assistant|></think>' if ns.user }}{{ c }}"
        + CALLS
        + "<|end|>"
        "{% endif %}{% set ns.user = m['role'] == 'user' %}{% endfor %}{% if add_generation_prompt %}<|Assistant|>"
        "{{ '<think>' if thinking else '</think>' }}{% endif %}",
        ["<|User|>", "<|Assistant|>", "<|output|>", "<|/output|>", "<|end|>", "<think>", "</think>"],
    ),
    # Ends a text that asks for no answer with a token that no message ends with.
    "hunyuan": (
        "<|begin|>{% for m in messages %}"
        + ANSWER
        + "{% if m['role'] == 'system' %}{{ c }}<|3|>{% elif m['role'] == 'user' %}<|User|>{{ c }}{% elif m['role'] == "
        "'tool' %}<|User|><tool_response>{{ c }}</tool_response>{% else %}<|Assistant|>{{ c }}"
        + CALLS
        + "<|2|>"
        "{% endif %}{% endfor %}{% if add_generation_prompt %}<|Assistant|>{{ '<think>\n\n</think>\n' if "
        "enable_thinking is false }}{% else %}<|8|>{% endif %}",
        ["<|begin|>", "<|3|>", "<|User|>", "<|Assistant|>", "<|2|>", "<|8|>"],
    ),
    # An answer goes on in the same turn after the result of a tool.
    "gemma4": (
        "{{ bos_token }}{% if tools or enable_thinking %}<|turn>system\n{{ '<|think|>' if enable_thinking }}"
        "{% for t in tools or [] %}<|tool>{{ t['function']['name'] }}<tool|>{% endfor %}<turn|>\n{% endif %}"
        "{% for m in messages %}"
        + ANSWER
        + "{% if m['role'] == 'tool' %}<|tool_response>{{ c }}<tool_response|>{% else %}{% if m['role'] != 'assistant'"
        " or loop.previtem is not defined or loop.previtem['role'] != 'tool' %}"
        "<|turn>{{ 'model' if m['role'] == 'assistant' else m['role'] }}\n"
        "{% endif %}{% for t in m.get('tool_calls') or [] %}<|tool_call>{{ t['function']['name'] }}"
        "{{ t['function']['arguments'] | tojson }}<tool_call|>{% endfor %}{{ c }}{{ '<turn|>\n' if not "
        "m.get('tool_calls') }}{% endif %}{% endfor %}{% if add_generation_prompt %}<|turn>model\n{% endif %}",
        [
            *("<|turn>", "<turn|>", "<|think|>", "<|tool>", "<tool|>", "<|tool_call>", "<tool_call|>"),
            *("<|tool_response>", "<tool_response|>"),
        ],
    ),
    # The result of a tool has no header, and the answer goes on after it.
    "apertus": (
        "{{ bos_token }}<|system_start|>{{ messages[0]['content'] if messages[0]['role'] == 'system' else 'You are a "
        "helpful model.' }}<|system_end|><|developer_start|>Deliberation: {{ 'enabled' if enable_thinking else "
        "'disabled' }}{{ tools | tojson if tools }}<|developer_end|>{% for m in messages if m['role'] != 'system' %}"
        + ANSWER
        + "{% if m['role'] == 'user' %}<|user_start|>{{ c }}<|user_end|>{% elif m['role'] == 'tool' %}"
        "{{ ', ' if loop.previtem['role'] == 'tool' else '[' }}{{ c }}"
        "{{ ']' if loop.last or loop.nextitem['role'] != 'tool' }}{% else %}"
        "{{ '<|assistant_start|>' if loop.previtem['role'] != 'tool' }}{{ c }}{% if m.get('tool_calls') %}"
        "<|tools_prefix|>{% for t in m['tool_calls'] %}{{ t['function'] | tojson }}{% endfor %}<|tools_suffix|>"
        "{% else %}<|assistant_end|>{% endif %}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}<|assistant_start|>{% endif %}",
        [
            *(
                "<|system_start|>",
                "<|system_end|>",
                "<|developer_start|>",
                "<|developer_end|>",
                "<|user_start|>",
            ),
            *(
                "<|user_end|>",
                "<|assistant_start|>",
                "<|assistant_end|>",
                "<|tools_prefix|>",
                "<|tools_suffix|>",
            ),
        ],
    ),
    # Writes a switch behind a question, and messages without an end.
    "glm4.5": (
        "[gMASK]<sop>{% if tools %}<|system|>\n{{ tools | tojson }}{% endif %}{% for m in messages %}"
        + ANSWER
        + "{% if m['role'] == 'tool' %}{{ '<|observation|>' if loop.previtem['role'] != 'tool' }}\n<tool_response>\n"
        "{{ c }}\n</tool_response>{% else %}<|{{ m['role'] }}|>\n{{ '<think></think>\n' if m['role'] == 'assistant' }}"
        "{{ c }}{{ '/nothink' if m['role'] == 'user' and enable_thinking is false }}"
        + CALLS
        + "{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}<|assistant|>{{ '\n<think></think>' if enable_thinking is false }}{% endif %}",
        [
            *(
                "[gMASK]",
                "<sop>",
                "<|system|>",
                "<|user|>",
                "<|assistant|>",
                "<|observation|>",
                "<think>",
                "</think>",
            ),
            *("<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>"),
        ],
    ),
    # Writes the tools before the last message of the user's.
    "mistral-tools": (
        "{{ bos_token }}{% set own = messages[0]['content'] if messages[0]['role'] == 'system' else '' %}"
        "{% set messages = messages[1:] if own else messages %}{% set asked = messages | selectattr('role', 'equalto', "
        "'user') | list %}{% for m in messages %}" + ANSWER + "{% if m['role'] == 'user' %}{% if tools and "
        "m == asked[-1] %}[AVAILABLE_TOOLS]{{ tools | tojson }}[/AVAILABLE_TOOLS]{% endif %}[INST]"
        "{{ own + '\n\n' if own and loop.first }}{{ c }}[/INST]{% elif m['role'] == 'tool' %}[TOOL_RESULTS]{{ c }}"
        "[/TOOL_RESULTS]{% elif m.get('tool_calls') %}[TOOL_CALLS]"
        + CALLS
        + "</s>{% else %}{{ c }}</s>{% endif %}"
        "{% endfor %}",
        [
            *("</s>", "[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_CALLS]"),
            *("[TOOL_RESULTS]", "[/TOOL_RESULTS]"),
        ],
    ),
    # Begins every answer with a thought, which may be empty or only begun.
    "exaone": (
        "{% for m in messages %}"
        + _OF_ANSWERS
        + "[|{{ m['role'] }}|]\n{{ '<think>\n\n</think>\n\n' if m['role'] == 'assistant' }}{{ c }}"
        + CALLS
        + "{{ '\n' if m['role'] == 'user' else '[|endofturn|]\n' }}{% endfor %}{% if add_generation_prompt %}"
        "[|assistant|]\n{{ '<think>\n' if enable_thinking else '<think>\n\n</think>\n\n' }}{% endif %}",
        ["[|system|]", "[|user|]", "[|assistant|]", "[|tool|]", "[|endofturn|]", "<think>", "</think>"],
    ),
}
