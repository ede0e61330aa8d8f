"""The errors of the whole product, one small tree ordered by what the caller can do about them.

ShopbellError
├── Rejected      the input is wrong: 4xx with every field named, never retried
├── NotFound      a foreign or unknown id: 404, never 403
├── Conflict      the state forbids it: 409 or 412
├── Forbidden     the key may not do that: 401 or 403
└── Unavailable   a dependency failed for now: let the platform retry
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of an input: where (`events.3.properties.total`) and what."""

    path: str
    message: str


class ShopbellError(Exception):
    """Root of the tree; never raised itself."""


class Rejected(ShopbellError):  # noqa: N818 - the name says what happened
    """The input is wrong; `problems` names each field."""

    def __init__(self, problems: Sequence[Problem], *, status: int = 422) -> None:
        super().__init__("; ".join(f"{p.path}: {p.message}" for p in problems))
        self.problems = tuple(problems)
        self.status = status

    @classmethod
    def at(cls, path: str, message: str, *, status: int = 422) -> "Rejected":
        return cls((Problem(path, message),), status=status)


class NotFound(ShopbellError):  # noqa: N818
    """Nothing of that id in this store; says no more, so that ids of other stores cannot be probed."""


class Conflict(ShopbellError):  # noqa: N818
    """The current state forbids the change; `detail` says what stands in the way, `code` names it for programs."""

    def __init__(self, detail: str, *, status: int = 409, code: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.code = code


class Forbidden(ShopbellError):  # noqa: N818
    """No key, an unknown key (401) or a key of the wrong kind, role or origin (403)."""

    def __init__(self, detail: str, *, status: int = 403) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status


class Unavailable(ShopbellError):  # noqa: N818
    """A dependency refused for now (throttled, timed out, moved on); the same call may succeed later."""
