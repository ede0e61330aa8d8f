"""What every push service stand-in offers to tests and to the system under test."""

from typing import Protocol

from tests.e2e.browsers.mailboxes import Mailboxes
from tests.e2e.browsers.record import Record
from tests.e2e.browsers.webpush_door import WebPushDoor

PUSH_HOSTS = "SHOPBELL_EXTRA_PUSH_HOSTS"
PUSH_CA = "SHOPBELL_PUSH_CA"
PUSH_CONNECT = "SHOPBELL_PUSH_CONNECT"


class PushService(Protocol):
    @property
    def record(self) -> Record: ...

    @property
    def mailboxes(self) -> Mailboxes: ...

    @property
    def door(self) -> WebPushDoor: ...

    def push_env(self) -> dict[str, str]:
        """The environment with which a sender reaches this stand-in under its real name."""
        ...
