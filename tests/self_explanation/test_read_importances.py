"""Importances are read from every shape that models write, and what cannot be read is missing, never made up."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrwidget.self_explanation.read_importances import read_importances
from attrwidget.self_explanation.units import units_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXT = "The film was not good, it was (very) bad."
UNITS = units_of(TEXT)
WORDS = [text.strip() for text in UNITS.texts]
N = None


def read(answer: str, **options: bool) -> list[float | None]:
    values = read_importances(answer, UNITS, **options).values
    return [None if math.isnan(value) else round(value, 6) for value in values]


def rest(*first: float | None) -> list[float | None]:
    return [*first, *[None] * (len(UNITS) - len(first))]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ('[(1, "The", 0.0), (2, "film", .1), (3, "was", −0.9)]', rest(0, 0.1, -0.9)),
        ("(1, 0.0), (2, +.1)", rest(0, 0.1)),
        ('[["The", 0.0], ["film", 0.1], ["was", 0', rest(0, 0.1)),
        (
            '{"The": 0.0, "film": 0.2, "was": 0.1, "not": "0.4", "was": 0.7}',
            rest(0, 0.2, 0.1, 0.4, N, N, 0.7),
        ),
        ("{'The': 0.1, 'film': 0.2}", rest(0.1, 0.2)),
        ('[{"token": "The", "importance": 0.5}, {"token": "film", "importance": 0.1}, {"to', rest(0.5, 0.1)),
        ('{"words": [{"index": 3, "word": "was", "score": 0.3}]}', rest(N, N, 0.3)),
        ("- The: 0.5\n- film: 10%\n* was = .2\n", rest(0.5, 0.1, 0.2)),
        ("1. The: 0.5\n2. film - 0.1\n3. was -> −0.2", rest(0.5, 0.1, -0.2)),
        ("| 1 | The | 0.5 |\n|---|---|---|\n| 2 | film | 0.1 |", rest(0.5, 0.1)),
        ("1. **The** (0.5)\n2. **film** (0.4)", rest(0.5, 0.4)),
        ("```python\n[(“The”, .5), (‘film’, +.5)]\n```", rest(0.5, 0.5)),
        ('[("The", 0.1), ("film", 0.2), ("was", 0.3), ("not good", 0.8)]', rest(0.1, 0.2, 0.3, 0.4, 0.4)),
        ('[(0, "The", 0.1), (1, "film", 0.2), (2, "was", 0.3)]', rest(0.1, 0.2, 0.3)),
        ("1: 0.5\n2: 0.7", rest(0.5, 0.7)),
        ('{"1": 0.5, "2": 0.7}', rest(0.5, 0.7)),
        ('("bad", 0.9), ("ĠThe", 0.1)', [0.1, *[N] * 7, 0.9]),
        ('("(", 0.2), ("(very)", 0.3), (",", 0.4), ("bad", 0.5)', [*[N] * 7, 0.3, 0.5]),
        ('("The", nan), ("film", null), ("was", 0.5)', rest(N, N, 0.5)),
        ('("The", 1e400), ("film", 0.5)', rest(N, 0.5)),
        ('("The", 0,5), ("film", 0.5)', rest(N, 0.5)),
        ('("The", 7), ("film", 0.5)', rest(1, 0.5)),
        ('("The", 9), ("film", 5), ("was", -10)', rest(0.9, 0.5, -1)),
        ("<think>(1, 0.9)</think>(1, 0.2)", rest(0.2)),
        ('(7, "elephant", 0.9), (8, "giraffe", 0.9)', rest()),
        ("I cannot do that. It is 5 of 10, or 0.5.", rest()),
        ("", rest()),
    ],
)
def test_shapes(answer: str, found: list[float | None]) -> None:
    assert read(answer) == found


def test_what_names_no_unit_is_counted_and_what_was_done_is_noted() -> None:
    found = read_importances('[("The", 0.5), ("dragon", 0.9), ("film", 3)]', UNITS)
    assert found.strangers == 1
    assert found.coverage == 2 / 9
    assert [note.split(" ", 4)[:4] for note in found.notes] == [
        ["A", "number", "beyond", "1"],
        ["1", "of", "3", "entries"],
    ]


def test_half_a_number_at_the_end_is_no_number() -> None:
    whole = "The: 0.25\nfilm: 0.75"
    assert read(whole, finished=True) == rest(0.25, 0.75)
    assert read(whole[:-1], finished=False) == rest(0.25)


SHAPES: dict[str, Callable[[list[tuple[int, str, float]]], str]] = {
    "tuples": str,
    "words": lambda rows: str([row[1:] for row in rows]),
    "numbers": lambda rows: ", ".join(f"({n}, {value})" for n, _, value in rows),
    "lists": lambda rows: json.dumps([list(row) for row in rows]),
    "objects": lambda rows: json.dumps([{"index": n, "token": w, "importance": v} for n, w, v in rows]),
    "pairs": lambda rows: "{" + ", ".join(f"{json.dumps(w)}: {v}" for _, w, v in rows) + "}",
    "lines": lambda rows: "\n".join(f"{n}. {w}: {v}" for n, w, v in rows),
    "table": lambda rows: "\n".join(f"| {n} | {w} | {v} |" for n, w, v in rows),
}
VALUES = st.lists(
    st.integers(-1000, 1000).map(lambda thousandths: thousandths / 1000),
    min_size=len(UNITS),
    max_size=len(UNITS),
)


@pytest.mark.parametrize("shape", SHAPES)
@given(values=VALUES, cut=st.integers(0, 10_000))
def test_every_number_comes_back_and_one_cut_off_is_missing(
    shape: str, values: list[float], cut: int
) -> None:
    written = SHAPES[shape](
        [(i, word, value) for i, (word, value) in enumerate(zip(WORDS, values, strict=True), 1)]
    )
    assert read(written) == pytest.approx(values)
    for known, value in zip(read(written[: cut % len(written)], finished=False), values, strict=True):
        assert known is None or known == pytest.approx(value)


@given(
    answer=st.one_of(
        st.text(max_size=300),
        st.text(alphabet="()[]{}\"':,.|-=\n\\ 0123456789eEnaNThefilm%", max_size=300),
        st.lists(
            st.sampled_from([*WORDS, '("', '", ', ")", ": ", "\n", "0.5", "7", "nan", "{", "}", "```"])
        ).map("".join),
    )
)
def test_a_fuzz_of_answers_is_read_or_refused_with_a_sentence(answer: str) -> None:
    found = read_importances(answer, UNITS)
    assert len(found.values) == len(UNITS)
    assert all(math.isnan(value) or -1 <= value <= 1 for value in found.values)
    if found.coverage == 0:
        assert found.notes[0].endswith("in the answer.")


def test_nothing_is_evaluated(tmp_path: Path) -> None:
    target = tmp_path / "made"
    for payload in (f"__import__('pathlib').Path({str(target)!r}).touch()", f"open({str(target)!r}, 'w')"):
        read_importances(f"[({payload}, 0.5)]", UNITS)
        read_importances(f'[(1, "The", {payload})]', UNITS)
    assert not target.exists()


@pytest.mark.parametrize(
    "piece", ["(", '"', "{", "[", "'", "\n", "1", '("a",', '"a": ', "(1,", "<think>", " |", "a: ("]
)
def test_a_long_answer_is_read_in_time(piece: str) -> None:
    import time

    begun = time.process_time()
    read_importances(piece * (40_000 // len(piece)), UNITS)
    assert time.process_time() - begun < 3
