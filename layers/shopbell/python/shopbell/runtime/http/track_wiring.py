"""The tracking function with everything it needs; made at the first call, from the environment alone."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from secrets import token_bytes
from typing import Final

import boto3

import shopbell
from shopbell.adapters.dynamo.aliases import DynamoAliases
from shopbell.adapters.dynamo.catalogue import DynamoCatalogue
from shopbell.adapters.dynamo.coupons.claims import DynamoCoupons
from shopbell.adapters.dynamo.coupons.pools import DynamoCouponPools
from shopbell.adapters.dynamo.events import DynamoEvents
from shopbell.adapters.dynamo.lately import DynamoLately
from shopbell.adapters.dynamo.runs import DynamoRuns
from shopbell.adapters.dynamo.sends import DynamoSends
from shopbell.adapters.dynamo.stockroom import DynamoStockroom
from shopbell.adapters.dynamo.stores import DynamoStores
from shopbell.adapters.dynamo.subscriptions import DynamoSubscriptions
from shopbell.adapters.secrets import SsmSecrets
from shopbell.app.catalogue.stocking import StockUp
from shopbell.app.coupons.landing import ShowCoupon
from shopbell.app.privacy.erased import Erased
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
from shopbell.domain.attribution.windows import CLICK_WINDOW
from shopbell.domain.clock import Duration
from shopbell.domain.ids import StoreId
from shopbell.domain.push.endpoints import allow
from shopbell.ports import Visitors
from shopbell.runtime import clients, clock, settings
from shopbell.runtime.http.api import HttpApi
from shopbell.runtime.http.keyring import KEEP, Keyring
from shopbell.runtime.http.limiting import gateway
from shopbell.runtime.http.management_operations import OPERATIONS
from shopbell.runtime.http.pages import Pages
from shopbell.runtime.http.remembered import Remembered
from shopbell.runtime.http.server_calls import ServerCalls
from shopbell.runtime.http.settings import TrackSettings
from shopbell.runtime.http.tracking_routes import Tracking
from shopbell.runtime.picking import landing

SDK: Final = Path(shopbell.__file__).parent / "sdk"
"""The storefront's scripts, where the layer's build puts them."""


@cache
def track() -> HttpApi:
    found = settings.read(TrackSettings)
    dynamo, stores = clients.dynamo(), clients.stores(found.config_table)
    shards = clients.shards_of(stores)
    events, catalogue = DynamoEvents(dynamo, found.events_table), DynamoCatalogue(dynamo, found.catalogue_table)
    subscriptions = DynamoSubscriptions(dynamo, found.visitors_table, shards)
    secrets = SsmSecrets(boto3.client("ssm"), found.parameter_prefix, clock.now)
    visitors = clients.reader(found.visitors_table, shards)
    stock = StockUp(DynamoStockroom(dynamo, found.catalogue_table), clock.now)
    erased = clients.erased(found.visitors_table)
    allowed = allow(found.shopbell_extra_push_hosts.split(","))
    tracking = Tracking(
        keyring=Keyring(stores, clock.now),
        track=Track(events, catalogue, clock.now, Learn(stock), NameReturned(visitors), erased),
        update_traits=UpdateTraits(events, clock.now),
        identify=Identify(
            DynamoAliases(dynamo, found.visitors_table, shards), events, IdentifySecrets(secrets), clock.now
        ),
        subscribe=Subscribe(subscriptions, events, allowed, clock.now, stores.get),
        prefer=Prefer(subscriptions, events, clock.now),
        unsubscribe=Unsubscribe(subscriptions, events, clock.now),
        receive=_receive(found, stores, shards, TokenKeys(stores, secrets)),
        put_products=PutProducts(stock),
        delete_product=DeleteProduct(stock),
        prompt=DecidePrompt(visitors),
        server=_server(found, UpdateTraits(events, clock.now), erased),
        pages=Pages(SDK),
        erased=erased,
    )
    return HttpApi(tracking.routes(), OPERATIONS, gateway(found.shopbell_requests_per_second))


def _server(found: TrackSettings, update_traits: UpdateTraits, erased: Erased) -> ServerCalls:
    lately = DynamoLately(clients.dynamo(), found.runs_table)
    note = NoteLately(lately, Remembered(lately.watched_until, KEEP, clock.now), clock.now)
    return ServerCalls(update_traits, note, ReadLately(lately, clock.now), erased)


def _receive(
    found: TrackSettings, stores: DynamoStores, shards: Callable[[StoreId], int], keys: TokenKeys
) -> Receive:
    dynamo, visitors = clients.dynamo(), clients.reader(found.visitors_table, shards)
    return Receive(
        Remembered(keys, KEEP, clock.now),
        visitors,
        DynamoRuns(dynamo, found.runs_table),
        DynamoEvents(dynamo, found.events_table),
        DynamoSends(dynamo, found.visitors_table),
        clock.now,
        DynamoCatalogue(dynamo, found.catalogue_table),
        _coupon(found, visitors),
        landing(found.runs_table, found.catalogue_table, stores, visitors, found.visitors_table),
        _window(stores),
    )


def _window(stores: DynamoStores) -> Callable[[StoreId], Duration]:
    known = clients.remembered(stores)

    def window(store: StoreId) -> Duration:
        row = known(store)
        return CLICK_WINDOW if row is None else row.attribution

    return window


def _coupon(found: TrackSettings, visitors: Visitors) -> ShowCoupon:
    pools = DynamoCouponPools(clients.dynamo(), found.config_table)
    holders = DynamoCoupons(clients.dynamo(), found.runs_table, token_bytes)
    return ShowCoupon(clients.stores(found.config_table), pools, holders, visitors, clock.now)
