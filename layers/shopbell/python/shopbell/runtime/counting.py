"""What counts for reports: `tally` does it from the stream, `nightly` from the events themselves."""

# ruff: noqa: PLC0415

from typing import TYPE_CHECKING, Protocol

from shopbell.runtime import clients, clock, settings

if TYPE_CHECKING:
    from shopbell.adapters.dynamo.stores import DynamoStores
    from shopbell.app.coupons.redeeming import Redeem
    from shopbell.app.reporting.count import CountReports
    from shopbell.app.tallying import Tally
    from shopbell.app.webhooks.announce import AnnounceFlips
    from shopbell.domain.ids import SegmentId, StoreId
    from shopbell.runtime.settings import TallySettings


class Tables(Protocol):
    """The settings that name them."""

    @property
    def runs_table(self) -> str: ...

    @property
    def events_table(self) -> str: ...

    @property
    def visitors_table(self) -> str: ...


def tally() -> "Tally":
    from shopbell.adapters.dynamo.counters import DynamoCounters
    from shopbell.adapters.dynamo.demand import DynamoDemandCounters
    from shopbell.app.demand import CountDemand
    from shopbell.app.tallying import Tally

    found = settings.read(settings.TallySettings)
    stores = clients.stores(found.config_table)
    demand = DynamoDemandCounters(clients.dynamo(), found.runs_table, clients.shards_of(stores), clock.now)
    return Tally(
        DynamoCounters(clients.dynamo(), found.runs_table),
        clients.zone_of(stores),
        CountDemand(demand, clients.remembered(stores), clock.now),
        _redeem(found, stores),
        reports(found, stores),
        clients.erased(found.visitors_table),
        announcing(found.config_table, found.webhook_queue_url),
    )


def announcing(config_table: str, queue_url: str) -> "AnnounceFlips":
    from shopbell.adapters.dynamo.segments import DynamoSegments
    from shopbell.app.webhooks.announce import AnnounceFlips
    from shopbell.domain.clock import MINUTE
    from shopbell.runtime.http.remembered import Remembered

    segments = DynamoSegments(clients.dynamo(), config_table)

    def shown(named: "tuple[StoreId, SegmentId]") -> bool:
        found = segments.get(*named)
        return found is not None and not found.hidden

    seen = Remembered(shown, MINUTE, clock.now)
    return AnnounceFlips(
        clients.webhooks(config_table),
        lambda store, segment: seen((store, segment)),
        clients.queue(queue_url),
        clock.now,
    )


def _redeem(found: "TallySettings", stores: "DynamoStores") -> "Redeem":
    from shopbell.adapters.dynamo.coupons.pools import DynamoCouponCodes, DynamoCouponPools
    from shopbell.adapters.dynamo.events import DynamoEvents
    from shopbell.app.coupons.redeeming import Redeem

    return Redeem(
        DynamoCouponPools(clients.dynamo(), found.config_table),
        DynamoCouponCodes(clients.dynamo(), found.runs_table),
        DynamoEvents(clients.dynamo(), found.events_table),
        clients.remembered(stores),
        clock.now,
    )


def reports(found: Tables, stores: "DynamoStores") -> "CountReports":
    from shopbell.adapters.dynamo.aliases import DynamoAliases
    from shopbell.adapters.dynamo.attribution import DynamoReportCounts
    from shopbell.adapters.dynamo.events import DynamoEvents
    from shopbell.adapters.dynamo.runs import DynamoRuns
    from shopbell.adapters.dynamo.sends import DynamoSends
    from shopbell.app.people import People
    from shopbell.app.reporting.attribute import Attribute
    from shopbell.app.reporting.count import CountReports
    from shopbell.app.reporting.courses import Courses
    from shopbell.app.reporting.leavers import VariantOf
    from shopbell.app.reporting.lift import Follow
    from shopbell.app.reporting.receipts import CountReceipts

    dynamo, visitors, shards = clients.dynamo(), found.visitors_table, clients.shards_of(stores)
    counts = DynamoReportCounts(dynamo, found.runs_table, clock.now)
    whose = (
        DynamoEvents(dynamo, found.events_table),
        People(clients.reader(visitors, shards)),
        DynamoAliases(dynamo, visitors, shards),
        clients.remembered(stores),
    )
    return CountReports(
        CountReceipts(
            counts,
            DynamoSends(dynamo, visitors),
            clients.zone_of(stores),
            VariantOf(DynamoRuns(dynamo, found.runs_table)),
        ),
        Attribute(counts, *whose),
        Follow(Courses(counts), *whose),
    )
