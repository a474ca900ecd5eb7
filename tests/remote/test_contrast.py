"""A foil is compared as the model itself compares it, whether the server names it among the likeliest or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import attrwidget as aw

if TYPE_CHECKING:
    from helpers.completions_server import Completions

PROMPT, ANSWER = "The first president of America is", " George Washington."


@pytest.mark.parametrize(
    ("foil", "most"),
    [(" John", 8 + 3), (" Paris", 2 * (8 + 1))],  # mostly among the likeliest, and not
)
def test_a_foil_is_that_of_the_model_itself(
    local: Any, served: Completions, address: str, foil: str, most: int
) -> None:
    ex = aw.connect(address, "demo").explain(PROMPT, output=ANSWER)
    here = local.explain(PROMPT, output=ANSWER)
    asked = len(served.requests)
    row = ex.scores(foil=[foil, None, None], normalize=None).to_numpy()[0]
    assert 0 < len(served.requests) - asked <= most
    wanted = here.scores("leave_one_out_deleted", foil=foil, units="word", normalize=None).to_numpy()
    np.testing.assert_allclose(row, wanted[0], atol=1e-4)
    all_steps = ex.scores(foil=foil, normalize=None)
    np.testing.assert_allclose(all_steps, wanted, atol=1e-4)
    assert all_steps.attrs["target_function"] == "contrast"


def test_a_foil_of_several_tokens_is_compared_whole(local: Any, address: str) -> None:
    ex = aw.connect(address, "demo").explain(PROMPT, output=ANSWER)
    other = local.explain(PROMPT, output=" John Adams")
    wanted = ex.steps["log_probability"][0] - other.steps["log_probability"].sum()
    target = ex.reading.request("leave_one_out", foil=[" John Adams", None, None]).target
    found = ex.reading.remote.changed.unchanged(target.all_steps)
    np.testing.assert_allclose(found, [wanted, 0, 0], atol=1e-4)


def test_masks_of_many_words_take_a_foil(local: Any, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ex = aw.connect(address, "demo").explain(PROMPT, output=ANSWER)
    here = local.explain(PROMPT, output=ANSWER)
    original = here.trace.perturber
    monkeypatch.setattr(here.trace, "perturber", lambda _change, **options: original("delete", **options))
    spans = [(i, i + 1) for i in range(1, ex.reading.first_step)]
    found = ex.scores("span_regression", foil=" John", samples=24)
    wanted = here.scores("span_regression", foil=" John", samples=24, units=spans)
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_the_page_asks_by_the_number_of_a_text(address: str) -> None:
    ex = aw.connect(address, "demo").explain(PROMPT, output=ANSWER)
    contrasts = ex.reading.contrasts
    (text, _, number) = ex.widget.content["steps"]["alternatives"][0][0]
    foil = contrasts.find(0, [number])
    assert foil.text == text
    assert contrasts.find(0, text.strip()) == foil
    assert not contrasts.has_rows("leave_one_out", foil)
    row = contrasts.rows("leave_one_out", foil)
    assert contrasts.has_rows("leave_one_out", foil)
    np.testing.assert_array_equal(row[0], ex.scores(foil=[text, None, None]).to_numpy()[0])
    ex.widget.held, ex.widget.foil = [0], text
    assert ex.widget.foil == foil.as_json()
    assert ex.to_html()


@pytest.mark.parametrize(
    ("foil", "words"),
    [
        ("", "empty text"),
        ([" a"], "1 foils and 3 steps"),
        ([" George", None, None], "nothing to contrast"),
        (3, "token id means nothing"),
    ],
)
def test_bad_foils_are_sentences(address: str, foil: Any, words: str) -> None:
    ex = aw.connect(address, "demo").explain(PROMPT, output=ANSWER)
    with pytest.raises(aw.AttrWidgetError, match=words):
        ex.scores(foil=foil)
    with pytest.raises(aw.AttrWidgetError, match="what the model said there"):
        ex.reading.contrasts.find(0, "George")
