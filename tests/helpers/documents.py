"""Chat templates that write documents in the ways of many models, and documents that are hard to find in them."""

from __future__ import annotations

from typing import Any

from helpers.tiny import byte_tokenizer

_OPEN = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
_TURNS = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}" + _OPEN
)

READERS = {
    # Command R
    "numbered": "{% if documents %}<|im_start|>system\n<results>\n{% for d in documents %}Document: {{ loop.index0 }}\n"
    "{% for key, value in d.items() %}{{ key | title }}: {{ value }}\n{% endfor %}{% if not loop.last %}\n{% endif %}"
    "{% endfor %}</results><|im_end|>\n{% endif %}" + _TURNS,
    # Granite 3
    "tagged": "{% if documents %}{% for d in documents %}<|im_start|>document {{ loop.index }}\n{{ d['text'] }}"
    "<|im_end|>\n{% endfor %}{% endif %}" + _TURNS,
    # Command R7B
    "json": "{% if documents %}<|im_start|>system\n[{% for d in documents %}{{ d | tojson }}{% if not loop.last %}, "
    "{% endif %}{% endfor %}]<|im_end|>\n{% endif %}" + _TURNS,
    "one list": "{% if documents %}<|im_start|>system\n{{ documents | tojson }}<|im_end|>\n{% endif %}"
    + _TURNS,
    # Writes how many there are, so that those of fewer begin in another way.
    "counted": "{% if documents %}<|im_start|>system\n{{ documents | length }} documents:{% for d in documents %}\n- "
    "{{ d['text'] | trim }}{% endfor %}<|im_end|>\n{% endif %}" + _TURNS,
}
IGNORES = {
    "never": _TURNS,
    "titles alone": "{% for d in documents or [] %}{{ d['title'] }}\n{% endfor %}" + _TURNS,
}

DOCUMENTS: list[dict[str, Any]] = [
    {"title": "Ottawa", "text": 'Ottawa is "the" capital.\nIt is cold.'},
    {"title": "Lima", "text": "It is cold."},
    {"title": "Document: 2", "text": 'Text: Document: 3 {"text": "x"}, and so on: 12 of 12.'},
    {"title": "東京", "text": "東京は首都です。"},
]


def reader(name: str) -> Any:
    """Return a tokenizer with the template of ``READERS`` or ``IGNORES`` that is called *name*."""
    tokenizer = byte_tokenizer()
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
    tokenizer.chat_template = {**READERS, **IGNORES}[name]
    return tokenizer
