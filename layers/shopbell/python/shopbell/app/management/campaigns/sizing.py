"""Whether it is known how many people are in a campaign's segments: not while those are built, nor right after."""

from collections.abc import Iterable, Mapping
from typing import Final

from shopbell.app.management.segments.rules import uses
from shopbell.app.management.segments.survey import Survey
from shopbell.domain.campaigns import Campaign
from shopbell.domain.clock import MINUTE, Duration, Instant
from shopbell.domain.errors import Conflict
from shopbell.domain.ids import SegmentId, StoreId
from shopbell.domain.sampling import scaled
from shopbell.domain.segments.definition import Segment

COUNTED_AFTER: Final[Duration] = MINUTE
"""The tally follows what a build finds by seconds."""


def check_sized(campaign: Campaign, most: int, survey: Survey, now: Instant) -> None:
    """Conflict where its segments are not counted yet and it may reach more than `most` people, whom one may send to
    unasked. A store that has no more of them to reach is not asked to wait (ruling 19). An inline rule is asked of
    visitors, so its size does not rest on its build.
    """
    limit = campaign.terms.max_recipients
    if limit is not None and limit <= most:
        return
    why = _uncounted(campaign, {row.id: row for row in survey.segments.all(campaign.store)}, now)
    if why is not None and _everyone(survey, campaign.store) > most:
        raise Conflict(f"It is not known yet how many people it would reach: {why}.")


def _uncounted(campaign: Campaign, known: Mapping[SegmentId, Segment], now: Instant) -> str | None:
    """Both sides: who is let out of an excluded one is in the audience then."""
    waiting, seen = [*campaign.audience.include, *campaign.audience.exclude], set[SegmentId]()
    while waiting:
        name = waiting.pop(0)
        row = known.get(name)
        if row is None or name in seen:
            continue
        if (why := _why(row, now)) is not None:
            return why
        seen.add(name)
        waiting += sorted(uses(row))
    return None


def _why(row: Segment, now: Instant) -> str | None:
    what, done = f"{row.name} ({row.id})", row.build_percent or 0
    if row.state == "building":
        return f"{what} is still being built ({done} %), try again once it is active"
    if row.last_verified_at is not None and now - row.last_verified_at < COUNTED_AFTER:
        return f"{what} has only just been built or counted anew, try again in a minute"
    return None


def counted_already(known: Iterable[Segment], now: Instant) -> frozenset[SegmentId]:
    """Those of which the stream has counted what their builds found."""
    rows = {row.id: row for row in known}
    return frozenset(name for name, row in rows.items() if row.state == "active" and _why(row, now) is None)


def _everyone(survey: Survey, store: StoreId) -> int:
    """No fewer than can be reached in all of the store."""
    sample, profiles = survey.drawn(store)
    return scaled(sum(profile.reachable for profile in profiles), len(profiles), sample.size).high
