"""Classes, labels and spans in the widget's content, its answers, saved files, tables and exported pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from helpers.encoders import build, word_tokenizer
from helpers.exported import decoded_attention, decoded_scores, export
from helpers.page import SELECTION, Page

import attrwidget as aw
from attrwidget.page.content import content_of

if TYPE_CHECKING:
    from pathlib import Path

MOODS = {0: "negative", 1: "neutral", 2: "positive"}
TEXTS: dict[str, tuple[str, ...]] = {
    "ForSequenceClassification": ("the film was not good",),
    "ForMaskedLM": ("the [MASK] of france is [MASK] .",),
    "ForTokenClassification": ("john lives in paris",),
    "ForQuestionAnswering": ("who lives in paris ?", "anna lives in paris ."),
    "": ("john lives in paris",),
}


@pytest.fixture(scope="module", params=TEXTS)
def explanation(request: Any) -> Any:
    head = request.param
    changes = {"num_labels": 3, "id2label": MOODS} if "Classification" in head else {}
    return aw.load(build("bert", head, **changes), word_tokenizer()).explain(*TEXTS[head])


def test_content_tells_inputs_from_what_is_said(explanation: Any) -> None:
    content = content_of(explanation.reading)
    first, count = content["steps"]["first"], content["steps"]["count"]
    assert content["inputs"] == first == explanation.reading.n_inputs
    assert content["tokens"]["count"] == first + count
    assert len(content["tokens"]["text"]) == len(content["tokens"]["start"])
    assert content["sections"][-1]["start"] == first
    assert ("step_noun" in content["steps"]) == (explanation.reading.step_noun[0] != "token")
    known = explanation.steps["probability"].notna()
    assert [p is not None for p in content["steps"]["probability"]] == list(known)
    assert explanation.widget.held == []
    assert all(0 <= step < count for step in content["steps"]["suggested"])


def test_the_page_is_answered_with_all_inputs(explanation: Any) -> None:
    page, steps = Page(explanation), list(range(explanation.reading.n_steps))
    for info in explanation.methods()[:3]:
        selection = {**SELECTION, "method": info.name}
        meta, buffer = page.ask("scores", {**selection, "steps": steps}, f"scores {info.name}")
        shown = np.frombuffer(buffer, "<f4").reshape(meta["rows"], meta["cols"])
        np.testing.assert_array_equal(shown, explanation.reading.rows(info.name, steps))
        assert shown.shape == (explanation.reading.n_steps, explanation.reading.n_inputs)
        assert np.isfinite(shown).all()


def test_what_is_saved_is_opened_again(explanation: Any, tmp_path: Path) -> None:
    back = aw.open(explanation.save(tmp_path / "why.attrwidget"))
    assert (back.reading.n_inputs, back.reading.n_steps) == (
        explanation.reading.n_inputs,
        explanation.reading.n_steps,
    )
    assert (back.reading.answer_text, back.reading.step_noun) == (
        explanation.reading.answer_text,
        explanation.reading.step_noun,
    )
    for info in back.methods():
        again, ours = back.scores(info.name), explanation.scores(info.name)
        assert (list(again.index), list(again.columns)) == (list(ours.index), list(ours.columns))
        np.testing.assert_allclose(again, ours, rtol=1e-6, atol=1e-7)
    assert back.attention(1, 2).equals(explanation.attention(1, 2))
    assert content_of(back.reading)["steps"] == content_of(explanation.reading)["steps"] | {
        "alternatives": content_of(back.reading)["steps"]["alternatives"]
    }
    assert str(back) == str(explanation)


def test_an_exported_page_carries_all_inputs(explanation: Any, tmp_path: Path) -> None:
    _, data = export(explanation, tmp_path / "why.html")
    for name in data["scores"]:
        np.testing.assert_array_equal(
            decoded_scores(data, name), explanation.reading.rows(name, range(explanation.reading.n_steps))
        )
    weights = decoded_attention(data)
    for layer in range(explanation.reading.n_layers):
        expected = explanation.attention(layer, 1).to_numpy()
        np.testing.assert_allclose(weights[:, layer, 1], expected, rtol=0, atol=1e-4)


def test_tables_name_what_is_said(explanation: Any) -> None:
    name = explanation.methods()[0].name
    frame = explanation.to_pandas([name])
    assert set(frame["token"]) == set(explanation.steps["token"])
    assert len(frame) == explanation.reading.n_steps * explanation.reading.n_inputs
    for label in explanation.steps["token"]:
        assert label[:8] in str(explanation)
