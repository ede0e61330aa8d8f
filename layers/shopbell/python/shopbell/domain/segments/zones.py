"""Days as the visitor has them: in the zone of theirs that is known best (ruling 18)."""

from collections.abc import Callable
from datetime import MAXYEAR, date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shopbell.domain.clock import DAY, SECOND, Instant
from shopbell.domain.profile import Profile
from shopbell.domain.segments.lazily import plain
from shopbell.domain.segments.truth import FOREVER

ZoneOf = Callable[[Profile], ZoneInfo]
_LAST_DAY: Final = date(MAXYEAR, 12, 30).toordinal()
_EPOCH: Final = date(1970, 1, 1).toordinal()


def zone_of(home: str) -> ZoneOf:
    """The trait `time_zone`, else that of the newest active subscription that says it, else the store's."""
    store = named(home)

    def find(profile: Profile) -> ZoneInfo:
        said = plain(profile.traits).get("time_zone")
        own = _zone(said.value) if said and isinstance(said.value, str) else None
        return own or _subscribed(profile) or store

    return find


def named(name: str) -> ZoneInfo:
    """UTC for a name that nobody knows."""
    return _zone(name) or ZoneInfo("UTC")


def _subscribed(profile: Profile) -> ZoneInfo | None:
    facts = [fact for fact in plain(profile.subscriptions).values() if fact.active and fact.time_zone]
    for fact in sorted(facts, key=lambda fact: (fact.changed_at, fact.event), reverse=True):
        zone = _zone(fact.time_zone or "")
        if zone is not None:
            return zone
    return None


@lru_cache(maxsize=1_024)
def _zone(name: str) -> ZoneInfo | None:
    """None for a name that nobody knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def day_of(now: Instant, zone: ZoneInfo) -> int:
    """The ordinal of the day that it is there (date.toordinal)."""
    if not 0 <= now < (_LAST_DAY - _EPOCH) * DAY:
        return max(min(_EPOCH + now // DAY, _LAST_DAY), 1)
    return datetime.fromtimestamp(now // SECOND, zone).toordinal()


def midnight(day: int, zone: ZoneInfo) -> Instant:
    """When that day begins there: the first instant that is later than all of the day before."""
    if day > _LAST_DAY:
        return FOREVER
    if day < _EPOCH - 1:
        return (day - _EPOCH) * DAY
    there = date.fromordinal(day)
    return int(datetime(there.year, there.month, there.day, tzinfo=zone).timestamp()) * SECOND
