"""A marketer's day, by HTTP alone: every number that the system tells is held against a count of what was done."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest
from shopbell.app.founding import NO_LIMITS
from shopbell.local.stores import create

from benchmarks.broadcasting import CallFailedError, Stage
from tests.e2e.system.waiting import eventually

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.timeout(900),
]

PEOPLE: Final = 40
CAN_WAIT: Final = 300.0
RULE: Final = {
    "and": [
        {"event": "product_view", "where": [{"field": "product_id", "op": "eq", "value": "boots"}]},
        {"not": {"event": "purchase"}},
    ]
}
VARIANTS: Final = [
    {"name": name, "weight": 50, "content": {"title": f"{name}: the boots", "body": "They wait.", "url": "/boots"}}
    for name in ("warm", "dry")
]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Day:
    """A store of its own on the machine, and whose each subscription at the push service is."""

    stage: Stage
    owners: Mapping[str, str]

    def did(self, kind: str, who: str, name: str, **properties: object) -> Row:
        return {"id": f"{kind}-{name}", "type": kind, "visitor_id": who, "properties": properties}

    def report_events(self, events: list[Row]) -> None:
        """As the shop's server tells of them; twice, as one that lost the answer does."""
        for _ in range(2):
            said = self.stage.call(self.stage.access.keys.server_key, "POST", "/v1/events", {"events": events})
            assert (said["accepted"], said["rejected"]) == (len(events), [])

    def manage(self, method: str, path: str, body: object = None) -> Any:
        return self.stage.call(self.stage.manager, method, path, body)

    def members(self, segment: str) -> set[str]:
        found = self.manage("GET", f"/v1/segments/{segment}/members?limit=100")
        return {row["visitor_id"] for row in found["items"]}

    def received(self) -> dict[str, str]:
        """Who has got a message of which token."""
        return {self.owners[row["subscription"]]: row["message"] for row in self.stage.push.messages()}


@pytest.fixture
def day(stage: Stage) -> Day:
    shop = replace(stage, access=create(stage.session, "Marketer", shards=1, limits=NO_LIMITS))
    shop.call(shop.manager, "PATCH", "/v1/store", {"origins": ["https://shop.example"]})
    ids = shop.subscribe(PEOPLE)
    return Day(shop, {name: f"visitor-{number:05d}" for number, name in enumerate(ids)})


def names() -> list[str]:
    return [f"visitor-{number:05d}" for number in range(PEOPLE)]


def test_from_a_rule_to_its_revenue_and_to_the_end_of_the_segment(day: Day) -> None:
    lookers, buyers = names()[::2], names()[::4]
    day.report_events([day.did("product_view", who, who, product_id="boots") for who in lookers])
    day.report_events([ordered(day, who, f"before-{who}", 1_000) for who in buyers])
    expected = {*lookers} - {*buyers}
    assert not day.stage.session.settle(CAN_WAIT)

    segment = written(day, expected)
    campaign = tried(day, segment, min(expected))
    sent_to(day, campaign, expected)
    tokens = day.received()
    assert tokens.keys() == expected

    clicked = answered(day, tokens)
    bought = {clicked[0]: 5_000, clicked[1]: 7_000}
    stranger = next(who for who in sorted(expected) if who not in clicked)
    orders = [ordered(day, who, f"after-{who}", total) for who, total in {**bought, stranger: 9_000}.items()]
    day.report_events(orders)
    told(day, campaign, tokens, clicked, bought)

    left = expected - bought.keys() - {stranger}
    eventually(lambda: day.members(segment) == left, "who has bought to be out", seconds=CAN_WAIT)
    worth(day, segment, (len(expected), len(left)), [*bought.values(), 9_000])
    put_away(day, segment, campaign)


def ordered(day: Day, who: str, number: str, total: int) -> Row:
    items = [{"product_id": "boots", "quantity": 1, "price": total}]
    return day.did("purchase", who, number, order_id=number, total=total, currency="EUR", items=items)


def written(day: Day, expected: set[str]) -> str:
    """A segment by its preview, and who is in it and why."""
    preview = day.manage("POST", "/v1/segments/preview", {"rule": RULE})
    assert preview["low"] <= len(expected) <= preview["high"]
    assert {row["visitor_id"] for row in preview["sample"]} <= expected
    made = day.manage("POST", "/v1/segments", {"name": "Looked, never bought", "rule": RULE})
    segment = str(made["id"])
    day.manage("POST", f"/v1/segments/{segment}/activate")
    eventually(lambda: day.members(segment) == expected, "the segment to be built", seconds=CAN_WAIT)
    rows = day.manage("GET", f"/v1/segments/{segment}/members?why=true&limit=100")["items"]
    assert {row["visitor_id"] for row in rows} == expected
    assert all(row["why"] for row in rows)
    whole = {"total": len(expected), "reachable": len(expected)}
    eventually(lambda: day.manage("GET", f"/v1/segments/{segment}")["size"] == whole, "its size", seconds=CAN_WAIT)
    return segment


def tried(day: Day, segment: str, somebody: str) -> str:
    """A campaign in two versions, tried out on one device, of which no report takes notice."""
    wanted = {"name": "Boots", "audience": {"include": [segment]}, "variants": VARIANTS}
    campaign = str(day.manage("POST", "/v1/campaigns", wanted)["id"])
    said = day.manage("POST", f"/v1/campaigns/{campaign}/test", {"visitor_ids": [somebody]})
    assert said["sent"] == [somebody]
    eventually(lambda: [*day.received()] == [somebody], "the test on the device", seconds=CAN_WAIT)
    report = day.manage("GET", f"/v1/campaigns/{campaign}/report")
    assert (report["targeted"], report["accepted"]) == (0, 0)
    day.stage.push.call("DELETE", "/v1/messages")
    return campaign


def sent_to(day: Day, campaign: str, expected: set[str]) -> None:
    outlook = day.manage("POST", f"/v1/campaigns/{campaign}/estimate")
    assert outlook["reachable"] == len(expected)
    day.manage("POST", f"/v1/campaigns/{campaign}/send")

    def through() -> bool:
        said = day.manage("GET", f"/v1/campaigns/{campaign}/progress")
        ends = said["accepted"] + said["failed"] + said["retired"] + sum(said["skipped"].values())
        assert said["planned"] == ends + said["open"]
        return bool(said["state"] == "sent")

    eventually(through, "the campaign to be through", seconds=CAN_WAIT)


def answered(day: Day, tokens: Mapping[str, str]) -> list[str]:
    """Everybody sees it, four click, one closes it; each browser tells of it twice."""
    who = sorted(tokens)
    kinds = {"shown": who, "clicked": who[:4], "closed": who[4:5]}
    for kind, people in kinds.items():
        for one in [*people, *people]:
            body = {"message": tokens[one], "kind": kind}
            day.stage.call(day.stage.access.keys.publishable_key, "POST", "/v1/receipts", body)
    return who[:4]


def told(day: Day, campaign: str, tokens: Mapping[str, str], clicked: list[str], bought: Mapping[str, int]) -> None:
    """The report against what was done; versions add up to it."""
    wanted = {
        "targeted": len(tokens),
        "accepted": len(tokens),
        "failed": 0,
        "retired": 0,
        "shown": len(tokens),
        "clicked": len(clicked),
        "closed": 1,
        "orders": len(bought),
        "revenue": {"EUR": sum(bought.values())},
    }

    def report() -> Any:
        found = day.manage("GET", f"/v1/campaigns/{campaign}/report")
        return found if {name: found[name] for name in wanted} == wanted else None

    found = eventually(report, f"the report to be {wanted}", seconds=CAN_WAIT)
    versions = found["by_variant"].values()
    assert found["by_variant"].keys() == {"warm", "dry"}
    for name in ("targeted", "accepted", "shown", "clicked", "orders"):
        assert sum(one[name] for one in versions) == wanted[name]


def worth(day: Day, segment: str, members: tuple[int, int], orders: list[int]) -> None:
    """What they bought as members, by which they left; and what they have in common with who has looked at all."""
    before, now = members
    wanted = {
        "exact": True,
        "members": before,
        "buyers": len(orders),
        "orders": len(orders),
        "revenue": {"EUR": sum(orders)},
        "entered": before,
        "exited": len(orders),
    }

    def report() -> Any:
        found = day.manage("GET", f"/v1/segments/{segment}/report")
        return found if {name: found[name] for name in wanted} == wanted else None

    found = eventually(report, f"the segment's report to be {wanted}", seconds=CAN_WAIT)
    assert found["revenue_per_member"]["EUR"]["value"] == round(sum(orders) / before, 2)
    assert sum(one["orders"] for one in found["series"]) == len(orders)
    looked = day.manage("POST", "/v1/segments", {"name": "Looked", "rule": RULE["and"][0]})["id"]
    day.manage("POST", f"/v1/segments/{looked}/activate")
    there = len(names()[::2])
    eventually(lambda: len(day.members(looked)) == there, "all who looked", seconds=CAN_WAIT)
    said = day.manage("GET", f"/v1/reports/segment-overlap?segments={segment},{looked}")
    assert [one["members"] for one in said["common"]] == [now, there, now]
    assert said["pairs"][0]["jaccard"] == round(now / there, 4)


def put_away(day: Day, segment: str, campaign: str) -> None:
    """What is in use is not deleted; what is paused is, and stays readable."""
    with pytest.raises(CallFailedError, match="409") as refused:
        day.manage("DELETE", f"/v1/segments/{segment}")
    assert campaign in str(refused.value) or "Boots" in str(refused.value)
    day.manage("POST", f"/v1/segments/{segment}/pause")
    day.manage("DELETE", f"/v1/segments/{segment}")
    assert day.manage("GET", f"/v1/segments/{segment}")["state"] == "archived"
    done = [row["operation"] for row in day.manage("GET", "/v1/audit")["items"]]
    assert done[::-1] == [
        "editStore",
        "createSegment",
        "activateSegment",
        "createCampaign",
        "testCampaign",
        "sendCampaign",
        "createSegment",
        "activateSegment",
        "pauseSegment",
        "archiveSegment",
    ]


def test_what_those_do_whom_a_campaign_leaves_out_is_told_beside_the_others(day: Day) -> None:
    assert not day.stage.session.settle(CAN_WAIT)
    wanted = {"name": "Half", "content": VARIANTS[0]["content"], "holdout_percent": 50}
    campaign = str(day.manage("POST", "/v1/campaigns", wanted)["id"])
    day.manage("POST", f"/v1/campaigns/{campaign}/send")

    def sent() -> Any:
        found = day.manage("GET", f"/v1/campaigns/{campaign}/report")
        return found if found["targeted"] == PEOPLE and not found["open"] else None

    through = eventually(sent, "the campaign to be through", seconds=CAN_WAIT)
    got = day.received().keys()
    left = {*names()} - got
    assert through["skipped"] == {"scenario_holdout": len(left)}
    buyers = sorted(got)[:5], sorted(left)[:3]
    day.report_events([ordered(day, who, f"of-{who}", 1_000) for group in buyers for who in group])

    def told_apart() -> Any:
        found = day.manage("GET", f"/v1/campaigns/{campaign}/report")["lift"]
        return found if found["held_out"]["buyers"] + found["treated"]["buyers"] == sum(map(len, buyers)) else None

    lift = eventually(told_apart, "all orders to be counted", seconds=CAN_WAIT)
    for group, people, mine in (("treated", got, buyers[0]), ("held_out", left, buyers[1])):
        found = {name: lift[group][name] for name in ("people", "buyers", "orders", "revenue")}
        assert found == {
            "people": len(people),
            "buyers": len(mine),
            "orders": len(mine),
            "revenue": {"EUR": 1_000 * len(mine)},
        }
    fewest = min(len(got), len(left))
    assert lift["conversion"]["why"] == f"a group has {fewest} people, and it takes 100 in each"
