"""Parts of characters are spelled by their bytes, whatever the vocabulary calls them."""

from __future__ import annotations

import pytest
from helpers.tiny import byte_tokenizer

from attrwidget.text.token_bytes import has_codes, spelled


class Named:
    """A tokenizer with one token."""

    def __init__(self, name: str) -> None:
        self.name = name

    def convert_ids_to_tokens(self, _token: int) -> str:
        return self.name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("åį", "<E5 8D>"),  # of a byte-level vocabulary: the first two bytes of 卡
        ("Ġå", " <E5>"),
        ("įa", "<8D>a"),
        ("<0xE5>", "<E5>"),
        ("\x8d", "<8D>"),  # as ByT5 names bytes
        ("東", "\ufffd"),  # its name tells nothing
    ],
)
def test_a_part_of_a_character_is_its_bytes(name: str, text: str) -> None:
    assert spelled(Named(name), 0, "\ufffd") == text  # type: ignore[arg-type]


def test_a_text_with_a_part_of_a_character_is_found() -> None:
    assert all(map(has_codes, ("<E5 8D>", " <E5>", "<8D>a", "\ufffd")))
    assert not any(map(has_codes, ("<s>", "<E>", " 5D", "<AB", "東")))


def test_whole_characters_and_a_replacement_character_that_was_meant_stay() -> None:
    tokenizer = byte_tokenizer()
    for token in range(40):
        text = tokenizer.decode([token])
        if "\ufffd" not in text:
            assert spelled(tokenizer, token, text) == text
    assert spelled(Named("ï¿½"), 0, "\ufffd") == "\ufffd"  # type: ignore[arg-type]
