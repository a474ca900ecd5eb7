"""Questions that check themselves: in JupyterLab, where answers stay in the saved notebook, and in an offline page."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from helpers.notebook import EXPLAIN, LOAD, PROMPT, Jupyter, run_notebook
from helpers.screen import Screen, serious_faults
from helpers.waiting import PATIENCE
from playwright.sync_api import Page, expect

import attrwidget as aw

if TYPE_CHECKING:
    from pathlib import Path

ASK = """
aw.teach.ask(
    "For Washington, which word mattered most by saliency?",
    ex,
    answer=aw.teach.top_input("Washington", "saliency"),
    hint="Hold Washington.",
    id="most",
    method="saliency",
)
"""


def saved_answer(file: Path) -> aw.teach.Answer:
    """Wait until the notebook is saved with an answer that is right."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = aw.teach.answers(file).get("most")
        if answer is not None and answer.right:
            return answer
        time.sleep(0.2)
    raise AssertionError(f"{file.name} has {aw.teach.answers(file)}")


def test_the_answer_stays_in_the_saved_notebook(page: Page, jupyter: Jupyter) -> None:
    run_notebook(page, jupyter, "lab", "question", LOAD, EXPLAIN, ASK)
    screen = Screen(page)
    card = screen.root.get_by_role("region", name="For Washington, which word")
    verdict = card.get_by_role("status")
    expect(card).to_contain_text("click a word of the input")
    check = card.get_by_role("button", name="Check")
    check.click()
    expect(verdict).to_contain_text("Nothing is chosen yet")
    rows = (
        aw.load("demo").explain(PROMPT, max_new_tokens=5).scores("saliency").loc["Washington"].to_numpy()[:7]
    )
    best, second = (int(i) for i in rows.argsort()[::-1][:2])
    screen.word(second).click()
    check.click()
    expect(verdict).to_contain_text("That is the second largest.")
    card.get_by_role("button", name="Hint 1/1").click()
    expect(card.get_by_role("listitem")).to_have_text("Hold Washington.")
    screen.word(second).click()
    screen.word(best).click()
    check.focus()
    page.keyboard.press("Enter")
    expect(verdict).to_contain_text("Right.")
    expect(page.locator(".jp-OutputArea-output pre").last).to_contain_text("[most] George (input 6) · right")
    assert serious_faults(page, screen) == []
    page.keyboard.press("Control+s")
    answer = saved_answer(jupyter[1] / "question.ipynb")
    assert (answer.answer, answer.tries, answer.hints) == ("George (input 6)", 2, 1)


def test_an_offline_page_marks_answers_itself(page: Page, asked: list[str], tmp_path: Path) -> None:
    ex = aw.load("demo").explain(PROMPT, max_new_tokens=5)
    answer = aw.teach.score("Washington", "America", "saliency")
    question = aw.teach.ask("What is the score of America?", ex, answer=answer)
    file = tmp_path / "question.html"
    question.to_html(file, methods=["saliency"])
    page.goto(file.as_uri())
    screen = Screen(page)
    field = screen.root.get_by_role("textbox", name="What is the score of America?")
    verdict = screen.root.locator(".verdict")
    table = ex.scores("saliency")
    for typed, says in [
        (f"{table.loc['George', 'America']:.3f}", "That is the row before, of “George”."),
        (f"{100 * table.loc['Washington', 'America']:.3f}", "That is a hundred times as much"),
        (f"{table.loc['Washington', 'America']:.3f}", "Right."),
    ]:
        field.fill(typed)
        field.press("Enter")
        expect(verdict).to_contain_text(says)
    assert serious_faults(page, screen) == []
    assert asked == [file.as_uri()]
