"""Look at the address of a server, and at the key for it, before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from attrwidget.errors import AttrWidgetError
from attrwidget.servers.hidden_keys import without_secrets

if TYPE_CHECKING:
    from urllib.parse import SplitResult


def read_address(address: str, example: str) -> tuple[SplitResult, str]:
    """Return the parts of *address*, which is like *example*, and its host.

    Raises:
        AttrWidgetError: It has no scheme or host, a port that does not exist, or characters that no address has.
    """
    try:
        parts = urlsplit(address)
        if (
            parts.scheme in ("http", "https")
            and parts.hostname
            and parts.port != 0
            and _is_plain(address)
            and " " not in address
        ):
            return parts, parts.hostname
    except ValueError:  # a port that is no number, or half an IPv6 address
        pass
    raise AttrWidgetError(
        f"{without_secrets(address)!r} is no address of a server, which begins with http:// or https://, such as "
        f"{example!r}."
    )


def require_key(key: Any, what: str) -> None:
    """Raise AttrWidgetError, without the key, unless *key*, called *what*, can be sent; None is no key."""
    if key is None or (isinstance(key, str) and key and key == key.strip() and _is_plain(key)):
        return
    raise AttrWidgetError(
        f"{what} is empty, ends with white space, or holds a character that cannot be sent: give it without."
    )


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()
