"""Words are changed through a server: what the model itself says of the changed text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import attrwidget as aw

if TYPE_CHECKING:
    from helpers.completions_server import Completions

PROMPT, ANSWER = "The first president of America is", " George Washington."
CHANGES = [{"America": "Japan"}, {1: None}, {"George": "John"}, {(1, 3): " great king"}, {7: None, 4: "Peru"}]


def steps_of(ex: Any) -> Any:
    """Return the steps without an end of text, which a server does not show."""
    steps = ex.steps
    return steps[~steps["token"].str.contains("endoftext")]


@pytest.fixture
def both(local: Any, address: str) -> tuple[aw.RemoteExplanation, aw.Explanation]:
    return aw.connect(address, "demo").explain(PROMPT, output=ANSWER), local.explain(PROMPT, output=ANSWER)


@pytest.mark.parametrize("changes", CHANGES)
def test_an_edit_is_that_of_the_model_itself(both: Any, changes: Any) -> None:
    ex, here = (one.edit(changes) for one in both)
    assert list(steps_of(ex)["token"]) == list(steps_of(here)["token"])
    np.testing.assert_allclose(steps_of(ex)["probability"], steps_of(here)["probability"], atol=1e-5)
    assert ex.reading.edits == here.reading.edits
    assert ex.reading.before is both[0].reading


def test_what_becomes_of_a_step_is_what_the_model_itself_says(both: Any) -> None:
    tried = []
    for ex in both:
        words = ex.reading.changed_words
        tried.append(words.tried(0, words.find({"America": "Japan"})))
    found, wanted = tried
    assert [text for text, *_ in found.words] == [text for text, *_ in wanted.words]
    np.testing.assert_allclose(
        [both for _, *both in found.words], [both for _, *both in wanted.words], atol=1e-5
    )
    assert found.nats == pytest.approx(wanted.nats, abs=1e-4)


def test_likely_words_cost_nothing(both: Any, served: Completions) -> None:
    ex, here = both
    asked = len(served.requests)
    assert ex.reading.changed_words.likely("America") == here.reading.changed_words.likely("America")
    assert len(served.requests) == asked


@pytest.mark.parametrize(("step", "count"), [(0, 0), (1, 0), (0, 3)])
def test_another_answer_is_read_as_the_model_itself_reads_it(both: Any, step: int, count: int) -> None:
    ex, here = (one.instead(" John", step=step, max_new_tokens=count) for one in both)
    assert list(steps_of(ex)["token"]) == list(steps_of(here)["token"])
    np.testing.assert_allclose(steps_of(ex)["probability"], steps_of(here)["probability"], atol=1e-5)


def test_the_model_writes_on_after_a_foil(both: Any) -> None:
    ex, here = both
    foil, own = ex.reading.contrasts.find(0, " John"), here.reading.contrasts.find(0, " John")
    on, there = ex.reading.continued(0, foil.ids), here.reading.continued(0, own.ids)
    assert list(on.steps["token"]) == [token for token in there.steps["token"] if "endoftext" not in token]
    assert on.before is ex.reading


def test_sentences_rest_on_units_as_for_the_model_itself(local: Any, address: str) -> None:
    prompt = "[1] The capital of Japan is Tokyo.\n[2] The capital of Peru is Lima.\nThe capital of Japan is"
    ex = aw.connect(address, "demo").explain(prompt, output=" Tokyo.")
    here = local.explain(prompt, output=" Tokyo.")
    for units in ("document", "sentence"):
        found = ex.by_unit(units, normalize=None)
        wanted = here.by_unit(units, "leave_one_out_deleted", normalize=None)
        np.testing.assert_allclose(found, wanted, atol=1e-4)
        assert list(found.columns) == list(wanted.columns)
    found = ex.by_unit("document", "span_regression", normalize=None)
    wanted = here.by_unit("document", "span_regression", normalize=None)
    np.testing.assert_allclose(found, wanted, atol=1e-4)
    np.testing.assert_allclose(
        ex.reading.rests.falls(), here.by_unit("document", "leave_one_out_deleted", normalize=None), atol=1e-4
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "given by word or position"),
        ({99: "a"}, "99"),
        ({(1, 3): "a", 2: "b"}, "changed twice"),
        ({(5, 7): "a"}, "not of one part"),
        ({(0, 6): None}, "Nothing would be left"),
        ({1: 3}, "a text or None, not into 3"),
    ],
)
def test_bad_changes_cost_nothing(both: Any, served: Completions, changes: Any, words: str) -> None:
    asked = len(served.requests)
    with pytest.raises(aw.AttrWidgetError, match=words):
        both[0].edit(changes)
    assert len(served.requests) == asked
