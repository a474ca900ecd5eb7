"""Export an explanation to a page and decode the numbers in it."""

from __future__ import annotations

import base64
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from helpers.html_page import Page

from attrwidget.export.html import to_html

if TYPE_CHECKING:
    from pathlib import Path


def export(explanation: Any, path: Path, **options: Any) -> tuple[str, dict[str, Any]]:
    write = getattr(explanation, "to_html", None) or partial(to_html, explanation)  # a fake has none
    text = write(path, **options).read_text(encoding="utf-8")
    page = Page(text)
    return text, json.loads(page.scripts[0])


def decoded_scores(data: dict[str, Any], method: str) -> np.ndarray:
    steps, inputs = data["content"]["steps"]["count"], data["content"]["inputs"]
    return np.frombuffer(base64.b64decode(data["scores"][method]), "<f4").reshape(steps, inputs)


def decoded_attention(data: dict[str, Any]) -> np.ndarray:
    """Return ``[steps, layers, heads, inputs]``, reading the bytes one by one as docs/protocol.md describes."""
    record, content = data["attention"], data["content"]
    first, count, inputs = content["steps"]["first"], content["steps"]["count"], content["inputs"]
    scale = iter(np.frombuffer(base64.b64decode(record["scale"]), "<f4"))
    ints = iter(np.frombuffer(base64.b64decode(record["data"]), {16: "<u2", 8: "u1"}[record["bits"]]))
    out = np.full((count, record["layers"], record["heads"], inputs), np.nan)
    for layer in range(record["layers"]):
        for head in range(record["heads"]):
            for step in range(count):
                unit = next(scale) / (2 ** record["bits"] - 1)
                for i in range(min(first + step, inputs)):
                    out[step, layer, head, i] = unit * next(ints)
    assert next(scale, None) is None
    assert next(ints, None) is None
    return out


def decoded_rows(record: dict[str, str], layers: int, heads: int) -> np.ndarray:
    """Return the rows ``[n, layers, heads]`` of a record of what heads give."""
    scale = np.frombuffer(base64.b64decode(record["scale"]), "<f4")
    data = np.frombuffer(base64.b64decode(record["data"]), "u1").reshape(len(scale), layers, heads)
    return scale[:, None, None] * data / 255
