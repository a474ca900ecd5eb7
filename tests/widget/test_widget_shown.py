"""What a notebook gets of the widget: the view, its still picture, and the scores on show."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
from helpers.fake import planted, random_explanation
from helpers.page import Gate
from helpers.waiting import PATIENCE
from helpers.wire import from_page, make
from IPython.core.formatters import DisplayFormatter

from attrwidget import from_scores
from attrwidget.errors import AttrWidgetError
from attrwidget.page import bundle


def test_closing_ends_the_session() -> None:
    widget = make()
    widget.close()
    widget._handle_msg({"content": {"data": {"method": "custom", "content": {"id": "1"}}}, "buffers": []})
    assert widget._session._workers.usual._thread is None
    widget.close()


def test_without_a_bundle_it_says_how_to_build_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(bundle, "_FOLDER", tmp_path)
    with pytest.raises(AttrWidgetError, match="make bundle"):
        make()


def test_the_bundle_of_types_has_the_live_view_and_the_still_one() -> None:
    explanation = random_explanation()
    data, metadata = explanation.widget._repr_mimebundle_()
    view = data["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == explanation.widget.model_id
    assert data["text/plain"] == repr(explanation)
    assert "w6" in data["text/html"]
    assert metadata == {}
    assert explanation.widget._repr_mimebundle_()[0] == data


def test_a_closed_widget_still_shows_the_text() -> None:
    """And the explanation shown anew has a live view again."""
    explanation = from_scores(["The", " capital", " is"], [0.25, 0.5, 0.25], output=" Rome")
    widget = explanation.widget
    widget.close()
    data, metadata = DisplayFormatter().format(widget)
    assert set(data) == {"text/html", "text/plain"}
    assert "capital" in data["text/html"]
    assert data["text/plain"] == repr(explanation)
    assert metadata == {}
    again, _ = explanation._repr_mimebundle_()
    assert again["application/vnd.jupyter.widget-view+json"]["model_id"] == explanation.widget.model_id
    assert explanation.widget is not widget


def test_metadata_for_colab_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    colab = {"application/vnd.jupyter.widget-view+json": {"colab": {"custom_widget_manager": {"url": "u"}}}}
    monkeypatch.setattr("anywidget._util.get_repr_metadata", lambda: colab)
    assert random_explanation().widget._repr_mimebundle_()[1] == colab


def test_scores_that_fail_leave_the_text(caplog: pytest.LogCaptureFixture) -> None:
    explanation = planted()

    def fail(_step: int) -> None:
        raise RuntimeError("no memory")

    explanation.gate = fail
    data, _ = explanation.widget._repr_mimebundle_()
    assert "Paris" in data["text/html"]
    assert "background" not in data["text/html"]
    assert "no memory" in caplog.text


def test_a_display_does_not_wait_long_for_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attrwidget.widget.widget._PATIENCE", 0.05)
    explanation, gate = random_explanation(), Gate()
    explanation.gate = gate
    data, _ = explanation.widget._repr_mimebundle_()
    assert "w6" in data["text/html"]
    assert "background" not in data["text/html"]
    gate.open.release()
    assert explanation.widget.prepare(PATIENCE)
    data, _ = explanation.widget._repr_mimebundle_()
    assert "background" in data["text/html"]
    assert set(explanation.computed) == {("saliency", 0)}


def test_the_scores_on_show_travel_in_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    widget = make(held=[1, 2])
    assert widget.on_show == {}
    widget._repr_mimebundle_()

    def shown() -> Any:
        rows = np.frombuffer(base64.b64decode(widget.on_show["rows"]), "<f4")
        return rows.reshape(len(widget.on_show["steps"]), -1)

    np.testing.assert_array_equal(shown(), widget.reading.planted["saliency"][[1, 2]])
    query = {"method": "saliency", "layer": None, "heads": [], "head_rule": "mean"}
    assert (widget.on_show["query"], widget.on_show["steps"]) == (query, [1, 2])
    shares = np.frombuffer(base64.b64decode(widget.on_show["heads"]["shares"]), "<f4")
    np.testing.assert_allclose(shares, widget.reading.given_by_heads([1, 2]).heads.ravel(), rtol=1e-6)
    assert widget.on_show["heads"]["reading"] == "attention"
    assert from_page(widget, on_show={"rows": ""}) == {}
    widget.method, widget.layer = "attention", 1
    widget._repr_mimebundle_()
    np.testing.assert_allclose(shown(), widget.reading.rows("attention", [1, 2], layer=1))
    kept = widget.on_show
    monkeypatch.setattr("attrwidget.widget.widget._MOST_ON_SHOW", 3)
    widget.held = [0]
    widget._repr_mimebundle_()
    assert widget.on_show == kept
