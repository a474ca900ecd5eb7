"""Files that a page asks Python for are those that Python writes of the same state."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.fake import random_explanation
from helpers.page import Page

from attrwidget.figures.figure import figure
from attrwidget.figures.look import Look
from attrwidget.page.state import initial_state

LOOK = {"columns": 2, "theme": "dark", "caption": True}


def asked(form: str, **changed: Any) -> dict[str, Any]:
    return {"form": form, **LOOK, "state": {**initial_state(random_explanation()), "held": [0], **changed}}


@pytest.mark.parametrize(
    ("form", "view"), [("csv", "matrix"), ("md", "heads"), ("tex", "text"), ("pdf", "flow")]
)
def test_a_page_gets_the_file_of_what_it_shows(form: str, view: str) -> None:
    chosen = {"view": view, "heads": [[1, 0]] if view == "heads" else []}
    meta, data = Page(random_explanation()).ask("figure", asked(form, **chosen))
    assert meta == {"form": form}
    expected = figure(random_explanation(), form, {"held": [0], **chosen}, Look(columns=2, theme="dark"))
    assert bytes(data) == expected


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (asked("svg"), "There is no form 'svg': take one of pdf, tex, md, csv"),
        ({**asked("pdf"), "columns": 3}, "1 or 2 columns wide, not 3"),
        ({**asked("pdf"), "caption": 1}, "caption is True or False, not 1"),
        ({**asked("pdf"), "state": {"held": [0]}}, "The state has held, foil, method"),
        (asked("pdf", held=[99]), "99"),
        (asked("tex", view="flow"), "LaTeX holds no arcs"),
    ],
)
def test_what_cannot_be_made_is_said(args: dict[str, Any], sentence: str) -> None:
    page = Page(random_explanation())
    page.session.receive({"v": 1, "id": "f", "op": "figure", "args": args})
    answer = page.answer("f")
    assert not answer["ok"]
    assert sentence in answer["error"]
