"""Keep keys out of every text that is shown, kept or raised."""

from __future__ import annotations

import re

_HIDDEN = "[key]"
_SHORTEST = 4  # a shorter key, or the "none" of servers without one, would hide words
_BEARER = re.compile(r"(?i)\b(bearer\s+)[^\s\"',;]{6,}")
_KEY = re.compile(r"\bsk-[A-Za-z0-9_*-]{6,}")
_ADDRESS = re.compile(r"(?i)\b(https?://)[^\s/@\"']+@")


def without(text: str, *secrets: object) -> str:
    """Return *text* without *secrets*."""
    for secret in secrets:
        if isinstance(secret, str) and len(secret) > _SHORTEST:
            text = text.replace(secret, _HIDDEN)
    return text


def without_secrets(text: str, *secrets: object) -> str:
    """Return *text* without *secrets*, and without what looks like a key or the password of an address."""
    text = without(text, *secrets)
    text = _BEARER.sub(rf"\1{_HIDDEN}", text)
    text = _KEY.sub(_HIDDEN, text)
    return _ADDRESS.sub(rf"\1{_HIDDEN}@", text)
