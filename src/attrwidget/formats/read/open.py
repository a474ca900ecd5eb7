"""Open a saved explanation without its model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.errors import AttrWidgetError
from attrwidget.files import read_whole
from attrwidget.formats.container import unpack
from attrwidget.results.base import MethodInfo
from attrwidget.results.recorded import Recorded, RecordedHeads
from attrwidget.results.saved import SavedReading
from attrwidget.saved import SavedExplanation
from attrwidget.tables import Table
from attrwidget.text.sections import Section
from attrwidget.text.tokens import TextPiece, Tokens

if TYPE_CHECKING:
    import os

    from numpy.typing import NDArray


def open(path: str | os.PathLike[str]) -> SavedExplanation:  # noqa: A001 - attrwidget.open, like Image.open
    """Open what ``ex.save(path)`` wrote. Needs neither the model nor torch, and runs no code of the file.

    Args:
        path: The file.

    Returns:
        The explanation. It shows, prints, exports and answers like the live one.

    Raises:
        AttrWidgetError: The file is missing, of another kind, of a newer version, cut short or altered.

    Example:
        >>> aw.open("why.attrwidget").scores("saliency")
    """
    document, arrays = unpack(read_whole(path), str(path))
    try:
        return _read(document, arrays)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        raise AttrWidgetError(f"{path} holds no valid explanation: save it again with ex.save().") from error


# Keys of version 1 and what they are called now.
_RENAMED = {"said": "answer_text", "called": "step_noun"}
_RENAMED_OF_METHODS = {"says": "description"}


def _renamed(entry: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in entry.items()}


def _read(document: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> SavedExplanation:
    """Return the explanation in a document and its arrays."""
    document = _renamed(document, _RENAMED)
    ids, first = [int(i) for i in arrays["ids"]], int(document["first_step"])
    special = set(document["special"])
    tokens = Tokens(
        ids,
        [TextPiece(int(start), int(end), str(text)) for start, end, text in document["units"]],
        [i in special for i in range(len(ids))],
        [str(label) for label in document["labels"]],
    )
    columns: dict[str, Any] = {"token": tokens.labels[first:]}
    columns |= {str(name): arrays[f"steps.{name}"] for name in document["readings"]}
    columns["top"] = [[(str(text), float(p)) for text, p in top] for top in document["top"]]
    recorded = []
    for saved in document["methods"]:
        entry: Any = _renamed(saved, _RENAMED_OF_METHODS)
        info = MethodInfo(*(entry.get(field) for field in MethodInfo._fields))
        rows = None if info.attention else arrays[f"scores.{info.name}"]
        notes = tuple(None if note is None else str(note) for note in entry["notes"])
        function, divided = entry["target_function"], bool(entry["divided"])
        recorded.append(Recorded(info, rows, function, divided, entry["note"], notes))
    inputs = int(document["inputs"])
    heads = RecordedHeads(arrays["attention"], first, inputs) if "attention" in arrays else None
    reading = SavedReading(
        tokens,
        first,
        Table(columns).rename_axis("step"),
        recorded,
        inputs=inputs,
        heads=heads,
        sections=[Section(str(title), int(start), int(end)) for title, start, end in document["sections"]],
        model_name=str(document["model"]),
        warnings=[str(sentence) for sentence in document["warnings"]],
        attention_note=document["attention_note"],
        answer_text=document["answer_text"],
        step_noun=tuple(document["step_noun"]),
    )
    return SavedExplanation(reading)
