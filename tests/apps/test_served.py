from __future__ import annotations

import pytest

from attrwidget.apps.served import Served, served
from attrwidget.limits import limits


@pytest.mark.parametrize(
    "allowed",
    [
        Served(),
        Served(chat=False, characters=9, new_tokens=1),
        Served(served=(("demo", "http://localhost:8900"),)),
        Served(chat=True, models=("a/b", "/c d"), allow_hub=True),
    ],
)
def test_what_is_announced_is_read(allowed: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTRWIDGET_APP", "{}")
    monkeypatch.setenv("ATTRWIDGET_LIMITS", "[]")
    assert served() == Served()
    allowed.announce()
    assert served() == allowed
    assert limits() == (allowed.characters, allowed.new_tokens)
