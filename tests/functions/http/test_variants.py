"""Messages in variants over HTTP: written, shown as they were written, tried out, named to who asks, and reported."""

from dataclasses import replace
from typing import Any

import pytest
from shopbell.adapters.memory.attribution import MemoryReportCounts
from shopbell.adapters.memory.runs import MemoryCounters, MemoryRunProgress, MemoryRuns
from shopbell.domain.attribution.cells import Cell
from shopbell.domain.ids import VisitorId
from shopbell.domain.outcomes import CODES
from shopbell.domain.runs import ChunkLedger, ShardProgress
from shopbell.domain.variants import choice

from tests.functions.http.office import Office
from tests.functions.http.test_campaigns import planned
from tests.functions.http.world import OURS

CONTENT = {"title": "Sale", "body": "Everything must go", "url": "/sale"}
CALM_AND_LOUD: list[dict[str, Any]] = [
    {"name": "calm", "weight": 3, "content": {**CONTENT, "title": "A quiet word"}},
    {"name": "loud", "weight": 1, "content": {**CONTENT, "translations": {"de": {"title": "LAUT"}}}},
]


BROKEN = {"name": "odd", "weight": 1, "content": {**CONTENT, "title": "{{ x"}}


def seen(variants: Any) -> list[tuple[str, int, str]]:
    return [(one["name"], one["weight"], one["content"]["title"]) for one in variants]


WRITTEN = seen(CALM_AND_LOUD)


def campaign(office: Office) -> str:
    answer = office.manage("POST", "/v1/campaigns", {"name": "Sale", "variants": CALM_AND_LOUD})
    assert answer.status == 201, answer.json
    return str(answer.json["id"])


def test_a_campaign_in_variants_is_shown_without_a_content_and_may_become_one_again(office: Office) -> None:
    name = campaign(office)
    shown = office.manage("GET", f"/v1/campaigns/{name}").json
    assert (shown["content"], seen(shown["variants"])) == (None, WRITTEN)
    renamed = office.manage("PATCH", f"/v1/campaigns/{name}", {"name": "Summer sale"}).json
    assert (renamed["name"], seen(renamed["variants"])) == ("Summer sale", WRITTEN)
    single = office.manage("PATCH", f"/v1/campaigns/{name}", {"content": CONTENT}).json
    assert (single["content"]["title"], single["variants"]) == ("Sale", None)
    again = office.manage("PATCH", f"/v1/campaigns/{name}", {"variants": CALM_AND_LOUD}).json
    assert (again["content"], seen(again["variants"])) == (None, WRITTEN)


@pytest.mark.parametrize(
    ("method", "path", "body", "fault"),
    [
        ("POST", "/v1/triggers", {"event": "search", "variants": CALM_AND_LOUD, "content": CONTENT}, "content"),
        ("POST", "/v1/triggers", {"event": "search"}, "content"),
        ("POST", "/v1/triggers", {"event": "search", "variants": CALM_AND_LOUD[:1]}, "variants"),
        ("PUT", "/v1/scenarios/churn", {"enabled": True, "variants": CALM_AND_LOUD, "content": CONTENT}, "content"),
        (
            "PUT",
            "/v1/scenarios/churn",
            {"enabled": True, "steps": [{}, {"variants": CALM_AND_LOUD, "content": CONTENT}]},
            "steps.1.content",
        ),
        ("PUT", "/v1/scenarios/churn", {"enabled": True, "parameters": {"variants": []}}, "parameters.variants"),
        (
            "POST",
            "/v1/triggers",
            {"event": "search", "variants": [*CALM_AND_LOUD, BROKEN]},
            "variants.2.content.title",
        ),
    ],
)
def test_a_message_says_one_or_the_other(
    office: Office, method: str, path: str, body: dict[str, Any], fault: str
) -> None:
    answer = office.manage(method, path, body)
    assert (answer.status, [one for one, _ in answer.faults]) == (422, [fault])


def test_a_variant_whose_link_leads_nowhere_is_named(office: Office) -> None:
    office.world.stores[OURS] = replace(office.world.stores[OURS], origins=())
    answer = office.manage("POST", "/v1/campaigns", {"name": "Sale", "variants": CALM_AND_LOUD})
    assert (answer.status, [path for path, _ in answer.faults]) == (422, ["variants.0.content.url"])


def test_each_message_of_a_series_may_have_its_own(office: Office) -> None:
    body = {"enabled": True, "variants": CALM_AND_LOUD, "steps": [{}, {"content": CONTENT}]}
    shown = office.manage("PUT", "/v1/scenarios/churn", body).json
    assert (shown["content"], seen(shown["variants"])) == (None, WRITTEN)
    first, second = shown["steps"]
    assert (first["content"], seen(first["variants"])) == (None, WRITTEN)
    assert (second["content"]["title"], second["variants"]) == ("Sale", None)
    assert seen(office.manage("GET", "/v1/scenarios/churn").json["variants"]) == WRITTEN


def test_a_trigger_keeps_its_variants_through_changes_of_other_things(office: Office) -> None:
    made = office.manage("POST", "/v1/triggers", {"event": "search", "variants": CALM_AND_LOUD}).json
    changed = office.manage("PATCH", f"/v1/triggers/{made['id']}", {"delay": "PT1H"}).json
    assert (changed["delay"], changed["content"], seen(changed["variants"])) == ("PT1H", None, WRITTEN)


def test_a_test_sends_what_would_be_theirs_or_the_one_that_is_asked_for(office: Office) -> None:
    office.visit("ann", subscribed=True)
    name = campaign(office)
    test = f"/v1/campaigns/{name}/test"
    assert office.manage("POST", test, {"visitor_ids": ["ann"]}).status == 202
    office.clock.now += 1
    assert office.manage("POST", test, {"visitor_ids": ["ann"], "variant": "loud"}).status == 202
    loud, theirs = MemoryRuns(office.world).of_source(OURS, "test", name)
    assert ([one.name for one in theirs.variants], loud.variants, loud.content.title) == (
        ["calm", "loud"],
        (),
        "Sale",
    )
    answer = office.manage("POST", test, {"visitor_ids": ["ann"], "variant": "shrill"})
    assert (answer.status, [path for path, _ in answer.faults]) == (422, ["variant"])


def test_explain_and_render_name_the_variant_that_the_visitor_gets(office: Office) -> None:
    office.visit("ann", subscribed=True)
    name = campaign(office)
    stored = next(iter(office.world.campaigns.values()))
    mine = stored.variants[choice(stored.variants, (OURS, name, 0), VisitorId("ann"))]
    explained = office.manage("GET", "/v1/visitors/ann/explain", query={"campaign": name}).json
    assert explained["now"]["variant"] == mine.name
    body = {"variants": CALM_AND_LOUD, "source": name, "step": 1}
    rendered = office.manage("POST", "/v1/visitors/ann/render", body).json
    assert rendered["variant"] == mine.name
    assert rendered["payload"]["notification"]["title"] == mine.content.title
    plain = office.manage("POST", "/v1/visitors/ann/render", {"content": CONTENT}).json
    assert plain["variant"] is None


def test_a_report_tells_the_variants_apart_and_their_parts_add_up(office: Office) -> None:
    name, run = planned(office, campaign(office))
    progress = MemoryRunProgress(office.world)
    left_out = {"unsubscribed@calm": 2, "unsubscribed@loud": 1}
    progress.save_shard(OURS, run, ShardProgress(0, planned=6, cursor=None, done=True, skipped=left_out))
    ends = [CODES[end] for end in ("accepted", "accepted", "accepted", "failed:refused", "skipped:no_content")]
    progress.save_ledger(OURS, run, ChunkLedger("c", "fcm", bytes([*ends, 0]), variants=bytes([1, 1, 2, 2, 1, 0])))
    counted = {("calm", "shown"): 2, ("loud", "shown"): 1, ("loud", "clicked"): 1}
    cells = {Cell(name, 0, 0, *which): number for which, number in counted.items()}
    MemoryReportCounts(office.world).add(OURS, {}, cells)

    report = office.manage("GET", f"/v1/campaigns/{name}/report").json

    assert (report["targeted"], report["open"], report["accepted"], report["failed"]) == (9, 1, 3, 1)
    assert (report["skipped"], report["shown"], report["clicked"]) == ({"unsubscribed": 3, "no_content": 1}, 3, 1)
    assert (report["planned"], report["left_out"]) == (6, {"unsubscribed": 3})
    nothing: dict[str, object] = dict.fromkeys(
        ("retired", "closed", "landed", "failed", "clicked", "carts", "orders", "refunded_orders", "unsubscribed"), 0
    )
    nothing |= {"actions": {}, "revenue": {}, "refunded": {}}
    calm: dict[str, object] = {"planned": 3, "left_out": {"unsubscribed": 2}}
    loud: dict[str, object] = {"planned": 2, "left_out": {"unsubscribed": 1}}
    calm |= {"targeted": 5, "skipped": {"unsubscribed": 2, "no_content": 1}, "accepted": 2, "shown": 2}
    loud |= {"targeted": 3, "skipped": {"unsubscribed": 1}, "accepted": 1, "shown": 1, "failed": 1, "clicked": 1}
    assert report["by_variant"] == {"calm": {**nothing, **calm}, "loud": {**nothing, **loud}}


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("churn", 200),
        ("fly_mode", 200),
        ("fly_mode:0000000000000000", 404),
        ("nonsense", 404),
        ("bulk", 409),
    ],
)
def test_a_report_is_of_what_could_have_been_sent(office: Office, name: str, status: int) -> None:
    assert office.manage("GET", f"/v1/scenarios/{name}/report").status == status


def test_the_report_of_fly_mode_adds_up_its_triggers(office: Office) -> None:
    body = {"event": "search", "variants": CALM_AND_LOUD, "enabled": True}
    names = [office.manage("POST", "/v1/triggers", {**body, "name": title}).json["id"] for title in ("a", "b")]
    for number, name in enumerate(names, 1):
        counts = {"/skipped:exited": number}
        MemoryCounters(office.world).add(OURS, f"missed:fly_mode:{name}", "20500#00", "1", counts)
    assert [
        office.manage("GET", f"/v1/scenarios/{one}/report").json["skipped"]
        for one in (f"fly_mode:{names[0]}", f"fly_mode:{names[1]}", "fly_mode")
    ] == [{"exited": 1}, {"exited": 2}, {"exited": 3}]
