"""From values of the domain to what the tracking calls answer."""

from shopbell.app.coupons.landing import Popup
from shopbell.domain.clock import format_instant
from shopbell.domain.errors import Conflict
from shopbell.domain.store import Store
from shopbell.domain.subscriptions import Subscription
from shopbell.runtime.http import tracking_answers as out
from shopbell.runtime.http.shapes import json_of


def preferred(row: Subscription) -> out.PreferredOut:
    agreed = row.consent
    return out.PreferredOut(
        subscription_id=row.id,
        topics=list(row.topics),
        snooze_until=None if row.snooze_until is None else format_instant(row.snooze_until),
        consent=None if agreed is None else out.ConsentOut(version=agreed.version, at=format_instant(agreed.at)),
    )


def popup(coupon: Popup | None) -> out.PopupOut | None:
    if coupon is None:
        return None
    until = format_instant(coupon.expires_at)
    return out.PopupOut(title=coupon.title, body=coupon.body, code=coupon.code, expires_at=until)


def config(store: Store) -> out.ConfigOut:
    active = next((key for key in store.vapid_keys if key.state == "active"), None)
    if active is None:
        raise Conflict("the store has no active VAPID key: make one before anybody subscribes")
    return out.ConfigOut(
        store_id=store.id,
        vapid_public_key=active.public_key,
        vapid_key_id=active.id,
        retiring_vapid_keys=[key.public_key for key in store.vapid_keys if key.state == "retiring"],
        prompt={name: json_of(value) for name, value in store.prompt.items()},
        origins=list(store.origins),
    )
