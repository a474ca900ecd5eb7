"""Texts are read alike from every form of a data set."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import attrwidget as aw
from attrwidget.dataset.texts import read_texts

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [{"question": "NA", "answer": "nein, “doch”"}, {"question": "zwei\tdrei", "answer": ""}]
TABLE = pd.DataFrame(ROWS)


class Dataset:
    """As Hugging Face's, as far as it is read."""

    column_names = ("question", "answer")

    def __getitem__(self, name: str) -> list[Any]:
        return [row[name] for row in ROWS]


def write(path: Path) -> Path:
    TABLE.to_parquet(path / "data.parquet")
    TABLE.to_csv(path / "data.csv", index=False)
    TABLE.to_csv(path / "data.tsv", index=False, sep="\t")
    (path / "data.json").write_text(json.dumps(ROWS), encoding="utf-8")
    (path / "data.jsonl").write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["data.parquet", "data.csv", "data.tsv", "data.json", "data.jsonl"])
def test_files(name: str, tmp_path: Path) -> None:
    found = read_texts(write(tmp_path) / name, "question", "answer")
    assert found == ([row["question"] for row in ROWS], [row["answer"] for row in ROWS], None)


@pytest.mark.parametrize("data", [ROWS, TABLE, Dataset()])
def test_tables_and_lists(data: Any) -> None:
    assert read_texts(data, "question", "answer") == (
        [row["question"] for row in ROWS],
        [row["answer"] for row in ROWS],
        None,
    )
    assert read_texts(data, "question").outputs is None
    assert read_texts(data, "question", label="answer").labels == [row["answer"] for row in ROWS]


def test_labels_are_texts() -> None:
    rows = [{"prompt": "a", "label": label} for label in (1, None, "POSITIVE")]
    assert read_texts(rows, label="label").labels == ["1", "", "POSITIVE"]


def test_a_text_a_line(tmp_path: Path) -> None:
    (tmp_path / "texts.txt").write_text("one\ntwo three\n", encoding="utf-8")
    assert (
        read_texts(tmp_path / "texts.txt").prompts
        == read_texts(["one", "two three"]).prompts
        == ["one", "two three"]
    )


@pytest.mark.parametrize(
    ("data", "options", "sentence"),
    [
        (
            ROWS,
            {"prompt": "qestion"},
            r"no column 'qestion' \(did you mean 'question'\?\): give prompt= one of 'question', 'answer'",
        ),
        ([{"prompt": 3}], {}, "Row 0 of the column 'prompt' is no text, but 3"),
        (["a"], {"output": "answer"}, "a list of texts has none"),
        ([], {}, "must be a list of texts"),
        (7, {}, "must be a list of texts.*not 7"),
        ("texts.xls", {}, "unknown ending"),
        ("none.csv", {}, "There is no file none.csv"),
    ],
)
def test_what_cannot_be_read(data: Any, options: dict[str, str], sentence: str) -> None:
    with pytest.raises(aw.AttrWidgetError, match=sentence):
        read_texts(data, **options)
