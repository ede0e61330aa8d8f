"""Plan a run: write it once, put one message for each shard on the queue, and never look at a single visitor."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from shopbell.app.delivery.carrying import Carry
from shopbell.app.ends import Done, End, Later
from shopbell.app.watchwork import Watch, unwatched
from shopbell.app.work import PlanWork, shard_message
from shopbell.domain.campaigns import MAX_LATENESS, Campaign
from shopbell.domain.clock import HOUR, SECOND, Clock, Duration, Instant
from shopbell.domain.ids import RunId, SegmentId, StoreId
from shopbell.domain.lasting import LONGEST_RUN, made_late
from shopbell.domain.runs import Audience, DeliveryOptions, Run, RunState, ShardWork, Source, Terms
from shopbell.domain.scenarios.calendar import ROUND, wall_of
from shopbell.domain.scenarios.ownclock import OwnClock
from shopbell.domain.segments.zones import named
from shopbell.domain.winner import Decision, Metric, Phase, WinnerTest
from shopbell.ports import Campaigns, Queue, Runs, Segments, Stores

SHORTEST_RUN: Final[Duration] = HOUR
"""However short the push service's TTL is: what it takes to hand the messages over must fit."""
REST: Final = "rest"
"""The part of a campaign's run that waits until a winner is found."""
BUILD_WAIT: Final[Duration] = 10 * SECOND
Weigh = Callable[[Run, Metric], Run]
"""The same run, with the weights that follow from what those before it brought."""


def as_given(run: Run, _: Metric) -> Run:
    """Of whom nobody knows what they brought."""
    return run


def run_id(store: StoreId, source: Source, source_id: str, scheduled_at: Instant, part: str = "") -> RunId:
    """The same firing always names the same run: 20 hex characters."""
    firing = f"{store}\n{source}\n{source_id}\n{scheduled_at}" + (f"\n{part}" if part else "")
    return RunId(hashlib.sha256(firing.encode()).hexdigest()[:20])


def end_of(scheduled_at: Instant, delivery: DeliveryOptions) -> Instant:
    """When a run is given up: the message would be stale (ruling 33)."""
    return scheduled_at + max(SHORTEST_RUN, min(delivery.ttl, LONGEST_RUN))


@dataclass(frozen=True, slots=True)
class Launch:
    """Writes a run and its shard messages. O(shards), whatever the size of the audience."""

    runs: Runs
    audience: Queue
    watch: Watch = unwatched

    def __call__(self, run: Run) -> bool:
        """False if this firing had made it before.

        The messages go out again even then, since whoever made it may have died before: a shard that is done
        answers at once, and one that is not goes on from its checkpoint.
        """
        fresh = self.runs.create(run)
        self.audience.send([shard_message(ShardWork(run.store, run.id, shard)) for shard in range(run.shards)])
        self.watch(run)
        return fresh


def unasked(_: Campaign, __: Run) -> str | None:
    """For who has nobody to ask."""
    return None


@dataclass(frozen=True, slots=True)
class PlanCampaign:
    """Queue `plan`: a campaign that a marketer started, or whose time has come."""

    stores: Stores
    campaigns: Campaigns
    segments: Segments
    launch: Launch
    now: Clock
    weigh: Weigh = as_given
    held: Callable[[Campaign, Run], str | None] = unasked
    """Why a run does not begin yet, or never does: its audience is asked about once more."""

    def __call__(self, work: PlanWork) -> End:
        """Later while a segment of its audience is still building (ruling 19)."""
        store, campaign = self.stores.get(work.store), self.campaigns.get(work.store, work.campaign)
        if store is None or campaign is None:
            return Done({"campaign_gone": 1})
        if campaign.status not in {"scheduled", "sending", "paused"}:
            return Done({f"campaign_{campaign.status}": 1})
        run = run_of_campaign(campaign, store.shards, work.at, self.now())
        if self._building(work.store, (*run.audience.include, *run.audience.exclude)):
            return Later(BUILD_WAIT, "audience_building")
        if (why := self.held(campaign, run)) is not None:
            return Done({why: 1})
        if campaign.weighing is not None:
            run = self.weigh(run, campaign.weighing.metric)
        fresh = self.launch(made_late(run, (*campaign.stood, *store.stood)))
        stands = self.campaigns.get(work.store, work.campaign)
        if stands is not None and stands.status != campaign.status:  # whoever turned it may not have seen the run
            Carry(self.campaigns, self.stores, self.launch.runs, self.now)(stands)
        return Done({"runs_planned" if fresh else "runs_planned_before": 1})

    def _building(self, store: StoreId, segments: Sequence[SegmentId]) -> bool:
        rows = [self.segments.get(store, segment) for segment in segments]
        return any(row is not None and row.state == "building" for row in rows)


def _audience(campaign: Campaign) -> Audience:
    """A draft's rule has no segment yet, and so nobody in it: not everybody."""
    given, rule = campaign.audience, campaign.audience.rule_segment
    if given.rule is not None and rule is None:
        rule = SegmentId(f"campaign-{campaign.id}")
    return Audience(given.include if rule is None else (*given.include, rule), given.exclude)


def run_of_campaign(campaign: Campaign, shards: int, at: Instant, now: Instant) -> Run:
    """The one of that instant."""
    state: RunState = "paused" if campaign.status == "paused" else "sending"
    run = Run(
        store=campaign.store,
        id=run_id(campaign.store, "campaign", campaign.id, at),
        source="campaign",
        source_id=campaign.id,
        scheduled_at=at,
        created_at=now,
        ends_at=end_of(at, campaign.delivery),
        shards=shards,
        audience=_audience(campaign),
        content=campaign.content,
        variants=campaign.variants,
        content_by=campaign.content_by,
        delivery=campaign.delivery,
        state=state,
        terms=campaign.terms,
        closes_at=campaign.ends_at,
    )
    timed = _timed(run, campaign)
    if campaign.winner is not None:
        timed = replace(timed, terms=_of_phase(campaign, Phase(campaign.winner.percent)))
    return timed if campaign.ends_at is None else replace(timed, ends_at=min(timed.ends_at, campaign.ends_at))


def rest_of_campaign(campaign: Campaign, test: WinnerTest, shards: int, tried: Run, decision: Decision) -> Run:
    """The one to those who have not tried the variants: there is one, whenever and by whomever it is decided.

    Who turned out to be one with somebody who got the message does not get it again.
    """
    run = run_of_campaign(campaign, shards, tried.scheduled_at, decision.at)
    sends = tuple(one for one in tried.variants if one.name in decision.sends)
    ends_at = end_of(decision.at, campaign.delivery)
    rest = replace(
        run,
        id=run_id(campaign.store, "campaign", campaign.id, tried.scheduled_at, REST),
        part=REST,
        ends_at=ends_at if campaign.ends_at is None else min(ends_at, campaign.ends_at),
        terms=replace(_of_phase(campaign, Phase(test.percent, rest=True)), reentry="never"),
        decision=decision,
    )
    if not sends:
        why = decision.reason if decision.reason in {"ended", "not_approved"} else "no_winner"
        return replace(rest, state="cancelled", shards=0, given_up=why)
    return replace(rest, variants=sends, content=sends[0].content)


def _of_phase(campaign: Campaign, phase: Phase) -> Terms:
    most = campaign.terms.max_recipients
    return replace(campaign.terms, phase=phase, max_recipients=None if most is None else phase.of(most))


def for_visitors(run: Run, day: date, minute: int, since: Instant) -> Run:
    """The same, but to each visitor when their own clock shows that time, the first and the last of which differ."""
    own = OwnClock(day.toordinal(), minute, since, run.ends_at - run.scheduled_at)
    return replace(run, ends_at=run.ends_at + ROUND, terms=replace(run.terms, own_clock=own))


def _timed(run: Run, campaign: Campaign) -> Run:
    """To each at the moment that its schedule means."""
    schedule = campaign.schedule
    if schedule is None:
        return run
    if schedule.visitor_local:
        oldest = max(campaign.since, run.created_at - MAX_LATENESS)
        wall = wall_of(schedule.trigger, named(schedule.time_zone or ""), run.scheduled_at)
        return for_visitors(run, *wall, oldest)
    return replace(run, terms=replace(run.terms, best_hour=schedule.best_hour))
