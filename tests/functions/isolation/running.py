"""What the functions that send and count have written for an estate."""

from dataclasses import replace

from shopbell.adapters.memory.attribution import MemoryReportCounts
from shopbell.adapters.memory.coupons import MemoryCoupons
from shopbell.adapters.memory.demand import MemoryTops
from shopbell.adapters.memory.dispatches import MemoryDispatches
from shopbell.adapters.memory.runs import MemoryCounters, MemoryRunProgress, MemoryRuns
from shopbell.adapters.memory.sends import MemorySends
from shopbell.domain.attribution.cells import Cell
from shopbell.domain.clock import DAY
from shopbell.domain.content import Content
from shopbell.domain.coupons import Claim
from shopbell.domain.dispatch import Dispatch, dispatch_name
from shopbell.domain.gates import Told
from shopbell.domain.ids import PoolId, ProductId, RunId, VisitorId, visitor_hash
from shopbell.domain.outcomes import CODES
from shopbell.domain.push.token import LIFETIME, MessageRef, sign
from shopbell.domain.recommend.lists import Arrival, Demand, Overview, Popular, TopList
from shopbell.domain.runs import Audience, ChunkLedger, Run, ShardProgress
from shopbell.domain.scenarios.pending import PendingStep, Ran
from shopbell.domain.sends import SendRecord, Sent

from tests.functions.http.test_receipts import key_of
from tests.functions.http.world import THEIRS
from tests.functions.isolation.estate import Estate


def mailed(estate: Estate) -> None:
    """A run of the campaign that is being sent, a step of a scenario, what came of both, and what sells."""
    run = _run(estate)
    zoe = VisitorId(f"{estate.tag}-zoe")
    _ended(estate, run)
    _stepped(estate)
    _counted(estate)
    sent = Sent(estate.office.clock.now, b"12345678", run.source_id, products=(ProductId(f"{estate.tag}-lamp"),))
    MemorySends(estate.office.world).save(estate.store, [(zoe, SendRecord((sent,)))])
    given = Claim(
        estate.store, zoe, b"12345678", PoolId(f"{estate.tag}-pool"), run.id, "birthday", run.created_at, run.ends_at
    )
    MemoryCoupons(estate.office.world).claim([given])
    _selling(estate)
    ref = MessageRef(
        estate.store, run.id, 0, 0, 0, visitor_hash(estate.store, zoe), b"s" * 8, run.created_at + LIFETIME
    )
    estate.name("message", sign(ref, key_of(estate.office, estate.store)))


def _run(estate: Estate) -> Run:
    now = estate.office.clock.now
    campaign = estate.names["sent campaign"][0]
    content = Content(f"{estate.word} sale", estate.word, "https://shop.example.com/sale")
    audience = Audience(visitors=(VisitorId(f"{estate.tag}-zoe"),))
    run = Run(
        estate.store, RunId(f"{estate.tag}-run1"), "campaign", campaign, now, now, now + DAY, 1, audience, content
    )
    assert MemoryRuns(estate.office.world).create(run)
    estate.name("run", run.id)
    return run


def _ended(estate: Estate, run: Run) -> None:
    progress = MemoryRunProgress(estate.office.world)
    progress.save_shard(estate.store, run.id, ShardProgress(0, planned=731, cursor=None, done=True))
    progress.save_ledger(estate.store, run.id, ChunkLedger("c", "mozilla", bytes([CODES["accepted"], 0])))


def _stepped(estate: Estate) -> None:
    """Of whom both stores know each has a step, but only the other store has recorded how it ended."""
    zoe, shared, _ = map(VisitorId, estate.names["visitor"])
    for who in (zoe, shared):
        step, profiles = _step(estate), estate.office.world.profiles
        ran = {step.source_id: (Ran(step.source_id, step.key, step.started_at, sent=1),)}
        profiles[estate.store, who] = replace(profiles[estate.store, who], ran=ran)
        if who == zoe or estate.store == THEIRS:
            _recorded(estate, who, dispatch_name(step))


def _step(estate: Estate) -> PendingStep:
    now = estate.office.clock.now
    return PendingStep("scenario", "we_missed_you", "i1", 0, now + DAY, now - DAY, now)


def _recorded(estate: Estate, who: VisitorId, name: str) -> None:
    now = estate.office.clock.now
    told = (Told("frequency_cap", "skipped", {"class": estate.word}),)
    done = Dispatch(estate.store, who, name, RunId(f"{estate.tag}-run2"), "done", now, told=told)
    assert MemoryDispatches(estate.office.world).save(replace(done, codes=bytes((CODES["skipped:frequency_cap"],))))


def sized(estate: Estate) -> None:
    """What the function `tally` has counted of its segments."""
    counters = MemoryCounters(estate.office.world)
    for segment in estate.names["segment"]:
        counters.add(estate.store, f"segment:{segment}", "s", "1".zfill(40), {"total": 731, "reachable": 577})


def _counted(estate: Estate) -> None:
    campaign = estate.names["sent campaign"][0]
    cells = {Cell(campaign, 0, 0, "", "shown"): 731, Cell("we_missed_you", 0, 0, "", f"action:{estate.word}"): 577}
    MemoryReportCounts(estate.office.world).add(estate.store, {}, cells)


def _selling(estate: Estate) -> None:
    lamp, now = ProductId(f"{estate.tag}-lamp"), estate.office.clock.now
    rows = (Popular(lamp, (Demand(7, 7, 7, 7),) * 3),)
    lists = [TopList(scope, rows, (Demand(7),) * 3) for scope in ("", f"{estate.tag}/lamps")]
    overview = Overview((Arrival(lamp, now - DAY, 7),), (lamp,), {f"{estate.tag}/lamps": 0.75}, now)
    MemoryTops(estate.office.world).save(estate.store, lists, overview)
