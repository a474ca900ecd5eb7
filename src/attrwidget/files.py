"""Read and write regular files; a file is written whole or not at all."""

from __future__ import annotations

import os
import stat
import uuid
from pathlib import Path
from typing import Any

from attrwidget.errors import AttrWidgetError, first_line

_KINDS = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
_OTHER = "a device"
_LONGEST = 255  # bytes of one part of a path, on all usual file systems


def writable(path: str | os.PathLike[str], example: str) -> Path:
    """Return *path* once it can be written; raise AttrWidgetError before any work when it cannot.

    *example* is a file name for the sentence about a folder.
    """
    target = place_of(path)
    folder = target.parent
    if target.is_dir():
        raise AttrWidgetError(f"Cannot write {target}: it is a folder; add a file name, such as {example}.")
    if not folder.is_dir():
        raise AttrWidgetError(f"Cannot write {target}: there is no folder {folder}; make it first.")
    if not os.access(folder, os.W_OK):
        raise AttrWidgetError(f"Cannot write {target}: the folder {folder} may not be written to.")
    _require_replaceable(target)
    return target


def write_whole(target: Path, data: bytes) -> None:
    """Write all of *data* or nothing: to a file beside *target*, which is then moved to it. Raises AttrWidgetError."""
    part = target.with_name(f".{uuid.uuid4().hex}.part")
    try:
        part.write_bytes(data)
        _require_replaceable(target)
        part.replace(target)
    except OSError as error:
        raise AttrWidgetError(f"Cannot write {target}: {error.strerror or error}.") from error
    finally:
        part.unlink(missing_ok=True)


def _require_replaceable(target: Path) -> None:
    """Raise AttrWidgetError if *target* is there and no regular file: replacing it would lose what it is."""
    try:
        kind = stat.S_IFMT(target.lstat().st_mode)
    except FileNotFoundError:
        return
    except OSError as error:
        raise AttrWidgetError(f"Cannot write {target}: {error.strerror or error}.") from error
    if kind == stat.S_IFLNK:
        raise AttrWidgetError(
            f"Cannot write {target}: it is a link to {os.path.realpath(target)}; give that path instead."
        )
    if kind != stat.S_IFREG:
        raise AttrWidgetError(f"Cannot write {target}: it is {_KINDS.get(kind, _OTHER)}; give another name.")


def read_whole(path: str | os.PathLike[str]) -> bytes:
    """Return the bytes of the file at *path*; raise AttrWidgetError when it cannot be read."""
    source = place_of(path)
    try:
        kind = stat.S_IFMT(source.stat().st_mode)
        if kind != stat.S_IFREG:  # reading a pipe or a device may never end
            raise AttrWidgetError(f"Cannot read {source}: it is {_KINDS.get(kind, _OTHER)}; give a file.")
        return source.read_bytes()
    except FileNotFoundError:
        raise AttrWidgetError(f"There is no file {source}.") from None
    except OSError as error:
        raise AttrWidgetError(f"Cannot read {source}: {error.strerror or error}.") from error


def read_text(path: str | os.PathLike[str]) -> str:
    """Return the text of the file at *path*; raise AttrWidgetError when it cannot be read, or is no UTF-8."""
    try:
        return read_whole(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AttrWidgetError(f"{path} is no text in UTF-8: save it in that encoding.") from None


def make_folder(path: str | os.PathLike[str]) -> Path:
    """Return *path* once there is a folder; raise AttrWidgetError when it cannot be made."""
    folder = place_of(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AttrWidgetError(f"Cannot make the folder {folder}: {error.strerror or error}.") from error
    return folder


def is_folder(path: Any) -> bool:
    """Return whether *path* is one of a folder; False for what no file can be called."""
    try:
        return isinstance(path, str | os.PathLike) and Path(path).expanduser().is_dir()
    except (OSError, ValueError, RuntimeError):  # a RuntimeError is about the home of nobody
        return False


def place_of(path: Any) -> Path:
    """Return *path* with ``~`` expanded; raise AttrWidgetError when no file can have that name."""
    try:
        place = Path(path).expanduser()
        longest = max(map(len, map(os.fsencode, place.parts)), default=0)
    except TypeError:
        raise AttrWidgetError(f"A file is named by a text or a Path, not {path!r}.") from None
    except (ValueError, RuntimeError) as error:
        raise AttrWidgetError(f"{str(path)[:60]!r} can name no file: {first_line(error)}.") from None
    if longest > _LONGEST or "\0" in str(place):
        raise AttrWidgetError(
            f"{str(place)[:60]!r} can name no file: names have at most {_LONGEST} bytes and no NUL character."
        )
    return place


def public_name(name: str) -> str:
    """Return a model's *name* as others may see it: of a folder only the last part, since the path is private."""
    return Path(name).name or name if Path(name).is_absolute() or name.startswith((".", "~")) else name
