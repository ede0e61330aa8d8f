"""A campaign's audience: segments of its store, and an inline rule as a hidden segment of its own (ruling 19)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from shopbell.app.management.campaigns.texts import named_segments
from shopbell.app.management.changes import check_saved
from shopbell.app.management.segments.rules import ReadRule, refers
from shopbell.app.management.segments.write import Build
from shopbell.domain.campaigns import Campaign, CampaignAudience
from shopbell.domain.clock import Clock
from shopbell.domain.errors import Conflict, Problem, Rejected
from shopbell.domain.ids import CampaignId, SegmentId, StoreId
from shopbell.domain.incoming.campaigns import AudienceIn
from shopbell.domain.segments.definition import Segment
from shopbell.domain.segments.leaning import check_live
from shopbell.ports import Campaigns, Segments

TRIES: Final = 5
_STANDS: Final = frozenset({"scheduled", "sending", "paused"})
"""What is sent, or will be, by the segment that it names."""


def nothing_more(_: Campaign) -> None:
    """For who has written nothing else."""


@dataclass(frozen=True, slots=True)
class KeepAudience:
    """A draft has no segment of its own: only what is started gets one, named by the revision that it is started as.

    So nobody who is refused, or dies, has written what another revision reads; and whoever puts the segments of
    earlier ones to rest, however late, never meets that of a later one.
    """

    segments: Segments
    read_rule: ReadRule
    build: Build
    now: Clock

    def read(self, store: StoreId, given: AudienceIn) -> CampaignAudience:
        """Raises Rejected with the path of what is no segment of the store. Writes nothing."""
        known = self.segments.all(store)
        there = {row.id for row in known if row.state != "archived" and not row.hidden}
        missing = [
            Problem(f"audience.{side}.{place}", "is no segment of this store")
            for side in ("include", "exclude")
            for place, name in enumerate(getattr(given, side))
            if name not in there
        ]
        if missing:
            raise Rejected(missing)
        if given.rule is not None:
            self.read_rule(store, given.rule, known, at="audience.rule")
        return CampaignAudience(
            include=tuple(SegmentId(name) for name in given.include),
            exclude=tuple(SegmentId(name) for name in given.exclude),
            rule=given.rule,
        )

    def wake(self, starting: Campaign) -> Campaign:
        """Before it is saved as sent or scheduled: every segment must be live, and the rule's own begins to build.

        The same, with that segment. Raises Conflict.
        """
        audience = starting.audience
        check_live(_named(starting), self.segments.all(starting.store))
        if audience.rule is None:
            return replace(starting, audience=replace(audience, rule_segment=None))
        name = SegmentId(f"{_first_name(starting.id)}-{starting.revision}")
        self._build(starting, name)
        return replace(starting, audience=replace(audience, rule_segment=name))

    def start(
        self,
        campaigns: Campaigns,
        before: Campaign,
        woken: Campaign,
        undo: Callable[[Campaign], None] = nothing_more,
    ) -> None:
        """Save it. 412, with its segment at rest again, where somebody was faster; `undo` is told what stands.

        Then look again: 409, the draft that it was before, where a segment has been put away meanwhile. Whoever puts
        one away looks again as well, so that of the two one is refused at least, or both.
        """
        saved = campaigns.save(woken, expected=woken.revision - 1)
        gone = self._gone(woken) if saved else []
        if gone:
            self._take_back(campaigns, before, woken)
        if (gone or not saved) and (stands := campaigns.get(woken.store, woken.id)) is not None:
            undo(stands)
            self.rest(stands)
        check_saved(saved=saved)
        if gone:
            raise Conflict(f"It refers to segments that were just archived: {'; '.join(gone)}.")

    def _gone(self, woken: Campaign) -> list[str]:
        wanted, known = _named(woken), self.segments.all(woken.store)
        return sorted(f"{row.name} ({row.id})" for row in known if row.id in wanted and row.state == "archived")

    def _take_back(self, campaigns: Campaigns, before: Campaign, woken: Campaign) -> None:
        """Nothing that was agreed to stays so. What somebody pauses meanwhile becomes a draft, too."""
        draft = replace(before, status="draft", approval=None, send_key=None, send_body=None, updated_at=self.now())
        stands: Campaign | None = woken
        for _ in range(TRIES):
            if stands is None or stands.status not in _STANDS:
                return
            if campaigns.save(replace(draft, revision=stands.revision + 1), expected=stands.revision):
                return
            stands = campaigns.get(woken.store, woken.id)
        raise Conflict("It is being changed by somebody else: try again.")

    def rest(self, stands: Campaign) -> None:
        """After it was saved: what it was started by before is evaluated no more, nor what it is no longer sent by.

        A repeat finishes what broke off.
        """
        used = stands.audience.rule_segment if stands.status in _STANDS else None
        for row in self.segments.all(stands.store):
            started_as = _revision_of(row.id, stands.id) if row.hidden and row.id != used else None
            if started_as is not None and started_as <= stands.revision:
                self._archive(row)

    def _build(self, starting: Campaign, name: SegmentId) -> None:
        """Whoever died in between has made it before; its rule is that of the revision."""
        for _ in range(TRIES):
            row = self.segments.get(starting.store, name)
            if row is None:
                saved = self.segments.save(self._hidden(starting, name), expected=None)
            else:
                woken = replace(row, state="building", revision=row.revision + 1, last_changed_at=self.now())
                saved = row.live or self.segments.save(replace(woken, build_percent=None), expected=row.revision)
            if saved:
                self.build(starting.store)
                return
        raise Conflict("The segment of its rule is being changed by somebody else: try again.")

    def _archive(self, row: Segment | None) -> None:
        """Whoever builds it writes how far it is."""
        for _ in range(TRIES):
            if row is None or row.state == "archived":
                return
            gone = replace(row, state="archived", revision=row.revision + 1, last_changed_at=self.now())
            if self.segments.save(replace(gone, build_percent=None), expected=row.revision):
                return
            row = self.segments.get(row.store, row.id)
        raise Conflict("The segment of its rule is being changed by somebody else: try again.")

    def _hidden(self, campaign: Campaign, name: SegmentId) -> Segment:
        now = self.now()
        return Segment(
            store=campaign.store,
            id=name,
            name=f"Audience of {campaign.name}",
            rule=campaign.audience.rule,
            state="building",
            version=1,
            revision=1,
            created_at=now,
            last_changed_at=now,
            hidden=True,
        )


def _named(campaign: Campaign) -> frozenset[SegmentId]:
    audience, named = campaign.audience, named_segments(campaign.content_by)
    return frozenset({*audience.include, *audience.exclude, *refers(audience.rule), *named})


def _first_name(campaign: CampaignId) -> str:
    return f"campaign-{campaign}"


def _revision_of(segment: SegmentId, campaign: CampaignId) -> int | None:
    """As which the campaign was started by it; 0 for one of an earlier release, None for no segment of its own."""
    name, _, revision = segment.partition(_first_name(campaign))
    if name or _first_name(campaign) not in segment:
        return None
    if not revision:
        return 0
    return int(revision[1:]) if revision[0] == "-" and revision[1:].isdecimal() else None
