"""Long work with everything that its workers need; made at the first message that names a job."""

from functools import cache

from shopbell.adapters.dynamo.aliases import DynamoAliases
from shopbell.adapters.dynamo.assortment import DynamoAssortment
from shopbell.adapters.dynamo.campaigns import DynamoScenarios
from shopbell.adapters.dynamo.coupons.pools import DynamoCouponCodes, DynamoCouponPools
from shopbell.adapters.dynamo.events import DynamoEvents
from shopbell.adapters.dynamo.jobs import DynamoJobs
from shopbell.adapters.dynamo.lists import DynamoListMembers, DynamoLists, DynamoListUploads
from shopbell.adapters.dynamo.memberships import DynamoMemberships
from shopbell.adapters.dynamo.personal.place import Tables
from shopbell.adapters.dynamo.personal.registry import DynamoHoldings
from shopbell.adapters.dynamo.personal.stones import DynamoTombstones
from shopbell.adapters.dynamo.segments import DynamoSegments
from shopbell.adapters.dynamo.sends import DynamoSends
from shopbell.adapters.dynamo.stockroom import DynamoStockroom
from shopbell.adapters.dynamo.subscription_keys import DynamoSubscriptionRegister
from shopbell.adapters.dynamo.subscriptions import DynamoSubscriptions
from shopbell.adapters.dynamo.triggers import DynamoTriggers
from shopbell.adapters.files import S3Files, S3Uploads
from shopbell.app.catalogue.feeds import LOAD_FEED
from shopbell.app.catalogue.loading import LoadFeed
from shopbell.app.catalogue.stocking import StockUp
from shopbell.app.catalogue.sweeping import Sweep
from shopbell.app.coupons.exporting import EXPORT_CODES, ExportCodes
from shopbell.app.coupons.filling import FILL_POOL, FillPool
from shopbell.app.delivery.promising import Promises
from shopbell.app.exporting import EXPORT_MEMBERS, ExportMembers
from shopbell.app.filling import FILL_LIST, ChangeMembers, FillList
from shopbell.app.importing.load import LoadImport
from shopbell.app.importing.start import IMPORT_SUBSCRIPTIONS
from shopbell.app.jobs import RunJobs, Worker
from shopbell.app.management.segments.survey import Survey
from shopbell.app.privacy.erase import ERASE_VISITOR, EraseVisitor
from shopbell.app.privacy.export import EXPORT_VISITOR, ExportVisitor
from shopbell.app.privacy.exported import Exported
from shopbell.app.privacy.people import FindPerson
from shopbell.app.recommend import Supposing
from shopbell.app.rulebook import Rulebook
from shopbell.app.scenarios.dryrun import DryRun
from shopbell.app.scenarios.dryrun_all import DRY_RUN, DryRunAll
from shopbell.app.scenarios.judging import Judge
from shopbell.app.scenarios.newsreel import NewsReel
from shopbell.domain.push.endpoints import allow
from shopbell.runtime import clients, clock, folding, picking, settings
from shopbell.runtime.settings import RebuildSettings


@cache
def jobs() -> RunJobs:
    """Every kind of job with its worker."""
    found = settings.read(RebuildSettings)
    return RunJobs(
        DynamoJobs(clients.dynamo(), found.runs_table),
        {
            EXPORT_MEMBERS: _export(found),
            FILL_LIST: _fill(found),
            LOAD_FEED: _feed(found),
            DRY_RUN: _dry_run(found),
            **_coupons(found),
            IMPORT_SUBSCRIPTIONS: _import(found),
            **_privacy(found),
        },
        clients.queue(found.rebuild_queue_url),
        clock.now,
        clients.tell(found.config_table, found.webhook_queue_url).alarm,
    )


def _export(found: RebuildSettings) -> ExportMembers:
    stores = clients.stores(found.config_table)
    memberships = DynamoMemberships(clients.dynamo(), found.members_table, found.log_table, clients.shards_of(stores))
    return ExportMembers(stores, memberships, S3Files(clients.s3(), found.files_bucket))


def _fill(found: RebuildSettings) -> FillList:
    dynamo, stores = clients.dynamo(), clients.stores(found.config_table)
    change = ChangeMembers(
        DynamoLists(dynamo, found.config_table),
        DynamoListMembers(dynamo, found.config_table, clients.shards_of(stores)),
        DynamoEvents(dynamo, found.events_table),
        clock.now,
        clients.erased(found.visitors_table),
    )
    return FillList(stores, change, DynamoListUploads(dynamo, found.runs_table, clock.now))


def _dry_run(found: RebuildSettings) -> DryRunAll:
    dynamo, stores = clients.dynamo(), clients.stores(found.config_table)
    shards, segments = clients.shards_of(stores), DynamoSegments(dynamo, found.config_table)
    survey = Survey(
        stores,
        segments,
        clients.reader(found.visitors_table, shards),
        DynamoEvents(dynamo, found.events_table),
        DynamoAliases(dynamo, found.visitors_table, shards),
        Rulebook(segments, stores),
        map,
        clock.now,
    )
    select = picking.recommend(found.runs_table, found.catalogue_table, shards)
    judge = Judge(
        DynamoSubscriptions(dynamo, found.visitors_table, shards),
        DynamoSends(dynamo, found.visitors_table),
        select,
        Promises(
            DynamoCouponPools(dynamo, found.config_table), DynamoCouponCodes(dynamo, found.runs_table), clock.now
        ),
        Supposing(select),
    )
    scenarios, own = DynamoScenarios(dynamo, found.config_table), DynamoTriggers(dynamo, found.config_table)
    lines = DynamoListUploads(dynamo, found.runs_table, clock.now)
    news = NewsReel(DynamoStockroom(dynamo, found.catalogue_table), clock.now)
    dry_run = DryRun(survey, scenarios, own, judge, clock.now, news)
    return DryRunAll(dry_run, lines, S3Files(clients.s3(), found.files_bucket))


def _coupons(found: RebuildSettings) -> dict[str, Worker]:
    codes = DynamoCouponCodes(clients.dynamo(), found.runs_table)
    return {
        FILL_POOL: FillPool(codes, DynamoListUploads(clients.dynamo(), found.runs_table, clock.now)),
        EXPORT_CODES: ExportCodes(codes, S3Files(clients.s3(), found.files_bucket)),
    }


def _privacy(found: RebuildSettings) -> dict[str, Worker]:
    dynamo, shards = clients.dynamo(), clients.shards_of(clients.stores(found.config_table))
    tables = Tables(
        found.events_table,
        found.visitors_table,
        found.members_table,
        found.log_table,
        found.config_table,
        found.runs_table,
        found.watch_table,
        shards,
    )
    holdings, visitors = DynamoHoldings(dynamo, tables, clock.now), folding.visitors(found)
    aliases = DynamoAliases(dynamo, found.visitors_table, shards)
    find = FindPerson(visitors, aliases, DynamoEvents(dynamo, found.events_table))
    stones = DynamoTombstones(dynamo, found.visitors_table, found.events_table)
    segments = DynamoSegments(dynamo, found.config_table)
    files = S3Files(clients.s3(), found.files_bucket)
    exported = Exported(S3Uploads(clients.s3(), found.files_bucket), files)
    return {
        ERASE_VISITOR: EraseVisitor(stones, holdings, find, visitors, segments, exported, clock.now),
        EXPORT_VISITOR: ExportVisitor(stones, holdings, find, files, exported, clock.now),
    }


def _import(found: RebuildSettings) -> LoadImport:
    dynamo, shards = clients.dynamo(), clients.shards_of(clients.stores(found.config_table))
    return LoadImport(
        S3Uploads(clients.s3(), found.files_bucket),
        DynamoSubscriptionRegister(dynamo, found.visitors_table, shards),
        DynamoEvents(dynamo, found.events_table),
        allow(found.shopbell_extra_push_hosts.split(",")),
        clock.now,
        erased=clients.erased(found.visitors_table),
    )


def _feed(found: RebuildSettings) -> LoadFeed:
    dynamo = clients.dynamo()
    stock = StockUp(DynamoStockroom(dynamo, found.catalogue_table), clock.now)
    sweep = Sweep(DynamoAssortment(dynamo, found.catalogue_table), stock, clock.now)
    return LoadFeed.of(S3Uploads(clients.s3(), found.files_bucket), stock, sweep, clock.now)
