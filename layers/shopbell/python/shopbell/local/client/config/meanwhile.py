"""How a step that failed leaves the thing that it was about, said with the error."""

from typing import Final

from shopbell.local.client.http import RefusedError

CONFLICT: Final = 412


class MeanwhileError(RuntimeError):
    """Somebody else has changed the thing since the plan was made."""


def noted(exc: BaseException, words: str) -> BaseException:
    """What to raise of a thing that is left so; a 412 is not tried again, since the thing is another now."""
    meanwhile = isinstance(exc, RefusedError) and exc.status == CONFLICT
    told = MeanwhileError() if meanwhile else exc
    told.add_note(words)
    return told
