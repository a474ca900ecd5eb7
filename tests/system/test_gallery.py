"""What the page of findings says of SmolLM2 is what comes out when its lines are run."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.pages import blocks, run
from helpers.real import SMOLLM2, missing, read_once

PAGE = "docs/gallery.md"


def answer(explanation: Any) -> str:
    units, first = explanation.tokens.units, explanation.reading.first_step
    return "".join(unit.text for unit in units if unit.start >= first).removesuffix("<|im_end|>")


@pytest.mark.slow
@pytest.mark.skipif(missing(SMOLLM2) is not None, reason=str(missing(SMOLLM2)))
def test_the_findings(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    with read_once():
        for block in blocks(PAGE):
            run(PAGE, block, names)
    cat, review, paris = names["cat"], names["review"], names["paris"]
    assert answer(cat) == "Your cat is called Tom."
    needed = cat.scores("leave_one_out").loc["Tom"].dropna().sort_values()
    assert needed.index[-1] == "Tom"
    assert needed.iloc[-1] == pytest.approx(7, abs=0.3)
    assert needed.iloc[-2] < 3
    alone, looked_at = cat.check(4, "leave_one_out", k=1), cat.check(4, "attention", k=2)
    assert alone.holds
    assert alone.without < 0.002
    assert alone.others[0] > 0.05
    assert not looked_at.holds
    assert "The explanation does not hold" in capsys.readouterr().out
    assert "Rex" in answer(names["renamed"])
    assert "Your dog is Rex" in answer(names["asked_about"])

    attention = cat.attention().loc["Tom"].dropna()
    assert attention.idxmax() == "<|im_start|>"
    assert attention.iloc[0] == pytest.approx(0.41, abs=0.01)
    leading = list(cat.logit_lens()[4]["token"])
    assert leading.index(" Tom") == len(leading) - 1 == 29

    assert answer(review).startswith("The review is positive")
    assert (names["why"].index[-1], names["why"].index[0]) == ("positive", "not")
    assert [word for word, _ in review.steps.loc[3, "top"][:2]] == [" positive", " negative"]
    contrast = review.scores("leave_one_out", foil=" negative").loc["positive"].dropna()
    assert contrast.idxmax() == "positive"

    assert answer(paris).startswith("The capital of France is Paris")
    assert list(paris.steps["token"])[5] == "Paris"
    assert "Lux Monde" in answer(paris)
    first, needed = paris.reading.first_step, paris.scores("leave_one_out").iloc[5]
    assert (needed.argmax(), needed.index[needed.argmax()]) == (first + 1, "capital")
    assert needed.filter(like="France").max() < 0.1
    alone = paris.check(5, "leave_one_out", k=1)
    assert alone.holds
    assert (alone.probability, alone.without) == (
        pytest.approx(0.97, abs=0.01),
        pytest.approx(0.58, abs=0.02),
    )
    assert answer(names["germany"]).startswith("The capital of Germany is Berlin")
