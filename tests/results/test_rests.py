"""What the page is told of documents and tools: their places, what each sentence loses, and the other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers.exported import export
from helpers.tiny import build, byte_tokenizer

import attrwidget as aw
from attrwidget.page.content import content_of
from attrwidget.widget.queries import read_query

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENTS = ["Ottawa is cold.", "Lima is dry."]
TOOLS = [{"name": name} for name in ("get_weather", "get_time", "send_mail")]


@pytest.fixture(scope="module")
def model() -> Any:
    return aw.load(build("llama"), byte_tokenizer())


def test_the_page_asks_for_what_each_sentence_loses(model: Any) -> None:
    ex = model.explain("Which is it?", documents=DOCUMENTS, output=" It is Ottawa. It is cold.")
    entry = content_of(ex.reading)["rests"]
    labels = ex.tokens
    assert [title for title, *_ in entry["units"]] == ["[1] Ottawa is cold.", "[2] Lima is dry."]
    for _, start, end in entry["units"]:
        assert model.tokenizer.decode(labels.ids[start:end]).startswith("[")
    texts = [model.tokenizer.decode(labels.ids[start:end]).strip() for start, end in entry["sentences"]]
    assert texts == ["It is Ottawa.", "It is cold."]
    answer = read_query(ex.reading, "rests", {}).answer(lambda _done, _total: None)
    assert answer.meta == {"rows": 2, "cols": 2}
    falls = np.frombuffer(answer.buffer, np.float32).reshape(2, 2)
    np.testing.assert_allclose(falls, ex.by_unit("document", normalize=None).to_numpy(), rtol=1e-5)


def test_an_exported_page_carries_it(model: Any, tmp_path: Path) -> None:
    ex = model.explain("Which is it?", documents=DOCUMENTS, output=" Ottawa.")
    _, data = export(ex, tmp_path / "page.html", methods=["saliency"])
    np.testing.assert_allclose(
        data["content"]["rests"]["falls"], ex.by_unit(normalize=None).to_numpy(), rtol=1e-3
    )


def test_nothing_is_told_where_there_is_nothing_to_compare(model: Any) -> None:
    for ex in (
        model.explain("Which?", output=" It."),
        model.explain("Which?", documents=["One."], output=" It."),
    ):
        assert "rests" not in content_of(ex.reading)
        with pytest.raises(aw.AttrWidgetError, match="no documents or tools"):
            read_query(ex.reading, "rests", {})
    classes = aw.load("demo-sentiment").explain("A good film .")
    assert "rests" not in content_of(classes.reading)


def test_the_other_tools_begin_where_the_names_part(model: Any) -> None:
    ex = model.explain("How warm?", tools=TOOLS, output='{"name": "get_weather"}')
    others = content_of(ex.reading)["rests"]["tools"]
    assert [(called, name) for called, name, *_ in others] == [
        ("get_weather", "get_time"),
        ("get_weather", "send_mail"),
    ]
    outputs = ex.trace.outputs
    for _, name, step, text in others:
        kept = model.tokenizer.decode(outputs[:step])
        assert (kept + text).endswith(f'{{"name": "{name}')
        assert not model.tokenizer.decode(outputs[step : step + 1]).startswith(text)
        foil = read_query(ex.reading, "foil", {"step": step, "text": text}).answer(lambda _done, _total: None)
        assert model.tokenizer.decode(foil.meta["ids"]) == text
