"""Answers are read from the notebook that was handed in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import attrwidget as aw
from attrwidget.teach import Answer

if TYPE_CHECKING:
    from pathlib import Path

ANSWER = Answer("most", "Which word?", "America (input 4)", right=True, tries=2, hints=1, given=["4"])


def notebook(path: Path, *outputs: dict[str, Any]) -> Path:
    cell = {
        "cell_type": "code",
        "outputs": [{"output_type": "display_data", "data": data} for data in outputs],
    }
    path.write_text(json.dumps({"cells": [cell, {"cell_type": "markdown"}], "nbformat": 4}), encoding="utf-8")
    return path


def test_answers_are_read_by_name(tmp_path: Path) -> None:
    file = notebook(
        tmp_path / "a.ipynb", {"text/plain": "x"}, ANSWER.as_output(), Answer("other", "?").as_output()
    )
    assert aw.teach.answers(file) == {"most": ANSWER, "other": Answer("other", "?")}


def test_what_is_no_answer_is_passed_over(tmp_path: Path) -> None:
    mime = next(key for key in ANSWER.as_output() if key.endswith("json"))
    odd = [{mime: 3}, {mime: {"id": 5}}, {mime: {"id": "x", "right": "yes", "tries": True, "given": 3}}]
    found = aw.teach.answers(notebook(tmp_path / "a.ipynb", *odd))
    assert found == {"x": Answer("x", "")}


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"cells": 3}', '{"cells": [3]}', "\x00"])
def test_a_file_that_is_no_notebook_is_a_sentence(tmp_path: Path, content: str) -> None:
    file = tmp_path / "a.ipynb"
    file.write_text(content)
    try:
        assert aw.teach.answers(file) == {}
    except aw.AttrWidgetError as error:
        assert str(error).startswith("a.ipynb is no notebook")  # noqa: PT017 - either will do
    with pytest.raises(aw.AttrWidgetError, match=r"gone.ipynb cannot be read"):
        aw.teach.answers(tmp_path / "gone.ipynb")


def test_a_notebook_that_is_run_anew_has_its_answers_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ex = aw.load("demo").explain("The first president of America is", max_new_tokens=5)
    ask = {"answer": aw.teach.top_input("Washington", "saliency"), "id": "most"}
    saved = Answer("most", "Which word?", "George (input 6)", right=False, tries=2, hints=1, given=["6"])
    file = notebook(tmp_path / "a.ipynb", saved.as_output())
    monkeypatch.setenv("JPY_SESSION_NAME", str(file))
    again = aw.teach.ask("Which word?", ex, **ask)
    assert again.answer.answer == "George (input 6)"
    assert again.widget.question["verdict"] == {"right": True, "says": "Right."}
    assert again.answer.right is True, "it is marked anew"
    assert aw.teach.ask("Another question?", ex, **ask).answer.right is None
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "none.ipynb"))
    assert aw.teach.ask("Which word?", ex, **ask).answer.right is None


def test_the_file_that_was_handed_in_is_read_where_nbgrader_grades_a_copy(tmp_path: Path) -> None:
    copies = {}
    for name, answer in (("ann", ANSWER), ("bob", Answer("most", "Which word?"))):
        for folder, outputs in (("submitted", [answer.as_output()]), ("autograded", [])):
            (tmp_path / folder / name / "ps1").mkdir(parents=True)
            copies[name] = notebook(tmp_path / folder / name / "ps1" / "ps.ipynb", *outputs)
    assert aw.teach.answers(copies["ann"]) == {"most": ANSWER}
    assert aw.teach.answers(copies["bob"])["most"].right is None
    alone = tmp_path / "autograded" / "ps.ipynb"
    assert aw.teach.answers(notebook(alone, ANSWER.as_output())) == {"most": ANSWER}


def test_an_answer_is_marked_anew_whatever_the_file_says() -> None:
    ex = aw.load("demo").explain("The first president of America is", max_new_tokens=5)
    question = aw.teach.ask("Which word?", ex, answer=aw.teach.top_input("Washington", "saliency"), id="most")
    forged = Answer("most", "Which word?", "America (input 4)", right=True, tries=1, given=["4"])
    assert question.mark(forged) is False
    assert question.mark(Answer("most", "Which word?", "George (input 6)", given=["6"])) is True
    assert question.mark(Answer("most", "Which word?")) is None
    assert question.mark(None) is None
