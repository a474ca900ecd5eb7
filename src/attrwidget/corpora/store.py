"""The folder of a corpus: what it is of, its texts, and the vectors of their tokens."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from attrwidget.corpora.read_text import ReadText
from attrwidget.errors import AttrWidgetError
from attrwidget.files import make_folder, write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FORMAT = 1
STATES, HEADS = "states", "heads"
_ABOUT, _TEXTS = "corpus.json", "texts.jsonl"
_BYTES = 4


@dataclass
class About:
    """What a corpus was made of.

    Attributes:
        model: The model's name.
        fingerprint: Tells it from others, see ``Reader.fingerprint``.
        layers: The layers kept, from 0.
        widths: The width of a vector, by ``"states"`` and, where heads are kept, ``"heads"``.
        n_heads: How many heads a layer has; 0 where heads are not kept.
        texts: How many texts are finished.
        tokens: How many vectors are, of each layer.
        format: The version of the folder's format.
    """

    model: str
    fingerprint: str
    layers: list[int]
    widths: dict[str, int]
    n_heads: int
    texts: int = 0
    tokens: int = 0
    format: int = FORMAT


class Store:
    """A folder with the finished texts and their vectors; texts are added at its end."""

    def __init__(self, folder: Path, about: About, texts: list[ReadText], text_bytes: int = 0) -> None:
        self.folder, self.about, self.texts, self._text_bytes = folder, about, texts, text_bytes
        self._set_places()

    @classmethod
    def open(cls, folder: Path) -> Store | None:
        """Return the corpus in *folder*; None where there is none yet.

        Raises:
            AttrWidgetError: The folder holds something else, a corpus of another version, or a damaged one.
        """
        path = folder / _ABOUT
        if not path.exists():
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                raise AttrWidgetError(
                    f"{folder} is no corpus, and not an empty folder: give another one as to=."
                )
            return None
        try:
            known = json.loads(path.read_text("utf-8"))
            version = known.get("format")
            if version != FORMAT:
                raise AttrWidgetError(
                    f"{folder} holds a corpus of format {version!r}, and this version of attrwidget reads format "
                    f"{FORMAT}: make it again in another folder."
                )
            about = About(**known)
            found = cls(folder, about, *_texts(folder / _TEXTS, about.texts))
            found._require_whole()
        except (OSError, ValueError, TypeError, KeyError) as error:
            if isinstance(error, AttrWidgetError):
                raise
            raise AttrWidgetError(
                f"The corpus in {folder} is damaged ({type(error).__name__}): make it again in another folder."
            ) from error
        return found

    @classmethod
    def make(cls, folder: Path, about: About) -> Store:
        """Return a corpus without texts in the empty or missing *folder*."""
        store = cls(make_folder(folder), about, [])
        store._write_about(about)
        return store

    def begin(self) -> None:
        """Take away what an interrupted run left after the finished texts."""
        for kind, layer in self._kinds():
            self._append(self._path(kind, layer), self._bytes(kind), b"")
        self._append(self.folder / _TEXTS, self._text_bytes, b"")

    def add(self, texts: Sequence[ReadText], vectors: Mapping[tuple[str, int], Sequence[Floats]]) -> None:
        """Add *texts* with the vectors of their tokens, by kind and layer; the corpus is whole again afterwards.

        What an earlier call wrote before it was interrupted is written over.
        """
        lines = "".join(json.dumps(asdict(text), ensure_ascii=False) + "\n" for text in texts).encode()
        for (kind, layer), rows in vectors.items():
            data = np.concatenate(rows).astype("<f4").tobytes()
            self._append(self._path(kind, layer), self._bytes(kind), data)
        self._append(self.folder / _TEXTS, self._text_bytes, lines)
        count = sum(len(text.tokens()) for text in texts)
        about = replace(self.about, texts=self.about.texts + len(texts), tokens=self.about.tokens + count)
        self._write_about(about)
        self.about, self._text_bytes = about, self._text_bytes + len(lines)
        self.texts.extend(texts)
        self._set_places()

    def _append(self, path: Path, size: int, data: bytes) -> None:
        """Write *data* after the first *size* bytes of a file, as its end."""
        try:
            path.touch()
            if data or path.stat().st_size > size:
                with path.open("r+b") as file:
                    file.truncate(size)
                    file.seek(size)
                    file.write(data)
        except OSError as error:
            raise AttrWidgetError(f"Cannot write {path}: {error.strerror or error}.") from error

    def vectors(self, kind: str, layer: int) -> Floats:
        """Return the vectors of a *kind* at a *layer*, ``[tokens, width]``, mapped from the file."""
        width = self.about.widths[kind]
        if not self.about.tokens:
            return np.empty((0, width), np.float32)
        shape = (self.about.tokens, width)
        return np.memmap(self._path(kind, layer), "<f4", "r", shape=shape)

    def index_path(self, layer: int) -> Path:
        """Return where the graph of neighbours at a *layer* is kept."""
        return self.folder / f"states-{layer:02d}.usearch"

    def _kinds(self) -> list[tuple[str, int]]:
        return [(kind, layer) for kind in self.about.widths for layer in self.about.layers]

    def _path(self, kind: str, layer: int) -> Path:
        return self.folder / f"{kind}-{layer:02d}.f32"

    def _bytes(self, kind: str) -> int:
        """Return how many bytes of vectors of a *kind* are finished, of each layer."""
        return self.about.tokens * self.about.widths[kind] * _BYTES

    def _require_whole(self) -> None:
        """Raise ValueError if a file of vectors was cut short."""
        for kind, layer in self._kinds() if self.about.tokens else ():
            if self._path(kind, layer).stat().st_size < self._bytes(kind):
                raise ValueError("too few vectors")

    def _write_about(self, about: About) -> None:
        write_whole(self.folder / _ABOUT, json.dumps(asdict(about), indent=1).encode())

    def _set_places(self) -> None:
        """Note the text and the token of each vector."""
        pairs = [(at, token) for at, text in enumerate(self.texts) for token in text.tokens()]
        self.places = np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _texts(path: Path, count: int) -> tuple[list[ReadText], int]:
    """Return the first *count* texts of a file, and how many bytes they take."""
    texts, size = list[ReadText](), 0
    if count:
        with path.open("rb") as file:
            for _, line in zip(range(count), file, strict=False):
                row: dict[str, Any] = json.loads(line)
                for name in ("spans", "words"):
                    row[name] = [(int(start), int(end)) for start, end in row[name]]
                texts.append(ReadText(**row))
                size += len(line)
    if len(texts) < count:
        raise ValueError("too few texts")
    return texts, size
