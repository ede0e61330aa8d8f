"""What is sent: campaigns, scenarios, triggers, coupons, and what came of it."""

from shopbell.adapters.memory.attribution import MemoryReportCounts
from shopbell.adapters.memory.runs import MemoryRunProgress, MemoryRuns
from shopbell.adapters.memory.sends import MemorySends
from shopbell.app.reporting.leavers import VariantOf
from shopbell.app.reporting.receipts import CountReceipts
from shopbell.domain.attribution.cells import Cell
from shopbell.domain.clock import MINUTE
from shopbell.domain.ids import VisitorId, visitor_hash
from shopbell.domain.outcomes import CODES
from shopbell.domain.push.token import LIFETIME, MessageRef, sign
from shopbell.domain.runs import ChunkLedger, ShardProgress

from tests.functions.http.story.opening import ANNA, BEN
from tests.functions.http.story.teller import OTHER, Teller
from tests.functions.http.test_campaigns import planned
from tests.functions.http.test_receipts import key_of
from tests.functions.http.world import OURS

CONTENT = {"title": "Spring sale", "body": "20 % off all boots until Sunday.", "url": "/sale"}
MISSED = "we_missed_you"
BROUGHT = {"shown": 2, "clicked": 1, "landed": 1, "orders": 1, "revenue:EUR": 11_900}


def campaigns(teller: Teller, segment: str) -> str:
    """The id of one that is being sent."""
    named = {**CONTENT, "title": "{{ visitor.custom.first_name }}, spring sale"}
    variants = [
        {"name": "plain", "weight": 50, "content": CONTENT},
        {"name": "named", "weight": 50, "content": named},
    ]
    body = {"name": "Spring sale", "audience": {"include": [segment]}, "variants": variants, "holdout_percent": 5}
    made: str = teller.tell("createCampaign", body)["id"]
    teller.tell("createCampaign", {**body, "audience": {"include": ["seg-of-yore"]}}, status=422)
    teller.tell("editCampaign", {"name": "Spring sale 2026", "delivery": {"ttl": "PT12H"}}, campaign_id=made)
    teller.tell("editCampaign", {"delivery": {"ttl": "half a day"}}, campaign_id=made, status=422)
    teller.tell("getCampaign", campaign_id=made)
    teller.tell("estimateCampaign", campaign_id=made)
    teller.tell("testCampaign", {"visitor_ids": [ANNA, BEN]}, campaign_id=made)
    teller.tell("testCampaign", {"visitor_ids": []}, campaign_id=made, status=422)
    return made


def scheduled(teller: Teller, campaign: str, segment: str) -> None:
    copy: str = teller.tell("duplicateCampaign", campaign_id=campaign)["id"]
    teller.tell("duplicateCampaign", campaign_id=copy, headers={"idempotency-key": "k" * 129}, status=422)
    at = {"at": "2026-03-06T18:30:00Z", "visitor_local": True}
    teller.tell("scheduleCampaign", {"cron": "every day"}, campaign_id=copy, status=422)
    teller.tell("scheduleCampaign", at, campaign_id=copy)
    teller.tell("unscheduleCampaign", campaign_id=copy)
    teller.tell("discardCampaign", campaign_id=copy)
    teller.office.manage("PATCH", "/v1/store", {"approval": "second_person", "approve_over": 1})
    waiting = teller.office.campaign(name="To all", audience={"include": [segment]})
    teller.office.manage("POST", f"/v1/campaigns/{waiting}/send", {"expected_audience": 2})
    teller.tell("approveCampaign", campaign_id=waiting, status=403, says="Whoever asked may not approve")
    teller.tell("approveCampaign", campaign_id=waiting, key=teller.office.give(OURS, "mgmt", "admin", "9"))
    teller.office.manage("PATCH", "/v1/store", {"approval": "none", "approve_over": 50_000})
    teller.office.plan.take()


def sent(teller: Teller, campaign: str) -> None:
    one = {"campaign_id": campaign}
    teller.tell("sendCampaign", {"expected_audience": "many"}, status=422, of=one)
    teller.tell("sendCampaign", {"expected_audience": 2}, of=one)
    teller.tell("sendCampaign", {"expected_audience": 2}, status=409, of=one)
    _, run = planned(teller.office, campaign)
    for turn in ("pauseCampaign", "resumeCampaign"):
        teller.tell(turn, of=one)
    progress = MemoryRunProgress(teller.office.world)
    progress.save_shard(OURS, run, ShardProgress(0, planned=4, cursor=None, done=True, skipped={"audience_left": 1}))
    codes = bytes(CODES[code] for code in ("accepted", "accepted", "retired"))
    progress.save_ledger(OURS, run, ChunkLedger("c", "mozilla", codes, variants=bytes([1, 2, 1])))
    begun = teller.office.clock.now // (60 * MINUTE) * 60 * MINUTE
    cells = {Cell(campaign, begun, 0, "plain", measure): count for measure, count in BROUGHT.items()}
    MemoryReportCounts(teller.office.world).add(OURS, {}, cells)
    teller.tell("getProgress", of=one)
    teller.tell("getReport", query={"from": "2026-03-02", "to": "2026-03-02", "by": "day"}, of=one)
    teller.tell("getReport", query={"format": "csv"}, says="As a table", of=one)
    teller.tell("getReport", query={"by": "week"}, status=422, of=one)
    teller.tell("discardCampaign", status=409, says="It is being sent", of=one)
    teller.tell("cancelCampaign", of=one)
    teller.tell("listCampaigns", query={"limit": "2"})
    teller.tell("listCampaigns", query={"limit": "0"}, status=422)
    who, until = visitor_hash(OURS, VisitorId(ANNA)), teller.office.clock.now + LIFETIME
    ref = MessageRef(OURS, run, 0, 0, 0, who, b"s" * 8, until)
    token = sign(ref, key_of(teller.office, OURS))
    teller.tell("sendReceipt", {"message": token, "kind": "clicked"})
    teller.tell("sendReceipt", {"message": token, "kind": "seen"}, status=422)


def scenarios(teller: Teller) -> None:
    given = {"enabled": True, "parameters": {"n_days": 45, "send_time": "18:30", "holdout_percent": 5}}
    teller.tell("getScenario", name_=MISSED)
    teller.tell("putScenario", given, name_=MISSED)
    teller.tell("putScenario", {"enabled": True, "parameters": {"n_days": 0}}, name_=MISSED, status=422)
    teller.tell("listScenarios")
    teller.shorten_items("listScenarios", 2)
    teller.tell("listScenarios", query={"cursor": OTHER}, status=422)
    teller.tell("dryRunScenario", {"as_of": "2026-03-02T12:00:00Z"}, name_=MISSED)
    teller.tell("dryRunScenario", {"all": True}, name_=MISSED, status=202, says="Everybody, in a job")
    teller.tell("dryRunScenario", {"as_of": "yesterday"}, name_=MISSED, status=422)
    days = {"from": "2026-03-02", "to": "2026-03-02"}
    teller.tell("getScenarioReport", name_=MISSED, query={**days, "by": "day"})
    teller.tell("getScenarioReport", name_=MISSED, query={"format": "csv"}, says="As a table")
    teller.tell("getScenarioReport", name_=MISSED, query={"by": "week"}, status=422)


def triggers(teller: Teller) -> None:
    body = {
        "name": "Third search",
        "event": "search",
        "occurrence": {"nth": 3},
        "delay": "PT30M",
        "exit_on": ["purchase"],
        "content": {"title": "Found it?", "body": "We can help.", "url": "/help"},
    }
    made: str = teller.tell("createTrigger", body)["id"]
    teller.tell("createTrigger", {**body, "event": "product_created"}, status=422)
    teller.tell("getTrigger", trigger_id=made)
    teller.tell("listTriggers")
    teller.tell("listTriggers", query={"cursor": OTHER}, status=422)
    teller.tell("editTrigger", {"enabled": True}, trigger_id=made)
    teller.tell("editTrigger", {"delay": "a while"}, trigger_id=made, status=422)
    teller.tell("deleteTrigger", trigger_id=made)


def coupons(teller: Teller) -> None:
    pool = {"pool_id": "spring"}
    body = {
        "id": "spring",
        "name": "Spring",
        "discount": "10 %",
        "popup": {"title": "For you", "body": "Till Sunday."},
    }
    teller.tell("createCouponPool", body)
    teller.tell("createCouponPool", {**body, "low_stock_percent": 200}, status=422)
    teller.tell("addCouponCodes", {"codes": ["SPRING-A7K2", "SPRING-B3M9"]}, of=pool)
    much = {"generate": {"pattern": "SPRING-{8}", "count": 5_000}}
    teller.tell("addCouponCodes", much, status=202, says="More than 1,000: a job", of=pool)
    teller.tell("addCouponCodes", {}, status=422, of=pool)
    teller.tell("getCouponPool", of=pool)
    teller.tell("listCouponPools")
    teller.tell("listCouponPools", query={"cursor": OTHER}, status=422)
    teller.tell("editCouponPool", {"discount": "15 %"}, of=pool)
    teller.tell("editCouponPool", {"low_stock_percent": -1}, status=422, of=pool)
    teller.tell("listCouponCodes", query={"state": "free", "limit": "2"}, of=pool)
    teller.tell("listCouponCodes", query={"format": "csv"}, status=202, says="All of them, as a file", of=pool)
    teller.tell("listCouponCodes", query={"state": "lost"}, status=422, of=pool)
    teller.tell("deleteCouponPool", of=pool)


def reports(teller: Teller) -> None:
    world = teller.office.world
    counts, variant = MemoryReportCounts(world), VariantOf(MemoryRuns(world))
    count = CountReceipts(counts, MemorySends(world), lambda _: "Europe/Berlin", variant)
    count(OURS, [item for (store, _), log in world.events.items() for item in log.values() if store == OURS])
    days = {"from": "2026-03-02", "to": "2026-03-02"}
    teller.tell("getOverview", query=days)
    teller.tell("getOverview", query={**days, "format": "csv"}, says="As a table")
    teller.tell("getOverview", query={"from": "2026-03-02", "to": "2026-03-01"}, status=422)
    teller.tell("getPromptReport", query={**days, "prompt": "soft"})
    teller.tell("getPromptReport", query={**days, "prompt": "soft", "format": "csv"}, says="As a table")
    teller.tell("getPromptReport", query={"from": "last week"}, status=422)
    teller.tell("listAudit", query={"limit": "1"})
    teller.tell("listAudit", query={"from": "last week"}, status=422)


def gone(teller: Teller) -> None:
    teller.tell("deleteProduct", product_id="rope-1", status=404)
    teller.tell("deleteProduct", product_id="lamp-2")
    assert BEN
