"""The contexts that a page offers, and what is kept of them."""

from __future__ import annotations

import pytest
from helpers.chats import CHAT, CHATML, SYSTEM, chat_tokenizer
from helpers.tiny import build

import attrwidget as aw
from attrwidget.errors import AttrWidgetError
from attrwidget.page.content import content_of
from attrwidget.widget.queries import read_query


def text(ex: aw.Explanation, start: int, end: int) -> str:
    return "".join(unit.text for unit in ex.tokens.units if start <= unit.start < end)


def test_earlier_messages_of_a_chat() -> None:
    ex = aw.load(build("gpt2"), chat_tokenizer(CHATML)).explain([SYSTEM, *CHAT], max_new_tokens=2)
    system, earlier = ex.reading.contexts.offered
    assert system.title == "system message"
    assert [text(ex, one.first, one.last) for one in system.spans] == ["Be brief."]
    assert earlier.title == "earlier messages"
    assert [text(ex, one.first, one.last) for one in earlier.spans] == ["Who was first?", "George"]


def test_documents_given_with_the_question() -> None:
    ex = aw.load("demo").explain(
        "The capital of France is",
        documents=["The capital of Japan is Tokyo.", "The capital of Italy is Rome."],
        max_new_tokens=2,
    )
    (documents,) = ex.reading.contexts.offered
    assert documents.title == "documents"
    assert len(documents.spans) == 2
    assert "Tokyo" in text(ex, documents.spans[0].start, documents.spans[0].end)
    found = ex.context_reliance("document")
    assert found.context == tuple(at for span in documents.spans for at in range(span.start, span.end))
    assert len(found.answer) == 2


def test_all_but_the_last_sentence_of_a_prompt() -> None:
    model = aw.load("demo")
    (one,) = model.explain("The capital of Japan is Tokyo. The capital of France is").reading.contexts.offered
    ((start, end, *_),) = one.spans
    assert (start, end) == (0, 7) or end in (7, 8)
    assert model.explain("The capital of France is").reading.contexts.offered == []
    assert aw.load("demo-sentiment").explain("A film. It was good.").reading.contexts.offered == []


def test_a_page_is_told_and_answered() -> None:
    ex = aw.load("demo").explain("The capital of Japan is Tokyo. The capital of", output=" France is Paris.")
    (entry,) = content_of(ex.reading)["contexts"]
    assert entry["title"] == "text before the last sentence"
    assert "found" not in entry
    assert "contexts" not in content_of(ex.reading, model=False)
    query = read_query(ex.reading, "context", {"context": 0})
    assert query.cost > 0
    answer = query.answer(lambda *_: None)
    found = ex.context_reliance([(span.start, span.end) for span in ex.reading.contexts.offered[0].spans])
    assert [one["step"] for one in answer.meta["changed"]] == found.changed
    assert answer.meta["count"] == ex.reading.n_steps
    for one in answer.meta["changed"]:
        assert one["p"] == pytest.approx(found.answer.loc[one["step"], "probability"], rel=1e-3)
        assert one["without"] == pytest.approx(found.answer.loc[one["step"], "without"], rel=1e-3)
        shares = [share for _, _, share in one["cues"]]
        assert shares == sorted(shares, reverse=True)
        start, end, share = one["cues"][0]
        columns = [found.context.index(at) for at in range(start, end)]
        assert share == pytest.approx(found.shares.loc[one["step"]].to_numpy()[columns].sum(), rel=1e-3)
    assert content_of(ex.reading, model=False)["contexts"][0]["found"] == answer.meta
    assert read_query(ex.reading, "context", {"context": 0}).cost == 0


def test_another_context_is_refused() -> None:
    ex = aw.load("demo").explain("The capital of Japan is Tokyo. The capital of France is")
    with pytest.raises(AttrWidgetError, match="There is no context 1: this text has 1"):
        read_query(ex.reading, "context", {"context": 1})
