"""Export an explanation to a page and decode the numbers in it."""

from __future__ import annotations

import gzip
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from helpers.html_page import Page

from attrwidget.export.html import to_html

if TYPE_CHECKING:
    from pathlib import Path


_DIGITS = {
    letter: digit
    for digit, letter in enumerate(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%()*+-;=>?@^_`{|}~,."
    )
}


def export(explanation: Any, path: Path, **options: Any) -> tuple[str, dict[str, Any]]:
    write = getattr(explanation, "to_html", None) or partial(to_html, explanation)  # a fake has none
    text = write(path, **options).read_text(encoding="utf-8")
    return text, unpacked(Page(text).scripts[0])


def unpacked(text: str) -> dict[str, Any]:
    """Return the data of a page, with bytes in the place of arrays, read as docs/protocol.md describes."""
    line, _, numbers = unpacked_text(text).partition(b"\n")

    def numbers_at(entry: dict[str, Any]) -> Any:
        if list(entry) != ["bytes"]:
            return entry
        start, size, width = entry["bytes"]
        planes = [numbers[start + k * (size // width) :][: size // width] for k in range(width)]
        return bytes(byte for number in zip(*planes, strict=True) for byte in number)

    return json.loads(line, object_hook=numbers_at)  # type: ignore[no-any-return]


def unpacked_text(text: str) -> bytes:
    """Return what *text* was packed from: gzip, of which every four bytes are five digits to the base of 85."""
    digits = [_DIGITS[letter] for letter in text] + [84] * (-len(text) % 5)
    words = [
        sum(d * 85 ** (4 - k) for k, d in enumerate(digits[i : i + 5])) for i in range(0, len(digits), 5)
    ]
    packed = b"".join(word.to_bytes(4, "big") for word in words)
    return gzip.decompress(packed[: len(packed) - -len(text) % 5])


def decoded_scores(data: dict[str, Any], method: str) -> np.ndarray:
    steps, inputs = data["content"]["steps"]["count"], data["content"]["inputs"]
    return np.frombuffer(data["scores"][method], "<f4").reshape(steps, inputs)


def decoded_attention(data: dict[str, Any]) -> np.ndarray:
    """Return ``[steps, layers, heads, inputs]``, reading the bytes one by one as docs/protocol.md describes."""
    record, content = data["attention"], data["content"]
    first, count, inputs = content["steps"]["first"], content["steps"]["count"], content["inputs"]
    scale = iter(np.frombuffer(record["scale"], "<f4"))
    ints = iter(np.frombuffer(record["data"], "u1" if record["bits"] == 8 else "<u2"))
    largest = iter(np.frombuffer(record.get("largest", b""), "<f4"))
    out = np.full((count, record["layers"], record["heads"], inputs), np.nan)
    for layer in range(record["layers"]):
        for head in range(record["heads"]):
            for step in range(count):
                fine = record["bits"] == 11
                unit, most = next(scale) / (1534 if fine else 2 ** record["bits"] - 1), next(largest, None)
                for i in range(min(first + step, inputs)):
                    number = next(ints)
                    out[step, layer, head, i] = most if fine and number == 1535 else unit * number
    assert next(scale, None) is None
    assert next(ints, None) is None
    return out


def decoded_rows(record: dict[str, bytes], layers: int, heads: int) -> np.ndarray:
    """Return the rows ``[n, layers, heads]`` of a record of what heads give."""
    scale = np.frombuffer(record["scale"], "<f4")
    data = np.frombuffer(record["data"], "u1").reshape(len(scale), layers, heads)
    return scale[:, None, None] * data / 255
