"""A segment that was widened between schedule and firing: the run waits for another key to agree."""

from typing import Any

import pytest
from shopbell.adapters.memory.queue import MemoryQueue
from shopbell.app.delivery.agreeing import AskAgain
from shopbell.app.delivery.firing import FireCampaign
from shopbell.app.delivery.plan import Launch, PlanCampaign
from shopbell.app.ends import Done
from shopbell.app.management.campaigns.counting import CountMembers
from shopbell.app.management.campaigns.reaching import CountReach
from shopbell.app.watchwork import is_watch
from shopbell.app.work import read_plan
from shopbell.domain.clock import HOUR, MINUTE, Instant, parse_instant
from shopbell.domain.ids import CampaignId
from shopbell.runtime.http.campaign_uses import reporting

from tests.functions.http.crowds import VIEWED, did, fold
from tests.functions.http.office import MARKETER, VIEWER, Office
from tests.functions.http.test_campaign_sizes import built, store_of
from tests.functions.http.world import MGMT, OURS, Answered

AT = "2026-03-05T17:00:00Z"
THURSDAY = parse_instant(AT)[0]


def post(office: Office, name: str, what: str, key: str) -> Answered:
    return office.manage("POST", f"/v1/campaigns/{name}/{what}", key=key)


def scheduled(office: Office, schedule: Any = None) -> tuple[str, str]:
    """A campaign of a segment of three, which eight could be in, and that segment."""
    store_of(office, people=8, approve_over=5)
    for number in range(8):
        did(office, f"v{number}", "search" if number > 2 else "product_view")
    viewers, nobody = office.active(rule=VIEWED), office.active(rule={"event": "signup"})
    for segment in (viewers, nobody):
        built(office, segment)
    fold(office)
    office.clock.now += 2 * MINUTE
    name = office.campaign(audience={"include": [viewers, nobody]}, schedule=schedule or {"at": AT})
    answer = post(office, name, "schedule", MARKETER)
    assert (answer.status, answer.json["status"], answer.json["approval"]) == (202, "scheduled", None)
    return name, viewers


def widened(office: Office, segment: str) -> None:
    rule: Any = {"or": [VIEWED, {"event": "search"}]}
    answer = office.manage("PATCH", f"/v1/segments/{segment}", {"rule": rule}, key=MARKETER)
    assert answer.status == 200, answer.text
    built(office, segment)
    fold(office)


def fire(office: Office, name: str, when: Instant) -> str:
    ports, office.clock.now = office.ports(), when
    sent, decide = reporting(ports).sent, lambda _: "not_decided"
    return FireCampaign(ports.stores, ports.campaigns, ports.runs, sent, office.plan, decide, office.clock).one(
        OURS, CampaignId(name), when
    )


def plan(office: Office) -> list[dict[str, int]]:
    ports = office.ports()
    count = CountMembers(ports.memberships, ports.counters, map)
    reach = CountReach(ports.stores, ports.visitors, count, map)
    held = AskAgain(ports.stores, ports.campaigns, ports.runs, reach, office.clock).begin
    stored, launch = (ports.stores, ports.campaigns, ports.segments), Launch(ports.runs, MemoryQueue())
    use = PlanCampaign(*stored, launch, office.clock, held=held)
    ends = [use(read_plan(message.body)) for message in office.plan.take() if not is_watch(message.body)]
    return [dict(end.counts) for end in ends if isinstance(end, Done)]


def shown(office: Office, name: str) -> Any:
    return office.manage("GET", f"/v1/campaigns/{name}", key=VIEWER).json


def test_it_waits_is_shown_and_goes_after_another_key_agreed(office: Office) -> None:
    name, segment = scheduled(office)
    widened(office, segment)
    assert fire(office, name, THURSDAY) == "campaigns_started"
    assert plan(office) == [{"approval_asked": 1}]

    told = shown(office, name)
    waits = told["approval"]
    assert (told["status"], waits["recipients"], waits["run_at"]) == ("sending", 8, AT)
    assert waits["until"] == "2026-03-05T23:00:00Z"
    assert "is 8 people by now, more than was agreed to" in waits["message"]
    assert "until 2026-03-05T23:00:00Z" in waits["message"]

    assert post(office, name, "approve", MARKETER).status == 403, "who scheduled it"
    agreed = post(office, name, "approve", MGMT)
    assert (agreed.status, agreed.json["approval"]["message"]) == (202, None)
    assert plan(office) == [{"runs_planned": 1}]
    assert post(office, name, "approve", MGMT).status == 202, "a retried click"
    assert plan(office) == [{"runs_planned_before": 1}]
    assert [run.audience.include for run in office.ports().runs.of_source(OURS, "campaign", name)]


def test_what_did_not_grow_asks_nobody(office: Office) -> None:
    name, _ = scheduled(office)
    fire(office, name, THURSDAY)
    assert plan(office) == [{"runs_planned": 1}]
    assert shown(office, name)["approval"] is None


@pytest.mark.parametrize("what", ["cancel", "pause"])
def test_what_waits_can_be_given_up_and_held(office: Office, what: str) -> None:
    name, segment = scheduled(office)
    widened(office, segment)
    fire(office, name, THURSDAY)
    plan(office)
    assert post(office, name, what, MGMT).status == 202
    agreed = post(office, name, "approve", MGMT)
    if what == "cancel":
        assert (agreed.status, plan(office)) == (409, [])
        return
    assert (agreed.status, agreed.json["status"]) == (202, "paused")
    assert plan(office) == [{"runs_planned": 1}]
    (run,) = office.ports().runs.of_source(OURS, "campaign", name)
    assert run.state == "paused"
    assert post(office, name, "resume", MGMT).json["status"] == "sending"


def test_after_its_time_nobody_can_agree_any_more(office: Office) -> None:
    name, segment = scheduled(office)
    widened(office, segment)
    fire(office, name, THURSDAY)
    plan(office)
    office.clock.now = THURSDAY + 6 * HOUR
    late = post(office, name, "approve", MGMT)
    assert (late.status, "in time" in late.json["detail"]) == (409, True)
