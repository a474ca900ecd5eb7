"""Tables that print whole in a terminal, and say what a label may have been meant to be."""

from __future__ import annotations

import shutil
from typing import Any

import pandas as pd

from attrwidget.errors import AttrWidgetError, did_you_mean

_ROWS = 200


class NoLabelError(AttrWidgetError, KeyError):
    """There is no row or column of that name: a ``KeyError`` that is a sentence."""

    __str__ = Exception.__str__


def _no_label(table: pd.DataFrame, error: KeyError) -> KeyError:
    """Return *error* as a sentence."""
    (label,) = error.args if len(error.args) == 1 else (error.args,)
    if isinstance(label, str) and "not in index" in label:  # pandas has a sentence for lists of labels
        return error
    known = [name for name in (*table.index, *table.columns) if isinstance(name, str)]
    if isinstance(label, int) and known:
        return NoLabelError(
            f"There is no row or column {label}: they are named, and .iloc takes their places."
        )
    close = did_you_mean(label, known) or ": .index and .columns list them"
    return NoLabelError(f"There is no row or column {label!r}{close}.")


class _Loc(type(pd.DataFrame().loc)):  # type: ignore[misc]  # pandas does not export the class
    """``table.loc``, whose errors are sentences."""

    def __getitem__(self, key: Any) -> Any:
        try:
            return super().__getitem__(key)
        except NoLabelError:
            raise
        except KeyError as error:
            raise _no_label(self.obj, error) from None


class Table(pd.DataFrame):  # type: ignore[misc]  # pandas has no types
    """A pandas table that prints all its columns, wrapped to the width of the terminal, and up to 200 rows.

    A name that no row or column has is named in a sentence.
    """

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

    @property
    def loc(self) -> _Loc:
        """Rows and columns by their names, as in pandas."""
        return _Loc("loc", self)

    def __getitem__(self, key: Any) -> Any:
        try:
            return super().__getitem__(key)
        except NoLabelError:
            raise
        except KeyError as error:
            raise _no_label(self, error) from None
