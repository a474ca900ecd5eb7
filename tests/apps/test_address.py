"""What is shown, in the address, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

import pytest
from helpers.waiting import join

import attrwidget as aw
from attrwidget.apps.address import asked, written
from attrwidget.apps.comparer import Comparer
from attrwidget.apps.explorer import Explorer
from attrwidget.apps.served import Served
from attrwidget.apps.workbench import WARM_UP, Workbench

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

JAPAN = "The capital of Japan is"


@pytest.fixture(autouse=True)
def _warmed_up() -> Iterator[None]:
    """Let no model be loaded in another thread when the next test loads one: Transformers loads one at a time."""
    yield
    join(WARM_UP)


def opened(app: Callable[..., Workbench], monkeypatch: pytest.MonkeyPatch, query: str) -> Workbench:
    monkeypatch.setenv("QUERY_STRING", query)
    found = app(values=asked())
    join("(_work)")
    return found


def test_an_explanation_comes_back_from_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    first = opened(Explorer, monkeypatch, "theme=dark")
    assert first.shown is None
    assert first.address.value == ""
    first.form.prompt.value, first.form.count.value = f"{JAPAN} & 東京 =", 3
    first.start()
    join("(_work)")
    assert first.shown is not None
    first.shown.widget.held = [1, 2]
    first.shown.widget.method = "attention"
    query = first.address.value
    said = {"model": "demo", "text": f"{JAPAN} & 東京 =", "tokens": "3", "held": "1,2", "method": "attention"}
    assert dict(parse_qsl(query)) == said
    again = opened(Explorer, monkeypatch, query)
    assert again.message.value == ""
    assert again.shown is not None
    assert (again.shown.widget.held, again.shown.widget.method) == ([1, 2], "attention")
    assert again.address.value == query
    # What is asked next is not opened with what the address said.
    again.form.prompt.value = JAPAN
    again.start()
    join("(_work)")
    assert "held" not in again.address.value


def test_a_comparison_comes_back_from_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    query = "model=demo&beside=demo-sentiment&text=I+liked+it.&tokens=2&second=attention"
    comparer = opened(Comparer, monkeypatch, query)
    assert comparer.message.value == ""
    assert comparer.shown is not None
    assert comparer.shown.widget.options["second"] == "attention"
    one = aw.load("demo").explain("I liked it.", max_new_tokens=2)
    other = aw.load("demo-sentiment").explain("I liked it.")
    assert comparer.shown.numbers().equals(aw.compare(one, other).numbers())  # type: ignore[attr-defined]
    assert dict(parse_qsl(comparer.address.value)) == dict(parse_qsl(query))


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("model=/etc&text=Hi", "The model '/etc' is not offered here: choose one from the list."),
        ("model=%3Cb%3E", "The model '<b>' is not offered here: choose one from the list."),
        ("text=Hi&tokens=many", "The address says tokens='many', which is no whole number."),
        (f"text=Hi&tokens={'9' * 5000}", "which is no whole number."),
        (f"text={quote(JAPAN)}&held=first", "The address says held='first', which is no whole number."),
        (f"text={quote(JAPAN)}&held=99", "99"),
        (f"text={quote(JAPAN)}&method=magic", "magic"),
        (f"text={quote(JAPAN)}&view=magic", "magic"),
        (f"text={quote(JAPAN)}&second=magic", "magic"),
        ("text=+", "There is no text"),
    ],
)
def test_what_an_address_cannot_ask_for_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, query: str, says: str
) -> None:
    explorer = opened(Explorer, monkeypatch, query)
    assert says in explorer.message.value
    assert explorer.form.generate.disabled is False


def test_an_address_names_a_model_of_the_hub_only_where_visitors_may() -> None:
    values = {"model": "a/b"}
    assert Explorer(values=values).form.source.value == "demo"
    assert Explorer(values=values, allowed=Served(allow_hub=True)).form.choices[0].model() == "a/b"


def test_a_text_too_long_for_an_address_leaves_it_empty() -> None:
    assert written({"text": "東" * 600})
    assert written({"text": "東" * 1000}) == ""
