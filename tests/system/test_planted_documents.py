"""Of ten documents, of which others repeat the answer's words, each sentence rests on the one that answers it."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import pytest
from planted.documents import explained, precision
from planted.tasks import LOOKUP
from planted.train import WEIGHTS, accuracy, trained


@cache
def cases() -> Any:
    return explained(16)


def test_the_model_never_errs() -> None:
    rng = random.Random(2)  # noqa: S311
    examples = [LOOKUP.make(rng) for _ in range(500)]
    assert accuracy(trained(LOOKUP.name), examples) == 1
    assert (WEIGHTS / f"{LOOKUP.name}.safetensors").stat().st_size < 200_000
    for one in examples:
        words = {tuple(one.prompt[i] for i in document)[2:4] for document in one.documents}
        assert len(words) < len(one.documents), "no other document has the words of an answer"


@pytest.mark.parametrize("method", ["leave_one_out", "span_regression"])
def test_each_sentence_rests_on_the_document_that_answers(method: str) -> None:
    assert precision(cases(), method, **({"refine": "sentence"} if method == "leave_one_out" else {})) >= 0.98


def test_a_random_document_would_fail() -> None:
    assert precision(cases()[:8], "leave_one_out", target_function="entropy") < 0.98
