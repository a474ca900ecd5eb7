"""What the how-to pages say of SmolLM2 is what comes out when their lines are run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from helpers.pages import blocks, run
from helpers.real import SMOLLM2, missing, read_once

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(missing(SMOLLM2) is not None, reason=str(missing(SMOLLM2))),
]


@pytest.fixture(autouse=True, scope="module")
def _loaded_once() -> Iterator[None]:
    """Each page loads the same files: they are read once."""
    with read_once():
        yield


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


def test_context() -> None:
    names = read("docs/context-reliance.md")
    ex, found, dog = names["ex"], names["found"], names["dog"]
    assert answer(ex) == "The library opens at nine o'clock on Sundays."
    (step,) = found.changed
    row = found.answer.loc[step]
    assert row["token"].strip() == "nine"
    assert [row["probability"], row["without"]] == pytest.approx([0.77, 0.001], abs=0.006)
    rest = found.words.loc[step].sort_values(ascending=False)
    assert [word.strip() for word in rest.index[:3]] == ["nine", "noon", "Sundays"]
    assert list(rest.iloc[:3]) == pytest.approx([0.11, 0.10, 0.04], abs=0.006)
    name = next(at for at in dog.answer.index if dog.answer.loc[at, "word"] == "Rex")
    assert name in dog.changed
    assert dog.answer.loc[name, "without"] < 0.1 * dog.answer.loc[name, "probability"]
    assert dog.words.loc[name].idxmax() == "Rex"
    assert "“Rex”" in str(dog)
