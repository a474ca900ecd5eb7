"""Seed libraries that draw from the global random numbers."""

from __future__ import annotations

import sys
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed NumPy's and, where it is loaded, torch's global random numbers, and restore them afterwards."""
    torch = sys.modules.get("torch")
    state = np.random.get_state()  # noqa: NPY002 - the numbers that libraries draw from
    with torch.random.fork_rng() if torch else nullcontext():
        if torch:
            torch.manual_seed(seed)
        np.random.seed(seed % 2**32)  # noqa: NPY002
        try:
            yield
        finally:
            np.random.set_state(state)  # noqa: NPY002
