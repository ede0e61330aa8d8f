"""What the calls about scenarios, visitors and the store answer; every field is always there."""

from typing import Literal

from pydantic import BaseModel, JsonValue

from shopbell.runtime.http.management_answers import ClickOut


class MembershipOut(BaseModel):
    id: str
    entered_at: str


class SubscriptionFactOut(BaseModel):
    """The endpoint itself is a secret and never shown."""

    id: str
    active: bool
    changed_at: str
    service: str
    vapid_key_id: str
    browser: str | None
    os: str | None
    device: str | None
    prompt: str | None
    time_zone: str | None
    language: str | None


class CartLineOut(BaseModel):
    """`price` of one piece in minor units; null where nobody ever said."""

    product_id: str
    variant_id: str | None
    quantity: int
    price: int | None


class CartOut(BaseModel):
    """`value` in minor units of the store's currency; `updated_at` null: it was never used."""

    items: list[CartLineOut]
    value: int
    count: int
    updated_at: str | None


class RfmOut(BaseModel):
    """Fifths of the store's buyers, 5 the best: last order, orders, spend; `group` as rules name it."""

    r: int
    f: int
    m: int
    group: str


class ScoresOut(BaseModel):
    """Computed in the night `at`. `churn_90d`: how likely it is that no order comes within 90 days, from 0 to 1.

    `churn_band`: `low` below 0.33, `high` from 0.66 on. Half of all next orders fall between `next_order_from` and
    `next_order_to`. `clv_12m`: what to expect of the next 365 days, in minor units of the store's currency; the model
    alone tells it. `basis` is what these come from: `bgnbd`, the model fitted to the store, or `rule`, the plain rule
    while buyers are few; null: there are none.
    """

    rfm: RfmOut
    churn_90d: float | None
    churn_band: str | None
    next_order_at: str | None
    next_order_from: str | None
    next_order_to: str | None
    clv_12m: int | None
    basis: str | None
    at: str


class BestHourOut(BaseModel):
    """The hour of the visitor's day, 0 to 23, at which they are likeliest to look: from so many visits, `at` now."""

    hour: int
    visits: int
    at: str


class SuppressionOut(BaseModel):
    """Nothing is ever sent to them; `reason` is the shop's own note."""

    since: str
    reason: str | None


class SentOut(BaseModel):
    """`count` of the newest 64 that are remembered."""

    count: int
    last_at: str | None
    last_clicked_at: str | None


class VisitorOut(BaseModel):
    """`reachable`: a device is subscribed, and they are not suppressed.

    `scores` null: no buyer, or no night has passed since the first order. `best_hour` null: too few visits.
    """

    visitor_id: str
    customer_id: str | None
    traits: dict[str, JsonValue]
    segments: list[MembershipOut]
    subscriptions: list[SubscriptionFactOut]
    cart: CartOut
    scores: ScoresOut | None
    best_hour: BestHourOut | None
    reachable: bool
    suppression: SuppressionOut | None
    sent: SentOut
    first_seen_at: str | None
    last_seen_at: str | None


class VapidKeyOut(BaseModel):
    id: str
    public_key: str
    state: Literal["active", "retiring"]
    created_at: str


class CapOut(BaseModel):
    """At most `count` messages to one person within any time of that length."""

    count: int
    within: str


class QuietHoursOut(BaseModel):
    """On the visitor's clock; equal: there are none."""

    start: str
    end: str


class StoreOut(BaseModel):
    id: str
    name: str
    contact: str
    time_zone: str
    currency: str
    language: str
    origins: list[str]
    click_domains: list[str]
    revenue_source: str
    affinity_half_life: str
    sending: str
    prompt: dict[str, JsonValue]
    caps: list[CapOut]
    quiet_hours: QuietHoursOut
    global_holdout_percent: int
    consent_required: bool
    approve_over: int
    approval: str
    learning: str
    attribution: ClickOut
    vapid_keys: list[VapidKeyOut]
    created_at: str
