"""Cut the next slice out of a run's audience: who is in it, on which push service, and who is left out and why."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from shopbell.app.delivery.dayrun import devices_of
from shopbell.app.delivery.lots import NOT_DRAWN, drawn, highest, is_drawn, reachable, share
from shopbell.app.delivery.place import Place, Stream, Sweep, mark
from shopbell.app.people import People
from shopbell.domain.clock import Instant
from shopbell.domain.gates import audience_left, exited
from shopbell.domain.ids import VisitorId
from shopbell.domain.membership import Member
from shopbell.domain.profile import Profile
from shopbell.domain.runs import Audience, Recipient, Run
from shopbell.domain.subscriptions import PushService, Subscription
from shopbell.domain.variants import counted_as
from shopbell.ports import Candidates, Memberships, Page, Subscriptions, Visitors

PAGE: Final = 1_000
CANDIDATE_PAGE: Final = 250


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of an audience. `next` is where the following one begins; `taken` are candidates to remove."""

    next: Place
    recipients: tuple[tuple[PushService, Recipient], ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)
    taken: tuple[tuple[VisitorId, Instant], ...] = ()
    left: tuple[tuple[VisitorId, Instant], ...] = ()
    """Candidates of whom nobody is a recipient, and an instant by which they had become one."""


@dataclass(frozen=True, slots=True)
class Slicer:
    """Reads one page from each list that the audience is made of; the same place gives the same slice."""

    visitors: Visitors
    memberships: Memberships
    subscriptions: Subscriptions
    candidates: Candidates

    def first(self, run: Run, shard: int) -> Place:
        """Where only so many may be drawn, the whole shard is read once for their lots."""
        lists = len(run.audience.include) if run.audience.candidates is None else 0
        place = Place(streams=(Stream(),) * (lists or 1))
        if run.terms.max_recipients is None or run.audience.candidates is not None:
            return place
        return replace(
            place,
            lot=highest(run, shard, reachable(run, shard, self.memberships, self.subscriptions)),
            left=share(run, shard),
        )

    def __call__(self, run: Run, shard: int, place: Place, now: Instant) -> Slice:
        if run.audience.candidates is not None:
            return self._due(run, run.audience.candidates, shard, place, now)
        if run.audience.include:
            return self._members(run, shard, place)
        return self._everyone(run, shard, place)

    def swept(self, run: Run, shard: int, sweep: Sweep) -> Sequence[tuple[VisitorId, Instant]]:
        """Of a page that is already queued, the rows that are still there."""
        if run.audience.candidates is None:
            return ()
        page = self._candidates(run, run.audience.candidates, shard, sweep.cursor)
        return [row for row in page.items if mark(run.store, row[0]) in sweep.marks]

    def _everyone(self, run: Run, shard: int, place: Place) -> Slice:
        page = self.subscriptions.page(run.store, shard, place.streams[0].cursor, PAGE)
        meant = {row.visitor for row in page.items if run.takes(row.visitor)}
        excluded = self._excluded(run, meant)
        wanted, skipped = meant - excluded, Counter[str]()
        if place.lot is not None:
            among = {row.visitor for row in page.items if is_drawn(run, place.lot, row)}
            skipped = Counter(counted(run, who, NOT_DRAWN) for who in wanted - among)
            wanted &= among
        rows = [row for row in page.items if row.visitor in wanted]
        rows = self._newest(run, rows) if run.terms.newest_device_only else rows
        found = [(row.service, Recipient(row.visitor, row.id)) for row in rows]
        skipped += Counter(counted(run, who, "excluded") for who in excluded)
        return Slice(_moved(place, (_after(page.cursor),)), tuple(found), skipped)

    def _newest(self, run: Run, rows: Sequence[Subscription]) -> list[Subscription]:
        """Of a person's devices the one that was there last, whichever page each of them is on.

        A device of which the profile does not know yet stands for itself.
        """
        profiles = People(self.visitors).load_many(run.store, sorted({row.visitor for row in rows}))
        newest = {who: devices_of(profile, None, newest=True) for who, profile in profiles.items()}
        return [row for row in rows if newest.get(row.visitor, ()) in {(), (row.id,)}]

    def _excluded(self, run: Run, visitors: Iterable[VisitorId]) -> frozenset[VisitorId]:
        if not run.audience.exclude:
            return frozenset()
        profiles = People(self.visitors).load_many(run.store, sorted(visitors))
        left = Audience(exclude=run.audience.exclude)
        return frozenset(who for who, profile in profiles.items() if audience_left(left, profile))

    def _members(self, run: Run, shard: int, place: Place) -> Slice:
        """Merge lists that are each in the order of visitor ids; nobody comes twice, in whatever many they are."""
        pages = [
            Page(()) if stream.ended else self.memberships.page(run.store, segment, shard, stream.cursor, PAGE)
            for segment, stream in zip(run.audience.include, place.streams, strict=True)
        ]
        # Beyond the first list to end in the middle, a smaller id may still come
        ends = [page.items[-1].visitor for page in pages if page.cursor is not None]
        horizon = min(ends, default=None)
        ids = {member.visitor for page in pages for member in page.items}
        due = sorted(who for who in ids if who > place.after and (horizon is None or who <= horizon))
        streams = tuple(_advanced(*pair, horizon) for pair in zip(place.streams, pages, strict=True))
        moved = replace(_moved(place, streams), after=due[-1] if due else place.after)
        due = [who for who in due if run.takes(who)]
        able = {member.visitor for page in pages for member in page.items if member.reachable}
        moved, chosen = drawn(run, moved, due if place.lot is None else [who for who in due if who in able])
        left = frozenset(due).difference(chosen)
        skipped = Counter(counted(run, who, NOT_DRAWN if who in able else "unsubscribed") for who in left)
        return self._reach(run, chosen, Slice(moved, skipped=skipped))

    def _due(self, run: Run, scenario: str, shard: int, place: Place, now: Instant) -> Slice:
        page = self._candidates(run, scenario, shard, place.streams[0].cursor)
        left = tuple(one for one in page.items if one[1] + run.terms.relevance <= now)
        sweep = Sweep(place.streams[0].cursor, frozenset(mark(run.store, who) for who, _ in page.items))
        moved = replace(_moved(place, (_after(page.cursor),)), sweep=sweep if page.items else None)
        skipped = Counter(counted(run, who, "expired") for who, _ in left)
        fresh = [who for who, send_at in page.items if send_at + run.terms.relevance > now]
        return self._reach(run, fresh, Slice(moved, skipped=skipped, taken=page.items, left=left))

    def _candidates(self, run: Run, scenario: str, shard: int, cursor: str | None) -> Page[tuple[VisitorId, Instant]]:
        return self.candidates.page(scenario, run.store, shard, run.scheduled_at, cursor, CANDIDATE_PAGE)

    def _reach(self, run: Run, visitors: Sequence[VisitorId], so_far: Slice) -> Slice:
        """The active subscriptions of those who still belong to the audience, each person once."""
        profiles = People(self.visitors).load_many(run.store, visitors)
        met: set[VisitorId] = set()
        skipped: Counter[str] = Counter(so_far.skipped)
        found: list[tuple[PushService, Recipient]] = []
        left = [*so_far.left]
        for visitor in visitors:
            profile = profiles.get(visitor)
            reason = _left_out(run.audience, profile)
            if reason is not None or profile is None:
                skipped[counted(run, profile.visitor if profile else visitor, reason or "unsubscribed")] += 1
                left.append((visitor, run.scheduled_at))
            elif profile.visitor not in met:
                met.add(profile.visitor)
                who = profile.visitor if run.audience.candidates is None else visitor
                found += _devices(profile, who, newest=run.terms.newest_device_only)
        return replace(so_far, recipients=tuple(found), skipped=skipped, left=tuple(left))


def counted(run: Run, visitor: VisitorId, reason: str) -> str:
    """As it is counted, for the variant that the visitor would have got."""
    return counted_as(reason, run.variant_at(run.variant_for(visitor)))


def _left_out(audience: Audience, profile: Profile | None) -> str | None:
    if profile is None or not profile.subscribed:
        return "unsubscribed"
    if profile.suppressed:
        return "suppressed"
    if exited(audience, profile):
        return "exited"
    if any(segment in profile.memberships for segment in audience.exclude):
        return "excluded"
    return "audience_left" if audience_left(audience, profile) else None


def _devices(profile: Profile, who: VisitorId, *, newest: bool) -> list[tuple[PushService, Recipient]]:
    """A candidate goes by the id that they became one under: they may be planned by another of theirs, too."""
    return [
        (profile.subscriptions[device].service, Recipient(who, device))
        for device in devices_of(profile, None, newest=newest)
    ]


def _after(cursor: str | None) -> Stream:
    return Stream(cursor, ended=cursor is None)


def _advanced(stream: Stream, page: Page[Member], horizon: VisitorId | None) -> Stream:
    """Past a page that is used up; else it is read again, since a part of it lies beyond the horizon."""
    if stream.ended:
        return stream
    last = page.items[-1].visitor if page.items else None
    used_up = last is None or horizon is None or last <= horizon
    return _after(page.cursor) if used_up else stream


def _moved(place: Place, streams: tuple[Stream, ...]) -> Place:
    return replace(place, streams=streams, sweep=None)
