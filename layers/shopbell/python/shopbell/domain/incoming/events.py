"""One event as a caller sends it, and the event that it becomes."""

from dataclasses import dataclass
from typing import Annotated, Final

import orjson
from pydantic import Field, JsonValue

from shopbell.domain.clock import DAY, HOUR, MINUTE, Duration, Instant, read_instant
from shopbell.domain.errors import Problem, Rejected
from shopbell.domain.events import Event
from shopbell.domain.ids import CUSTOMER_PREFIX, EventId, VisitorId, customer
from shopbell.domain.incoming.faults import Incoming, validated
from shopbell.domain.incoming.properties import discounted, property_faults, type_fault
from shopbell.domain.incoming.texts import CustomerText, NameText, VisitorText

MAX_EVENT_BYTES: Final = 8_192
BROWSER_REACH: Final[Duration] = 48 * HOUR
SERVER_REACH: Final[Duration] = 2 * 365 * DAY
AHEAD: Final[Duration] = 5 * MINUTE
_MAX_DEPTH: Final = 6
_MAX_PROPERTY_NAME: Final = 64


class EventIn(Incoming):
    """`occurred_at` absent: now. A server key may name a `customer_id` in place of a `visitor_id`."""

    id: NameText
    type: Annotated[str, Field(json_schema_extra={"pattern": "^[a-z][a-z0-9_]{0,63}$"})]
    visitor_id: VisitorText | None = None
    customer_id: CustomerText | None = None
    occurred_at: Annotated[str, Field(json_schema_extra={"format": "date-time"})] | None = None
    properties: dict[str, JsonValue] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sender:
    """What kind of key sent it, when it came, and whether it is history (`backfill`)."""

    trusted: bool
    now: Instant
    backfill: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """An event with its size in bytes and its `occurred_at` as it was written, which names the stored item."""

    event: Event
    stamp: str
    size: int


def read_event(raw: object, sender: Sender) -> Sent:
    """Raises Rejected with every fault, paths relative to the event."""
    size = _size(raw)
    given = validated(EventIn, raw)
    (at, offset), late = _moment(given.occurred_at, sender)
    if faults := [*_faults(given, trusted=sender.trusted), *late]:
        raise Rejected(faults)
    event = Event(
        id=EventId(given.id),
        type=given.type,
        visitor=_visitor(given),
        at=at,
        received_at=sender.now,
        properties=given.properties,
        utc_offset=offset,
        trusted=sender.trusted,
        backfill=sender.backfill,
        discounted=discounted(given.type, given.properties),
    )
    return Sent(event, given.occurred_at or "-", size)


def visitor_fault(visitor: str, *, trusted: bool) -> str | None:
    """A browser may not speak for a customer: that takes the shop's server (ruling 17)."""
    if visitor.startswith(CUSTOMER_PREFIX) and not trusted:
        return "is reserved for customers: ids that begin with 'c:' take a server key"
    return None


def _size(raw: object) -> int:
    size = len(orjson.dumps(raw))
    if size > MAX_EVENT_BYTES:
        raise Rejected.at("properties", f"make the event larger than {MAX_EVENT_BYTES} bytes")
    return size


def _faults(given: EventIn, *, trusted: bool) -> list[Problem]:
    found = _who(given, trusted=trusted)
    if (fault := type_fault(given.type)) is not None:
        found.append(Problem("type", fault))
    if (fault := _shape_fault(given.properties)) is not None:
        found.append(Problem("properties", fault))
    return [*found, *property_faults(given.type, given.properties)]


def _who(given: EventIn, *, trusted: bool) -> list[Problem]:
    if given.customer_id is not None:
        if not trusted:
            return [Problem("customer_id", "takes a server key")]
        return [Problem("customer_id", "must not stand beside visitor_id")] if given.visitor_id is not None else []
    if given.visitor_id is None:
        return [Problem("visitor_id", "is required")]
    fault = visitor_fault(given.visitor_id, trusted=trusted)
    return [Problem("visitor_id", fault)] if fault else []


def _visitor(given: EventIn) -> VisitorId:
    return VisitorId(given.visitor_id) if given.visitor_id is not None else customer(given.customer_id or "")


def _moment(text: str | None, sender: Sender) -> tuple[tuple[Instant, int | None], list[Problem]]:
    """When it happened, with the offset as written; a clock that runs 5 minutes ahead is not believed (ruling 6)."""
    now = sender.now
    if text is None:
        return (now, None), []
    try:
        at, offset = read_instant(text)
    except ValueError as exc:
        return (now, None), [Problem("occurred_at", str(exc))]
    reach, words = (SERVER_REACH, "2 years") if sender.trusted else (BROWSER_REACH, "48 hours")
    late = [Problem("occurred_at", f"must be at most {words} ago")] if now - at > reach else []
    return (now if at > now + AHEAD else at, offset), late


def _shape_fault(properties: dict[str, JsonValue]) -> str | None:
    level: list[dict[str, JsonValue] | list[JsonValue]] = [properties]
    for _ in range(_MAX_DEPTH):
        if not level:
            return None
        if any(not 1 <= len(name) <= _MAX_PROPERTY_NAME for node in level if isinstance(node, dict) for name in node):
            return f"must have names of 1 to {_MAX_PROPERTY_NAME} characters"
        inside = [child for node in level for child in (node.values() if isinstance(node, dict) else node)]
        level = [child for child in inside if isinstance(child, dict | list)]
    return f"must nest at most {_MAX_DEPTH} levels" if level else None
