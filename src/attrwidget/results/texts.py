"""What is known of a text and its answer without any score."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from attrwidget.text.sections import Section
    from attrwidget.text.tokens import Tokens


class Texts(NamedTuple):
    """A text and its answer; the fields are those of ``Reading``, and *inputs* is its ``n_inputs``."""

    tokens: Tokens
    first_step: int
    steps: pd.DataFrame
    inputs: int
    sections: Sequence[Section]
    model_name: str
    warnings: Sequence[str]
    attention_note: str | None
    answer_text: str | None
    step_noun: tuple[str, str]
    places: Sequence[int]
