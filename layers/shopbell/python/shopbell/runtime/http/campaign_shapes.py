"""From a campaign to what the calls answer."""

from pydantic import JsonValue

from shopbell.app.delivery.agreeing import latest_start
from shopbell.domain.campaigns import Approval, Campaign, Schedule
from shopbell.domain.clock import Instant, format_duration, format_instant
from shopbell.domain.content import ContentBy
from shopbell.domain.scenarios.plan import Selection
from shopbell.runtime.http import campaign_answers as out
from shopbell.runtime.http.management_answers import AudienceOut, ClickOut, ContentOut
from shopbell.runtime.http.shapes import content, instant, json_of, words
from shopbell.runtime.http.winner_answers import winner


def campaign(row: Campaign, now: Instant) -> out.CampaignOut:
    window = row.terms.attribution
    coming = row.following(now) if row.status in {"scheduled", "sending"} else None
    return out.CampaignOut(
        id=row.id,
        name=row.name,
        status=row.status,
        audience=AudienceOut(
            include=list(row.audience.include), rule=json_of(row.audience.rule), exclude=list(row.audience.exclude)
        ),
        **words(row.content, row.variants),
        content_by=_by(row.content_by),
        products=_products(row.terms.products),
        delivery=_delivery(row),
        topic=row.terms.topic,
        holdout_percent=row.terms.holdout_percent,
        attribution=None if window is None else ClickOut(click=format_duration(window)),
        max_recipients=row.terms.max_recipients,
        recheck_at_send=row.terms.recheck_audience,
        freeze_audience=not row.terms.recheck_audience,
        schedule=_schedule(row.schedule) if row.schedule else None,
        ends_at=instant(row.ends_at),
        winner=winner(row.winner, row.weighing),
        next_run_at=instant(coming),
        approval=_approval(row, row.approval) if row.approval else None,
        copy_of=row.copy_of,
        created_at=format_instant(row.created_at),
        updated_at=format_instant(row.updated_at),
        sent_at=instant(row.sent_at),
    )


def _delivery(row: Campaign) -> out.DeliveryOut:
    quota = row.terms.max_per_user
    return out.DeliveryOut(
        ttl=format_duration(row.delivery.ttl),
        urgency=row.delivery.urgency,
        topic=row.delivery.topic,
        per_minute=row.delivery.per_minute,
        respect_quiet_hours=row.terms.respect_quiet_hours,
        respect_caps=row.terms.respect_caps,
        max_per_user=out.QuotaOut(times=quota[0], within=format_duration(quota[1])) if quota else None,
    )


def _schedule(row: Schedule) -> out.ScheduleOut:
    return out.ScheduleOut(
        at=instant(row.at),
        cron=row.cron,
        time_zone=row.time_zone,
        visitor_local=row.visitor_local,
        best_hour=row.best_hour,
    )


def _products(row: Selection) -> out.CampaignProductsOut | None:
    if row.algorithm is None:
        return None
    filters: dict[str, JsonValue] = {name: json_of(value) for name, value in row.filters.items()}
    return out.CampaignProductsOut(algorithm=row.algorithm, count=row.count, filters=filters)


def _approval(of: Campaign, row: Approval) -> out.ApprovalOut:
    return out.ApprovalOut(
        action=row.action,
        asked_by=row.asked_by,
        at=format_instant(row.asked_at),
        recipients=row.recipients,
        at_most=row.at_most,
        approved_by=row.approved_by,
        approved_at=instant(row.approved_at),
        run_at=instant(row.run_at),
        until=instant(_until(of, row)),
        message=_awaited(of, row),
    )


def _until(of: Campaign, row: Approval) -> Instant | None:
    return None if row.run_at is None else latest_start(of, row.run_at, row.part)


def _awaited(of: Campaign, row: Approval) -> str | None:
    until = _until(of, row)
    if not row.open or of.status in {"sent", "cancelled"}:
        return None
    if of.status == "draft":
        return f"It would reach {_people(row)}. It waits for a second person: POST …/approve with their key."
    grown = f"Its audience is {_people(row)} by now, more than was agreed to."
    if until is None:
        return f"{grown} Nobody agreed in time: POST …/approve is for what comes."
    what = "The rest of it" if row.part else "What was to go"
    return f"{grown} {what} waits for a second person until {format_instant(until)}: POST …/approve with their key."


def _people(row: Approval) -> str:
    return f"{row.recipients} people" + ("" if row.at_most is None else f", or up to {row.at_most}")


def _by(row: ContentBy | None) -> dict[str, dict[str, ContentOut]] | None:
    return None if row is None else {row.kind: {one.name: content(one.content) for one in row.texts}}
