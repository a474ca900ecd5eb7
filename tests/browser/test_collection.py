"""The table of a data set in a real browser: filters, pages, the text that is chosen, and the words of a class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from helpers.datasets import in_this_process
from helpers.notebook import Jupyter, run_notebook
from helpers.screen import serious_faults
from playwright.sync_api import Locator, Page, expect

import attrwidget as aw
from attrwidget.page.bundle import read_bundle

if TYPE_CHECKING:
    from pathlib import Path

    from attrwidget.dataset.widget import CollectionTable

PAGE = """<!doctype html><html lang="en"><title>Host</title><body><main id="here"></main><script type="module">
import widget from "./collection.js";
const handlers = {};
const state = { about: await window.about(), chosen: null };
window.model = {
  get: (name) => state[name],
  set: (name, value) => { state[name] = value; },
  save_changes: () => window.choose(state.chosen),
  on: (event, handler) => { (handlers[event] ??= new Set()).add(handler); },
  off: (event, handler) => handlers[event]?.delete(handler),
  send: async (message) => {
    const answer = await window.ask(message.op, message.args);
    for (const handler of handlers["msg:custom"]) handler({ id: message.id, ...answer });
  },
};
const end = new AbortController();
widget.render({ model: window.model, el: document.getElementById("here"), signal: end.signal });
</script></body></html>"""


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> CollectionTable:
    words = ["good", "bad", "not good", "great", "terrible", "very good", "dull"]
    rows = [
        {"text": f"The film was {word}, in part {k}.", "gold": "POSITIVE" if k % 2 else "NEGATIVE"}
        for k in range(4)
        for word in words
    ]
    rows[1] |= {"text": "", "gold": ""}
    folder = tmp_path_factory.mktemp("data") / "scores"
    with in_this_process():
        found = aw.explain_dataset("demo-sentiment", rows, prompt="text", label="gold", to=folder)
    return found.widget.table  # type: ignore[no-any-return]


@pytest.fixture
def chosen(page: Page, table: CollectionTable, tmp_path: Path) -> list[int]:
    """Show the table in a page that asks this very process; collect what is chosen."""
    found: list[int] = []
    (tmp_path / "collection.js").write_text(read_bundle("collection.js"), encoding="utf-8")
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    page.expose_function("about", lambda: table.about)
    page.expose_function("ask", lambda op, args: {"meta": table.answer(op, args)})
    page.expose_function("choose", lambda text: found.append(text))  # noqa: PLW0108 - playwright takes no builtin
    page.route("http://host/*", lambda route: route.fulfill(path=tmp_path / route.request.url.split("/")[-1]))
    page.goto("http://host/page.html")
    return found


def rows(page: Page) -> Locator:
    return page.get_by_role("table").first.locator("tbody tr")


@pytest.mark.usefixtures("chosen")
def test_filters_and_pages(page: Page, table: CollectionTable) -> None:
    status = page.get_by_role("status")
    expect(status).to_have_text("1–10 of 28 texts")
    expect(page.get_by_role("button", name="Previous")).to_be_disabled()
    page.get_by_role("button", name="Next").click()
    expect(status).to_have_text("11–20 of 28 texts")
    expect(rows(page).first).to_contain_text("The film was great, in part 1.")
    page.get_by_label("Text has").fill("PART 2")
    expect(status).to_have_text("1–7 of 7 texts found")
    page.get_by_label("Text has").fill("")
    page.get_by_label("Word").fill("terrible")
    expect(status).to_have_text("1–4 of 4 texts found")
    expect(page.get_by_role("columnheader", name="Share")).to_be_visible()
    truth = aw.open(table._collection._folder).search("terrible")
    shares = [row.locator("td").last.inner_text() for row in rows(page).all()]
    assert shares == [f"{100 * share:.0f} %" for share in truth["share"]]
    page.get_by_label("Word").fill("absent")
    expect(status).to_have_text("No text is like that: ask for less.")
    page.get_by_label("Word").fill("")
    page.get_by_label("Right or wrong").select_option("wrong")
    about = table._collection.table()
    wrong = about[about["answer"].notna() & (about["answer"] != about["label"])]
    expect(status).to_contain_text(f"of {len(wrong)} texts found")
    expect(rows(page).first).to_contain_text("✗ wrong")
    page.get_by_label("Answer", exact=True).select_option(
        f"NEGATIVE ({(about['answer'] == 'NEGATIVE').sum()})"
    )
    both = wrong[wrong["answer"] == "NEGATIVE"]
    expect(status).to_contain_text(f"of {len(both)} texts found")


def test_a_text_is_chosen_by_keyboard_and_pointer(page: Page, chosen: list[int]) -> None:
    expect(page.get_by_role("status")).to_have_text("1–10 of 28 texts")
    page.get_by_role("button", name="Explain text 2: The film was not good, in part 0.").focus()
    page.keyboard.press("Enter")
    expect(rows(page).nth(2)).to_have_attribute("aria-current", "true")
    rows(page).nth(4).click()
    expect(rows(page).nth(4)).to_have_attribute("aria-current", "true")
    expect(page.locator("[aria-current]")).to_have_count(1)
    expect(rows(page).nth(1)).to_contain_text("The text is empty")
    rows(page).nth(1).click()
    assert chosen == [2, 4]


@pytest.mark.usefixtures("chosen")
def test_words_of_a_class(page: Page, table: CollectionTable) -> None:
    page.get_by_text("Words that matter most").click()
    page.get_by_label("For", exact=True).select_option("NEGATIVE")
    words = page.get_by_role("table").last.locator("tbody tr")
    truth = table._collection.words(by="class")
    truth = truth[truth["class"] == "NEGATIVE"]
    best = truth.loc[truth["share"].abs().idxmax()]
    expect(words.first).to_contain_text(f"{best['word']}{best['count']}{100 * best['share']:.0f} %")


def test_a_click_shows_the_explanation_below_in_jupyterlab(
    page: Page, jupyter: Jupyter, table: CollectionTable
) -> None:
    folder = str(table._collection._folder)
    run_notebook(page, jupyter, "lab", "collection", f"import attrwidget as aw\naw.open({folder!r})")
    row = page.get_by_role("button", name="Explain text 2: The film was not good, in part 0.")
    row.click()
    below = page.locator(".aw").nth(1)
    expect(below.get_by_role("option", name="not")).to_be_visible()
    page.get_by_role("button", name="Explain text 3:").click()
    expect(below.get_by_role("option", name="great")).to_be_visible()
    expect(page.locator(".aw")).to_have_count(2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.usefixtures("chosen")
def test_it_can_be_read(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    expect(page.get_by_role("status")).to_have_text("1–10 of 28 texts")
    page.get_by_text("Words that matter most").click()
    expect(page.get_by_role("table").last.locator("tbody tr").first).to_be_visible()
    assert serious_faults(page) == []
