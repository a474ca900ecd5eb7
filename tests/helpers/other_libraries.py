"""Tokens, a toy classifier and a check for what other libraries give."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from attrwidget.page.content import content_of

TOKENS = ["The", " movie", " was", " not", " good"]


def shown(explanation: Any) -> dict[str, Any]:
    """Return the content for the page, having asserted that a page can read it and that all views can be made."""
    content: dict[str, Any] = json.loads(json.dumps(content_of(explanation.reading), allow_nan=False))
    assert str(explanation)
    assert explanation._repr_mimebundle_()[0]["text/html"].startswith("<div")
    return content


def lengths(texts: Any) -> Any:
    """Return two classes' probabilities, which depend on the words alone."""
    good = np.array([0.2 + 0.5 * ("good" in text) - 0.1 * ("not" in text) for text in texts])
    return np.stack([1 - good, good], axis=1)
