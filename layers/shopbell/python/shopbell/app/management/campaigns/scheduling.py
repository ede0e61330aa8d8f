"""Have a campaign sent at its time, at each of its times, or put it back to a draft before the first."""

from dataclasses import dataclass, replace

from shopbell.app.management.campaigns.audience import KeepAudience
from shopbell.app.management.campaigns.starting import Admit, Asked, waits
from shopbell.app.management.campaigns.trial import check_winner
from shopbell.app.management.campaigns.write import found
from shopbell.app.management.changes import check_revision, check_saved
from shopbell.domain.campaigns import Campaign, Schedule
from shopbell.domain.clock import Clock, Instant, parse_instant
from shopbell.domain.errors import Conflict, Rejected
from shopbell.domain.ids import CampaignId, StoreId
from shopbell.domain.incoming.schedules import CampaignScheduleIn
from shopbell.domain.scenarios.ownschedule import named_for, schedule_of
from shopbell.ports import Campaigns, OwnSchedules, Runs, Stores


@dataclass(frozen=True, slots=True)
class KeepSchedule:
    """The campaign's own schedule in EventBridge's group, in step with it. Raises Unavailable."""

    schedules: OwnSchedules
    campaigns: Campaigns

    def put(self, campaign: Campaign, now: Instant) -> None:
        """Done again it changes nothing. What has nothing to come any more has none."""
        schedule, coming = campaign.schedule, campaign.following(now)
        if schedule is None:
            return
        if coming is None:  # the first clocks of the world have shown it, others have not
            coming = now
        whose = campaign.store, named_for(campaign.id)
        made = schedule_of(whose, schedule.trigger, schedule.time_zone or "UTC", coming, now)
        self.schedules.put(made if made.once else replace(made, ends_at=campaign.ends_at))

    def follow(self, campaign: Campaign, now: Instant) -> None:
        """Until the group holds what the campaign says by then: somebody else may have turned it meanwhile, and
        whichever of two comes to the group last must not leave there what does not stand.
        """
        known: Campaign | None = campaign
        while known is not None:
            if known.status == "scheduled":
                self.put(known, now)
            elif campaign.schedule is not None or known.schedule is not None:
                self.schedules.remove(known.store, named_for(known.id))
            told, known = known, self.campaigns.get(campaign.store, campaign.id)
            if known is None or _timed(known) == _timed(told):
                return


@dataclass(frozen=True, slots=True)
class ScheduleCampaign:
    campaigns: Campaigns
    stores: Stores
    runs: Runs
    audience: KeepAudience
    admit: Admit
    schedule: KeepSchedule
    now: Clock

    def __call__(self, store: StoreId, name: CampaignId, given: CampaignScheduleIn, asked: Asked) -> Campaign:
        """Once. The same `request` (Idempotency-Key) gets the same answer, any other 409.

        Rejected, with its path, for a time that is over or never comes, and for what would outlive its ttl.
        """
        stored, repeated = self.admit.draft(store, name, asked)
        if repeated:
            if stored.status == "scheduled":  # whoever scheduled it may have died before it was followed
                self.schedule.follow(stored, self.now())
            return stored
        ends_at = stored.ends_at if given.ends_at is None else parse_instant(given.ends_at)[0]
        schedule = given.value if given.is_said else stored.schedule
        return self.start(stored, replace(stored, schedule=schedule, ends_at=ends_at), asked)

    def start(self, stored: Campaign, wanted: Campaign, asked: Asked) -> Campaign:
        """A draft whose revision was checked, as it is and as it is to be."""
        now, row = self.now(), self.stores.get(stored.store)
        if wanted.schedule is None:
            raise Rejected.at("schedule", "is required")
        check_winner(wanted)
        zone = wanted.schedule.time_zone or (row.time_zone if row else "UTC")
        wanted = replace(wanted, since=now, schedule=replace(wanted.schedule, time_zone=zone))
        where = "" if wanted.schedule != replace(stored.schedule or Schedule(), time_zone=zone) else "schedule."
        first = first_of(wanted, now, where)
        approval = self.admit(wanted, asked, first)
        if approval is not None and waits(approval):
            return self.admit.hold(stored, wanted, asked, approval)
        scheduled = self.audience.wake(
            replace(
                wanted,
                status="scheduled",
                send_key=asked.request,
                send_body=asked.digest,
                approval=approval,
                started_by=asked.by,
                updated_at=now,
                revision=stored.revision + 1,
            )
        )
        # whoever dies before the campaign is saved leaves a schedule that finds a draft, and starts nothing
        self.schedule.put(scheduled, now)
        self.audience.start(self.campaigns, stored, scheduled, lambda stands: self.schedule.follow(stands, now))
        self.schedule.follow(scheduled, now)  # who was putting a draft back may have taken it away meanwhile
        return scheduled

    def back(self, store: StoreId, name: CampaignId, expected: int | None = None) -> Campaign:
        """A draft again, which can be changed. Conflict for what has begun to be sent."""
        stored = found(self.campaigns, store, name)
        check_revision(stored.revision, expected)
        if stored.status != "draft":
            if stored.status not in {"scheduled", "paused"} or stored.sent_at is not None:
                raise Conflict(f"It is {stored.status}: only what waits for its time can become a draft again.")
            if any(run.given_up is None for run in self.runs.of_source(store, "campaign", name)):
                raise Conflict("It has been sent: duplicate it to send something else.")
            drafted = replace(
                stored,
                status="draft",
                approval=None,
                paused_at=None,
                pauses=(),
                updated_at=self.now(),
                revision=stored.revision + 1,
            )
            check_saved(saved=self.campaigns.save(drafted, expected=stored.revision))
            stored = drafted
        self.schedule.follow(stored, self.now())
        self.audience.rest(stored)
        return stored


def _timed(campaign: Campaign) -> tuple[bool, Schedule | None, Instant | None]:
    """All that the schedule in the group comes of."""
    return campaign.status == "scheduled", campaign.schedule, campaign.ends_at


def first_of(campaign: Campaign, now: Instant, where: str = "") -> Instant:
    """When its schedule first sends anything from now on. Rejected, at the field below `where`, for never."""
    schedule = campaign.schedule
    if schedule is None:
        raise Rejected.at("schedule", "is required")
    if schedule.at is not None and schedule.at <= now:
        raise Rejected.at(f"{where}at", "is over")
    if schedule.at is not None:
        coming = replace(campaign, ends_at=None).following(now) or now
    elif (found_ := replace(campaign, ends_at=None).following(now)) is not None:
        coming = found_
    else:
        raise Rejected.at(f"{where}cron", "never comes any more")
    if campaign.ends_at is not None and campaign.ends_at <= coming:
        raise Rejected.at("ends_at", "must come after it is first sent")
    return coming
