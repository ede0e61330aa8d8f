"""What the calls about campaigns answer; every field is always there."""

from pydantic import BaseModel, JsonValue

from shopbell.domain.campaigns import CampaignStatus
from shopbell.runtime.http.management_answers import AudienceOut, ClickOut, ContentOut, VariantOut
from shopbell.runtime.http.winner_answers import WinnerOut


class QuotaOut(BaseModel):
    times: int
    within: str


class DeliveryOut(BaseModel):
    ttl: str
    urgency: str
    topic: str | None
    per_minute: int | None
    respect_quiet_hours: bool
    respect_caps: bool
    max_per_user: QuotaOut | None


class ScheduleOut(BaseModel):
    """One of `at` and `cron` is null. `time_zone` null in a draft: the store's, as it is when it is scheduled."""

    at: str | None
    cron: str | None
    time_zone: str | None
    visitor_local: bool
    best_hour: bool


class CampaignProductsOut(BaseModel):
    algorithm: str
    count: int
    filters: dict[str, JsonValue]


class ApprovalOut(BaseModel):
    """What was asked for (`send` or `schedule`), by which key and when, and which other key has agreed, and when.

    While `approved_by` is null it waits, and is a draft; or, with `run_at`, the run of that instant is held back,
    since its audience is larger than was agreed to. It is given up (`not_approved`) at `until`.
    `recipients`: how many it would reach; `at_most`: how many it might, null where all were counted. `asked_by`
    null: an earlier release did not note it. `message`: the same to read, null where nothing waits.
    """

    action: str
    asked_by: str | None
    at: str
    recipients: int
    at_most: int | None
    approved_by: str | None
    approved_at: str | None
    run_at: str | None
    until: str | None
    message: str | None


class CampaignOut(BaseModel):
    """One of `content` and `variants` is null. `content_by`: other words for some, by category or by segment.

    `next_run_at`: while it is scheduled, the next time that it is for; by the visitors' own clocks, when the first
    clock of the world shows it. `copy_of`: the campaign that it was duplicated from.
    `freeze_audience` is the opposite of `recheck_at_send`: who is in the audience when a run reads its members, a
    moment after it began, gets it wherever they are by then.
    """

    id: str
    name: str
    status: CampaignStatus
    audience: AudienceOut
    content: ContentOut | None
    variants: list[VariantOut] | None
    content_by: dict[str, dict[str, ContentOut]] | None
    products: CampaignProductsOut | None
    delivery: DeliveryOut
    topic: str | None
    holdout_percent: int
    attribution: ClickOut | None
    max_recipients: int | None
    recheck_at_send: bool
    freeze_audience: bool
    schedule: ScheduleOut | None
    ends_at: str | None
    winner: WinnerOut | None
    next_run_at: str | None
    approval: ApprovalOut | None
    copy_of: str | None
    created_at: str
    updated_at: str
    sent_at: str | None


class TestOut(BaseModel):
    """Whom the test went to, and who has no active subscription."""

    __test__ = False

    sent: list[str]
    unreachable: list[str]
