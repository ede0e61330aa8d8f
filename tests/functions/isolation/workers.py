"""Every kind of long work over memory, as the function `rebuild` does it, until nothing is left."""

from shopbell.adapters.memory.aliases import MemoryAliases
from shopbell.adapters.memory.catalogue import MemoryAssortment, MemoryStockroom
from shopbell.adapters.memory.coupons import MemoryCoupons
from shopbell.adapters.memory.events import MemoryEvents
from shopbell.adapters.memory.jobs import MemoryFiles, MemoryJobs, MemoryUploads
from shopbell.adapters.memory.lists import MemoryListMembers, MemoryLists, MemoryListUploads
from shopbell.adapters.memory.memberships import MemoryMemberships
from shopbell.adapters.memory.personal import MemoryHoldings
from shopbell.adapters.memory.segments import MemorySegments
from shopbell.adapters.memory.stones import MemoryTombstones
from shopbell.adapters.memory.subscriptions import MemorySubscriptionRegister
from shopbell.adapters.memory.visitors import MemoryVisitors
from shopbell.app.catalogue.feeds import LOAD_FEED
from shopbell.app.catalogue.loading import LoadFeed
from shopbell.app.catalogue.stocking import StockUp
from shopbell.app.catalogue.sweeping import Sweep
from shopbell.app.coupons.exporting import EXPORT_CODES, ExportCodes
from shopbell.app.coupons.filling import FILL_POOL, FillPool
from shopbell.app.exporting import EXPORT_MEMBERS, ExportMembers
from shopbell.app.filling import FILL_LIST, ChangeMembers, FillList
from shopbell.app.importing.load import LoadImport
from shopbell.app.importing.start import IMPORT_SUBSCRIPTIONS
from shopbell.app.jobs import RunJobs, Worker
from shopbell.app.privacy.erase import ERASE_VISITOR, EraseVisitor
from shopbell.app.privacy.erased import Erased
from shopbell.app.privacy.export import EXPORT_VISITOR, ExportVisitor
from shopbell.app.privacy.exported import Exported
from shopbell.app.privacy.people import FindPerson
from shopbell.app.scenarios.dryrun_all import DRY_RUN, DryRunAll
from shopbell.app.work import JobWork, read_rebuild
from shopbell.domain.clock import HOUR, MINUTE
from shopbell.domain.push.endpoints import KNOWN_SERVICES

from tests.functions.http.office import Office

ROUNDS = 12
"""An erasure looks again after a while; nothing else needs more than one."""


def work_off(office: Office, rounds: int = ROUNDS) -> None:
    """Whatever lies on the queue; time passes as an erasure waits. Builds of segments are not jobs: they stay."""
    run = RunJobs(MemoryJobs(office.world), workers(office), office.rebuild, office.clock)
    for _ in range(rounds):
        messages = [read_rebuild(message.body) for message in office.rebuild.take()]
        asked = [work for work in messages if isinstance(work, JobWork)]
        for work in asked:
            run(work, lambda: HOUR)
        if not asked:
            return
        office.clock.now += MINUTE


def workers(office: Office) -> dict[str, Worker]:
    world = office.world
    return {
        EXPORT_MEMBERS: ExportMembers(office.ports().stores, MemoryMemberships(world), MemoryFiles(world)),
        LOAD_FEED: _feed(office),
        DRY_RUN: DryRunAll(office.managing.trials.dry_run, MemoryListUploads(world), MemoryFiles(world)),
        FILL_POOL: FillPool(MemoryCoupons(world), MemoryListUploads(world)),
        EXPORT_CODES: ExportCodes(MemoryCoupons(world), MemoryFiles(world)),
        **_people(office),
    }


def _people(office: Office) -> dict[str, Worker]:
    world, now = office.world, office.clock
    stones, log, visitors = MemoryTombstones(world), MemoryEvents(world), MemoryVisitors(world)
    erased, holdings = Erased(stones, now), MemoryHoldings(world)
    change = ChangeMembers(MemoryLists(world), MemoryListMembers(world), log, now, erased)
    register = MemorySubscriptionRegister(world)
    find = FindPerson(visitors, MemoryAliases(world), log)
    exported = Exported(MemoryUploads(world), MemoryFiles(world))
    return {
        FILL_LIST: FillList(office.ports().stores, change, MemoryListUploads(world)),
        IMPORT_SUBSCRIPTIONS: LoadImport(MemoryUploads(world), register, log, KNOWN_SERVICES, now, erased=erased),
        ERASE_VISITOR: EraseVisitor(stones, holdings, find, visitors, MemorySegments(world), exported, now),
        EXPORT_VISITOR: ExportVisitor(stones, holdings, find, MemoryFiles(world), exported, now),
    }


def _feed(office: Office) -> LoadFeed:
    world, now = office.world, office.clock
    stock = StockUp(MemoryStockroom(world), now)
    return LoadFeed.of(MemoryUploads(world), stock, Sweep(MemoryAssortment(world), stock, now), now)
