"""What the tracking calls answer; every field is always there."""

from typing import Literal

from pydantic import BaseModel, JsonValue

from shopbell.runtime.http.landing_answers import LandedOut


class RejectedOut(BaseModel):
    """The first fault of one event: `path` is within the event."""

    index: int
    path: str
    message: str


class EventsOut(BaseModel):
    """`accepted` is durable. A repeat is accepted again and changes nothing."""

    accepted: int
    rejected: list[RejectedOut]


class TraitsOut(BaseModel):
    visitor_id: str
    traits: dict[str, JsonValue]


class IdentifiedOut(BaseModel):
    """Both ids are answered by the customer's profile from now on, within seconds."""

    visitor_id: str
    customer_id: str


class ConsentOut(BaseModel):
    version: str
    at: str


class SubscriptionOut(BaseModel):
    subscription_id: str
    visitor_id: str
    vapid_key_id: str


class PreferredOut(BaseModel):
    """`topics` empty: of everything."""

    subscription_id: str
    topics: list[str]
    snooze_until: str | None
    consent: ConsentOut | None


class PopupOut(BaseModel):
    title: str
    body: str
    code: str
    expires_at: str


class ReceiptOut(BaseModel):
    """`accepted` False: the visitor is not known (any more); nothing was stored, and a repeat cannot help."""

    accepted: bool
    reason: str | None = None
    popup: PopupOut | None = None
    picks: list[LandedOut] = []


class ConfigOut(BaseModel):
    """What a page needs in order to ask and to subscribe. `vapid_public_key`: base64url, 65 bytes.

    `retiring_vapid_keys`: what was subscribed with one of these is the store's too, and had better be made anew.
    """

    store_id: str
    vapid_public_key: str
    vapid_key_id: str
    retiring_vapid_keys: list[str]
    prompt: dict[str, JsonValue]
    origins: list[str]


class PromptOut(BaseModel):
    """`reason` says why not."""

    show: bool
    reason: Literal["disabled", "page", "audience"] | None


class ProductsOut(BaseModel):
    """`changed` products differ in anything; those whose price or stock did are counted again on their own."""

    accepted: int
    created: int
    changed: int
    unchanged: int
    price_changed: int
    stock_changed: int


class HealthOut(BaseModel):
    status: Literal["ok"]
