"""The annotated sentences that come with the package."""

from __future__ import annotations

from pathlib import Path

BUNDLED_CORPORA = ("demo",)


def bundled_corpus(name: str) -> Path:
    """Return the CoNLL-U file of the bundled corpus *name*."""
    return Path(__file__).parents[1] / "demo" / "masked" / f"{name}.conllu"
