"""Changes that two people may make at once: who read an older revision is told so."""

from shopbell.domain.errors import Conflict

_CHANGED = "It was changed by somebody else in the meantime: read it again, then decide."


def check_revision(stored: int, expected: int | None) -> None:
    """412 when the caller named another revision (`If-Match`)."""
    if expected is not None and expected != stored:
        raise Conflict(_CHANGED, status=412)


def check_saved(*, saved: bool) -> None:
    """412 when another write came between our read and our write."""
    if not saved:
        raise Conflict(_CHANGED, status=412)
