"""Tables print whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrwidget as aw

if TYPE_CHECKING:
    import pytest


def test_no_column_row_or_cell_is_cut_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    ex = aw.load("demo").explain("The first president of America is", max_new_tokens=5)
    scores = ex.scores("saliency")
    for table in (aw.list_methods(), scores, ex.steps, ex.attention(targets="all"), ex.logit_lens()):
        printed = repr(table)
        assert "..." not in printed
        assert all(str(name) in printed for name in table.index.get_level_values(0))
    assert max(map(len, repr(scores).split("\n"))) <= 60
    assert aw.list_methods().loc["integrated_gradients", "cost"] in repr(aw.list_methods())
