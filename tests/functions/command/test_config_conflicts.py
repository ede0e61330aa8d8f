"""A plan foretells what the store would refuse; one without conflicts is carried out, and leaves nothing to do."""

import json
from collections.abc import Mapping
from typing import Any, Final

import pytest
from shopbell.local.client.config import commands
from shopbell.local.client.config.files import dump, load

from tests.functions.command.counter import Counter
from tests.functions.command.shop import WORDS, applied, edited, exported

Changes = Mapping[tuple[str | int, ...], Any]
PRUNED: Final = "--prune"
CASES: Final[list[tuple[Changes, str, str]]] = [
    ({("segments", "Buyers"): None}, PRUNED, "! segment Buyers: product list window of the file names it, and "),
    (
        {("segments", "Testing buyers"): None},
        PRUNED,
        "! segment Testing buyers: trigger Welcome of the file names it",
    ),
    (
        {("segments", "Testing buyers", "state"): "paused"},
        "--yes",
        "! segment Testing buyers: Welcome (building) uses it",
    ),
    (
        {("segments", "Testing buyers", "rule"): {"in_segment": "A draft"}},
        "--yes",
        "! segment Testing buyers: it names the segment A draft, which will be draft and must be active\n",
    ),
    (
        {("segments", "Buyers", "state"): "paused"},
        "--yes",
        "! segment Buyers: Testing buyers (active) uses it\n",
    ),
    (
        {("scenarios", "we_missed_you", "audience", "include"): ["A draft"]},
        "--yes",
        "! scenario we_missed_you: it names the segment A draft, which will be draft and must be active\n",
    ),
    (
        {("campaigns", "Weekly", "audience", "rule", "in_segment"): "A draft"},
        "--yes",
        "! campaign Weekly: it names the segment A draft, which will be draft and must be active\n",
    ),
    (
        {("triggers", "Welcome", "where", 0, "value"): "A draft"},
        "--yes",
        "! trigger Welcome: it names the segment A draft, which will be draft and must be active\n",
    ),
    (
        {("campaigns", "Held", "audience"): {"include": ["A draft"]}},
        "--yes",
        "! campaign Held: it names the segment A draft, which will be draft and must be active for it to be paused\n",
    ),
    (
        {("campaigns", "Held", "audience"): {"exclude": ["Abend 21:00"]}},
        "--yes",
        "! campaign Held: it names the segment Abend 21:00, which will be paused and must be active for it to be ",
    ),
    (
        {("campaigns", "Weekly", "state"): "paused", ("campaigns", "Weekly", "audience"): {"include": ["A draft"]}},
        "--yes",
        "! campaign Weekly: it names the segment A draft, which will be draft and must be active for it to be paused",
    ),
    (
        {("segments", "A draft", "state"): "paused"},
        "--yes",
        "! segment A draft: it names the segment Abend 21:00, which will be paused and must be active for it to be ",
    ),
    (
        {
            ("triggers", "Welcome"): None,
            ("segments", "Testing buyers", "state"): "paused",
            ("segments", "Testing buyers", "rule"): {"in_segment": "A draft"},
        },
        PRUNED,
        "! segment Testing buyers: it names the segment A draft, which will be draft and must be active for it to",
    ),
    (
        {
            ("coupon_pools", "welcome"): None,
            ("scenarios", "nice_to_meet_you"): {"enabled": True, "parameters": {"coupon_pool": "welcome"}},
        },
        PRUNED,
        "! coupon pool welcome: scenario nice_to_meet_you is on and takes codes from it\n",
    ),
]


def unforeseen(monkeypatch: pytest.MonkeyPatch, shop: Counter, file: str, *more: str) -> bool:
    """Whether it goes well to its end when nothing is foretold."""
    with monkeypatch.context() as patched:
        patched.setattr(commands, "Foresee", lambda *_: lambda _: ())
        done = shop.run("config", "apply", file, "--yes", *more) == 0
    return done and shop.run("config", "plan", file, *more) == 0


@pytest.mark.parametrize(("changes", "how", "says"), CASES, ids=[says for _, _, says in CASES])
def test_what_would_be_refused_is_foretold_and_nothing_is_written(
    shop: Counter, monkeypatch: pytest.MonkeyPatch, changes: Changes, how: str, says: str
) -> None:
    file = edited(shop, changes)
    more = (PRUNED,) if how == PRUNED else ()
    before = exported(shop)
    assert shop.run("config", "plan", file, *more) == 1
    assert says in shop.told
    assert shop.run("config", "plan", file, *more, "--json") == 1
    assert json.loads(shop.told)["conflicts"]
    assert shop.run("config", "apply", file, "--yes", *more) == 1
    assert "nothing was written" in shop.warned
    assert shop.run("config", "plan", before) == 0
    assert not unforeseen(monkeypatch, shop, file, *more), "it was no conflict"


def test_what_no_file_can_name_holds_a_segment_too(shop: Counter) -> None:
    once = shop.office.active(name="Once")
    campaign = shop.office.campaign(name="Soon", audience={"include": [once]})
    at = {"schedule": {"at": "2026-12-01T10:00:00Z"}}
    assert shop.office.manage("PATCH", f"/v1/campaigns/{campaign}", at).status == 200
    assert shop.office.manage("POST", f"/v1/campaigns/{campaign}/schedule", {}).status == 202
    file = edited(shop, {("segments", "Once"): None})
    assert shop.run("config", "plan", file, PRUNED) == 1
    assert "! segment Once: Soon (scheduled) uses it\n" in shop.told


def test_what_is_only_used_by_what_goes_as_well_goes(shop: Counter) -> None:
    office = shop.office
    inner = office.active(name="Inner")
    outer = office.active(name="Outer", rule={"in_segment": inner})
    entered = [{"field": "segment_id", "op": "eq", "value": outer}]
    office.trigger(name="Entered", event="segment_entered", where=entered, content=WORDS, enabled=True)
    file = exported(shop)
    weekly = {"schedule": {"cron": "0 9 ? * MON *"}, "audience": {"rule": {"in_segment": outer}}}
    made = office.campaign(name="Mondays", **weekly)
    assert office.manage("POST", f"/v1/campaigns/{made}/schedule", {}).status == 202
    told = load(file).value
    del told["segments"]["Outer"], told["triggers"]["Entered"]
    told["segments"]["Inner"]["state"] = "paused"
    applied(shop, shop.file("smaller.yaml", dump(told)), PRUNED)
    assert office.manage("GET", f"/v1/segments/{outer}").json["state"] == "archived"
    assert office.manage("GET", f"/v1/segments/{inner}").json["state"] == "paused"


@pytest.mark.usefixtures("founding")
def test_a_predefined_segment_goes_back_to_what_it_was_shipped_as(shop: Counter) -> None:
    known = shop.office.manage("GET", "/v1/segments", query={"limit": "100"}).json["items"]
    one = next(row for row in known if "predefined" in row["tags"])
    changed = {"name": "Ours", "rule": {"event": "purchase"}, "description": "Ours", "tags": []}
    assert shop.office.manage("PATCH", f"/v1/segments/{one['id']}", changed).status == 200
    told = load(exported(shop)).value
    assert told["segments"].pop("Ours")["predefined"] == one["id"]
    told["segments"][one["name"]] = {"predefined": one["id"]}
    applied(shop, shop.file("back.yaml", dump(told)))
    now = shop.office.manage("GET", f"/v1/segments/{one['id']}").json
    assert {name: now[name] for name in changed} == {name: one[name] for name in changed}
    assert one["name"] not in load(exported(shop)).value["segments"]


def test_a_predefined_segment_that_there_is_not_is_named_with_its_line(shop: Counter) -> None:
    file = shop.file("odd.yaml", "shopbell: 1\nsegments:\n  Best:\n    predefined: championz\n")
    assert shop.run("config", "plan", file) == 1
    assert "line 4: segments.Best.predefined is no predefined segment" in shop.warned
