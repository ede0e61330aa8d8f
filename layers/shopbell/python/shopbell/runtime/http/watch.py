"""What the HTTP functions report of themselves; `runtime.observability.Report` is the one of a running function."""

from collections.abc import Mapping
from typing import Protocol

from shopbell.domain.events import Json


class Watch(Protocol):
    """Takes names, numbers and ids only: no bodies, no keys, no personal data."""

    def count(self, outcomes: Mapping[str, int]) -> None: ...

    def say(self, words: str, **fields: Json) -> None: ...

    def fault(self, words: str, exc: BaseException, **fields: Json) -> None: ...
