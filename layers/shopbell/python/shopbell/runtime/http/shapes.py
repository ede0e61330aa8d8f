"""From values of the domain to what the management calls answer."""

from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from shopbell.app.management.campaigns.report import Report
from shopbell.app.management.segments.read import SegmentView
from shopbell.app.management.visitors import VisitorView
from shopbell.app.scenarios.view import ScenarioView
from shopbell.domain.campaigns import Campaign
from shopbell.domain.clock import Instant, format_duration, format_instant
from shopbell.domain.content import Content
from shopbell.domain.events import Json
from shopbell.domain.membership import LogLine, Member
from shopbell.domain.scenarios.parameters import describe
from shopbell.domain.store import Store
from shopbell.domain.subscriptions import SubscriptionFact
from shopbell.runtime.http import management_answers as out

_CUSTOM: Final = "custom."
_NOTES: Final = {
    "orders": "Attribution of orders comes with a later release.",
    "revenue": "Attribution of revenue comes with a later release.",
}


def segment(view: SegmentView) -> out.SegmentOut:
    row = view.segment
    return out.SegmentOut(
        id=row.id,
        name=row.name,
        description=row.description,
        tags=list(row.tags),
        rule=_json(row.rule),
        sentence=view.sentence,
        state=row.state,
        build=out.BuildOut(percent=row.build_percent or 0) if row.state == "building" else None,
        size=out.SizeOut(total=view.total, reachable=view.reachable),
        used_by=len(view.users),
        version=row.version,
        hidden=row.hidden,
        created_at=format_instant(row.created_at),
        last_changed_at=format_instant(row.last_changed_at),
        last_verified_at=_instant(row.last_verified_at),
    )


def member(row: Member) -> out.MemberOut:
    return out.MemberOut(
        visitor_id=row.visitor,
        entered_at=format_instant(row.entered_at),
        expires_at=_instant(row.expires_at),
        reachable=row.reachable,
        version=row.version,
    )


def log_line(row: LogLine) -> out.LogLineOut:
    return out.LogLineOut(
        visitor_id=row.visitor,
        segment_id=row.flip.segment,
        change=row.flip.change,
        at=format_instant(row.flip.at),
        cause=row.flip.cause,
        leaf=row.flip.leaf,
        version=row.flip.version,
    )


def content(row: Content) -> out.ContentOut:
    return out.ContentOut(
        title=row.title,
        body=row.body,
        url=row.url,
        icon_url=row.icon_url,
        image_url=row.image_url,
        badge_url=row.badge_url,
        actions=[out.ActionOut(action=one.action, title=one.title, url=one.url) for one in row.actions],
        translations={language: dict(texts) for language, texts in row.translations.items()},
    )


def campaign(row: Campaign) -> out.CampaignOut:
    return out.CampaignOut(
        id=row.id,
        name=row.name,
        status=row.status,
        audience=out.AudienceOut(
            include=list(row.audience.include), rule=_json(row.audience.rule), exclude=list(row.audience.exclude)
        ),
        content=content(row.content),
        delivery=out.DeliveryOut(
            ttl=format_duration(row.delivery.ttl), urgency=row.delivery.urgency, topic=row.delivery.topic
        ),
        created_at=format_instant(row.created_at),
        updated_at=format_instant(row.updated_at),
        sent_at=_instant(row.sent_at),
    )


def report(row: Report) -> out.ReportOut:
    return out.ReportOut(
        targeted=row.targeted,
        skipped=dict(row.skipped),
        accepted=row.accepted,
        failed=sum(row.failed.values()),
        failed_by=dict(row.failed),
        retired=row.retired,
        open=row.open,
        orders=None,
        revenue=None,
        notes=_NOTES,
        **{name: row.receipts.get(name, 0) for name in ("shown", "clicked", "closed", "landed")},
    )


def scenario(view: ScenarioView) -> out.ScenarioOut:
    return out.ScenarioOut(
        name=view.name,
        title=view.title,
        available=view.available,
        enabled=view.enabled,
        parameters=dict(view.values or {}),
        parameter_help=[out.ParameterOut.model_validate(dict(describe(one))) for one in view.parameters],
        content=content(view.content) if view.content else None,
        segment_id=view.segment,
        next_run_at=_instant(view.next_run_at),
        warnings=list(view.warnings),
    )


def visitor(view: VisitorView) -> out.VisitorOut:
    return out.VisitorOut(
        visitor_id=view.visitor,
        traits=_nested(view.traits),
        segments=[
            out.MembershipOut(id=name, entered_at=format_instant(at)) for name, at in sorted(view.segments.items())
        ],
        subscriptions=[_subscription(fact) for fact in view.subscriptions],
        cart=None,
        reachable=view.reachable,
        first_seen_at=_instant(view.first_seen),
        last_seen_at=_instant(view.last_seen),
    )


def store(row: Store) -> out.StoreOut:
    keys = [
        out.VapidKeyOut(
            id=key.id, public_key=key.public_key, state=key.state, created_at=format_instant(key.created_at)
        )
        for key in row.vapid_keys
    ]
    return out.StoreOut(
        id=row.id,
        name=row.name,
        contact=row.contact,
        time_zone=row.time_zone,
        currency=row.currency,
        language=row.language,
        origins=list(row.origins),
        click_domains=list(row.click_domains),
        revenue_source=row.revenue_source,
        sending=row.sending,
        prompt=dict(row.prompt),
        vapid_keys=keys,
        created_at=format_instant(row.created_at),
    )


def _subscription(fact: SubscriptionFact) -> out.SubscriptionFactOut:
    return out.SubscriptionFactOut(
        id=fact.id,
        active=fact.active,
        changed_at=format_instant(fact.changed_at),
        service=fact.service,
        vapid_key_id=fact.vapid_key,
        browser=fact.browser,
        os=fact.os,
        device=fact.device,
        prompt=fact.prompt,
        time_zone=fact.time_zone,
        language=fact.language,
    )


def _nested(traits: Mapping[str, Json]) -> dict[str, JsonValue]:
    """As PATCH takes them: what a shop made up itself is under `custom`."""
    own = {name: _json(value) for name, value in traits.items() if not name.startswith(_CUSTOM)}
    custom = {name.removeprefix(_CUSTOM): _json(value) for name, value in traits.items() if name.startswith(_CUSTOM)}
    return {**own, "custom": custom} if custom else {**own}


def _json(value: Json) -> JsonValue:
    """The same value as lists and dicts, which is what a stored one may not be any more."""
    if isinstance(value, Mapping):
        return {name: _json(inside) for name, inside in value.items()}
    if isinstance(value, str) or value is None or isinstance(value, bool | int | float):
        return value
    return [_json(inside) for inside in value]


def _instant(at: Instant | None) -> str | None:
    return None if at is None else format_instant(at)
