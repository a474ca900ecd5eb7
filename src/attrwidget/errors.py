"""What can go wrong, in sentences."""


class AttrWidgetError(ValueError):
    """A mistake that a sentence can mend; ``str(error)`` is that sentence."""


class Cancelled(Exception):  # noqa: N818 - like KeyboardInterrupt, it reports a wish and not a fault
    """Raised inside a progress callback to stop long work; whatever was finished is kept."""


def first_line(error: BaseException) -> str:
    """Return what *error* says, for the end of a sentence: its first line without a full stop."""
    return str(error).strip().split("\n")[0].rstrip(". ") or type(error).__name__
