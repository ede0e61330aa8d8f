"""What lies on the queue `webhook`: a notice for one webhook, written and read in this one place."""

from collections.abc import Mapping

from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.webhooks.hook import WebhookId
from shopbell.domain.webhooks.notice import Notice
from shopbell.ports import Message


def notice_message(notice: Notice) -> Message:
    """Its group is the webhook, not the store: a receiver that is slow holds up none of the store's others."""
    body: dict[str, Json] = {
        "store": notice.store,
        "webhook": notice.webhook,
        "id": notice.id,
        "event": notice.event,
        "at": notice.at,
        "data": dict(notice.data),
    }
    return Message(body, f"{notice.store}.{notice.webhook}")


def read_notice(body: Mapping[str, Json]) -> Notice:
    """KeyError, TypeError or ValueError for what is none."""
    at, data = body["at"], body["data"]
    if not isinstance(at, int) or not isinstance(data, dict):
        raise TypeError("a notice has an instant and data")
    return Notice(
        StoreId(str(body["store"])),
        WebhookId(str(body["webhook"])),
        str(body["id"]),
        str(body["event"]),
        at,
        data,
    )
