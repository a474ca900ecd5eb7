"""The calls of an explanation that a server answers: nothing else can be called."""

from __future__ import annotations

CALLS = (
    "scores",
    "blocks",
    "by_unit",
    "attention",
    "heads",
    "query_key",
    "experts",
    "logit_lens",
    "check",
    "context_reliance",
    "summary",
    "sentences",
    "to_pandas",
)
"""Methods of ``Explanation`` with results that ``wire.values`` has a form for."""
FILES = ("save", "figure", "to_html")
"""Methods that write a file: the server returns its bytes, and the client writes them."""
NOT_SENT = ("self", "path", "progress")
"""Parameters that stay with the client."""
