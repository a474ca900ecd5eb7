"""Documents stand before a question as the model itself would have them, and what an answer rests on is the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers.chat_server import serving
from helpers.completions_server import Completions

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENTS = ["The capital of Japan is Kyoto.", {"title": "Kenya", "text": "The capital of Kenya is Nairobi."}]
QUESTION = "The capital of Japan is"
ANSWER = " Kyoto"


@pytest.fixture(scope="module")
def asked(local: Any) -> Iterator[aw.RemoteExplanation]:
    with serving(Completions(local)) as address:
        yield aw.connect(address, "demo").explain(QUESTION, documents=DOCUMENTS, output=ANSWER)


def test_an_answer_rests_on_documents_as_it_does_for_the_model_itself(
    local: Any, asked: aw.RemoteExplanation
) -> None:
    here = local.explain(QUESTION, documents=DOCUMENTS, output=ANSWER)
    assert asked.tokens.labels == here.tokens.labels
    assert asked.reading.remote.context_spans == here.trace.context_spans
    (warning,) = asked.warnings
    assert warning.endswith(here.warnings[-1].split("so they ")[1])
    for options in ({}, {"refine": "sentence"}):
        found = asked.by_unit("document", normalize=None, **options)
        wanted = here.by_unit("document", "leave_one_out_deleted", normalize=None, **options)
        np.testing.assert_allclose(found, wanted, atol=1e-4)
        assert list(found.columns) == list(wanted.columns)
        assert abs(wanted.to_numpy()).max() > 0.01
    found = asked.by_unit("document", "span_regression", normalize=None)
    np.testing.assert_allclose(found, here.by_unit("document", "span_regression", normalize=None), atol=1e-4)
    rests = asked.reading.rests
    np.testing.assert_allclose(rests.falls(), asked.by_unit("document", normalize=None))
    assert [unit.title for unit in rests.units] == ["[1] The capital of Japan is Kyoto.", "[2] Kenya"]


def test_a_changed_document_stays_known(asked: aw.RemoteExplanation) -> None:
    trace = asked.reading.remote
    first = trace.context_spans["document"][0]
    edited = asked.edit({(first.start, first.start + 3): "A"}).reading.remote
    spans = edited.context_spans["document"]
    texts = [edited.text(one.start, one.end) for one in spans]
    assert texts == ["A The capital of Japan is Kyoto.", "[2] Kenya\nThe capital of Kenya is Nairobi."]


def test_messages_have_them_in_the_users_last_one(served: Completions, address: str) -> None:
    model = aw.connect(address, "demo", tokenizer=lambda chat: "".join(f"{m['content']}\n" for m in chat))
    ex = model.explain([{"role": "user", "content": QUESTION}], documents=DOCUMENTS, output=ANSWER)
    asked = f"[1] {DOCUMENTS[0]}\n\n[2] Kenya\nThe capital of Kenya is Nairobi.\n\n{QUESTION}\n"
    assert served.requests[0]["prompt"].startswith(asked)
    assert list(ex.by_unit("document").columns) == ["[1] The capital of Japan is Kyoto.", "[2] Kenya"]
    with pytest.raises(aw.AttrWidgetError, match="documents= is a list of texts"):
        model.explain(QUESTION, documents="Kyoto")
    with pytest.raises(aw.AttrWidgetError, match="no message of a user"):
        model.explain([{"role": "system", "content": "Hi"}], documents=DOCUMENTS)
