"""What lies on the queue `webhook`: a notice for one webhook, written and read in this one place."""

from collections.abc import Mapping
from typing import Final

from shopbell.domain.clock import SECOND, Duration
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.webhooks.hook import WebhookId
from shopbell.domain.webhooks.notice import Notice
from shopbell.ports import Message

_LONGEST_DELAY: Final = 900
"""Seconds that SQS holds a message back for, at most; what is due later is put back once more."""


def notice_message(notice: Notice, wait: Duration = 0) -> Message:
    """Its group is the webhook, not the store: a receiver that is slow holds up none of the store's others."""
    body: dict[str, Json] = {
        "store": notice.store,
        "webhook": notice.webhook,
        "id": notice.id,
        "event": notice.event,
        "at": notice.at,
        "data": dict(notice.data),
        "tried": notice.tried,
        "due": notice.due,
    }
    return Message(body, f"{notice.store}.{notice.webhook}", min(_LONGEST_DELAY, -(-wait // SECOND)))


def read_notice(body: Mapping[str, Json]) -> Notice:
    """KeyError, TypeError or ValueError for what is none."""
    at, data, tried, due = body["at"], body["data"], body.get("tried", 0), body.get("due", 0)
    if not isinstance(at, int) or not isinstance(data, dict):
        raise TypeError("a notice has an instant and data")
    if not isinstance(tried, int) or not isinstance(due, int):
        raise TypeError("a notice was tried so often and is due at an instant")
    return Notice(
        StoreId(str(body["store"])),
        WebhookId(str(body["webhook"])),
        str(body["id"]),
        str(body["event"]),
        at,
        data,
        tried,
        due,
    )
