"""Files are written whole, and only regular ones are replaced or read."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest
from helpers.refused import refused

from attrwidget.files import read_whole, writable, write_whole

if TYPE_CHECKING:
    from pathlib import Path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_regular_file_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "why.html"
    for text in (b"one", b"two"):
        write_whole(writable(target, "why.html"), text)
        assert read_whole(target) == text
    assert names(tmp_path) == ["why.html"]


@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_not_replaced_and_neither_is_what_it_leads_to(tmp_path: Path, *, there: bool) -> None:
    kept, link = tmp_path / "kept", tmp_path / "link"
    if there:
        kept.write_bytes(b"kept")
    link.symlink_to(kept)
    refused(lambda: writable(link, "why.html"), "Cannot write", f"a link to {kept}")
    refused(lambda: write_whole(link, b"new"), "Cannot write", f"a link to {kept}")
    assert link.is_symlink()
    assert (read_whole(link) == b"kept") if there else not kept.exists()
    assert len(names(tmp_path)) == 1 + there


def test_pipes_sockets_folders_and_devices_are_neither_replaced_nor_read(tmp_path: Path) -> None:
    pipe, folder, door = tmp_path / "pipe", tmp_path / "folder", tmp_path / "door"
    os.mkfifo(pipe)
    folder.mkdir()
    (folder / "kept").write_bytes(b"kept")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(door))
        for path, kind in ((pipe, "a pipe"), (folder, "a folder"), (door, "a socket")):
            before = path.lstat()
            for write in (lambda path=path: writable(path, "x"), lambda path=path: write_whole(path, b"new")):
                refused(write, "Cannot write", kind)
            refused(lambda path=path: read_whole(path), "Cannot read", kind)
            assert os.path.samestat(before, path.lstat())
    assert read_whole(folder / "kept") == b"kept"
    assert names(tmp_path) == ["door", "folder", "pipe"]


def test_what_becomes_a_link_while_the_page_is_made_is_not_replaced(tmp_path: Path) -> None:
    target, kept = tmp_path / "why.html", tmp_path / "kept"
    kept.write_bytes(b"kept")
    place = writable(target, "why.html")
    target.symlink_to(kept)
    refused(lambda: write_whole(place, b"new"), "a link")
    assert (target.is_symlink(), kept.read_bytes()) == (True, b"kept")


def test_names_of_home_and_names_that_no_file_can_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert writable("~/why.html", "why.html") == tmp_path / "why.html"
    for name in ("a\0b", "x" * 300):
        refused(lambda name=name: writable(name, "why.html"), "can name no file")
    refused(lambda: writable(tmp_path / "no" / "x", "why.html"), "there is no folder")
    refused(lambda: read_whole(tmp_path / "missing"), "There is no file")
