"""Every command against the real routes: what it calls is answered, and what is printed says it."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.functions.command.counter import Counter
from tests.functions.http.office import BUYERS
from tests.functions.http.world import NOON

RULE: Final = "event: purchase\n"
CAMPAIGN: Final = {"name": "Sale", "content": {"title": "Sale", "body": "Today only", "url": "/sale"}}
TRIGGER: Final = {"name": "Thanks", "event": "purchase", "content": CAMPAIGN["content"]}


@pytest.fixture
def things(counter: Counter) -> Mapping[str, str]:
    """Ids and files that commands name."""
    office = counter.office
    office.visit("v1", subscribed=True)
    segment = office.active()
    office.enter(segment, "v1", NOON)
    for path, body in (
        ("lists", {"id": "testers", "name": "T"}),
        ("coupon-pools", {"id": "spring", "name": "Spring"}),
    ):
        assert office.manage("POST", f"/v1/{path}", body).status == 201
    assert office.manage("PUT", "/v1/product-lists/window", {"product_ids": ["boot-7"]}).status == 200
    return {
        "draft": office.segment(name="Draft"),
        "segment": segment,
        "campaign": office.campaign(),
        "trigger": office.trigger(**TRIGGER),
        "key": office.manage("GET", "/v1/keys").json["items"][-1]["id"],
        "rule": counter.file("rule.yaml", RULE),
        "new_segment": counter.file("segment.json", {"name": "New", "rule": BUYERS}),
        "new_campaign": counter.file("campaign.json", CAMPAIGN),
        "new_trigger": counter.file("trigger.json", TRIGGER),
        "name": counter.file("name.yaml", "name: Other\n"),
        "scenario": counter.file("scenario.yaml", "enabled: false\n"),
        "list_file": counter.file("products.yaml", "product_ids: [boot-7]\n"),
        "pool_file": counter.file("pool.yaml", "{id: welcome, name: Welcome, discount: 10 %}\n"),
        "discount": counter.file("discount.yaml", "discount: 20 %\n"),
        "codes": counter.file("codes.csv", "AAA1\nAAA2\n"),
        "people": counter.file("people.txt", "v1\nv2\n"),
        "render": counter.file("render.json", {"content": CAMPAIGN["content"]}),
    }


CASES: Final = [
    ("segments list", "Buyers"),
    ("segments list --q Draft --state draft --limit 1", "Draft"),
    ("segments show {segment}", "sentence"),
    ("segments preview {rule}", "estimate"),
    ("segments create {new_segment}", "New"),
    ("segments edit {draft} {name}", "Other"),
    ("segments activate {draft}", "building"),
    ("segments pause {segment}", "paused"),
    ("segments archive {draft} --yes", "done"),
    ("segments members {segment}", "v1"),
    ("segments log {segment}", "entered"),
    ("segments log {segment} --kind state", "building"),
    ("segments history {segment}", ""),
    ("segments usage {segment}", "nothing"),
    ("segments impact {segment} {rule}", "entering"),
    ("segments versions {segment}", "made a purchase"),
    ("segments restore {segment} --version 1", "Buyers"),
    ("segments suggestions", "nothing"),
    ("campaigns list", "Sale"),
    ("campaigns show {campaign}", "Today only"),
    ("campaigns create {new_campaign}", "draft"),
    ("campaigns edit {campaign} {name}", "Other"),
    ("campaigns discard {campaign} --yes", "done"),
    ("campaigns duplicate {campaign}", "copy_of"),
    ("campaigns estimate {campaign}", "cost_usd"),
    ("campaigns test {campaign} v1", "sent"),
    ("campaigns send {campaign} --yes", "sending"),
    ("campaigns schedule {campaign} --at 2026-03-02T18:00:00Z", "scheduled"),
    ("campaigns progress {campaign}", "planned"),
    ("campaigns progress {campaign} --watch", "planned"),
    ("campaigns report {campaign}", "targeted"),
    ("campaigns report {campaign} --csv", "part,name,shown,"),
    ("scenarios list", "new_arrivals"),
    ("scenarios show new_arrivals", "parameter_help"),
    ("scenarios set new_arrivals {scenario}", "no"),
    ("scenarios disable new_arrivals", "no"),
    ("scenarios enable we_missed_you", "yes"),
    ("scenarios dry-run new_arrivals", "would_get"),
    ("scenarios report new_arrivals", "targeted"),
    ("triggers list", "Thanks"),
    ("triggers show {trigger}", "purchase"),
    ("triggers create {new_trigger}", "Thanks"),
    ("triggers edit {trigger} {name}", "Other"),
    ("triggers delete {trigger} --yes", "done"),
    ("visitors show v1", "traits"),
    ("visitors log v1", "event:e1"),
    ("visitors explain v1 --campaign {campaign}", "gate"),
    ("visitors render v1 {render}", "Today only"),
    ("visitors timeline v1", "segment"),
    ("visitors suppress v1 --reason asked", "asked"),
    ("visitors unsuppress v1", "done"),
    ("report overview", "churn_risk"),
    ("report overview --from 2026-03-01 --to 2026-03-02 --by day", "churn_risk"),
    ("report overview --csv", "part,name,"),
    ("report prompt", "accept_rate"),
    ("report campaign {campaign}", "targeted"),
    ("report scenario new_arrivals", "targeted"),
    ("products list", "nothing"),
    ("products categories", ""),
    ("products recommend top_sellers --count 2", "nothing"),
    ("product-lists list", "boot-7"),
    ("product-lists show window", "boot-7"),
    ("product-lists put other {list_file}", "other"),
    ("pools list", "Spring"),
    ("pools show spring", "free"),
    ("pools create {pool_file}", "welcome"),
    ("pools edit spring {discount}", "20 %"),
    ("pools delete spring --yes", "done"),
    ("pools codes spring --state free", "nothing"),
    ("pools fill spring {codes}", "added       2"),
    ("pools generate spring SPRING-{{8}} --count 3", "added       3"),
    ("lists list", "testers"),
    ("lists show testers", "used_by"),
    ("lists create Friends --id friends", "friends"),
    ("lists delete testers --yes", "done"),
    ("lists members testers {people} --mode add", "added     2"),
    ("keys list", "mgmt"),
    ("keys create --kind mgmt --role viewer --name Ann", "sb_mgmt_"),
    ("keys rotate {key} --overlap PT1H", "secret"),
    ("keys revoke {key} --yes", "done"),
    ("vapid list", "active"),
    ("vapid rotate --yes", "public_key"),
    ("audit list", "createSegment"),
    ("audit list --operation createCampaign", "createCampaign"),
    ("store show", "time_zone"),
    ("store set language=de", "de"),
]


@pytest.mark.parametrize(("words", "shown"), CASES, ids=[words for words, _ in CASES])
def test_a_command_is_answered_and_says_so(
    counter: Counter, things: Mapping[str, str], words: str, shown: str
) -> None:
    assert shown in counter.done(*words.format(**things).split(" "))
