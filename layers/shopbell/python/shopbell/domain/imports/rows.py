"""One line of an import: the names that providers give its fields, and what each must be."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Final

import orjson
from pydantic import ConfigDict, Field

from shopbell.domain.clock import MINUTE, SECOND, Duration, Instant, parse_instant
from shopbell.domain.errors import Rejected
from shopbell.domain.events import Json
from shopbell.domain.ids import SubscriptionId, VisitorId, customer, subscription_id
from shopbell.domain.incoming.faults import Incoming, validated
from shopbell.domain.incoming.subscriptions import MAX_TOPICS, Endpoint
from shopbell.domain.incoming.texts import CustomerText, LanguageText, Many, TopicText, VisitorText, ZoneText
from shopbell.domain.push.endpoints import AllowedHosts, parse_endpoint
from shopbell.domain.push.endpoints import Endpoint as PushEndpoint
from shopbell.domain.push.subscription_keys import parse_receiver_keys
from shopbell.domain.push.values import ReceiverKeys

AHEAD: Final[Duration] = 5 * MINUTE
MADE_VISITOR: Final = "imported-"
"""Before the hash of the endpoint: a subscriber of whom the file names nobody."""
_NAMES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("endpoint", "identifier", "pushendpoint", "subscriptionendpoint"), "endpoint"),
    **dict.fromkeys(("p256dh", "webp256", "webp256dh", "keysp256dh", "p256dhkey"), "p256dh"),
    **dict.fromkeys(("auth", "webauth", "keysauth", "authkey", "authsecret", "authtoken"), "auth"),
    **dict.fromkeys(("visitorid", "visitor"), "visitor_id"),
    **dict.fromkeys(("customerid", "externaluserid", "externalid", "userid", "customer"), "customer_id"),
    **dict.fromkeys(("timezone", "timezoneid", "tz"), "time_zone"),
    **dict.fromkeys(("language", "lang", "locale"), "language"),
    "topics": "topics",
    **dict.fromkeys(("subscribedat", "createdat", "created", "subscriptiondate"), "subscribed_at"),
}
"""Letters and digits of a column's name to ours; the first of a line that has a value counts."""
_NESTED: Final = frozenset({"subscription", "pushsubscription", "keys"})
_NO_LETTER: Final = re.compile(r"[^a-z0-9]")
_OFFSET: Final = re.compile(r"(?:UTC|GMT)?[+-]?\d{1,6}(?::\d{2})?|Z", re.ASCII)
"""A zone as hours, minutes or seconds, which says nothing of summer time: it is passed over."""
_SPACED: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.\d+)?(?: ?UTC)?", re.ASCII)
_FRACTION: Final = re.compile(r"\d{1,14}\.\d{1,9}", re.ASCII)
_SECONDS_UNTIL: Final = 10**11
"""A number below it counts seconds since the epoch, one above it milliseconds."""


class RowIn(Incoming):
    """What is read of a line; all else of it is passed over."""

    model_config = ConfigDict(extra="ignore")

    endpoint: Endpoint
    p256dh: Annotated[str, Field(max_length=256)]
    auth: Annotated[str, Field(max_length=64)]
    visitor_id: VisitorText | None = None
    customer_id: CustomerText | None = None
    time_zone: ZoneText | None = None
    language: LanguageText | None = None
    topics: Annotated[Many[TopicText], Field(max_length=MAX_TOPICS)] = ()
    subscribed_at: str | None = None


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A subscription as it was made elsewhere; the endpoint and the keys are never logged."""

    id: SubscriptionId
    endpoint: PushEndpoint
    keys: ReceiverKeys
    visitor: VisitorId
    subscribed_at: Instant | None
    time_zone: str | None
    language: str | None
    topics: tuple[str, ...]


def imported(raw: Mapping[str, Json], allowed: AllowedHosts, now: Instant) -> ImportedRow:
    """Checked as a browser's own report is. Raises Rejected, of which `fault` makes one line."""
    given = validated(RowIn, _flat(raw))
    endpoint = parse_endpoint(given.endpoint, allowed)
    keys = parse_receiver_keys(given.p256dh, given.auth)
    name = subscription_id(given.endpoint)
    return ImportedRow(
        id=name,
        endpoint=endpoint,
        keys=keys,
        visitor=_visitor(given, name),
        subscribed_at=_moment(given.subscribed_at, now),
        time_zone=given.time_zone,
        language=given.language,
        topics=tuple(sorted(set(given.topics))),
    )


def tells_endpoint(columns: Iterable[str]) -> bool:
    """Whether a file with these columns can hold subscriptions at all."""
    return any(_plain(name) in _NESTED or _NAMES.get(_plain(name)) == "endpoint" for name in columns)


def fault(exc: Rejected) -> str:
    """The field and what it must be."""
    first = exc.problems[0]
    return f"{first.path.rpartition('.')[2]}: {first.message}" if first.path else first.message


def _flat(raw: Mapping[str, Json]) -> Mapping[str, Json]:
    found: dict[str, Json] = {}
    for name, value in _leaves(raw, deep=True):
        found.setdefault(name, _read(name, value))
    return found


def _leaves(raw: Mapping[str, Json], *, deep: bool) -> Iterator[tuple[str, Json]]:
    """Also those of a whole `PushSubscription.toJSON()`, and of its keys, in a column of their own."""
    for column, value in raw.items():
        plain = _plain(column)
        if plain in _NESTED:
            yield from _leaves(_mapping(value), deep=False) if deep or plain == "keys" else ()
        elif plain in _NAMES and value not in (None, "", ()):
            yield _NAMES[plain], value


def _plain(column: str) -> str:
    return _NO_LETTER.sub("", column.lower())


def _mapping(value: Json) -> Mapping[str, Json]:
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return {}
    return value if isinstance(value, Mapping) else {}


def _read(name: str, value: Json) -> Json:
    text = str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    if text is None:
        return value
    match name:
        case "topics":
            return [part.strip() for part in re.split(r"[,;|]", text) if part.strip()]
        case "time_zone":
            return None if _OFFSET.fullmatch(text) else text
        case "language":
            return text.partition(".")[0].replace("_", "-")  # `en_US.UTF-8` where a server names its locale
        case _:
            return text


def _visitor(given: RowIn, name: SubscriptionId) -> VisitorId:
    if given.customer_id is not None:
        return customer(given.customer_id)
    return VisitorId(given.visitor_id or f"{MADE_VISITOR}{name}")


def _moment(text: str | None, now: Instant) -> Instant | None:
    if text is None:
        return None
    try:
        at = _instant(text)
    except ValueError:
        raise Rejected.at("subscribed_at", "must be an RFC 3339 instant, or seconds since 1970") from None
    if not 0 <= at <= now + AHEAD:
        raise Rejected.at("subscribed_at", "must lie between 1970 and now")
    return at


def _instant(text: str) -> Instant:
    text = text.partition(".")[0] if _FRACTION.fullmatch(text) else text
    if text.isascii() and text.isdigit() and len(text) <= len(str(_SECONDS_UNTIL)) + 2:
        return int(text) * SECOND if int(text) < _SECONDS_UNTIL else int(text)
    plain = _SPACED.fullmatch(text)
    return parse_instant(f"{plain[1]}T{plain[2]}Z" if plain else text)[0]
