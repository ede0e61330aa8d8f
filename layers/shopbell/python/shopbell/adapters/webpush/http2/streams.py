"""One exchange on a connection, and what makes its answer a well-formed one (RFC 9113 section 8)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from shopbell.adapters.webpush.exchange import MAX_ANSWER
from shopbell.adapters.webpush.http2.reading import fields, quick_status
from shopbell.domain.push.values import Failure, PushAnswer

Ended = tuple[int, PushAnswer | None]
"""(key, answer); None: the peer has not looked at it, so it may be posted again."""

_STATUS: Final = re.compile(r"[1-5][0-9][0-9]")
_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9a-z]+")
_SUCCESS: Final = range(200, 300)


class Malformed(Exception):  # noqa: N818 - what has happened, as all of ours are named
    """The answer breaks the rules: the exchange ends, the connection lives."""


@dataclass(slots=True)
class Stream:
    """`window`: what the peer still takes of its body; `rest`: of the body, what no window has let through yet."""

    key: int
    window: int
    rest: bytes = b""
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def answer(self, failure: Failure | None, reason: str) -> PushAnswer:
        """A final status is an answer, however the rest of it ended."""
        if self.status:
            return PushAnswer(self.status, self.body.decode("utf-8", "replace"), self.headers, failure)
        return PushAnswer(0, reason, {}, failure or "reset")


def answered(block: bytes) -> tuple[int, Mapping[str, str]]:
    """Status and headers. Of a success the status alone, as nothing else of it says anything to us.

    Malformed; BadFields (COMPRESSION_ERROR) if the block cannot be read.
    """
    status = quick_status(block)
    if status in _SUCCESS:
        return status, {}
    return _checked(fields(block))


def _checked(found: list[tuple[str, str]]) -> tuple[int, Mapping[str, str]]:
    if not found or found[0][0] != ":status" or not _STATUS.fullmatch(found[0][1]):
        raise Malformed("no status")
    headers: dict[str, str] = {}
    size = 0
    for name, value in found[1:]:
        if not _NAME.fullmatch(name):
            raise Malformed("a name that there is not")
        size += len(name) + len(value)
        if size <= MAX_ANSWER:
            headers[name] = value.strip()
    return int(found[0][1]), headers
