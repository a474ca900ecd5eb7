"""Files that a server makes and the client writes: no path ever goes to a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrwidget.files import writable, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from attrwidget.progress import Progress

_EXAMPLES = {"save": "why.attrwidget", "figure": "why.pdf", "to_html": "why.html"}


def fetch_file(
    ask: Callable[..., Any],
    call: str,
    path: Any,
    given: Mapping[str, Any],
    progress: Progress | None,
) -> Path | str:
    """Write the file that a call of ``wire.calls.FILES`` makes, and return its path; without one, return the page.

    *ask* is that of a served explanation.
    """
    if call == "to_html" and path is None:
        return str(ask(call, given, progress))
    target = writable(path, _EXAMPLES[call])
    sent = {**given, "suffix": target.suffix} if call == "figure" else given
    found = ask(call, sent, progress)
    write_whole(target, found.encode() if isinstance(found, str) else found)
    return target
