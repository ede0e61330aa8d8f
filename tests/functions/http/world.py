"""Two stores in memory and callers of their API, as API Gateway would hand the calls on."""

import base64
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from aws_lambda_powertools.utilities.typing import LambdaContext
from shopbell.adapters.memory.aliases import MemoryAliases
from shopbell.adapters.memory.catalogue import MemoryCatalogue, MemoryStockroom
from shopbell.adapters.memory.configuration import MemorySecrets, MemoryStores
from shopbell.adapters.memory.coupons import MemoryCouponPools, MemoryCoupons
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.lately import MemoryLately
from shopbell.adapters.memory.runs import MemoryRuns
from shopbell.adapters.memory.sends import MemorySends
from shopbell.adapters.memory.subscriptions import MemorySubscriptions
from shopbell.adapters.memory.visitors import MemoryVisitors
from shopbell.adapters.memory.world import MemoryWorld
from shopbell.app.catalogue.stocking import StockUp
from shopbell.app.coupons.landing import ShowCoupon
from shopbell.app.tracking.identify import Identify, IdentifySecrets
from shopbell.app.tracking.lately import NoteLately, ReadLately
from shopbell.app.tracking.learn import Learn
from shopbell.app.tracking.prefer import Prefer
from shopbell.app.tracking.products import DeleteProduct, PutProducts
from shopbell.app.tracking.prompting import DecidePrompt
from shopbell.app.tracking.receive import Receive, TokenKeys
from shopbell.app.tracking.refunds import NameReturned
from shopbell.app.tracking.subscribe import Subscribe, Unsubscribe
from shopbell.app.tracking.track import Track
from shopbell.app.tracking.traits import UpdateTraits
from shopbell.domain.catalogue import Product
from shopbell.domain.clock import Instant, parse_instant
from shopbell.domain.events import Event, Json
from shopbell.domain.ids import StoreId, VapidKeyId, VisitorId
from shopbell.domain.keys import ApiKey
from shopbell.domain.push.endpoints import allow
from shopbell.domain.store import Key, KeyKind, Role, Store, VapidKey
from shopbell.runtime.http.api import HttpApi
from shopbell.runtime.http.keyring import Keyring
from shopbell.runtime.http.management_operations import OPERATIONS as MANAGED
from shopbell.runtime.http.pages import Pages
from shopbell.runtime.http.server_calls import ServerCalls
from shopbell.runtime.http.tracking_routes import Tracking

NOON: Instant = parse_instant("2026-03-02T12:00:00Z")[0]
SHOP = "https://shop.example.com"
OURS = StoreId("store00001")
THEIRS = StoreId("store00002")
VAPID_PUBLIC = "BEl62iUYgUivxIkv69yViEuiBIa-Ib9-SkvMeAtA3LFgDzkrxZJjSgSnfckjBJuBkr3qBUYIHBQFLXYp5Nksh8U"


def context() -> LambdaContext:
    """What Powertools reads of a Lambda context."""
    named = SimpleNamespace(
        function_name="track",
        memory_limit_in_mb=512,
        invoked_function_arn="arn:aws:lambda:eu-central-1:000000000000:function:track",
        aws_request_id="request",
    )
    return cast("LambdaContext", named)


@dataclass
class Recorded:
    """A Watch that tests read."""

    counts: Counter[str] = field(default_factory=Counter)
    said: list[tuple[str, Mapping[str, Json]]] = field(default_factory=list)
    failures: list[tuple[Mapping[str, Json], BaseException]] = field(default_factory=list)

    def count(self, outcomes: Mapping[str, int]) -> None:
        self.counts.update(outcomes)

    def say(self, words: str, **fields: Json) -> None:
        self.said.append((words, fields))

    def fault(self, words: str, exc: BaseException, **fields: Json) -> None:
        self.failures.append(({"words": words, **fields}, exc))


@dataclass
class Clock:
    now: Instant = NOON

    def __call__(self) -> Instant:
        return self.now


@dataclass(frozen=True)
class Answered:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def faults(self) -> list[tuple[str, str]]:
        """(path, message) of a problem document."""
        return [(fault["path"], fault["message"]) for fault in self.json["errors"]]


def gateway_event(
    method: str,
    path: str,
    body: str | bytes | None = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    authorizer: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Payload format 2.0; a body in bytes comes in base64, as the gateway sends what it does not know for text."""
    request_context: dict[str, Any] = {"http": {"method": method, "path": path}, "stage": "$default"}
    if authorizer is not None:
        request_context["authorizer"] = {"lambda": dict(authorizer)}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "api.example.com", **(headers or {})},
        "requestContext": request_context,
        "isBase64Encoded": isinstance(body, bytes),
    }
    if query:
        event["queryStringParameters"] = dict(query)
    if body is not None:
        event["body"] = base64.b64encode(body).decode() if isinstance(body, bytes) else body
    return event


@dataclass
class Town:
    """Both stores with all their keys, and the tracking function over them."""

    world: MemoryWorld = field(default_factory=MemoryWorld)
    clock: Clock = field(default_factory=Clock)
    watch: Recorded = field(default_factory=Recorded)
    sdk: Path = Path("/nonexistent")
    lists: dict[VisitorId, tuple[Product, ...]] = field(default_factory=dict)
    """What is picked for whoever comes from a message."""

    def __post_init__(self) -> None:
        for store in (OURS, THEIRS):
            self.found(store)
        self.tracked = self._tracking()
        self.routes = self.tracked.routes()
        self.tracking = HttpApi(self.routes, beside=MANAGED)

    def found(self, store: StoreId) -> None:
        self.world.stores[store] = Store(
            id=store,
            name=f"Shop {store}",
            shards=1,
            created_at=NOON,
            contact="mailto:push@shop.example.com",
            origins=(SHOP, "http://127.0.0.1:*"),
            vapid_keys=(VapidKey(VapidKeyId("k1"), VAPID_PUBLIC, "active", NOON),),
        )
        roles: tuple[tuple[KeyKind, Role | None], ...] = (("pub", None), ("srv", None), ("mgmt", "admin"))
        for kind, role in roles:
            self.give(store, kind, role)
        secret = base64.b64encode(store.encode() * 4).decode()
        self.world.secrets[f"{store}/message-token"] = json.dumps({"1": secret}).encode()

    def give(self, store: StoreId, kind: KeyKind, role: Role | None, mark: str = "0") -> str:
        text = key_text(store, kind, mark)
        digest = ApiKey(kind, store, text).digest
        self.world.keys[store, digest] = Key(store, digest, kind, role, NOON)
        return text

    def revoke(self, text: str, store: StoreId, kind: KeyKind) -> None:
        digest = ApiKey(kind, store, text).digest
        self.world.keys[store, digest] = Key(store, digest, kind, None, NOON, revoked=True)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answered:
        """One call of the tracking API; a body that is no text goes as JSON."""
        sent = body if body is None or isinstance(body, str | bytes) else json.dumps(body)
        given = {**({"authorization": f"Bearer {key}"} if key else {}), **(headers or {})}
        answer = self.tracking(gateway_event(method, path, sent, given, query), context(), self.watch)
        return Answered(answer["statusCode"], answer["headers"], answer.get("body") or "")

    def events_of(self, visitor: str, store: StoreId = OURS) -> list[Event]:
        """All that is stored of a visitor."""
        items = MemoryEvents(self.world).of(store, VisitorId(visitor))
        return [event for item in items for event in item.events]

    @property
    def stored(self) -> list[Event]:
        """All events of all stores."""
        items = [item for log in self.world.events.values() for item in log.values()]
        return [event for item in items for event in item.events]

    def _tracking(self) -> Tracking:
        stores, events = MemoryStores(self.world), MemoryEvents(self.world)
        catalogue, subscriptions = MemoryCatalogue(self.world), MemorySubscriptions(self.world)
        keys = TokenKeys(stores, MemorySecrets(self.world))
        stock = StockUp(MemoryStockroom(self.world), self.clock)
        return Tracking(
            keyring=Keyring(stores, self.clock),
            track=Track(events, catalogue, self.clock, Learn(stock), NameReturned(MemoryVisitors(self.world))),
            update_traits=UpdateTraits(events, self.clock),
            identify=Identify(
                MemoryAliases(self.world), events, IdentifySecrets(MemorySecrets(self.world)), self.clock
            ),
            subscribe=Subscribe(subscriptions, events, allow(()), self.clock, stores.get),
            prefer=Prefer(subscriptions, events, self.clock),
            unsubscribe=Unsubscribe(subscriptions, events, self.clock),
            receive=self._receive(keys),
            put_products=PutProducts(stock),
            delete_product=DeleteProduct(stock),
            prompt=DecidePrompt(MemoryVisitors(self.world)),
            server=self._server(UpdateTraits(events, self.clock)),
            pages=Pages(self.sdk),
        )

    def _server(self, update_traits: UpdateTraits) -> ServerCalls:
        lately = MemoryLately(self.world)
        note = NoteLately(lately, lately.watched_until, self.clock)
        return ServerCalls(update_traits, note, ReadLately(lately, self.clock))

    def _receive(self, keys: TokenKeys) -> Receive:
        stores, visitors = MemoryStores(self.world), MemoryVisitors(self.world)
        pools, coupons = MemoryCouponPools(self.world), MemoryCoupons(self.world)
        return Receive(
            keys,
            visitors,
            MemoryRuns(self.world),
            MemoryEvents(self.world),
            MemorySends(self.world),
            self.clock,
            MemoryCatalogue(self.world),
            ShowCoupon(stores, pools, coupons, visitors, self.clock),
            lambda _, who, __: self.lists.get(who, ()),
        )


def key_text(store: StoreId, kind: KeyKind, mark: str = "0") -> str:
    return f"sb_{kind}_{store}_{mark * 32}"


PUB = key_text(OURS, "pub")
SRV = key_text(OURS, "srv")
MGMT = key_text(OURS, "mgmt")
THEIR_PUB = key_text(THEIRS, "pub")
THEIR_SRV = key_text(THEIRS, "srv")
