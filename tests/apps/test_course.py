from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from attrwidget.apps import course
from attrwidget.errors import AttrWidgetError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_checkout_has_the_notebooks() -> None:
    assert len(list(course.folder().glob("*.ipynb"))) == 2


def test_what_the_course_lacks_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(course, "NEEDED", ("lime", "no_such_package"))
    with pytest.raises(AttrWidgetError, match=r"^The course needs no_such_package: pip install"):
        course.folder()
    monkeypatch.setattr(course, "PLACES", (tmp_path / "none",))
    with pytest.raises(AttrWidgetError, match="not installed"):
        course.folder()
