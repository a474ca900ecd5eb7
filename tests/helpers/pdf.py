"""The text of a PDF file as Chromium writes it: compressed streams, glyphs named by each font's table."""

from __future__ import annotations

import re
import zlib


def pdf_text(data: bytes) -> str:
    """Return the text of all pages, without the space between glyphs."""
    objects = {int(n): body for n, body in re.findall(rb"(\d+) 0 obj\s(.*?)\bendobj", data, re.DOTALL)}
    fonts = {
        name: _glyphs(_stream(objects[int(found[1])]))
        for body in objects.values()
        for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", body)
        if (found := re.search(rb"/ToUnicode (\d+) 0 R", objects[int(number)]))
    }
    text = ""
    for body in objects.values():
        font: dict[int, str] = {}
        for name, glyphs in re.findall(rb"/(F\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>", _stream(body)):
            font = fonts.get(name, {}) if name else font
            text += "".join(font.get(int(glyphs[i : i + 4], 16), "") for i in range(0, len(glyphs), 4))
    return text


def _stream(body: bytes) -> bytes:
    found = re.search(rb"stream\r?\n(.*)\r?\nendstream", body, re.DOTALL)
    if found is None or b"FlateDecode" not in body:
        return b""
    return zlib.decompressobj().decompress(found[1])


def _glyphs(table: bytes) -> dict[int, str]:
    """Return the characters of a font's glyphs by its ToUnicode table."""
    glyphs: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, character in re.findall(rb"<(\w+)>\s*<(\w+)>", block):
            glyphs[int(glyph, 16)] = bytes.fromhex(character.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for low, high, character in re.findall(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for i, glyph in enumerate(range(int(low, 16), int(high, 16) + 1)):
                glyphs[glyph] = chr(int(character, 16) + i)
    return glyphs
