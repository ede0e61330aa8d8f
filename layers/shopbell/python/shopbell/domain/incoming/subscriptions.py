"""A push subscription as a page or its service worker reports it."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from shopbell.domain.ids import SubscriptionId, subscription_id
from shopbell.domain.incoming.faults import Incoming, checked
from shopbell.domain.incoming.texts import InstantText, LanguageText, Many, Short, TopicText, VisitorText, ZoneText
from shopbell.domain.push.subscription_keys import public_key

_ID: Final = re.compile(r"[0-9a-f]{22}", re.ASCII)
_UNKNOWN_ZONE: Final = "Etc/Unknown"
"""What Chromium answers when it cannot tell."""

Endpoint = Annotated[str, Field(min_length=1, max_length=2_048)]


PublicKeyText = Annotated[str, AfterValidator(checked(public_key)), Field(max_length=90)]


class SubscriptionKeysIn(Incoming):
    model_config = ConfigDict(extra="ignore")

    p256dh: Annotated[str, Field(max_length=256)]
    auth: Annotated[str, Field(max_length=64)]


class PushSubscriptionIn(Incoming):
    """`PushSubscription.toJSON()` (W3C Push API). The browser writes it: a member that it adds one day is let be."""

    model_config = ConfigDict(extra="ignore")

    endpoint: Endpoint
    keys: SubscriptionKeysIn
    expirationTime: Annotated[float, Field(strict=False)] | None = None  # noqa: N815 - the browser's spelling


class ConsentIn(Incoming):
    """What the subscriber agreed to: the shop's own name of the text, and when."""

    version: Short
    at: InstantText


class SubscribeIn(Incoming):
    """Body of POST /v1/subscriptions. `replaces`: the old endpoint (or its id), all a service worker may know.

    `vapid_public_key`: what it was subscribed with, as the browser says; without it, `vapid_key_id`. `prompt`,
    `variant`: the prompt that it came by, and which of its versions.
    """

    visitor_id: VisitorText | None = None
    subscription: PushSubscriptionIn
    replaces: Endpoint | None = None
    vapid_key_id: Short | None = None
    vapid_public_key: PublicKeyText | None = None
    time_zone: ZoneText | None = None
    language: LanguageText | None = None
    prompt: Short | None = None
    variant: Short | None = None
    consent: ConsentIn | None = None

    @model_validator(mode="before")
    @classmethod
    def _forget_unknown_zone(cls, value: object) -> object:
        if isinstance(value, dict) and value.get("time_zone") == _UNKNOWN_ZONE:
            return {**value, "time_zone": None}
        return value

    @property
    def replaced(self) -> SubscriptionId | None:
        """The id of the subscription whose place it takes."""
        if self.replaces is None:
            return None
        return SubscriptionId(self.replaces) if _ID.fullmatch(self.replaces) else subscription_id(self.replaces)


MAX_TOPICS: Final = 50


class PreferIn(Incoming):
    """Body of PATCH /v1/subscriptions: what is left out stays.

    `topics`: all that the subscriber wants to hear of, none for everything. `snooze_until`: nothing until then.
    """

    endpoint: Endpoint
    topics: Annotated[Many[TopicText], Field(max_length=MAX_TOPICS)] = ()
    snooze_until: InstantText | None = None
    consent: ConsentIn | None = None


class UnsubscribeIn(Incoming):
    """Body of DELETE /v1/subscriptions."""

    endpoint: Endpoint
