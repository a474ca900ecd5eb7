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
# Texts that are read as numbers and dates by whoever does not know better.
NUMBERS = [{"question": "2020-01-01", "answer": "042"}, {"question": "7", "answer": "1.50"}]
TABLE = pd.DataFrame(ROWS)


class Dataset:
    """As Hugging Face's, as far as it is read."""

    column_names = ("question", "answer")

    def __getitem__(self, name: str) -> list[Any]:
        return [row[name] for row in ROWS]


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    table = pd.DataFrame(rows)
    table.to_parquet(path / "data.parquet")
    table.to_csv(path / "data.csv", index=False, encoding="utf-8-sig")
    table.to_csv(path / "data.tsv", index=False, sep="\t")
    (path / "data.json").write_text(json.dumps(rows), encoding="utf-8")
    (path / "data.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.mark.parametrize("rows", [ROWS, NUMBERS])
@pytest.mark.parametrize("name", ["data.parquet", "data.csv", "data.tsv", "data.json", "data.jsonl"])
def test_files(name: str, rows: list[dict[str, str]], tmp_path: Path) -> None:
    found = read_texts(write(tmp_path, rows) / name, "question", "answer")
    assert found == ([row["question"] for row in rows], [row["answer"] for row in rows], None)


@pytest.mark.parametrize("data", [ROWS, TABLE, Dataset()])
def test_tables_and_lists(data: Any) -> None:
    assert read_texts(data, "question", "answer") == (
        [row["question"] for row in ROWS],
        [row["answer"] for row in ROWS],
        None,
    )
    assert read_texts(data, "question").outputs is None
    assert read_texts(data, "question", label="answer").labels == [ROWS[0]["answer"], None]


def test_labels_are_texts_or_missing() -> None:
    rows = [{"prompt": "a", "label": label} for label in (1, None, "POSITIVE", float("nan"), pd.NA, "")]
    assert read_texts(rows, label="label").labels == ["1", None, "POSITIVE", None, None, None]


def test_a_text_a_line(tmp_path: Path) -> None:
    texts = ["one", "two\u2028three\x0b", "", "four"]
    (tmp_path / "texts.txt").write_text("\r\n".join([*texts, ""]), encoding="utf-8-sig", newline="")
    for data in (tmp_path / "texts.txt", texts, pd.Series(texts), {"prompt": texts}):
        assert read_texts(data).prompts == texts


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        (
            "a.csv",
            b"prompt,label\nGood, really,pos\nBad, sure,neg\n",
            r"saw 3; a text with ',' in it needs quotes",
        ),
        ("a.csv", b"prompt,prompt\na,b\n", "has 2 columns 'prompt': rename all but one"),
        ("a.csv", b"prompt\ncaf\xe9\n", "is no text in UTF-8"),
        ("a.csv", b"", "Cannot read .*No columns"),
        ("a.csv", b"prompt\n", "has no texts"),
        ("a.jsonl", b"", "has no texts"),
        ("a.json", b'[{"prompt":', "Cannot read .*Expecting value"),
        ("a.parquet", b"PAR1", "Cannot read .*Parquet"),
    ],
)
def test_what_no_file_of_texts_is(name: str, data: bytes, sentence: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(aw.AttrWidgetError, match=sentence):
        read_texts(tmp_path / name)


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
        ([], {}, "has no texts"),
        (["a", "\ud800"], {}, "Row 1 of the column 'text' is no text"),
        (pd.DataFrame([["a", "b"]], columns=["prompt", "prompt"]), {}, "has 2 columns 'prompt'"),
        ("a" * 300 + ".csv", {}, "can name no file"),
        (7, {}, "must be a list of texts.*not 7"),
        ("texts.xls", {}, "unknown ending"),
        ("none.csv", {}, "There is no file none.csv"),
    ],
)
def test_what_cannot_be_read(data: Any, options: dict[str, str], sentence: str) -> None:
    with pytest.raises(aw.AttrWidgetError, match=sentence):
        read_texts(data, **options)
