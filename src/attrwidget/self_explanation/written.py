"""A self-explanation as JSON, for the file of a saved explanation."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from attrwidget.self_explanation.claims import Claim, Left
    from attrwidget.self_explanation.decision import Decision
    from attrwidget.self_explanation.stated import Stated


def as_json(
    left: Left,
    claims: Sequence[Claim],
    stated: Stated | None,
    answers: pd.DataFrame,
    decisions: Mapping[str, Decision],
    *,
    labels: Sequence[str],
) -> dict[str, Any]:
    """Return the parts of a self-explanation as JSON; a number that is missing is null."""
    given = None if stated is None else [list(map(float, row)) for row in stated.values]  # noqa: PD011 - no pandas
    parts = {
        "labels": labels,
        "units": left.units.texts,
        "decisions": [{"text": text, **asdict(one)} for text, one in decisions.items()],
        "claims": [asdict(claim) for claim in claims],
        "stated": given,
        "answers": answers.to_dict("records"),
    }
    found: dict[str, Any] = _plain(parts)
    return found


def _plain(value: Any) -> Any:
    """Return *value* as JSON: null for NaN."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and math.isnan(value) else value
