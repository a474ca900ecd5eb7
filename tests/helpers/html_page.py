"""Token texts that try to break out, and what is in an HTML page, for tests."""

from __future__ import annotations

from html.parser import HTMLParser

NASTY = [
    "</script><img src=x onerror=alert(1)>",
    "<!--",
    "<script>",
    "]]>",
    "\u2028\u2029",
    "[bold]red[/bold]",
    "\"'&amp;",
    "\x1b[31m\x07\x9b",
    "a\nb\tc",
    "\u202eright",
    "👨‍👩‍👧",
    "{title}",
    " end",
]


class Page(HTMLParser):
    """The tags of a page, with their attributes, its scripts and its other text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.scripts: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        (self.scripts if self.tags[-1:] == ["script"] and data.strip() else self.words).append(data)
