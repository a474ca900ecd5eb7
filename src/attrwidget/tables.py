"""Tables that print whole in a terminal."""

from __future__ import annotations

import shutil

import pandas as pd

_ROWS = 200


class Table(pd.DataFrame):  # type: ignore[misc]  # pandas has no types
    """A pandas table that prints all its columns, wrapped to the width of the terminal, and up to 200 rows."""

    @property
    def _constructor(self) -> type[Table]:
        return Table

    def __repr__(self) -> str:
        with pd.option_context(
            "display.max_columns",
            None,
            "display.max_colwidth",
            None,
            "display.width",
            shutil.get_terminal_size().columns,
            "display.max_rows",
            _ROWS,
            "display.min_rows",
            _ROWS,
        ):
            return str(super().__repr__())
