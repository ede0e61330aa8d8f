"""A store's configuration in a file: what is exported is found unchanged, and makes another store the same."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.functions.command.counter import Counter
from tests.functions.command.shop import RECEIVER, THEIRS, WORDS, applied, edited, exported


@pytest.mark.usefixtures("founding")
def test_what_is_exported_is_found_unchanged(shop: Counter) -> None:
    file = exported(shop)
    assert shop.run("config", "plan", file, "--prune") == 0, shop.told
    assert shop.told == "plan: nothing to do\n"


@pytest.mark.usefixtures("founding")
def test_another_store_becomes_the_same(shop: Counter) -> None:
    file = exported(shop)
    assert shop.run("config", "plan", file, *THEIRS) == 2, shop.warned
    applied(shop, file, *THEIRS)
    assert shop.run("config", "plan", file, "--prune", *THEIRS) == 0, shop.told
    assert Path(exported(shop, *THEIRS)).read_text() == Path(file).read_text()


def test_no_id_key_code_or_person_is_written_down(shop: Counter) -> None:
    shop.office.visit("v1", subscribed=True)
    codes = {"codes": ["SECRETCODE1"]}
    assert shop.office.manage("POST", "/v1/coupon-pools/welcome/codes", codes).status == 200
    assert shop.office.manage("PUT", "/v1/lists/testers/members", {"visitor_ids": ["somebody"]}).status == 200
    text = Path(exported(shop)).read_text()
    assert not [
        word for word in ("seg-", "wh_", "whsec_", "SECRETCODE1", "somebody", "v1", "sb_", "vapid") if word in text
    ]


def test_more_things_than_one_page_holds_are_exported(shop: Counter) -> None:
    for number in range(101):
        body = {"id": f"many-{number}", "name": f"Many {number}"}
        for path in ("lists", "coupon-pools"):
            assert shop.office.manage("POST", f"/v1/{path}", body).status == 201
    assert Path(exported(shop)).read_text().count("Many ") == 202


PUT_AWAY = ("segment A draft", "trigger Thanks", "campaign Weekly", f"webhook {RECEIVER}")
CASES: list[tuple[dict[tuple[str | int, ...], Any], str]] = [
    ({("store", "language"): "fr"}, '~ store\n    language: "de" -> "fr"\n'),
    ({("coupon_pools", "welcome", "popup"): None, ("coupon_pools", "welcome", "discount"): None}, "~ coupon pool"),
    ({("lists", "others"): {"name": "Others"}}, "+ list others"),
    ({("segments", "Buyers", "rule", "value"): 3}, "~ segment Buyers\n    rule.value: 2 -> 3\n"),
    ({("segments", "Buyers", "description"): None, ("segments", "Buyers", "tags"): None}, "description: "),
    ({("segments", "Abend 21:00", "state"): "active"}, 'state: "paused" -> "active"'),
    ({("segments", "New"): {"rule": {"in_segment": "A draft"}}}, "+ segment New"),
    ({("product_lists", "window", "target"): None}, "~ product list window"),
    ({("scenarios", "we_missed_you"): {"enabled": False}}, "parameters: "),
    ({("scenarios", "abandoned_cart", "steps"): [{"delay": "PT2H"}, {"delay": "P3D", "content": WORDS}]}, "steps"),
    ({("scenarios", "permission_prompt", "parameters"): {"title": "Hi"}}, "parameters.never_on: [] -> (none)"),
    ({("triggers", "Thanks", "variants"): None, ("triggers", "Thanks", "content"): WORDS}, "variants"),
    (
        {("triggers", "Thanks", "parameters"): None, ("triggers", "Welcome", "where", 0, "value"): "Buyers"},
        '"Buyers"',
    ),
    ({("triggers", "Thanks", "products"): {"algorithm": "top_sellers"}}, "products"),
    ({("campaigns", "Weekly", "holdout_percent"): None}, "holdout_percent: 5 -> (none)"),
    ({("campaigns", "Weekly", "state"): "paused", ("campaigns", "Held", "state"): "scheduled"}, "state"),
    ({("campaigns", "Spring", "content_by"): None, ("campaigns", "Spring", "audience"): None}, "content_by"),
    ({("campaigns", "Picked", "delivery"): None, ("campaigns", "Picked", "winner"): None}, "winner"),
    ({("webhooks", RECEIVER, "events"): ["segment.exited"], ("webhooks", RECEIVER, "description"): None}, "events: "),
    ({("webhooks", RECEIVER, "segments"): ["A draft"]}, "~ webhook https://hooks.shop.example/in\n    segments: ["),
    ({("webhooks", "event_bus", "segments"): None}, '~ webhook event_bus\n    segments: ["Buyers"] -> (none)'),
    ({("webhooks", RECEIVER, "enabled"): False, ("webhooks", f"{RECEIVER}?off", "enabled"): None}, "enabled: "),
    ({("webhooks", f"{RECEIVER}/2"): {"events": ["segment.entered"]}}, "+ webhook https://hooks.shop.example/in/2"),
    ({("campaigns", "Next"): {"content": WORDS, "schedule": {"at": "2026-12-01T10:00:00+01:00"}}}, "+ campaign Next"),
]


@pytest.mark.parametrize(
    ("changes", "says"),
    CASES,
    ids=lambda one: ".".join(map(str, next(iter(one), ""))) if isinstance(one, dict) else "",
)
def test_a_change_is_shown_and_then_made(shop: Counter, changes: dict[tuple[str | int, ...], Any], says: str) -> None:
    assert says in applied(shop, edited(shop, changes))


def test_what_was_taken_out_of_the_file_is_put_away_only_with_prune(shop: Counter) -> None:
    gone: dict[tuple[str | int, ...], Any] = {
        ("segments", "A draft"): None,
        ("triggers", "Thanks"): None,
        ("campaigns", "Weekly"): None,
        ("webhooks", RECEIVER): None,
        ("webhooks", "event_bus"): None,
    }
    file = edited(shop, {**gone, ("lists",): None, ("segments", "Testing buyers", "rule"): {"event": "purchase"}})
    assert "- " not in applied(shop, file)
    assert shop.run("config", "apply", file, "--prune", "--yes") == 0, shop.warned
    told = shop.told
    assert all(f"- {words}\n" in told for words in PUT_AWAY)
    assert "list testers is not in the file and stays" in shop.warned
    assert shop.run("config", "plan", file, "--prune") == 0


def test_an_active_segment_that_a_campaign_of_before_names_is_put_away_too(shop: Counter) -> None:
    once = shop.office.active(name="Once")
    campaign = shop.office.campaign(name="Over", audience={"include": [once]})
    assert shop.office.manage("DELETE", f"/v1/campaigns/{campaign}").status == 204
    file = edited(shop, {("segments", "Once"): None})
    assert shop.run("config", "apply", file, "--prune", "--yes") == 0, shop.warned
    assert shop.office.manage("GET", f"/v1/segments/{once}").json["state"] == "archived"


def test_a_plan_for_scripts_says_each_field(shop: Counter) -> None:
    file = edited(shop, {("store", "language"): "fr"})
    assert shop.run("config", "plan", file, "--json") == 2
    fields = [{"path": ["language"], "old": "de", "new": "fr"}]
    assert json.loads(shop.told)["changes"] == [{"action": "change", "kind": "store", "name": "", "fields": fields}]


@pytest.mark.usefixtures("founding")
def test_a_predefined_segment_is_the_same_under_another_name(shop: Counter) -> None:
    known = shop.office.manage("GET", "/v1/segments", query={"limit": "100"}).json["items"]
    one = next(row for row in known if "predefined" in row["tags"])
    shop.office.manage("PATCH", f"/v1/segments/{one['id']}", {"name": "Ours now"})
    told = applied(shop, exported(shop), *THEIRS)
    assert "~ segment Ours now\n    name: " in told


def test_nothing_is_written_without_a_yes(shop: Counter) -> None:
    file = edited(shop, {("store", "language"): "fr"})
    assert shop.run("config", "apply", file) == 1
    assert "repeat with --yes" in shop.warned
    assert shop.run("config", "plan", file) == 2


def test_the_example_of_the_page_is_applied(counter: Counter) -> None:
    page = (Path(__file__).parents[3] / "docs" / "command.md").read_text()
    example = page.split("```yaml\n")[1].split("```")[0]
    applied(counter, counter.file("store.yaml", example))
