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
BY_HISTORY = ("summary", "save", "to_html")
"""Those whose result depends on which scores were asked for before: by this client, whatever others asked for."""
NOT_SENT = ("self", "path", "progress")
"""Parameters that stay with the client."""
