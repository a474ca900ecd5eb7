"""A chat with SmolLM2 in JupyterLab: why did it say that, would it have said another word, and do you believe it?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from helpers.notebook import Jupyter, run_notebook
from helpers.real import SMOLLM2, missing
from helpers.screen import Screen, number, serious_faults
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator

LOAD = f"""import sys
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from helpers.real import smollm2
model = smollm2()"""
ASK = """chat = [{"role": "system", "content": "You are a helpful geography teacher."},
        {"role": "user", "content": "What is the capital of France, and which river runs through it?"}]
ex = model.explain(chat, max_new_tokens=8)
ex"""


def button(screen: Screen, name: str) -> Locator:
    return screen.root.get_by_role("button", name=re.compile(name))


@pytest.mark.skipif(missing(SMOLLM2) is not None, reason=str(missing(SMOLLM2)))
def test_a_chat_is_explained_contrasted_checked_and_written_on(page: Page, jupyter: Jupyter) -> None:
    run_notebook(page, jupyter, "lab", "real", LOAD, ASK)
    screen = Screen(page)
    expect(screen.root).to_be_visible()
    # What the template wrote is in the labels of the roles, with what it gave, and opens by a click.
    chips = screen.root.locator(".fold")
    expect(chips).to_have_count(3)
    expect(chips.first).to_contain_text(re.compile(r"▸ template [+−<≈.\d]"))
    assert "<|im_start|>" not in screen.words()
    chips.first.click()
    expect(screen.root.get_by_role("option", name="<|im_start|>", exact=True).first).to_be_visible()
    chips.first.click()
    # The first word is previewed; Paris is asked about.
    paris = screen.root.get_by_role("option", name="Paris", exact=True).first
    paris.click()
    expect(screen.footer).to_contain_text("Explaining Paris")
    expect(screen.root.locator(".aw-why")).to_contain_text("France")
    expect(screen.root.locator(".aw-picker .top li")).to_have_count(3)
    screen.settle()  # a check that takes no time is made unasked
    if (check := button(screen, "Does the model really need")).count():
        check.click()
    expect(screen.root.locator(".aw-why .check")).to_contain_text(
        re.compile(r"\d+ draws.* · the explanation (holds|does not hold)")
    )
    # A word of several tokens is compared whole, and the model writes on from it.
    screen.another.fill("Buenos Aires")
    screen.another.press("Enter")
    expect(screen.footer).to_contain_text("Why Paris and not Buenos Aires")
    expect(screen.footer).to_contain_text("both words whole")
    button(screen, "write on from “Buenos Aires”").click()
    expect(button(screen, "answer before")).to_be_visible()
    assert {"Buenos", "Aires"} <= set(screen.words())
    assert serious_faults(page, screen) == []
    button(screen, "answer before").click()
    expect(paris).to_be_visible()
    expect(button(screen, "answer before")).to_be_hidden()
    # The number beside a word is the one in the list.
    paris.click()
    expect(screen.root.locator(".aw-why .title")).to_have_text("Why Paris")
    screen.settle()
    row = screen.root.locator(".aw-why li").first
    listed = number(row.locator(".num").inner_text().lstrip("+"))
    row.get_by_role("button").hover()
    screen.settle()
    expect(screen.tip).to_have_text(re.compile(r"→ Paris .*\d"))
    assert abs(number(screen.tip.inner_text().rsplit(maxsplit=1)[-1].lstrip("+")) - listed) < 1e-6
    # A word of the question is changed in place: what becomes of the word held, then another answer, and back.
    screen.root.get_by_role("option", name="France", exact=True).first.dblclick()
    panel = screen.root.get_by_role("dialog", name="Change France")
    panel.get_by_role("textbox").fill("Italy")
    expect(panel.get_by_role("listitem").first).to_contain_text(re.compile(r"Paris.*→"))
    expect(panel.get_by_role("status")).to_contain_text(
        re.compile(r"times less likely|times likelier|matters little")
    )
    assert serious_faults(page, screen) == []
    panel.get_by_role("textbox").press("Enter")
    expect(screen.root.locator(".was")).to_have_text("France")
    assert {"Italy", "Rome"} <= set(screen.words())
    button(screen, "undo France → Italy").click()
    expect(paris).to_be_visible()
    # In the head that gave most, the query of the word held and the key of the one pointed at.
    screen.root.locator(".aw-picker .top button").first.click()
    screen.root.get_by_role("option", name="France", exact=True).first.hover()
    pair = screen.root.get_by_role("region", name="Query and key")
    expect(pair).to_contain_text(re.compile(r"France → Paris.*add up to"))
    assert serious_faults(page, screen) == []
