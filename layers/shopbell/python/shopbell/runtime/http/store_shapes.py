"""From values of the domain to what the calls about scenarios, visitors and the store answer."""

from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from shopbell.app.management.visitors import BestHour, VisitorView
from shopbell.domain.clock import format_duration, format_instant
from shopbell.domain.events import Json
from shopbell.domain.localtime import clock
from shopbell.domain.scores.shown import Scores
from shopbell.domain.store import Store
from shopbell.domain.subscriptions import SubscriptionFact
from shopbell.domain.suppression import Suppression
from shopbell.runtime.http import store_answers as out
from shopbell.runtime.http.management_answers import ClickOut
from shopbell.runtime.http.shapes import instant, json_of

_CUSTOM: Final = "custom."


def visitor(view: VisitorView) -> out.VisitorOut:
    return out.VisitorOut(
        visitor_id=view.visitor,
        customer_id=view.customer,
        traits=_nested(view.traits),
        segments=[
            out.MembershipOut(id=name, entered_at=format_instant(at)) for name, at in sorted(view.segments.items())
        ],
        subscriptions=[_subscription(fact) for fact in view.subscriptions],
        cart=_cart(view),
        scores=_scores(view.scores) if view.scores else None,
        best_hour=_best_hour(view.best_hour) if view.best_hour else None,
        reachable=view.reachable,
        suppression=suppression(view.suppression),
        sent=out.SentOut(
            count=len(view.sent.sent),
            last_at=instant(max((one.at for one in view.sent.sent), default=None)),
            last_clicked_at=instant(view.sent.clicked_at),
        ),
        first_seen_at=instant(view.first_seen),
        last_seen_at=instant(view.last_seen),
    )


def suppression(said: Suppression | None) -> out.SuppressionOut | None:
    return None if said is None else out.SuppressionOut(since=format_instant(said.since), reason=said.reason)


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
        affinity_half_life=format_duration(row.affinity_half_life),
        sending=row.sending,
        prompt={name: json_of(value) for name, value in row.prompt.items()},
        caps=[out.CapOut(count=cap.count, within=format_duration(cap.within)) for cap in row.caps],
        quiet_hours=out.QuietHoursOut(start=clock(row.quiet_hours.start), end=clock(row.quiet_hours.end)),
        global_holdout_percent=row.global_holdout_percent,
        consent_required=row.consent_required,
        approve_over=row.approve_over,
        approval=row.approval,
        learning=row.learning,
        attribution=ClickOut(click=format_duration(row.attribution)),
        vapid_keys=keys,
        created_at=format_instant(row.created_at),
    )


def _cart(view: VisitorView) -> out.CartOut:
    lines = [
        out.CartLineOut(product_id=line.product, variant_id=line.variant, quantity=line.quantity, price=line.price)
        for line in view.cart.lines
    ]
    changed = instant(view.cart.last_change)
    return out.CartOut(items=lines, value=view.cart_value, count=view.cart.count, updated_at=changed)


def _best_hour(row: BestHour) -> out.BestHourOut:
    return out.BestHourOut(hour=row.hour, visits=row.visits, at=format_instant(row.at))


def _scores(row: Scores) -> out.ScoresOut:
    return out.ScoresOut(
        rfm=out.RfmOut(r=row.r, f=row.f, m=row.m, group=row.group),
        churn_90d=row.churn_90d,
        churn_band=row.churn_band,
        next_order_at=instant(row.next_order_at),
        next_order_from=instant(row.next_order_from),
        next_order_to=instant(row.next_order_to),
        clv_12m=row.clv_12m,
        basis=row.basis,
        at=format_instant(row.at),
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
    own = {name: json_of(value) for name, value in traits.items() if not name.startswith(_CUSTOM)}
    custom = {
        name.removeprefix(_CUSTOM): json_of(value) for name, value in traits.items() if name.startswith(_CUSTOM)
    }
    return {**own, "custom": custom} if custom else {**own}
