"""Before a campaign starts, what it would be; while it runs, how far it is; and what is refused as too late."""

from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.runs import MemoryCounters, MemoryRunProgress, MemoryRuns
from shopbell.adapters.memory.sends import MemorySends
from shopbell.adapters.memory.subscriptions import MemorySubscriptions
from shopbell.app.delivery.plan import run_of_campaign
from shopbell.domain.clock import HOUR, MINUTE
from shopbell.domain.ids import CampaignId, VisitorId
from shopbell.domain.outcomes import CODES
from shopbell.domain.push.rates import Rates
from shopbell.domain.runs import ChunkLedger, Run, ShardProgress
from shopbell.domain.sends import SendRecord, Sent
from shopbell.runtime.http.api import HttpApi
from shopbell.runtime.http.management_uses import management

from tests.contract.samples import subscription
from tests.functions.http.office import BUYERS, VIEWER, Office
from tests.functions.http.world import NOON, OURS

TOLD = ("by_language", "by_browser", "by_time_zone", "skipped", "deferred")


def crowd(office: Office, subscribed: int, others: int = 0) -> None:
    for number in range(subscribed + others):
        office.visit(f"v{number}", subscribed=number < subscribed)


def estimate(office: Office, name: str) -> dict[str, Any]:
    answer = office.manage("POST", f"/v1/campaigns/{name}/estimate", key=VIEWER)
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_everyone_reachable_by_push_service_with_seconds_and_dollars(office: Office) -> None:
    crowd(office, 30, 10)
    found = estimate(office, office.campaign())
    told = {name: found.pop(name) for name in TOLD}
    assert told["by_time_zone"] == {"UTC": {"estimate": 30, "low": 30, "high": 30}}
    assert found == {
        "audience": 30,
        "low": 30,
        "high": 30,
        "reachable": 30,
        "reachable_low": 30,
        "reachable_high": 30,
        "recipients": {"estimate": 0, "low": 0, "high": 0},
        "by_service": {"mozilla": 30},
        "seconds": 1,
        "cost_usd": found["cost_usd"],
        "outlives_ttl": False,
        "winner": None,
    }
    assert 0 < found["cost_usd"] < 0.01


def test_a_rule_is_asked_of_the_visitors_and_a_pace_of_its_own_takes_longer(office: Office) -> None:
    crowd(office, 20)
    office.visit("buyer", subscribed=True, country="SE")
    rule = {"trait": "country", "op": "eq", "value": "SE"}
    found = estimate(office, office.campaign(audience={"rule": rule}))
    assert (found["audience"], found["reachable"]) == (1, 1)
    slow = estimate(office, office.campaign(delivery={"per_minute": 2}))
    assert (slow["audience"], slow["seconds"]) == (21, 630)


def test_one_segment_is_as_large_as_it_is_counted(office: Office) -> None:
    segment = office.active()
    counters = MemoryCounters(office.world)
    counters.add(OURS, f"segment:{segment}", "s", "1".zfill(40), {"total": 5_000, "reachable": 700})
    found = estimate(office, office.campaign(audience={"include": [segment]}))
    assert (found["audience"], found["low"], found["high"], found["reachable"]) == (5_000, 5_000, 5_000, 700)


def test_an_empty_store_has_an_estimate_too(office: Office) -> None:
    found = estimate(office, office.campaign())
    assert (found["audience"], found["by_service"], found["seconds"], found["cost_usd"]) == (0, {}, 0, 0)


def test_what_would_outlive_its_ttl_is_refused_until_it_would_not(office: Office) -> None:
    crowd(office, 100)
    name = office.campaign(delivery={"ttl": "PT1H", "per_minute": 1})
    found = estimate(office, name)
    assert (found["seconds"], found["outlives_ttl"]) == (6_000, True)
    refused = office.manage("POST", f"/v1/campaigns/{name}/send")
    assert (refused.status, refused.json["errors"][0]["path"]) == (422, "delivery.ttl")
    assert "PT1H40M" in refused.json["errors"][0]["message"]
    assert office.plan.take() == []
    assert (
        office.manage("PATCH", f"/v1/campaigns/{name}", {"delivery": {"ttl": "PT3H", "per_minute": 1}}).status == 200
    )
    assert office.manage("POST", f"/v1/campaigns/{name}/send").status == 202


def test_a_slow_service_decides(office: Office) -> None:
    crowd(office, 100)
    slow = Rates({"fcm": 10, "mozilla": 1, "apple": 1, "wns": 1, "other": 1})
    office.management = HttpApi(management(replace(office.ports(), rates=slow)).routes())
    assert estimate(office, office.campaign())["seconds"] == 112


def sending(office: Office, shards: int = 2) -> tuple[str, Run]:
    """A campaign that was sent at noon, and its run."""
    name = office.campaign()
    assert office.manage("POST", f"/v1/campaigns/{name}/send").status == 202
    campaign = office.world.campaigns[OURS, CampaignId(name)]
    run = run_of_campaign(campaign, shards, NOON, NOON)
    assert MemoryRuns(office.world).create(run)
    return name, run


def progress(office: Office, name: str) -> dict[str, Any]:
    answer = office.manage("GET", f"/v1/campaigns/{name}/progress", key=VIEWER)
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_progress_while_it_is_planned_sent_and_done(office: Office) -> None:
    name, run = sending(office)
    kept = MemoryRunProgress(office.world)
    start = progress(office, name)
    assert (start["state"], start["percent"], start["planned"], start["eta"]) == ("sending", 0, 0, None)
    kept.save_shard(OURS, run.id, ShardProgress(0, 100, None, done=True, skipped={"excluded": 10}))
    codes = bytes([CODES["accepted"]] * 40 + [CODES["failed:refused"]] * 5 + [CODES["retired"]] * 5 + [0] * 50)
    kept.save_ledger(OURS, run.id, ChunkLedger("c", "fcm", codes))
    office.clock.now += MINUTE
    half = progress(office, name)
    assert half["planned"] == 110
    assert half["accepted"] + half["failed"] + half["retired"] + 10 + half["open"] == half["planned"]
    # half of the audience is read, of which 60 of 110 have ended: at 60 a minute 160 of 220 are left
    assert (half["percent"], half["planning_percent"], half["per_minute"]) == (27, 50, 60.0)
    assert half["eta"] == "2026-03-02T12:03:40Z"
    kept.save_shard(OURS, run.id, ShardProgress(1, 0, None, done=True))
    kept.save_ledger(OURS, run.id, ChunkLedger("c", "fcm", codes.replace(b"\0", bytes([CODES["accepted"]]))))
    done = progress(office, name)
    assert (done["state"], done["percent"], done["open"], done["per_minute"], done["eta"]) == (
        "sent",
        100,
        0,
        None,
        None,
    )


def test_a_draft_has_made_no_progress(office: Office) -> None:
    found = progress(office, office.campaign())
    assert (found["state"], found["percent"], found["planned"], found["started_at"]) == ("draft", 0, 0, None)
    assert office.manage("GET", "/v1/campaigns/none/progress").status == 404


def test_what_the_workers_noticed_is_told_in_progress_and_report(office: Office) -> None:
    name, run = sending(office)
    MemoryRuns(office.world).warn(OURS, run.id, "service_unavailable", NOON)
    MemoryRuns(office.world).warn(OURS, run.id, "throttled_by_chrome", NOON + MINUTE)
    told = progress(office, name)["warnings"]
    assert [one["code"] for one in told] == ["throttled_by_chrome", "service_unavailable"]
    assert "1, 7 or 14 days" in told[0]["message"]
    assert office.manage("GET", f"/v1/campaigns/{name}/report").json["warnings"] == told


@pytest.mark.parametrize("minutes", [1, 90])
def test_a_pause_shifts_the_turns_of_what_is_left(office: Office, minutes: int) -> None:
    name, run = sending(office)
    assert office.manage("POST", f"/v1/campaigns/{name}/pause").status == 202
    away, began = minutes * MINUTE, office.clock.now
    office.clock.now += away
    for _ in range(2):
        assert office.manage("POST", f"/v1/campaigns/{name}/resume").status == 202
    shifted = replace(run, shift=away, ends_at=run.ends_at + away, pauses=((began, office.clock.now),))
    assert MemoryRuns(office.world).get(OURS, run.id) == shifted


def test_while_its_rule_is_built_progress_says_how_far_that_is(office: Office) -> None:
    office.visit("ann", subscribed=True)
    name = office.campaign(audience={"rule": BUYERS})
    assert office.manage("POST", f"/v1/campaigns/{name}/send").status == 202
    found = progress(office, name)
    assert (found["state"], found["percent"], found["build_percent"]) == ("sending", 0, 0)


def subscribed(office: Office, visitor: str, **said: Any) -> None:
    """A visitor with a device that is there, not only told of."""
    office.visit(visitor, subscribed=True)
    profile = office.world.profiles[OURS, VisitorId(visitor)]
    row = subscription(OURS, len(office.world.profiles), VisitorId(visitor))
    fact = replace(next(iter(profile.subscriptions.values())), id=row.id, **said)
    office.world.profiles[OURS, profile.visitor] = replace(profile, subscriptions={row.id: fact})
    MemorySubscriptions(office.world).put(row, None)


def test_it_foretells_whom_by_language_browser_and_zone_and_what_the_gates_would_say(office: Office) -> None:
    subscribed(office, "ann", language="de", browser="Firefox", time_zone="Europe/Berlin")
    subscribed(office, "bea", language="de", browser="Chrome", time_zone="Europe/Berlin")
    subscribed(office, "cem", browser="Chrome", time_zone="Asia/Tokyo")
    office.visit("dan", subscribed=True)
    sent = Sent(NOON - HOUR, b"12345678", "other")
    assert MemorySends(office.world).save(OURS, [(VisitorId("bea"), SendRecord((sent,)))]) == [True]

    found = estimate(office, office.campaign())

    people = {name: {kind: one["estimate"] for kind, one in found[name].items()} for name in TOLD}
    assert people == {
        "by_language": {"de": 2, "unknown": 2},
        "by_browser": {"Chrome": 2, "Firefox": 1, "unknown": 1},
        "by_time_zone": {"Europe/Berlin": 2, "Asia/Tokyo": 1, "UTC": 1},
        "skipped": {"frequency_cap": 1, "unsubscribed": 1},
        "deferred": {},
    }
    everybody = estimate(office, office.campaign(holdout_percent=100))["skipped"]
    assert everybody["scenario_holdout"] == {"estimate": 3, "low": 3, "high": 3}


def test_quiet_hours_where_people_are_put_it_off(office: Office) -> None:
    subscribed(office, "cem", time_zone="Asia/Tokyo")
    office.clock.now += 2 * HOUR
    assert estimate(office, office.campaign())["deferred"] == {"quiet_hours": {"estimate": 1, "low": 1, "high": 1}}
