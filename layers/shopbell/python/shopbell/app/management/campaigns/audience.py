"""A campaign's audience: segments of its store, and an inline rule as a hidden segment of its own (ruling 19)."""

from dataclasses import dataclass, replace

from shopbell.app.management.campaigns.texts import named_segments
from shopbell.app.management.changes import check_saved
from shopbell.app.management.segments.rules import ReadRule, check_live, uses
from shopbell.app.management.segments.write import Build
from shopbell.domain.campaigns import Campaign, CampaignAudience
from shopbell.domain.clock import Clock
from shopbell.domain.errors import Problem, Rejected
from shopbell.domain.ids import CampaignId, SegmentId, StoreId
from shopbell.domain.incoming.campaigns import AudienceIn
from shopbell.domain.segments.definition import Segment, SegmentState
from shopbell.ports import Segments


@dataclass(frozen=True, slots=True)
class KeepAudience:
    segments: Segments
    read_rule: ReadRule
    build: Build
    now: Clock

    def read(self, store: StoreId, campaign: CampaignId, given: AudienceIn) -> CampaignAudience:
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
            rule_segment=None if given.rule is None else SegmentId(f"campaign-{campaign}"),
        )

    def keep(self, campaign: Campaign) -> None:
        """Bring the hidden segment in step with the campaign's rule; a draft costs nothing until it is sent."""
        audience = campaign.audience
        hidden = self.segments.get(campaign.store, SegmentId(f"campaign-{campaign.id}"))
        if audience.rule_segment is None:
            if hidden is not None:
                self._turn(hidden, "archived")
        elif hidden is None:
            check_saved(saved=self.segments.save(self._hidden(campaign, audience.rule_segment), expected=None))
        elif hidden.rule != audience.rule:
            changed = replace(hidden, rule=audience.rule, version=hidden.version + 1)
            self._turn(changed, "draft")

    def wake(self, campaign: Campaign) -> None:
        """Before it is sent: every segment must be live, and the rule's own begins to build. Raises Conflict."""
        audience = campaign.audience
        known = self.segments.all(campaign.store)
        hidden = next((row for row in known if row.id == audience.rule_segment), None)
        inside = uses(hidden) if hidden is not None else frozenset[SegmentId]()
        named = named_segments(campaign.content_by)
        check_live(frozenset({*audience.include, *audience.exclude, *inside, *named}), known)
        if hidden is not None and not hidden.live:
            self._turn(hidden, "building")
        if hidden is not None:
            self.build(campaign.store)

    def rest(self, campaign: Campaign) -> None:
        """After it was sent or given up: the rule's segment is evaluated no more."""
        name = campaign.audience.rule_segment
        hidden = self.segments.get(campaign.store, name) if name else None
        if hidden is not None and hidden.state != "archived":
            self._turn(hidden, "archived")

    def _turn(self, row: Segment, state: SegmentState) -> None:
        turned = replace(row, state=state, revision=row.revision + 1, last_changed_at=self.now(), build_percent=None)
        check_saved(saved=self.segments.save(turned, expected=row.revision))

    def _hidden(self, campaign: Campaign, name: SegmentId) -> Segment:
        now = self.now()
        return Segment(
            store=campaign.store,
            id=name,
            name=f"Audience of {campaign.name}",
            rule=campaign.audience.rule,
            state="draft",
            version=1,
            revision=1,
            created_at=now,
            last_changed_at=now,
            hidden=True,
        )
