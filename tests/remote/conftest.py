"""A bundled model, and the same one behind a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from helpers.chat_server import serving
from helpers.completions_server import Completions

import attrwidget as aw

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("openai")


@pytest.fixture(scope="package")
def local() -> Any:
    return aw.load("demo")


@pytest.fixture
def served(local: Any) -> Completions:
    return Completions(local)


@pytest.fixture
def address(served: Completions) -> Iterator[str]:
    with serving(served) as found:
        yield found
