"""Puts notices on an event bus of Amazon EventBridge, one an entry."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from shopbell.domain.clock import SECOND, Clock
from shopbell.domain.webhooks.notice import Notice
from shopbell.ports.webhooks import HookAnswer

SOURCE: Final = "shopbell"
"""Of every event; rules choose by it."""
_TAKEN: Final = 200
_UNNAMED: Final = "Unnamed"
_LONGEST: Final = 64


class Events(Protocol):
    """Of EventBridge's client what is called here."""

    def put_events(self, *, Entries: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]: ...  # noqa: N803 - AWS's name


@dataclass(frozen=True, slots=True)
class EventBridgeBus:
    client: Callable[[], Events]
    """Made when it is first needed: most deployments put nothing on the bus."""
    name: str
    now: Clock

    def put(self, notice: Notice) -> HookAnswer:
        """Of a call that is answered with 200 the entry may have failed all the same, and says so itself."""
        began = self.now()
        try:
            told = self.client().put_events(Entries=[self._entry(notice)])
        except ClientError as exc:
            return HookAnswer(0, _refused(exc.response.get("Error", {}).get("Code")))
        except BotoCoreError:
            return HookAnswer(0, "the event bus does not answer")
        if told.get("FailedEntryCount"):
            return HookAnswer(0, _refused(*(one.get("ErrorCode") for one in told.get("Entries", ()))))
        return HookAnswer(_TAKEN, took=self.now() - began)

    def _entry(self, notice: Notice) -> Mapping[str, Any]:
        return {
            "EventBusName": self.name,
            "Source": SOURCE,
            "DetailType": notice.event,
            "Detail": notice.detail,
            "Time": notice.at // SECOND,
        }


def _refused(code: object = None) -> str:
    """With the code alone: what else is said may name what is ours."""
    named = (
        code if isinstance(code, str) and code.isascii() and code.isalnum() and len(code) <= _LONGEST else _UNNAMED
    )
    return f"the event bus refused it: {named}"
