"""What the worker's benchmark works on: a store, people with a past, their devices, and runs for them."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from typing import cast as cast_to

import boto3
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from shopbell.adapters.dynamo.commits import CommitTables
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.runs import DynamoRuns
from shopbell.adapters.dynamo.stores import DynamoStores
from shopbell.adapters.dynamo.subscriptions import DynamoSubscriptions
from shopbell.adapters.dynamo.visitors import DynamoVisitors
from shopbell.adapters.webpush.keys import generate
from shopbell.app.delivery.plan import run_id
from shopbell.domain.clock import DAY, Instant
from shopbell.domain.content import Content
from shopbell.domain.ids import VapidKeyId, VisitorId, subscription_id
from shopbell.domain.profile import Commit, Profile, Trait
from shopbell.domain.runs import Audience, DeliveryOptions, Recipient, Run, Terms
from shopbell.domain.store import Store, VapidKey
from shopbell.domain.subscriptions import PushService, Subscription, SubscriptionFact
from shopbell.runtime import clients, clock, settings

from benchmarks.segment_load import STORE, prepare, ruleset_of

PEOPLE: Final = 500
SHARDS: Final = 64
KEY: Final = VapidKeyId("k1")
SERVICE: Final[PushService] = "other"
FOR_ALL: Final = Content(
    "The sale is on at {{ store.name }}",
    "Boots and coats for up to 40 % less until Sunday, for everybody in the shop.",
    "/sale?from=push",
    image_url="https://shop.example.com/images/sale.jpg",
)
BY_NAME: Final = replace(
    FOR_ALL,
    title="{{ visitor.custom.first_name | default: 'Hello' }}, the sale is on",
    body="Boots and coats for up to 40 % less until Sunday, for all of {{ visitor.country | default: 'the shop' }}.",
)
_NAMES: Final = ("config", "visitors", "events", "runs", "catalogue", "members", "log", "watch")
_QUEUES: Final = ("due", "parked", "send_now", "rebuild")
ENVIRONMENT: Final[Mapping[str, str]] = {
    **{f"{name.upper()}_TABLE": name for name in _NAMES},
    **{f"{name.upper()}_QUEUE_URL": f"http://127.0.0.1/{name}" for name in _QUEUES},
    "PARAMETER_PREFIX": "/shopbell/bench",
    "SHOPBELL_PUSH_RATES": "fcm=900000,other=900000",
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "POWERTOOLS_TRACE_DISABLED": "1",
}


@dataclass(slots=True)
class Gathered:
    """A client that keeps what is written, to hand it over in a few large calls."""

    items: list[Mapping[str, Any]] = field(default_factory=list)

    def get_item(self, **_: object) -> Mapping[str, Any]:
        return {}

    def transact_write_items(self, TransactItems: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:  # noqa: N803
        self.items += [one for one in TransactItems if "Put" in one]
        return {}

    def hand_over(self) -> None:
        for start in range(0, len(self.items), 100):
            clients.dynamo().transact(self.items[start : start + 100])


@dataclass(frozen=True, slots=True)
class Crowd:
    recipients: tuple[Recipient, ...]
    service: PushService


def fill(origin: str) -> tuple[Crowd, Mapping[str, Run]]:
    """Everything written by the adapters themselves; the runs by what is asked of them."""
    found, now = settings.read(settings.SendSettings), clock.now()
    pair = generate()
    ssm = boto3.client("ssm")
    token = json.dumps({"1": b64encode(bytes(32)).decode()}).encode()
    for name, secret in (("message-token", token), (f"vapid/{KEY}", pair.private_pem)):
        path = f"{found.parameter_prefix}/{STORE}/{name}"
        ssm.put_parameter(Name=path, Value=b64encode(secret).decode(), Type="SecureString", Overwrite=True)
    store = Store(
        *(STORE, "Boot Shop", SHARDS, now, "mailto:push@shop.example.com"),
        origins=("https://shop.example.com",),
        vapid_keys=(VapidKey(KEY, pair.public_key, "active", now),),
    )
    DynamoStores(clients.dynamo(), found.config_table).save(store, expected=None)
    gathered = Gathered()
    cast = _cast(origin, found.visitors_table, now, Dynamo(cast_to("Any", gathered)))
    people = tuple(cast.person(place) for place in range(PEOPLE))
    runs = _runs(now)
    gathered.hand_over()
    for run in runs.values():
        DynamoRuns(clients.dynamo(), found.runs_table).create(run)
    return Crowd(people, SERVICE), runs


def _runs(now: Instant) -> Mapping[str, Run]:
    free = Terms(respect_caps=False, respect_quiet_hours=False)
    return {
        "one text, with caps and records": _run("all-caps", now, FOR_ALL, Terms()),
        "one text, with neither": _run("all-plain", now, FOR_ALL, free),
        "by name, with caps and records": _run("name-caps", now, BY_NAME, Terms()),
        "by name, with neither": _run("name-plain", now, BY_NAME, free),
    }


def _run(name: str, now: Instant, words: Content, terms: Terms) -> Run:
    return Run(
        STORE,
        run_id(STORE, "campaign", name, now),
        "campaign",
        name,
        now,
        now,
        now + DAY,
        SHARDS,
        Audience(),
        words,
        DeliveryOptions(),
        terms=terms,
    )


@dataclass(frozen=True, slots=True)
class _Cast:
    """What people are made of: pasts and keys, which come round again."""

    pasts: Sequence[Profile]
    points: Sequence[bytes]
    origin: str
    subscriptions: DynamoSubscriptions
    visitors: DynamoVisitors
    now: Instant

    def person(self, place: int) -> Recipient:
        """Written as a browser's subscription and the fold would have."""
        who, now = VisitorId(f"bench-{place:05d}"), self.now
        row = self._device(who, place)
        self.subscriptions.put(row, None)
        fact = SubscriptionFact(row.id, active=True, changed_at=now, service=row.service, vapid_key=KEY)
        after = replace(
            self.pasts[place % len(self.pasts)],
            visitor=who,
            version=1,
            subscriptions={row.id: fact},
            traits={"custom.first_name": Trait(now, "r", f"Name{place}"), "country": Trait(now, "r", "DE")},
        )
        assert self.visitors.commit(Commit(Profile(STORE, who), after)), f"{who} could not be written"
        return Recipient(who, row.id)

    def _device(self, who: VisitorId, place: int) -> Subscription:
        endpoint = f"{self.origin}/fcm/send/{place:05d}{'x' * 140}"
        return Subscription(
            store=STORE,
            visitor=who,
            id=subscription_id(endpoint),
            service=SERVICE,
            endpoint=endpoint,
            p256dh=self.points[place % len(self.points)],
            auth=bytes(range(16)),
            vapid_key=KEY,
            created_at=self.now,
            seen_at=self.now,
            language="en",
            time_zone="Europe/Berlin",
        )


def point() -> bytes:
    return (
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )


def _cast(origin: str, visitors_table: str, now: Instant, gathering: Dynamo) -> _Cast:
    pasts = [profile for profile, _ in prepare((5, 60), ruleset_of(5)).stored]
    return _Cast(
        pasts,
        [point() for _ in range(PEOPLE)],
        origin,
        DynamoSubscriptions(gathering, visitors_table, lambda _: SHARDS),
        DynamoVisitors(gathering, CommitTables(visitors_table, "", ""), lambda _: SHARDS),
        now,
    )
