"""Calls that raise one clear sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Callable


def refused(call: Callable[[], Any], *words: str) -> str:
    """Assert that *call* raises one sentence with all *words*, and return it."""
    with pytest.raises(aw.AttrWidgetError) as caught:
        call()
    sentence = str(caught.value)
    assert all(word in sentence for word in words), sentence
    assert sentence.endswith((".", "()")), sentence
    assert "\n" not in sentence
    return sentence
