"""What the how-to pages on documents, thoughts and tools say of SmolLM2 is what comes out when their lines are run."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.pages import blocks, run
from helpers.real import SMOLLM2, missing

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(missing(SMOLLM2) is not None, reason=str(missing(SMOLLM2))),
]


def read(page: str) -> dict[str, Any]:
    """Run a page and return its names."""
    names: dict[str, Any] = {}
    for block in blocks(page):
        run(page, block, names)
    return names


def answer(explanation: Any) -> str:
    units, first = explanation.tokens.units, explanation.reading.first_step
    return "".join(unit.text for unit in units if unit.start >= first).removesuffix("<|im_end|>")


def test_documents() -> None:
    names = read("docs/retrieval.md")
    ex, rests = names["ex"], names["rests"]
    assert answer(ex) == "The Humber Bridge opened on January 22, 1966, in the year 1966."
    assert list(rests.iloc[0].round(2)[:2]) == pytest.approx([0.58, 0.19], abs=0.01)
    refined = names["refined"].iloc[0]
    first = refined[[title for title in refined.index if str(title[0]).startswith("[1]")]]
    assert first.iloc[0] > 20 * first.iloc[1]
    assert names["by_saliency"].iloc[0].argmax() == 0
    assert answer(names["sunday"]) == "The library opens at nine o'clock on Sundays."
    assert list(names["of_sunday"].iloc[0]) == pytest.approx([0.8, 0.2, 0.0], abs=0.02)
    assert any("does not write documents" in sentence for sentence in ex.warnings)


def test_thoughts() -> None:
    names = read("docs/thinking.md")
    wrong, needed, named = names["wrong"], names["needed"], names["named"]
    assert wrong.steps["token"].iloc[named].strip() == "Max"
    assert wrong.steps["probability"].iloc[named] == pytest.approx(0.48, abs=0.01)
    ordered = needed.sort_values(ascending=False)
    assert ordered.index[0].strip() == "Max"
    assert ordered.iloc[0] == pytest.approx(4.65, abs=0.06)
    assert ordered.iloc[1] < ordered.iloc[0] / 3
    assert names["direct"].idxmax().strip() == "Max"
    assert names["passed"].idxmax().strip() == "Rex"


def test_tools() -> None:
    names = read("docs/tool-calls.md")
    call, at = names["call"], names["at"]
    assert list(names["rests"].iloc[0]) == pytest.approx([0.98, 0.0, 0.02], abs=0.005)
    assert list(names["nats"].iloc[0])[:2] == pytest.approx([7.42, -0.74], abs=0.03)
    assert [word.strip() for word, _ in call.steps["top"].iloc[at][:2]] == ["get", "send"]
