"""What a folder of explained texts holds: which model, methods and versions made it."""

from __future__ import annotations

import hashlib
import json
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from attrwidget.checks import short
from attrwidget.errors import AttrWidgetError
from attrwidget.files import make_folder, write_whole
from attrwidget.version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from attrwidget.dataset.texts import Texts

FILE, TEXTS, FORMAT = "manifest.json", "texts.parquet", 1


@dataclass(frozen=True)
class Manifest:
    """How the texts of a folder are explained; two runs with equal ones write equal files.

    Attributes:
        model: A name or folder.
        load: Options of ``attrwidget.load``.
        methods: Names of methods, the first of which words are searched by.
        options: Options of ``explain``.
        shard: How many texts a file holds.
        batch: How many texts are explained at once.
        count: How many texts there are.
        digest: SHA-256 of the texts.
        versions: Versions of attrwidget, torch and Transformers.
        format: Version of the folder's form.
    """

    model: str
    load: dict[str, Any]
    methods: list[str]
    options: dict[str, Any]
    shard: int
    batch: int
    count: int
    digest: str
    versions: dict[str, str]
    format: int = FORMAT

    @property
    def shards(self) -> int:
        """How many files there are when all texts are explained."""
        return -(-self.count // self.shard)

    def texts_of(self, shard: int) -> range:
        """Return the ids of the texts of a shard."""
        return range(shard * self.shard, min(self.count, (shard + 1) * self.shard))


def shard_path(folder: Path, shard: int) -> Path:
    """Return where a shard is written."""
    return folder / "shards" / f"{shard:06}.parquet"


def digest_of(texts: Texts) -> str:
    """Return the SHA-256 of the texts."""
    return hashlib.sha256(json.dumps(texts, ensure_ascii=True).encode()).hexdigest()


def as_json(value: Any, what: str) -> Any:
    """Return *value*, an argument called *what*, as the manifest gives it back: with lists for tuples.

    Raises:
        AttrWidgetError: A part of it is no text, number, list or dictionary.
    """
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError):
        raise AttrWidgetError(
            f"{what} is written into the folder, so it is made of texts, finite numbers, lists and dictionaries, not "
            f"{short(value)}."
        ) from None


def versions() -> dict[str, str]:
    """Return the versions that the numbers depend on."""
    return {"attrwidget": __version__, **{name: version(name) for name in ("torch", "transformers")}}


def read_manifest(folder: Path) -> Manifest | None:
    """Return the manifest of *folder*; None where there is none. Raises AttrWidgetError if it is of a newer form."""
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        if known["format"] <= FORMAT:
            return Manifest(**known)
    except (ValueError, KeyError, TypeError) as error:
        raise AttrWidgetError(
            f"{path} is damaged: explain the data set again, in an empty folder."
        ) from error
    except OSError as error:
        raise AttrWidgetError(f"Cannot read {path}: {error.strerror or error}.") from error
    raise AttrWidgetError(f"{folder} was written by a newer attrwidget: upgrade to open it.")


def claim(folder: Path, manifest: Manifest) -> bool:
    """Make *folder* that of *manifest*, or find that it is already; return whether it was made.

    Raises:
        AttrWidgetError: It was made with another manifest; the sentence names what differs.
    """
    known = read_manifest(folder)
    if known is None:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise AttrWidgetError(f"{folder} holds something else: give to= an empty or a new folder.")
        # The manifest first: whoever finds it goes on, and an empty folder is free.
        written = json.dumps(asdict(manifest), indent=1, sort_keys=True).encode()
        write_whole(make_folder(folder) / FILE, written)
    theirs, ours = asdict(known or manifest), asdict(manifest)
    apart = [name for name in ours if ours[name] != theirs[name]]
    if apart:
        told = "; ".join(
            f"{name}: {theirs[name]} there, {ours[name]} now" for name in apart if name != "digest"
        )
        raise AttrWidgetError(
            f"{folder} was made otherwise ({told or 'other texts'}): give another folder, or the same arguments again."
        )
    make_folder(folder / "shards")
    return known is None


def give_back(folder: Path) -> None:
    """Take what ``claim`` made out of a *folder* without a finished shard, so that other arguments can have it."""
    if any((folder / "shards").glob("*.parquet")):
        return
    for name in (FILE, TEXTS):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "shards", ignore_errors=True)
    with suppress(OSError):  # it holds something else
        folder.rmdir()
