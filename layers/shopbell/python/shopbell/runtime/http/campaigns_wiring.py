"""The management function with everything it needs; made at the first call, from the environment alone."""

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from typing import Final

import boto3

from shopbell.adapters.dynamo.aliases import DynamoAliases
from shopbell.adapters.dynamo.assortment import DynamoAssortment
from shopbell.adapters.dynamo.attribution import DynamoReportCounts
from shopbell.adapters.dynamo.audit import DynamoAuditTrail
from shopbell.adapters.dynamo.campaigns import DynamoCampaigns, DynamoScenarios
from shopbell.adapters.dynamo.catalogue import DynamoCatalogue
from shopbell.adapters.dynamo.counters import DynamoCounters
from shopbell.adapters.dynamo.coupons.claims import DynamoCoupons
from shopbell.adapters.dynamo.coupons.pools import DynamoCouponCodes, DynamoCouponPools
from shopbell.adapters.dynamo.database import Dynamo
from shopbell.adapters.dynamo.demand import DynamoTops
from shopbell.adapters.dynamo.dispatches import DynamoDispatches
from shopbell.adapters.dynamo.events import DynamoEvents
from shopbell.adapters.dynamo.jobs import DynamoJobs
from shopbell.adapters.dynamo.limits import DynamoCallCounts
from shopbell.adapters.dynamo.lists import DynamoListMembers, DynamoLists, DynamoListUploads
from shopbell.adapters.dynamo.memberships import DynamoMemberships
from shopbell.adapters.dynamo.once import DynamoOnceCalls
from shopbell.adapters.dynamo.personal.stones import DynamoTombstones
from shopbell.adapters.dynamo.run_progress import DynamoRunProgress
from shopbell.adapters.dynamo.runs import DynamoRuns
from shopbell.adapters.dynamo.segment_past import DynamoSegmentPast
from shopbell.adapters.dynamo.segments import DynamoSegments
from shopbell.adapters.dynamo.sends import DynamoSends
from shopbell.adapters.dynamo.stockroom import DynamoStockroom
from shopbell.adapters.dynamo.subscription_keys import DynamoKeyUses
from shopbell.adapters.dynamo.subscriptions import DynamoSubscriptions
from shopbell.adapters.dynamo.triggers import DynamoTriggers
from shopbell.adapters.dynamo.webhooks import DynamoHookDeliveries, DynamoWebhooks
from shopbell.adapters.files import S3Files, S3Uploads
from shopbell.adapters.schedules import Callee, EventBridgeSchedules
from shopbell.adapters.secrets import SsmSecrets
from shopbell.adapters.webhooks.names import leads_to_public
from shopbell.adapters.webpush.keys import VapidPair, generate, pair_of
from shopbell.domain.ids import StoreId
from shopbell.domain.limits import MANAGEMENT
from shopbell.domain.push.rates import parse_rates
from shopbell.runtime import clients, clock, picking, settings
from shopbell.runtime.http.api import HttpApi
from shopbell.runtime.http.management_ports import (
    CouponPorts,
    GoodsPorts,
    HookPorts,
    KeyPorts,
    ListPorts,
    MessagePorts,
    Ports,
    QueuePorts,
    WorkPorts,
)
from shopbell.runtime.http.management_uses import management
from shopbell.runtime.http.settings import CampaignsSettings
from shopbell.runtime.http.tracking_operations import OPERATIONS

_SIDE_BY_SIDE: Final = 16
"""Queries of a sample at once (ruling 25)."""


@cache
def campaigns() -> HttpApi:
    found = settings.read(CampaignsSettings)
    ports = _ports(found, clients.shards_of(clients.stores(found.config_table)))
    beside = ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="sample").map
    return HttpApi(management(replace(ports, side_by_side=beside)).routes(), beside=OPERATIONS)


def _ports(found: CampaignsSettings, shards: Callable[[StoreId], int]) -> Ports:
    dynamo, stores = clients.dynamo(), clients.stores(found.config_table)
    return Ports(
        stores=stores,
        keys=_keys(dynamo, found, shards),
        segments=DynamoSegments(dynamo, found.config_table),
        campaigns=DynamoCampaigns(dynamo, found.config_table),
        scenarios=DynamoScenarios(dynamo, found.config_table),
        schedules=_schedules(found),
        triggers=DynamoTriggers(dynamo, found.config_table),
        visitors=clients.reader(found.visitors_table, shards),
        events=DynamoEvents(dynamo, found.events_table),
        aliases=DynamoAliases(dynamo, found.visitors_table, shards),
        memberships=DynamoMemberships(dynamo, found.members_table, found.log_table, shards),
        runs=DynamoRuns(dynamo, found.runs_table),
        progress=DynamoRunProgress(dynamo, found.runs_table, clock.now),
        counters=DynamoCounters(dynamo, found.runs_table),
        missed=DynamoCounters(dynamo, found.visitors_table),
        past=DynamoSegmentPast(dynamo, found.config_table),
        folding=DynamoSegments(dynamo, found.config_table),
        work=_work(dynamo, found),
        listing=_lists(dynamo, found, shards),
        messages=_messages(dynamo, found, shards),
        goods=_goods(dynamo, found, shards),
        coupons=_coupons(dynamo, found),
        webhooks=_webhooks(dynamo, found),
        queues=_queues(found),
        random=secrets.token_bytes,
        now=clock.now,
        rates=parse_rates(found.shopbell_push_rates),
    )


def _coupons(dynamo: Dynamo, found: CampaignsSettings) -> CouponPorts:
    holders = DynamoCoupons(dynamo, found.runs_table, secrets.token_bytes)
    pools = DynamoCouponPools(dynamo, found.config_table)
    return CouponPorts(pools, DynamoCouponCodes(dynamo, found.runs_table), holders)


def _keys(dynamo: Dynamo, found: CampaignsSettings, shards: Callable[[StoreId], int]) -> KeyPorts:
    stores, uses = clients.stores(found.config_table), DynamoKeyUses(dynamo, found.visitors_table, shards)
    kept = SsmSecrets(boto3.client("ssm"), found.parameter_prefix, clock.now)
    trail = DynamoAuditTrail(dynamo, found.runs_table)
    pairs = (lambda: _split(generate()), lambda private: _split(pair_of(private)))
    limit = replace(MANAGEMENT, quota=int(found.shopbell_calls_per_minute or MANAGEMENT.quota))
    called = DynamoCallCounts(dynamo, found.runs_table), DynamoOnceCalls(dynamo, found.runs_table)
    return KeyPorts(stores, kept, stores, uses, *pairs, trail, *called, limit)


def _webhooks(dynamo: Dynamo, found: CampaignsSettings) -> HookPorts:
    hooks, went = DynamoWebhooks(dynamo, found.config_table), DynamoHookDeliveries(dynamo, found.config_table)
    loopback = found.shopbell_webhook_loopback == "on"
    return HookPorts(hooks, went, clients.queue(found.webhook_queue_url), leads_to_public, loopback)


def _split(pair: VapidPair) -> tuple[bytes, str]:
    return pair.private_pem, pair.public_key


def _queues(found: CampaignsSettings) -> QueuePorts:
    urls = (found.plan_queue_url, found.rebuild_queue_url, found.send_now_queue_url)
    return QueuePorts(*map(clients.queue, urls))


def _work(dynamo: Dynamo, found: CampaignsSettings) -> WorkPorts:
    return WorkPorts(
        DynamoJobs(dynamo, found.runs_table),
        S3Files(clients.s3(), found.files_bucket),
        S3Uploads(clients.s3(), found.files_bucket),
        DynamoTombstones(dynamo, found.visitors_table, found.events_table),
    )


def _schedules(found: CampaignsSettings) -> EventBridgeSchedules:
    callee = Callee(found.schedule_function, found.schedule_role, found.schedule_dead_letters)
    return EventBridgeSchedules(boto3.client("scheduler"), found.schedule_group, callee)


def _lists(dynamo: Dynamo, found: CampaignsSettings, shards: Callable[[StoreId], int]) -> ListPorts:
    return ListPorts(
        DynamoLists(dynamo, found.config_table),
        DynamoListMembers(dynamo, found.config_table, shards),
        DynamoListUploads(dynamo, found.runs_table, clock.now),
    )


def _goods(dynamo: Dynamo, found: CampaignsSettings, shards: Callable[[StoreId], int]) -> GoodsPorts:
    return GoodsPorts(
        DynamoCatalogue(dynamo, found.catalogue_table),
        DynamoStockroom(dynamo, found.catalogue_table),
        DynamoAssortment(dynamo, found.catalogue_table),
        picking.recommend(found.runs_table, found.catalogue_table, shards),
        DynamoTops(dynamo, found.runs_table, clock.now),
    )


def _messages(dynamo: Dynamo, found: CampaignsSettings, shards: Callable[[StoreId], int]) -> MessagePorts:
    return MessagePorts(
        DynamoSubscriptions(dynamo, found.visitors_table, shards),
        DynamoSends(dynamo, found.visitors_table),
        DynamoDispatches(dynamo, found.runs_table, clock.now),
        DynamoReportCounts(dynamo, found.runs_table, clock.now),
    )
