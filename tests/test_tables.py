"""Tables print whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import attrwidget as aw
from attrwidget.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable


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


TABLE = Table([[0.1, 0.2], [0.3, 0.4]], index=pd.Index(["George", "of"]), columns=["America", "is"])


@pytest.mark.parametrize(
    ("look", "sentence"),
    [
        (
            lambda t: t.loc[" George", "America"],
            "There is no row or column ' George' (did you mean 'George'?).",
        ),
        (
            lambda t: t.loc["George", "Amercia"],
            "There is no row or column 'Amercia' (did you mean 'America'?).",
        ),
        (lambda t: t["Amercia"], "There is no row or column 'Amercia' (did you mean 'America'?)."),
        (lambda t: t.loc["zebra"], "There is no row or column 'zebra': .index and .columns list them."),
        (
            lambda t: t.loc[0, "is"],
            "There is no row or column 0: they are named, and .iloc takes their places.",
        ),
    ],
)
def test_a_label_that_is_not_there_is_a_sentence(look: Callable[[Any], Any], sentence: str) -> None:
    with pytest.raises(KeyError) as caught:  # as pandas, and whoever catches its errors, expects
        look(TABLE)
    assert isinstance(caught.value, aw.AttrWidgetError)
    assert str(caught.value) == sentence


def test_tables_are_read_as_those_of_pandas() -> None:
    plain = pd.DataFrame(TABLE)
    assert TABLE.loc["of", "is"] == 0.4
    assert TABLE.loc["George"].equals(plain.loc["George"])
    assert TABLE.loc[["of"], :].equals(plain.loc[["of"], :])
    assert TABLE.loc[TABLE["is"] > 0.3].equals(plain.loc[plain["is"] > 0.3])
    assert TABLE.get("zebra") is None
    with pytest.raises(KeyError, match="not in index"):
        TABLE.loc[["of", "zebra"]]
    changed = TABLE.copy()
    changed.loc["of", "is"] = 1
    changed["new"] = [1, 2]
    assert changed.loc["of"].tolist() == [0.3, 1, 2]
    assert changed.sort_values("new", ascending=False).index.tolist() == ["of", "George"]
    assert TABLE.rename(columns={"is": "was"}).loc["of", "was"] == 0.4
    assert TABLE.groupby(["a", "a"]).sum().loc["a"].tolist() == pytest.approx([0.4, 0.6])
