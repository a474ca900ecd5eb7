"""Small models, and a corpus that several tests read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import attrwidget as aw

if TYPE_CHECKING:
    from attrwidget.corpora.corpus import Corpus

FACTS = (("Japan", "Tokyo"), ("France", "Paris"), ("Italy", "Rome"), ("Germany", "Berlin"))
TEXTS = [
    *(f"The capital of {country} is {capital}." for country, capital in FACTS),
    "People in Japan pay with the yen.",
    "People in France speak French.",
]


@pytest.fixture(scope="session")
def masked() -> Any:
    return aw.load("demo-masked")


@pytest.fixture(scope="session")
def causal() -> Any:
    return aw.load("demo")


@pytest.fixture(scope="session")
def small(masked: Any) -> Corpus:
    """Six texts, read by the bundled masked model at all three layers."""
    return aw.corpus(TEXTS, masked)


@pytest.fixture(scope="session")
def demo(masked: Any) -> Corpus:
    """The bundled corpus with its parts of speech and roles."""
    return aw.corpus("demo", masked)
