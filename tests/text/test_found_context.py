"""Documents and examples that nobody named are found by their layout, and only where one repeats."""

from __future__ import annotations

import pytest

from attrwidget.text.found_context import examples_of, numbered_documents

DOCUMENTS = {
    "brackets": "Read this.\n\n[1] Ottawa is cold.\nIt is a capital.\n\n[2] Lima is dry.\n\nWhich is [1]?",
    "words": "Document 1: Ottawa is cold.\nIt is a capital.\nDocument 2: Lima is dry.\n\nWhich?",
    "tags": '<document index="0">\nOttawa is cold.\nIt is a capital.\n</document>\n<document index="1">\nLima is dry.'
    "\n</document>\n\nWhich?",
    "empty lines inside": "[1] Ottawa is cold.\n\nIt is a capital.\n\n[2] Lima\n\nLima is dry.\n\nWhich?",
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_numbered_documents(name: str) -> None:
    text = DOCUMENTS[name]
    first, second = (text[one.start : one.end] for one in numbered_documents(text))
    assert first.startswith(("[1]", "Document 1", "<document"))
    assert "It is a capital." in first
    assert "Lima" not in first
    assert second.removesuffix("\n</document>").endswith("Lima is dry.")


@pytest.mark.parametrize(
    "text",
    [
        "Nothing is numbered.",
        "[1] One alone.",
        "See [1] and [2] in the text.",
        "[3] Three.\n[5] Five.",
        "1. a\n2. b",
    ],
)
def test_no_documents(text: str) -> None:
    assert numbered_documents(text) == []


PAIRS = ["Q: sea?\nA: mer", "Q: dog?\nA: chien"]
EXAMPLES = {
    "labels": ("Answer.\n\nQ: sea?\nA: mer\n\nQ: dog?\nA: chien\n\nQ: cat?\nA:", PAIRS),
    "labels without empty lines": ("Q: sea?\nA: mer\nQ: dog?\nA: chien\nQ: cat?\nA:", PAIRS),
    "an instruction with a label": (
        "Task: translate.\n\nEnglish: sea\nFrench: mer\n\nEnglish: dog\nFrench: chien\n\nEnglish: cat\nFrench:",
        ["English: sea\nFrench: mer", "English: dog\nFrench: chien"],
    ),
    "labels in one line": (
        "Review: so good. Mood: glad\nReview: so bad. Mood: sad\nReview: fine. Mood:",
        ["Review: so good. Mood: glad", "Review: so bad. Mood: sad"],
    ),
    "what is asked has no second label": (
        "Input: 2 3\nOutput: 5\n\nInput: 4 4\nOutput: 8\n\nInput: 1 1\n",
        ["Input: 2 3\nOutput: 5", "Input: 4 4\nOutput: 8"],
    ),
    "arrows": ("Translate:\nsea => mer\ndog => chien\ncat =>", ["sea => mer", "dog => chien"]),
    "paragraphs": ("sea\nmer\n\ndog\nchien\n\ncat\n", ["sea\nmer", "dog\nchien"]),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(name: str) -> None:
    text, expected = EXAMPLES[name]
    found = examples_of(text)
    assert [text[one.start : one.end] for one in found] == expected
    assert [one.title.split(":")[0] for one in found] == ["example 1", "example 2"]


@pytest.mark.parametrize(
    "text",
    [
        "The capital of Japan is",
        "One paragraph.\n\nAnother one.\n\nA third.",
        "Q: one question?\nA:",
        "Note: this. Note: that. Note: more.",
        "a => b, and nothing else",
        "Question: sea?\nAnswer: mer\n\nHint: dog\n\nSource: a book",
    ],
)
def test_no_examples(text: str) -> None:
    assert examples_of(text) == []
