"""The wiring of `send`: the push libraries, the secrets, and how far each may reach."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import boto3

from shopbell.adapters.dynamo.aliases import DynamoAliases
from shopbell.adapters.dynamo.attribution import DynamoReportCounts
from shopbell.adapters.dynamo.dispatches import DynamoDispatches
from shopbell.adapters.dynamo.events import DynamoEvents
from shopbell.adapters.dynamo.run_progress import DynamoRunProgress
from shopbell.adapters.dynamo.runs import DynamoRuns
from shopbell.adapters.dynamo.sends import DynamoSends
from shopbell.adapters.dynamo.stores import DynamoStores
from shopbell.adapters.dynamo.subscription_keys import DynamoKeyUses
from shopbell.adapters.dynamo.subscriptions import DynamoSubscriptions
from shopbell.adapters.dynamo.visitors import DynamoVisitors
from shopbell.adapters.secrets import SsmSecrets
from shopbell.adapters.webpush.codec import Aes128GcmCodec
from shopbell.adapters.webpush.codec_pywebpush import PywebpushCodec
from shopbell.adapters.webpush.exchange import Limits
from shopbell.adapters.webpush.http2.transport import Http2Transport
from shopbell.adapters.webpush.openssl import quickest
from shopbell.adapters.webpush.transport import CurlTransport, parse_connect_to
from shopbell.adapters.webpush.trust import trusted
from shopbell.adapters.webpush.vapid import SigningKey, VapidSigner
from shopbell.app.delivery.dayrun import DayRun, ReadPlan
from shopbell.app.delivery.desks import Desks
from shopbell.app.delivery.ended import HasEnded
from shopbell.app.delivery.now import SendNow
from shopbell.app.delivery.pacing import Pacing
from shopbell.app.delivery.post import Post
from shopbell.app.delivery.posting import Posting
from shopbell.app.delivery.send import Send
from shopbell.app.delivery.sorting import Sort
from shopbell.app.delivery.throttle import Throttle
from shopbell.app.delivery.unsent import Unsent
from shopbell.app.reporting.courses import Courses
from shopbell.app.reporting.lift import NoteSides
from shopbell.app.scenarios.defer import Defer
from shopbell.app.tracking.receive import TokenKeys
from shopbell.domain.clock import Instant
from shopbell.domain.ids import VapidKeyId
from shopbell.domain.push.endpoints import AllowedHosts, allow
from shopbell.domain.push.rates import parse_rates
from shopbell.domain.store import Store
from shopbell.ports import PushCodec, PushTransport, Secrets
from shopbell.runtime import clients, clock, folding, garbage, settings
from shopbell.runtime.giving import vouchers
from shopbell.runtime.picking import recommend

LIBCURL: Final = "libcurl"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for a store with one of its keys; signatures are kept for hours, so make one for a process."""

    secrets: Secrets
    signer: VapidSigner

    def __call__(self, store: Store, origin: str, key: VapidKeyId, now: Instant) -> str:
        """Raises NotFound where the private key is missing."""
        private = self.secrets.get(f"{store.id}/vapid/{key}")
        return self.signer.authorization(origin, SigningKey(private, store.contact), now)


@dataclass(frozen=True, slots=True)
class Sending:
    """What chunks and steps are sent with alike."""

    found: settings.SendSettings
    runs: DynamoRuns
    stores: DynamoStores
    visitors: DynamoVisitors
    desks: Desks
    sort: Sort
    post: Post
    defer: Defer
    unsent: Unsent
    plan: ReadPlan


@cache
def posting() -> Posting:
    own = _sending()
    runs_table, parked = own.found.runs_table, clients.queue(own.found.parked_queue_url)
    ending = (own.post, own.defer, parked, clock.now, clock.uniform, own.unsent)
    progress = DynamoRunProgress(clients.dynamo(), runs_table, clock.now)
    dispatches = DynamoDispatches(clients.dynamo(), runs_table, clock.now)
    day_run = DayRun(own.runs, own.desks.plans, clock.now, own.plan)
    sound = clients.tell(own.found.config_table, own.found.webhook_queue_url).alarm
    garbage.settle()
    return Posting(
        Send(own.runs, progress, own.stores, own.desks, own.sort, *ending, sound),
        SendNow(own.runs, dispatches, own.stores, own.visitors, day_run, own.desks, own.sort, *ending),
    )


def _sending() -> Sending:
    found = settings.read(settings.SendSettings)
    dynamo, stores = clients.dynamo(), clients.stores(found.config_table)
    shards = clients.shards_of(stores)
    visitors = clients.reader(found.visitors_table, shards)
    subscriptions = DynamoSubscriptions(dynamo, found.visitors_table, shards)
    secrets = SsmSecrets(boto3.client("ssm"), found.parameter_prefix, clock.now)
    allowed = allow(found.shopbell_extra_push_hosts.split(","))
    plans, sends = folding.plans(found.config_table), DynamoSends(dynamo, found.visitors_table)
    aliases = DynamoAliases(dynamo, found.visitors_table, shards)
    coupons = vouchers(found.config_table, found.runs_table, aliases)
    counts = DynamoReportCounts(dynamo, found.runs_table, clock.now)
    select = recommend(found.runs_table, found.catalogue_table, shards)
    return Sending(
        found,
        DynamoRuns(dynamo, found.runs_table),
        stores,
        visitors,
        Desks(TokenKeys(stores, secrets), allowed, select, plans, clock.now, coupons.promises, _ended(found)),
        Sort(visitors, subscriptions, sends, coupons, NoteSides(Courses(counts), clock.now)),
        _post(found, subscriptions, allowed, secrets, DynamoKeyUses(dynamo, found.visitors_table, shards)),
        Defer(visitors, clients.queue(found.due_queue_url), clock.now, clock.pause),
        Unsent(visitors, sends),
        plans.one,
    )


def _ended(found: settings.SendSettings) -> HasEnded:
    dynamo = clients.dynamo()
    return HasEnded(
        DynamoRuns(dynamo, found.runs_table), DynamoRunProgress(dynamo, found.runs_table, clock.now), clock.now
    )


def _post(
    found: settings.SendSettings,
    subscriptions: DynamoSubscriptions,
    allowed: AllowedHosts,
    secrets: Secrets,
    uses: DynamoKeyUses,
) -> Post:
    return Post(
        _codec(found),
        _transport(found, allowed),
        Signer(secrets, VapidSigner()),
        subscriptions,
        DynamoEvents(clients.dynamo(), found.events_table),
        clock.now,
        Pacing(Throttle(parse_rates(found.shopbell_push_rates)), clock.now, clock.rest),
        uses,
    )


def _codec(found: settings.SendSettings) -> PushCodec:
    match found.shopbell_codec:
        case "pywebpush":
            return PywebpushCodec()
        case "cryptography":
            return Aes128GcmCodec()
        case _:
            return Aes128GcmCodec(quickest())


def _transport(found: settings.SendSettings, allowed: AllowedHosts) -> PushTransport:
    extra = Path(found.shopbell_push_ca) if found.shopbell_push_ca else None
    limits = Limits(trusted(extra), parse_connect_to(found.shopbell_push_connect))
    kind = CurlTransport if found.shopbell_transport == LIBCURL else Http2Transport
    return kind(limits, allowed.origins)
